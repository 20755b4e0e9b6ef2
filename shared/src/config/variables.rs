//! Looks variables up, and checks them.

use std::{ops::RangeInclusive, str::FromStr, time::Duration};

use jiff::SignedDuration;

use super::ConfigError;
use crate::domain::{Calendar, Retention, SummaryRetention};

/// Looks variables up; one that is blank counts as missing.
pub(super) struct Variables<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    pub(super) fn optional(&self, variable: &'static str) -> Option<String> {
        (self.0)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, variable: &'static str) -> Result<String, ConfigError> {
        self.optional(variable).ok_or_else(|| ConfigError::missing(variable))
    }

    pub(super) fn parsed<T: FromStr<Err: ToString>>(&self, variable: &'static str) -> Result<T, ConfigError> {
        let value = self.required(variable)?;
        value.parse().map_err(|problem: T::Err| ConfigError { variable, problem: problem.to_string() })
    }

    pub(super) fn number(
        &self,
        variable: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ConfigError> {
        let Some(value) = self.optional(variable) else { return Ok(default) };
        let number = value.parse().ok().filter(|number| range.contains(number));
        let problem = || format!("must be a whole number from {} to {}", range.start(), range.end());
        number.ok_or_else(|| ConfigError { variable, problem: problem() })
    }

    pub(super) fn days(
        &self,
        variable: &'static str,
        default: u16,
        range: RangeInclusive<u16>,
    ) -> Result<u16, ConfigError> {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        Ok(self.number(variable, default.into(), range)? as u16)
    }

    pub(super) fn calendar(&self) -> Result<Calendar, ConfigError> {
        Ok(Calendar { history_days: self.history_days()?, settle: self.settle()? })
    }

    pub(super) fn retention(&self) -> Result<Retention, ConfigError> {
        let least = self.history_days()? + 2;
        Ok(Retention { days: self.days("MESSAGE_RETENTION_DAYS", 30.max(least), least..=3650)?, least })
    }

    /// More than the window, so that every day of it is told.
    pub(super) fn summary_retention(&self) -> Result<SummaryRetention, ConfigError> {
        const VARIABLE: &str = "SUMMARY_RETENTION_DAYS";
        let (days, least) = (self.days(VARIABLE, 0, 0..=3650)?, self.history_days()? + 1);
        match days {
            0 => Ok(SummaryRetention::default()),
            days if days >= least => Ok(SummaryRetention::of_days(days)),
            _ => {
                let problem = format!("must be 0, for no end, or a whole number from {least} to 3650");
                Err(ConfigError { variable: VARIABLE, problem })
            }
        }
    }

    pub(super) fn left_kept_for(&self) -> Result<Option<SignedDuration>, ConfigError> {
        let days = self.days("LEFT_DAYS", 30, 0..=3650)?;
        Ok((days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days))))
    }

    pub(super) fn settle(&self) -> Result<Duration, ConfigError> {
        self.number("SETTLE_SECONDS", 1200, 0..=43_200).map(Duration::from_secs)
    }

    fn history_days(&self) -> Result<u16, ConfigError> {
        self.days("HISTORY_DAYS", 6, 0..=30)
    }

    pub(super) fn url(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        let Some(url) = self.optional(variable) else { return Ok(None) };
        match reqwest::Url::parse(&url) {
            Ok(parsed) if parsed.query().is_some() || parsed.fragment().is_some() => {
                // What comes after it would land in the middle of an address.
                Err(ConfigError {
                    variable,
                    problem: "must be a URL without ? and #: a path is added to it".to_owned(),
                })
            }
            Ok(parsed) if parsed.has_host() && ["http", "https"].contains(&parsed.scheme()) => Ok(Some(url)),
            _ => Err(ConfigError { variable, problem: "must be an http or https URL".to_owned() }),
        }
    }

    /// Where a URL leads, without what may be secret in it: names, passwords and paths.
    pub(super) fn host(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        let url = self.url(variable)?.and_then(|url| reqwest::Url::parse(&url).ok());
        Ok(url.and_then(|url| url.host_str().map(str::to_owned)))
    }
}
