//! Rows of a reconciliation: what a file shows against what is held, subject by subject.

use crate::decimal::{self, Decimal};
use crate::rule::Rule;
use crate::rule::difference::{AlignedTier, Difference, align};
use crate::rulebook::Rulebook;
use crate::rulebook::resolve::{Certainty, Resolved};
use crate::statement::{Basis, StatementId, Subject};
use crate::time::ValidTime;

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

/// By how much a figure differs; `None` where one of them is missing or has no limit.
pub fn by_how_much(difference: &Difference) -> Option<Decimal> {
    decimal::subtract(difference.after?, difference.before?)
}

/// Compares the rule that a file shows at an instant (`None` for no rule) with what is held for it.
pub fn reconcile(
    subject: &Subject,
    seen_at: ValidTime,
    seen: Option<&Rule>,
    book: &Rulebook,
) -> ReconciledRow {
    let resolved = book.timeline(subject).map(|timeline| book.resolve(timeline, Basis::at(seen_at.0)));
    let (outcome, held, since) = match resolved {
        None | Some(Resolved::Unknown { .. } | Resolved::NotKnownThen { .. }) => {
            (Outcome::NotHeld, None, None)
        }
        Some(Resolved::Ended { by }) => {
            let outcome = if seen.is_none() { Outcome::Equal } else { Outcome::Differs(Vec::new()) };
            (outcome, Some(by), Some(by.statement.claim.valid_at()))
        }
        Some(Resolved::InForce(in_force)) => {
            let outcome = match (seen, in_force.certainty) {
                (None, _) => Outcome::NotInFile,
                (Some(seen), _) if seen.same(in_force.rule) => Outcome::Equal,
                (Some(seen), Certainty::RollingOut { until, other })
                    if other.is_some_and(|old| old.same(seen)) =>
                {
                    Outcome::RollingOut(until)
                }
                (Some(seen), _) => Outcome::Differs(align(in_force.rule, seen)),
            };
            (outcome, Some(in_force.set_by), Some(in_force.since))
        }
    };
    let held = held.map(|recorded| recorded.id.clone());
    ReconciledRow { subject: subject.clone(), seen_at, outcome, held, in_force_since: since }
}
