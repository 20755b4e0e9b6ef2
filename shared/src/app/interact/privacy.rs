//! What is done with what people write: `/privacy`, for anybody who asks.

use super::context::{Context, InteractStore, say};
use crate::{app::AppError, domain::InteractionResponse};

/// Tells it as the deployment is configured and as the guild decided (DESIGN rule 43).
pub(super) async fn privacy<S: InteractStore, R, D, C>(
    context: &Context<'_, S, R, D, C>,
) -> Result<InteractionResponse, AppError> {
    let settings = context.settings().await?;
    Ok(say(context.language.privacy(&context.deps.handling, &settings)))
}
