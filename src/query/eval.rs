//! Plan → rows: resolved against the stored rules, then pure arithmetic.

pub mod certainty;
mod no_rule;
mod class;
pub mod stored;
pub mod evaluate;
mod initial_margin;
mod liquidation;
pub mod measures;
pub mod versions;
pub mod segments;
pub mod steps;
pub mod periods;
pub mod timeline;
pub mod tier_periods;
pub mod diff;
pub mod changes;
pub mod report;
pub mod affected;
pub mod audit;
pub mod judged;
pub mod explain;
pub mod reconcile;
pub mod listing;
pub mod answer;
