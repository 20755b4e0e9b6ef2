//! What a function is told by Lambda, and what it tells when it fails.

use std::time::Duration;

use lambda_runtime::{Context, Diagnostic};

use crate::app::{self, AppError};

/// How long a function of that timeout may go on.
pub fn remaining(context: &Context, timeout: Duration) -> Duration {
    let now_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    app::remaining(context.deadline, now_ms, timeout)
}

/// How an error leaves a Lambda: `{"errorType","errorMessage"}` (DESIGN section 3).
impl From<AppError> for Diagnostic {
    fn from(error: AppError) -> Self {
        Self { error_type: error.kind.to_string(), error_message: error.message }
    }
}
