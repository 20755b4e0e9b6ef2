//! What people teach about a person: facts and other names, as `people` is asked for them; and what a person decides about
//! what is kept of them.

mod consent;
mod deps;
mod erase;
mod export;
mod known;
mod leaving;
mod lesson;
mod unasked;
mod wipe;

use super::{AppError, Deadline, check_allowed};
use crate::{
    contract::{PeopleOp, PeopleRequest, PeopleResponse},
    domain::{Left, Person, PersonError, Teacher},
    ports::{Clock, TeachPeople},
};
pub use deps::{Deps, PeopleMemory, PeopleMessages};
pub(super) use leaving::{came_back, is_missing, is_there, left};
pub use leaving::{erase_due, guild_came_back, guild_left};
pub(super) use lesson::{Aliased, Lesson, NotTaught, Remembered};
pub use wipe::wipe_now;

/// Does what `request` asks for. No day is begun to be erased after `deadline`.
///
/// # Errors
/// `InvalidRequest` naming the field and the limit, who may teach in this guild, or a guild that is not served; `Throttled` where not all was erased in time; `StoreUnavailable`, `Throttled` or `Internal` from the store.
#[tracing::instrument(target = "span", skip_all, fields(guild = %request.guild_id, user = %request.user_id, op = %request.op))]
pub async fn people<S, W, C>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    request: PeopleRequest,
) -> Result<PeopleResponse, AppError>
where
    S: PeopleMemory,
    W: PeopleMessages,
    C: Clock,
{
    check_allowed(&deps.allowed_guilds, request.guild_id)?;
    let Deps { memory, clock, .. } = deps;
    let lesson = Lesson { store: memory, guild: request.guild_id, about: request.user_id };
    let teacher = Teacher { user: request.taught_by, moderator: request.moderator };
    match request.op {
        PeopleOp::Remember => {
            let text = required("text", request.text)?;
            let Remembered { id, added, .. } = lesson.remember(teacher, &text, clock.now()).await?;
            Ok(PeopleResponse::Remembered { fact_id: id, added })
        }
        PeopleOp::Forget => Ok(PeopleResponse::Forgotten { forgotten: forget(&lesson, request).await? }),
        PeopleOp::ForgetName => {
            let name = required("text", request.text)?;
            Ok(PeopleResponse::Forgotten { forgotten: lesson.forget_name(&name).await? })
        }
        PeopleOp::Alias => {
            let name = required("text", request.text)?;
            let Aliased { added, .. } = lesson.alias(teacher, &name, clock.now()).await?;
            Ok(PeopleResponse::Aliased { added })
        }
        PeopleOp::Facts => {
            let person = lesson.person().await?;
            Ok(known::known(if person.is_left_out() { Person::default() } else { person }))
        }
        PeopleOp::Erase => {
            let (erased, _) = erase::erase(deps, deadline, &lesson, |person| person.opted_out).await?;
            Ok(PeopleResponse::Erased(erased))
        }
        PeopleOp::OptOut => {
            let (erased, before) = erase::erase(deps, deadline, &lesson, |_| true).await?;
            let changed = !before.opted_out;
            Ok(PeopleResponse::Consent { opted_out: true, changed, erased: Some(erased) })
        }
        PeopleOp::EndUnasked => {
            Ok(PeopleResponse::Erased(unasked::end_unasked(deps, deadline, request.guild_id).await?))
        }
        PeopleOp::Left => Ok(PeopleResponse::Noted { noted: leaving::member_left(deps, &lesson).await? }),
        PeopleOp::CameBack => {
            let who = Left::Member(request.guild_id, request.user_id);
            Ok(PeopleResponse::Noted { noted: came_back(memory, who).await? })
        }
        PeopleOp::OptIn => consent::opt_in(deps, deadline, &lesson).await,
        PeopleOp::Export => {
            let export = export::export(deps, request.guild_id, request.user_id, request.from).await?;
            Ok(PeopleResponse::Exported(Box::new(export)))
        }
    }
}

/// A fact by its id, or another name by itself.
async fn forget<S: TeachPeople>(lesson: &Lesson<'_, S>, request: PeopleRequest) -> Result<bool, AppError> {
    match (request.fact_id, request.text) {
        (None, Some(alias)) => Ok(lesson.forget_alias(&alias).await?),
        (fact, _) => Ok(lesson.forget(&required("fact_id", fact)?.parse()?).await?),
    }
}

fn required(field: &str, value: Option<String>) -> Result<String, AppError> {
    value.ok_or_else(|| AppError::invalid(format!("missing field `{field}`")))
}

impl From<PersonError> for AppError {
    fn from(error: PersonError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<NotTaught> for AppError {
    fn from(error: NotTaught) -> Self {
        match error {
            NotTaught::Store(error) => error.into(),
            refusal => Self::invalid(refusal.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
