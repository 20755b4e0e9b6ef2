//! Days as people name them.

use jiff::Timestamp;

use crate::domain::{Calendar, Choice, Day, Language};

/// The days that can be told about, those that begin as typed; today first.
pub(super) fn choices(calendar: &Calendar, now: Timestamp, typed: &str, language: Language) -> Vec<Choice> {
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
