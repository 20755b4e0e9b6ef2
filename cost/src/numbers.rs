//! Numbers as people read them.

/// With commas, and with one digit behind the point where it is not whole.
pub(crate) fn count(number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    let whole = grouped(rounded.trunc() as u64);
    let tenth = (rounded.fract() * 10.0).round() as u64;
    if tenth == 0 { whole } else { format!("{whole}.{tenth}") }
}

/// So many of a thing.
pub(crate) fn several(number: f64, thing: &str) -> String {
    format!("{} {thing}{}", count(number), if number == 1.0 { "" } else { "s" })
}

/// An amount, with as many digits as say something.
pub(crate) fn amount(amount: f64) -> String {
    match amount.abs() {
        0.0 => "0".to_owned(),
        1.0.. => format!("{amount:.2}"),
        0.01.. => format!("{amount:.4}"),
        _ => format!("{amount:.6}"),
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
