//! Whether anything is kept of somebody (DESIGN rules 20 and 42).

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    erase::{end, erase},
    lesson::Lesson,
};
use crate::{
    app::{AppError, Deadline},
    contract::PeopleResponse,
    ports::Clock,
};

/// Keeps what they write from now on. Where the guild asks, nothing from before their yes comes back: what was kept before the
/// guild asked, if anything was, ends like that of who opts out, and then they are in.
pub(super) async fn opt_in<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    lesson: &Lesson<'_, S>,
) -> Result<PeopleResponse, AppError> {
    if lesson.person().await?.owes_an_answer() {
        // Who dies here is out, and is in when it is sent again; so all days are gone through before.
        erase(deps, deadline, lesson, |person| person.opted_out).await?;
        end(deps, lesson, |_| Some(true)).await?;
    }
    let before = end(deps, lesson, |person| person.opted_out.then_some(false)).await?;
    Ok(PeopleResponse::Consent { opted_out: false, changed: before.opted_out, erased: None })
}
