//! What failed, as it is logged and answered.

use crate::{
    app::AppError,
    contract::{Failure, Subject},
    domain::GuildId,
};

/// Logs what failed, here and nowhere else, and makes it part of the answer.
pub(super) fn report(guild: GuildId, subject: Subject, error: &AppError) -> Failure {
    let error_type = error.kind.to_string();
    match subject {
        Subject::Date(date) => tracing::warn!(event = "day_failed", %guild, %date, error_type, "{error}"),
        Subject::UserId(user) => tracing::warn!(event = "person_failed", %guild, %user, error_type, "{error}"),
    }
    Failure { subject, error: error.kind, retry_after_s: error.retry_after_s() }
}
