//! A bill as text, in four columns.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    bill::{Bill, ModelBill},
    numbers::{amount, count, several},
    savings::savings,
};

/// Whether a month is told, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// As it was.
    None,
    /// 30 days like those that were read.
    Month {
        /// How long that was.
        read: SignedDuration,
    },
}

/// Less than this says nothing about a month: nobody is awake all the time.
const LEAST: SignedDuration = SignedDuration::from_hours(12);

/// The whole bill.
#[must_use]
pub fn text(bill: &Bill, guild: Option<&str>, forecast: Forecast) -> String {
    let mut text = head(bill, guild);
    let mut rows = vec![Row::new("", "number", "price", bill.prices.currency.clone())];
    for (model, of) in bill.models() {
        rows.extend(of_model(model, &of));
    }
    rows.extend(of_aws(bill));
    let has_all = bill.models().values().all(|of| of.price.is_some());
    let total = if has_all { "total" } else { "total of what has a price" };
    rows.push(Row::new(total, "", "", amount(bill.total())));
    let people = bill.account.people();
    if people > 0.0 {
        rows.push(Row::new("per person answered", count(people), "", amount(bill.total() / people)));
    }
    text += &table(&rows);
    text += &of_savings(bill);
    text += &of_unknown(bill);
    if let Forecast::Month { read } = forecast {
        text += &of_month(bill, read);
    }
    text
}

struct Row([String; 4]);

impl Row {
    fn new(
        what: impl Into<String>,
        number: impl Into<String>,
        price: impl Into<String>,
        amount: impl Into<String>,
    ) -> Self {
        Self([what.into(), number.into(), price.into(), amount.into()])
    }
}

fn head(bill: &Bill, guild: Option<&str>) -> String {
    let account = &bill.account;
    let whom = guild.map_or_else(|| several(account.guilds.len() as f64, "guild"), |guild| format!("guild {guild}"));
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let days = account.written.map(|(first, last)| format!(", {} to {}", day(first), day(last))).unwrap_or_default();
    let prices = &bill.prices;
    format!(
        "{whom}{days}: {}\nprices of {}, {}; AWS in {}\n\n",
        several(account.invocations(), "invocation"),
        prices.date,
        prices.currency,
        prices.region
    )
}

fn of_model(model: &str, of: &ModelBill) -> Vec<Row> {
    let price = |price: f64| format!("{} / million", amount(price));
    let prices = match of.price {
        None => [const { String::new() }; 3],
        Some(of) => [of.input, of.of_cached(), of.output].map(price),
    };
    let total = of.amount().map_or_else(|| "no price".to_owned(), amount);
    let fresh = of.number("prompt_tokens") - of.number("cached_tokens");
    let [input, cached, output] = prices;
    vec![
        Row::new(model, several(of.number("model_calls"), "call"), "", total),
        Row::new("  input tokens", count(fresh), input, ""),
        Row::new("  cached tokens", count(of.number("cached_tokens")), cached, ""),
        Row::new("  output tokens", count(of.number("output_tokens")), output.clone(), ""),
        Row::new("  thought tokens", count(of.number("thought_tokens")), output, ""),
    ]
}

fn of_aws(bill: &Bill) -> [Row; 4] {
    let (account, prices) = (&bill.account, &bill.prices);
    let million = |price: f64| format!("{} / million", amount(price));
    [
        Row::new(
            "DynamoDB read units",
            count(account.count("read_units")),
            million(prices.read_units_per_million),
            amount(bill.of_reads()),
        ),
        Row::new(
            "DynamoDB write units",
            count(account.count("write_units")),
            million(prices.write_units_per_million),
            amount(bill.of_writes()),
        ),
        Row::new(
            "Lambda GB-seconds",
            count(account.gb_seconds),
            million(prices.lambda_gb_second * 1_000_000.0),
            amount(bill.of_time()),
        ),
        Row::new(
            "Lambda requests",
            count(account.invocations()),
            million(prices.lambda_requests_per_million),
            amount(bill.of_requests()),
        ),
    ]
}

fn of_savings(bill: &Bill) -> String {
    let savings = savings(bill);
    if savings.is_empty() {
        return String::new();
    }
    let mut text = "\nsaved (+) and spent (-); what was not made counts like the average of what was\n".to_owned();
    for saving in savings {
        let saved = match saving.saved {
            None => String::new(),
            Some(saved) if saved < 0.0 => format!("  -{}", amount(-saved)),
            Some(saved) => format!("  +{}", amount(saved)),
        };
        text += &format!("  {}{saved}\n", saving.what);
    }
    text
}

/// What is not in the sum.
fn of_unknown(bill: &Bill) -> String {
    let mut text =
        "\nnot in it: what is stored, backups, logs, CloudWatch, and what an invocation took that was cut off\n"
            .to_owned();
    let models = bill.models();
    let uncounted: f64 = models.values().map(|model| model.number("uncounted_calls")).sum();
    if uncounted > 0.0 {
        let tokens: f64 = models.values().map(|model| model.number("uncounted_tokens")).sum();
        text += &format!(
            "not in it: {} whose tokens nobody counted, of about {} tokens in the prompts\n",
            several(uncounted, "call"),
            count(tokens)
        );
    }
    for (model, _) in models.iter().filter(|(_, of)| of.price.is_none()) {
        text += &format!(
            "no price is known of {model}: add \"{model}\": {{ \"input\": 0, \"output\": 0 }} to models_per_million_tokens \
             of a copy of cost/prices.json, with its prices, and name it with --prices\n"
        );
    }
    text
}

fn of_month(bill: &Bill, read: SignedDuration) -> String {
    if read < LEAST {
        return "\nforecast: less than half a day was read, which says nothing about a month\n".to_owned();
    }
    let days = read.as_secs_f64() / 86_400.0;
    format!(
        "\nforecast: {} {} in 30 days, if they are like the {days:.1} days that were read\n",
        amount(bill.total() / days * 30.0),
        bill.prices.currency
    )
}

/// The first column to the left, the others to the right.
fn table(rows: &[Row]) -> String {
    let width = |column: usize| rows.iter().map(|row| row.0[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 4] = std::array::from_fn(width);
    let mut text = String::new();
    for Row([what, number, price, amount]) in rows {
        let [a, b, c, d] = widths;
        let line = format!("{what:<a$}  {number:>b$}  {price:>c$}  {amount:>d$}");
        text += line.trim_end();
        text.push('\n');
    }
    text
}
