//! What caching, sharing and splitting saved or cost, as far as it was recorded. Where something was not made, it is counted at
//! the average of what was made in the same lines, and said so.

use crate::{
    account::Work,
    bill::Bill,
    numbers::{count, several},
};

/// One thing that saved or cost something.
pub(crate) struct Saving {
    /// What happened, with its number.
    pub(crate) what: String,
    /// Saved if it is above 0, spent if it is below, and `None` where nobody knows.
    pub(crate) saved: Option<f64>,
}

/// All that happened, in the order in which it is told.
pub(crate) fn savings(bill: &Bill) -> Vec<Saving> {
    let account = &bill.account;
    let mut savings = Vec::new();
    let mut say = |number: f64, what: String, saved: Option<f64>| {
        if number > 0.0 {
            savings.push(Saving { what, saved });
        }
    };
    let merges = account.count("people_merged") + account.count("warmed_merged");
    let a_merge = average(bill.of_work(Work::Merges), merges);
    let a_day = average(bill.of_work(Work::Days), account.count("days_built"));

    let cached = account.count("people_cached");
    say(
        cached,
        format!("caching: {} of {} people answered with a kept memory", count(cached), count(account.people())),
        a_merge.map(|one| one * cached),
    );
    let kept = account.count("window_days_cached");
    say(kept, format!("caching: a kept day was used {}", several(kept, "time")), a_day.map(|one| one * kept));
    let models = bill.models();
    let tokens: f64 = models.values().map(|model| model.number("cached_tokens")).sum();
    let saved = models.values().map(|model| model.saved_by_cache()).sum();
    say(tokens, format!("caching: {} tokens out of the provider's cache", count(tokens)), Some(saved));

    let by_others = account.count("made_by_others");
    let waits = account.count("lease_waits");
    say(
        waits,
        format!("sharing: {} for what others were making, {} of it came", several(waits, "wait"), count(by_others)),
        None,
    );
    let (people, calls) = (account.count("people_in_shared_calls"), account.count("shared_calls"));
    say(people, format!("sharing: {} people merged by {}", count(people), several(calls, "call")), None);

    let (chunks, days) = (account.count("chunks"), account.count("days_cut"));
    let extra = (chunks - days).max(0.0);
    say(
        extra,
        format!("splitting: {} more than the {} that were built", several(extra, "chunk"), several(days, "day")),
        None,
    );
    let second: f64 = models.values().map(|model| model.number("second_tries")).sum();
    say(second, format!("second tries of slow calls: {}", count(second)), None);
    let unused: f64 =
        models.values().map(|model| model.number("unused_prompt_tokens") + model.number("unused_output_tokens")).sum();
    let paid: f64 = models.values().map(|model| model.unused()).sum();
    say(unused, format!("answers that could not be used: {} tokens", count(unused)), Some(-paid));
    savings
}

fn average(sum: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| sum / of)
}
