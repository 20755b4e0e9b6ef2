//! Adds up what invocations took and says what it cost (DESIGN rule 52): nothing is counted that was not recorded.
//!
//! ```text
//! lines of a log ──▶ Line ──▶ Account ──┐
//!                                      ├──▶ Bill ──▶ text
//! prices.json ─────▶ Prices ───────────┘
//! ```
//!
//! Nothing here reads a file, a clock or a network. [`bill`] is all of it at once.

mod account;
mod bill;
mod line;
mod numbers;
mod prices;
mod savings;
mod text;

pub use account::{Account, Call, Work};
pub use bill::{Bill, ModelBill};
pub use line::Line;
pub use prices::{Prices, PricesError};
pub use text::{Forecast, text};

/// What the invocations of these lines cost, at the built-in prices: those that concern `guild`, or all. Lines of other kinds
/// are passed over.
///
/// # Errors
/// When the built-in prices cannot be read.
pub fn bill<'a>(lines: impl IntoIterator<Item = &'a str>, guild: Option<&str>) -> Result<Bill, PricesError> {
    let mut account = Account::default();
    lines.into_iter().filter_map(Line::read).for_each(|line| account.add(&line, guild));
    Ok(Bill::of(account, Prices::built_in()?))
}
