//! What can be chosen while somebody types.

use jiff::Timestamp;

use super::Desk;
use crate::{
    app::AppError,
    domain::{Action, Calendar, Choice, Day, Language, UserId},
    ports::{ClaimInteractions, Clock, RespondLater, TeachPeople, WriteSettings},
};

impl<S, R, C> Desk<'_, S, R, C>
where
    S: TeachPeople + WriteSettings + ClaimInteractions,
    R: RespondLater,
    C: Clock,
{
    pub(super) async fn choices(&self, action: Action) -> Result<Vec<Choice>, AppError> {
        match action {
            Action::ChooseFact { person, typed } => self.facts(self.or_asker(person), &typed).await,
            Action::ChooseDay { typed } => Ok(days(&self.deps.calendar, self.deps.clock.now(), &typed, self.language)),
            _ => Ok(Vec::new()),
        }
    }

    /// The facts somebody may have forgotten, those with the typed words in them; the newest first.
    async fn facts(&self, person: UserId, typed: &str) -> Result<Vec<Choice>, AppError> {
        let (known, typed) = (self.person(person).await?, typed.to_lowercase());
        let chosen = self.forgettable(person, &known).rev();
        let chosen = chosen.filter(|(_, fact)| fact.text.to_lowercase().contains(&typed));
        Ok(chosen.map(|(id, fact)| Choice { name: fact.text.clone(), value: id.to_string() }).collect())
    }
}

/// The days that can be told about, those that begin as typed; today first.
fn days(calendar: &Calendar, now: Timestamp, typed: &str, language: Language) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let named = calendar.window(now).into_iter().enumerate().map(|(age, day)| match age {
        0 => (day, format!("{} ({day})", language.today())),
        1 => (day, format!("{} ({day})", language.yesterday())),
        _ => (day, day.to_string()),
    });
    let fits = |(day, name): &(Day, String)| name.starts_with(&typed) || day.to_string().starts_with(&typed);
    named.filter(fits).map(|(day, name)| Choice { name, value: day.to_string() }).collect()
}

/// The day that was chosen or typed, if it can be told about; today if nothing was.
pub(super) fn day(calendar: &Calendar, now: Timestamp, typed: Option<&str>, language: Language) -> Option<Day> {
    let typed = typed.unwrap_or_default().trim().to_lowercase();
    if typed.is_empty() || typed == language.today() {
        return Some(Day::of(now));
    }
    if typed == language.yesterday() {
        return Some(Day::of(now).days_before(1)).filter(|day| calendar.window(now).contains(day));
    }
    typed.parse().ok().filter(|day| calendar.window(now).contains(day))
}
