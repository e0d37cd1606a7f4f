//! Why no rule answers: the status, and the sentence that says what is stated instead.

use crate::query::eval::stored::{StoredRules, source_ref};
use crate::query::plan::MeasurePlan;
use crate::query::rows::Status;
use crate::rulebook::resolve::Resolved;
use crate::rulebook::{Knowledge, Visibility};
use crate::statement::{At, Program, Recorded, TxId};

/// The status and the sentence for a question that no rule answers.
pub(super) fn why_no_rule(resolved: &Resolved, plan: &MeasurePlan, stored: &StoredRules) -> (Status, String) {
    let file =
        |recorded: &Recorded| source_ref(recorded, stored).map_or(String::new(), |s| s.recorded.source.file);
    match resolved {
        Resolved::Ended { by } => {
            let (since, of) = (by.statement.claim.valid_at(), &by.statement.subject);
            let means = match of.program() {
                Program::Token => format!(", which ends the contracts of {}", of.name()),
                _ => String::new(),
            };
            (Status::Ended, format!("no rule since {since}, by {}{means}", file(by)))
        }
        Resolved::Launched { by, max_leverage } => {
            let leverage = max_leverage.map_or(String::new(), |most| format!(" with at most {most}x"));
            let since = by.statement.claim.valid_at();
            let message =
                format!("launched at {since}{leverage}, by {}; no table of it is known yet", file(by));
            (Status::Unknown, message)
        }
        Resolved::NotKnownThen { by } => (Status::NotKnownThen, why_not_known(by, &file(by), plan, stored)),
        Resolved::Unknown { gone: Some((by, how)), .. } => (Status::Unknown, why_gone(by, how, stored)),
        Resolved::Unknown { put_off: Some(by), first, .. } => {
            let later =
                first.map_or(String::new(), |first| format!("; {}", nothing_before(first, &file(first))));
            let message = format!("its launch is put off until further notice, by {}{later}", file(by));
            (Status::Unknown, message)
        }
        Resolved::Unknown { first: Some(first), gone: None, put_off: None } => {
            (Status::Unknown, nothing_before(first, &file(first)))
        }
        Resolved::Unknown { first: None, gone: None, put_off: None } | Resolved::InForce(_) => {
            (Status::Unknown, "no statement about it reaches that time".to_string())
        }
    }
}

fn nothing_before(first: &Recorded, file: &str) -> String {
    let claim = &first.statement.claim;
    format!("nothing is known before {} at {} ({file})", claim.in_words(), claim.valid_at())
}

/// Why a statement that would answer did not count at the state of knowledge asked about.
fn why_not_known(by: &Recorded, file: &str, plan: &MeasurePlan, stored: &StoredRules) -> String {
    let At { known_at, recorded_by, .. } = plan.basis;
    if known_at.is_some_and(|known_at| by.published_at > known_at) {
        return format!("published {} ({file})", by.published_at);
    }
    let knowledge = Knowledge { known_at, recorded_by };
    match stored.rulebook.visibility(by, knowledge) {
        // An absence counts as an end only where a rule was there before.
        Visibility::Visible => {
            format!("{file} is a complete snapshot without it, and no rule of it was known then")
        }
        _ => format!("recorded {} ({file})", by.recorded_at),
    }
}

/// Why a statement that reaches the time does not count any more.
fn why_gone(by: &Recorded, how: &Visibility, stored: &StoredRules) -> String {
    let file = source_ref(by, stored).map_or(String::new(), |source| source.recorded.source.file);
    let reason = |tx: TxId| {
        let retraction = stored.rulebook.retractions_about(&by.id.source).find(|it| it.tx == tx);
        retraction.map_or(String::new(), |it| format!(": {}", it.retraction.reason))
    };
    match how {
        Visibility::Retracted(tx) => format!("{file} was retracted or superseded by tx {tx}{}", reason(*tx)),
        Visibility::Unloaded(tx) => format!("{file} was unloaded by tx {tx}{}", reason(*tx)),
        _ => format!("{file} does not count"),
    }
}
