//! The shape of an item, its attribute `v`: by it one version of the product knows what another has written. SCHEMA.md says
//! what becomes of which.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// What is written now, and the last that can be read. Items from before there was a `v` have this shape, too.
const CURRENT: u64 = 1;
/// The name of the attribute.
pub(super) const ATTRIBUTE: &str = "v";
/// Stands for [`current`] in expressions.
pub(super) const PLACEHOLDER: &str = ":shape";
/// A condition: the item is of a shape that cannot be read here.
pub(super) const IS_UNKNOWN: &str = "(attribute_exists(v) AND NOT v <= :shape)";

/// The shape of what is written now.
pub(super) fn current() -> AttributeValue {
    AttributeValue::N(CURRENT.to_string())
}

/// Whether an item is of a shape that can be read here.
pub(super) fn is_known(item: &HashMap<String, AttributeValue>) -> bool {
    match item.get(ATTRIBUTE) {
        None => true,
        Some(AttributeValue::N(shape)) => shape.parse::<u64>().is_ok_and(|shape| shape <= CURRENT),
        Some(_) => false,
    }
}

/// The update expression, so that an item which it makes has a shape. One that is there keeps its own: an update does not
/// know the rest of it.
pub(super) fn noted(expression: &str) -> String {
    const NOTE: &str = "SET v = if_not_exists(v, :shape)";
    match expression.split_once("SET ") {
        Some((before, set)) => format!("{before}{NOTE}, {set}"),
        None => format!("{NOTE} {expression}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(v: Option<&str>) -> HashMap<String, AttributeValue> {
        v.map(|v| (ATTRIBUTE.to_owned(), AttributeValue::N(v.to_owned()))).into_iter().collect()
    }

    #[test]
    fn what_is_newer_or_no_number_is_unknown() {
        assert!([None, Some("0"), Some("1")].map(item).iter().all(is_known));
        assert!(!["2", "-1", "0.5"].map(|v| item(Some(v))).iter().any(is_known));
        assert!(!is_known(&[(ATTRIBUTE.to_owned(), AttributeValue::S("1".to_owned()))].into()));
    }

    #[test]
    fn every_update_notes_the_shape_once() {
        assert_eq!(noted("SET a = :a REMOVE b"), "SET v = if_not_exists(v, :shape), a = :a REMOVE b");
        assert_eq!(noted("ADD a :a SET b = :b"), "ADD a :a SET v = if_not_exists(v, :shape), b = :b");
        assert_eq!(noted("ADD a :a"), "SET v = if_not_exists(v, :shape) ADD a :a");
    }
}
