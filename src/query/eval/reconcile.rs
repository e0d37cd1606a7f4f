//! What a file shows against what is stored, subject by subject.

use crate::query::eval::certainty::{Reach, certainty, holds};
use crate::query::eval::stored::StoredRules;
use crate::query::rows::reconciled::{ReconciledOutcome, ReconciledRow};
use crate::rule::Rule;
use crate::rule::difference::align;
use crate::rulebook::Knowledge;
use crate::rulebook::resolve::{Doubt, Resolved};
use crate::statement::{At, Subject};
use crate::time::ValidTime;

/// Compares the rule that a file shows at a time (`None` for no rule) with what is stored for it.
pub fn reconcile(
    subject: &Subject,
    seen_at: ValidTime,
    seen: Option<&Rule>,
    stored: &StoredRules,
) -> ReconciledRow {
    let book = &stored.rulebook;
    let resolved = book.timeline(subject).map(|timeline| book.resolve(timeline, At::valid(seen_at.0)));
    let mut certain = None;
    let mut probability = None;
    let (outcome, held, since) = match resolved {
        None | Some(Resolved::Launched { .. } | Resolved::Unknown { .. } | Resolved::NotKnownThen { .. }) => {
            (ReconciledOutcome::NotHeld, None, None)
        }
        Some(Resolved::Ended { by }) => {
            let outcome = if seen.is_none() {
                ReconciledOutcome::Equal
            } else {
                ReconciledOutcome::Differs(Vec::new())
            };
            (outcome, Some(by), Some(by.statement.claim.valid_at()))
        }
        Some(Resolved::InForce(in_force)) => {
            let probable = holds(&in_force, Knowledge::default(), stored);
            certain = Some(certainty(&in_force, Reach::Table, probable, |_| None, stored));
            probability = probable.percent();
            let rolling_out = in_force.doubts.iter().find_map(|doubt| match doubt {
                Doubt::RollingOut { until, other } => Some((*until, *other)),
                _ => None,
            });
            let outcome = match (seen, rolling_out) {
                (None, _) => ReconciledOutcome::NotInFile,
                (Some(seen), _) if seen.same(in_force.rule) => ReconciledOutcome::Equal,
                (Some(seen), Some((until, other))) if other.is_some_and(|old| old.same(seen)) => {
                    ReconciledOutcome::RollingOut(until)
                }
                (Some(seen), _) => ReconciledOutcome::Differs(align(in_force.rule, seen)),
            };
            (outcome, Some(in_force.set_by), Some(in_force.since.time()))
        }
    };
    let held = held.map(|recorded| recorded.id);
    ReconciledRow {
        subject: subject.clone(),
        seen_at,
        outcome,
        held,
        in_force_since: since,
        certainty: certain,
        holds: probability,
    }
}
