//! What the developer's environment says about the functions, and who they talk to.

use anyhow::Result;
use local_cloud::{Settings, Template};

/// The settings of `make watch`.
pub(super) fn settings(template: &Template) -> Result<Settings> {
    Settings::of(template, variables())
}

/// The settings of `make demo`, which has a Discord of its own; and whether another was set.
pub(super) fn settings_without_discord(template: &Template) -> Result<(Settings, bool)> {
    let (discord, others): (Vec<_>, Vec<_>) = variables().partition(|(name, _)| name.starts_with("DISCORD_"));
    Ok((Settings::of(template, others)?, !discord.is_empty()))
}

/// Says what is passed on and what is not.
pub(super) fn explain(settings: &Settings) {
    let passed_on: Vec<_> = settings.passed_on().collect();
    if !passed_on.is_empty() {
        println!("From your environment: {}.", passed_on.join(", "));
    }
    for (name, why) in settings.left_out() {
        println!("Not from your environment: {name}; {why}.");
    }
}

/// Which models write, and which of them the stand-in plays.
pub(super) fn who_writes(template: &Template, settings: &Settings) -> String {
    if all_stand_in(template, settings) {
        return "stand-in model (for a real one set GEMINI_API_KEY, or OPENAI_BASE_URL and models of it)".to_owned();
    }
    let models = |variable| {
        let named =
            |model: &String| if settings.is_real(model) { model.clone() } else { format!("{model} (stand-in)") };
        let named: Vec<String> = chain(template, settings, variable).iter().map(named).collect();
        if named.is_empty() { "no model".to_owned() } else { named.join(", ") }
    };
    format!("{} for summaries, {} for memories", models("SUMMARY_MODELS"), models("MERGE_MODELS"))
}

/// Whether the stand-in writes everything.
pub(super) fn all_stand_in(template: &Template, settings: &Settings) -> bool {
    let chains = ["SUMMARY_MODELS", "MERGE_MODELS"].map(|variable| chain(template, settings, variable));
    !chains.iter().flatten().any(|model| settings.is_real(model))
}

/// The models of a chain, without their options.
fn chain(template: &Template, settings: &Settings, variable: &str) -> Vec<String> {
    let function = if variable == "MERGE_MODELS" { "get_memories" } else { "daily_summary" };
    let own = settings.get(variable).map(str::to_owned);
    let chain = own.or_else(|| template.environment(function).remove(variable)).unwrap_or_default();
    let models = chain.split(',').map(|model| model.trim().split('?').next().unwrap_or_default().to_owned());
    models.filter(|model| model != "none").collect()
}

/// Those that are no text are none of ours.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
