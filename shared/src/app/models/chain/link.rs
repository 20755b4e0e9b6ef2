//! One model of a chain, and what all of them have in common.

use super::super::{budgets::Budgets, cooldowns::Cooldowns, hedges::Hedges, paces::Paces, turns::Turns};
use crate::domain::Limits;

/// One model of a chain.
pub(super) struct Link<M, S, C> {
    pub(super) model: M,
    pub(super) limits: Limits,
    /// Where it answers only so many calls at a time.
    pub(super) turns: Option<Turns<S, C>>,
    pub(super) hedges: Hedges,
}

/// Where it is kept what came of calls.
pub(super) struct Books<S, C> {
    pub(super) cooldowns: Cooldowns<S, C>,
    pub(super) budgets: Budgets<S, C>,
    pub(super) paces: Paces<S, C>,
}
