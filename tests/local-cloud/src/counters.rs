//! How often what was asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A snapshot of everything that was counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Requests to the model API, answered or not.
    pub model_calls: u64,
    /// Invocations that Lambda accepted, by function. Throttled ones and retries are not counted.
    pub lambda_invocations: BTreeMap<String, u64>,
    /// Requests to DynamoDB by operation, refused ones included.
    pub dynamodb_requests: BTreeMap<String, u64>,
}

impl Counters {
    /// What was counted since `earlier`; operations without a difference are left out.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            model_calls: self.model_calls.saturating_sub(earlier.model_calls),
            lambda_invocations: difference(&self.lambda_invocations, &earlier.lambda_invocations),
            dynamodb_requests: difference(&self.dynamodb_requests, &earlier.dynamodb_requests),
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            model_calls: self.model_calls.saturating_add(other.model_calls),
            lambda_invocations: sum(&self.lambda_invocations, &other.lambda_invocations),
            dynamodb_requests: sum(&self.dynamodb_requests, &other.dynamodb_requests),
        }
    }

    /// Invocations of all functions.
    #[must_use]
    pub fn invocations(&self) -> u64 {
        self.lambda_invocations.values().sum()
    }
}

fn sum(one: &BTreeMap<String, u64>, other: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut sum = one.clone();
    for (name, count) in other {
        *sum.entry(name.clone()).or_default() += count;
    }
    sum
}

fn difference(now: &BTreeMap<String, u64>, earlier: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    now.iter()
        .map(|(name, count)| (name.clone(), count.saturating_sub(earlier.get(name).copied().unwrap_or(0))))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_only_what_changed() {
        let earlier = Counters { lambda_invocations: [("a".into(), 2), ("b".into(), 1)].into(), ..Counters::default() };
        let now = Counters {
            model_calls: 3,
            lambda_invocations: [("a".into(), 5), ("b".into(), 1)].into(),
            ..Counters::default()
        };

        let since = now.since(&earlier);

        assert_eq!(since.model_calls, 3);
        assert_eq!(since.lambda_invocations, [("a".to_owned(), 3)].into());
        assert_eq!(since.invocations(), 3);
    }
}
