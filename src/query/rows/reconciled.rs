//! Rows of a reconciliation: what a file shows against what is held, subject by subject.

use super::serialize::{Differences, object};
use crate::rule::difference::AlignedTier;
use crate::statement::{StatementId, Subject};
use crate::time::ValidTime;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What a file shows of one subject, against what is held for the same instant.
#[derive(Clone, PartialEq, Debug)]
pub struct ReconciledRow {
    /// The subject.
    pub subject: Subject,
    /// The instant of the observation.
    pub seen_at: ValidTime,
    /// How the two compare.
    pub outcome: Outcome,
    /// The statement that answers for the instant; `None` where none does.
    pub held: Option<StatementId>,
    /// Since when the rule held is in force.
    pub in_force_since: Option<ValidTime>,
}

/// How what a file shows compares with what is held.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Both give the same answers.
    Equal,
    /// A change is rolling out until this instant, and the file still shows the rule before it.
    RollingOut(ValidTime),
    /// They differ in these tiers; none where one of them says that there is no rule.
    Differs(Vec<AlignedTier>),
    /// Nothing held reaches the instant.
    NotHeld,
    /// The file lists everything but this, which is held to have a rule.
    NotInFile,
}

impl Outcome {
    /// The name in machine answers.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Equal => "equal",
            Outcome::RollingOut(_) => "rolling_out",
            Outcome::Differs(_) => "differs",
            Outcome::NotHeld => "not_held",
            Outcome::NotInFile => "not_in_file",
        }
    }

    /// Whether the file contradicts what is held.
    pub fn is_contradiction(&self) -> bool {
        matches!(self, Outcome::Differs(_) | Outcome::NotInFile)
    }
}

object!(ReconciledRow, |row|
    "subject": row.subject,
    "seen_at": row.seen_at,
    "outcome": row.outcome.name(),
    "statement": row.held,
    "in_force_since": row.in_force_since,
    "until": match &row.outcome {
        Outcome::RollingOut(until) => Some(until),
        _ => None,
    },
    "differences": match &row.outcome {
        Outcome::Differs(tiers) => Differences { tiers, names: ["held", "shown"] },
        _ => Differences { tiers: &[], names: ["held", "shown"] },
    },
);
