//! Whether anything is kept of somebody (DESIGN rule 20).

use super::{
    deps::{Deps, PeopleMemory},
    lesson::{Lesson, MAX_ATTEMPTS},
};
use crate::{
    app::{AppError, retry::backoff},
    contract::PeopleResponse,
    domain::Person,
    ports::{Clock, StoreError},
};

/// Keeps again what they write from now on.
pub(super) async fn opt_in<S: PeopleMemory, W, C: Clock>(
    deps: &Deps<S, W, C>,
    lesson: &Lesson<'_, S>,
) -> Result<PeopleResponse, AppError> {
    let before = end(deps, lesson, |person| person.opted_out.then_some(false)).await?;
    Ok(PeopleResponse::Consent { opted_out: false, changed: before.opted_out, erased: None })
}

/// Leaves of a person what they decide, if that is anything, and that they were erased. As they were before.
pub(super) async fn end<S: PeopleMemory, W, C: Clock>(
    deps: &Deps<S, W, C>,
    lesson: &Lesson<'_, S>,
    opted_out: impl Fn(&Person) -> Option<bool>,
) -> Result<Person, AppError> {
    for attempt in 0..MAX_ATTEMPTS {
        let person = lesson.person().await?;
        let Some(opted_out) = opted_out(&person) else { return Ok(person) };
        let now = deps.clock.now();
        match deps.memory.erase_person(lesson.guild, lesson.about, &person, opted_out, now).await {
            Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
            erased => return Ok(erased.map(|()| person)?),
        }
    }
    Err(StoreError::Conflict.into())
}
