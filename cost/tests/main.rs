//! Bills over lines, without files.

#![allow(clippy::unwrap_used)]

use guild_memory_cost::{Account, Bill, Forecast, Line, Prices, bill, text};
use jiff::SignedDuration;
use serde_json::{Value, json};

const GUILD: &str = "998100000000000101";

/// A line with that in it.
fn line(about: Value) -> String {
    let mut line = json!({
        "timestamp": "2026-11-20T10:00:00Z", "event": "invocation_metered", "function": "f", "guilds": [GUILD],
        "duration_ms": 1_000, "memory_mb": 512, "models": {}
    });
    line.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    line.to_string()
}

fn lines() -> Vec<String> {
    let model = json!({
        "model_calls": 2, "prompt_tokens": 1_000_000, "cached_tokens": 200_000, "output_tokens": 60_000,
        "thought_tokens": 40_000, "unused_prompt_tokens": 100_000
    });
    vec![
        "START RequestId: 1".to_owned(),
        line(json!({
            "models": {"gemini:gemini-3.8-flash?thinking=low": model}, "days_built": 2, "days_cut": 2, "chunks": 3
        })),
        format!(
            "2026-11-20T10:00:00Z stream {}",
            line(json!({"people_cached": 3, "people_merged": 1, "read_units": 1_000_000.5}))
        ),
        line(
            json!({"timestamp": "2026-11-21T09:00:00Z", "guilds": [GUILD, "2"], "write_units": 2_000_000, "init_ms": 500}),
        ),
        line(json!({"guilds": ["2"], "write_units": 7_000_000})),
        line(json!({"guilds": [], "read_units": 7_000_000})),
        r#"{"event":"day_built","guild":"998100000000000101"}"#.to_owned(),
        r#"{"event":"invocation_metered","cut":"#.to_owned(),
    ]
}

fn close(amount: f64, expected: f64) {
    assert!((amount - expected).abs() < 1e-9, "{amount} is not {expected}");
}

#[test]
fn rule_52_a_bill_is_what_was_recorded_times_its_price() {
    let lines = lines();
    let bill = bill(lines.iter().map(String::as_str), Some(GUILD)).unwrap();
    // 800,000 at 0.75, 200,000 at 0.075 and 100,000 at 3.75 a million.
    close(bill.of_models(), 0.6 + 0.015 + 0.375);
    close(bill.of_reads(), 0.125 * 1.000_000_5);
    close(bill.of_writes(), 0.625);
    close(bill.account.invocations(), 2.5);
    close(bill.account.gb_seconds, 0.5 * (1.0 + 1.0 + 1.5 / 2.0));
    close(bill.account.people(), 4.0);
    let parts = bill.of_models() + bill.of_reads() + bill.of_writes() + bill.of_time() + bill.of_requests();
    close(bill.total(), parts);
    assert_eq!((bill.account.lines, bill.account.without_guild), (5, 1));
}

#[test]
fn rule_52_guilds_together_pay_what_all_pay() {
    let lines = lines();
    let of = |guild| bill(lines.iter().map(String::as_str), guild).unwrap();
    let of_no_guild = 7.0 * 0.125 + 0.5 * 0.000_013_333_4 + 0.2 / 1_000_000.0;
    close(of(Some(GUILD)).total() + of(Some("2")).total() + of_no_guild, of(None).total());
}

#[test]
fn rule_52_the_text_says_the_sum_what_is_not_in_it_and_a_month() {
    let lines = lines();
    let bill = bill(lines.iter().map(String::as_str), Some(GUILD)).unwrap();
    let said = text(&bill, Some(GUILD), Forecast::Month { read: SignedDuration::from_hours(36) });
    for words in [
        "guild 998100000000000101, 2026-11-20 to 2026-11-21: 2.5 invocations",
        "prices of 2026-11-27, USD; AWS in us-east-1",
        "gemini:gemini-3.8-flash",
        "800,000",
        "3 of 4 people answered with a kept memory",
        "1 chunk more than the 2 days",
        "200,000 tokens out of the provider's cache  +0.1350",
        "100,000 tokens  -0.0750",
        "not in it: what is stored",
        "forecast: 34.80 USD in 30 days, if they are like the 1.5 days that were read", // 20 times 1.74
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let said = text(&bill, Some(GUILD), Forecast::Month { read: SignedDuration::from_hours(11) });
    assert!(said.contains("less than half a day was read"), "{said}");
}

#[test]
fn rule_52_a_model_without_a_price_is_said_and_not_guessed() {
    let called = line(json!({"models": {"openai:qwen3": {"model_calls": 1, "prompt_tokens": 500}}}));
    let bill = bill([called.as_str()], None).unwrap();
    close(bill.of_models(), 0.0);
    let said = text(&bill, None, Forecast::None);
    assert!(
        said.contains("no price")
            && said.contains("total of what has a price")
            && said.contains("add \"openai:qwen3\""),
        "{said}"
    );
    assert!(!said.contains("forecast"), "{said}");
}

#[test]
fn nothing_is_a_bill_of_nothing() {
    let said = text(&Bill::of(Account::default(), Prices::built_in().unwrap()), None, Forecast::None);
    assert!(said.contains("0 guilds: 0 invocations"), "{said}");
    assert!(Line::read("").is_none() && Line::read("{}").is_none());
}

#[test]
fn prices_with_a_mistake_are_refused() {
    let mistake = include_str!("../prices.json").replace("\"cached\"", "\"cashed\"");
    assert!(Prices::read(&mistake).unwrap_err().to_string().contains("cashed"));
}
