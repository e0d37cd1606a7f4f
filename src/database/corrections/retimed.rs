//! A document with another publication: the times that follow from it are derived again.

use std::collections::BTreeMap;

use crate::finding::FindingCode;
use crate::statement::{Batch, Claim, Origin, Precision, Statement, Subject};
use crate::time::{PublishedTime, Timestamp, ValidTime};

/// The batch as if its document had been published at that time.
///
/// A *Previous* table is seen at the publication, or just before its change where that is earlier; the tables
/// of an exchange are seen at the time that they state, else at the publication.
pub fn retimed(mut batch: Batch, published_at: PublishedTime) -> Batch {
    let before = batch.source.shows_at();
    let after = published_at.0;
    let effective = effective_times(&batch.statements);
    let mut seen: BTreeMap<Subject, usize> = BTreeMap::new();
    for statement in &mut batch.statements {
        let changes = effective.get(&statement.subject).map_or(&[][..], Vec::as_slice);
        let Claim::Observation { seen_at, .. } = &mut statement.claim else { continue };
        let place = seen.entry(statement.subject.clone()).or_default();
        // The n-th Previous table belongs to the n-th change.
        let change = changes.get(*place).or(changes.last());
        *place += 1;
        let derived = |publication: Timestamp| match change {
            Some(change) if change.0 <= publication => change.0.just_before(),
            _ => publication,
        };
        if seen_at.0 == derived(before) {
            *seen_at = ValidTime(derived(after));
        }
    }
    for snapshot in &mut batch.complete_snapshots {
        if snapshot.seen_at.0 == before {
            snapshot.seen_at = ValidTime(after);
        }
    }
    let stated = [FindingCode::NoPublication, FindingCode::DateMismatch];
    batch.findings.retain(|finding| !stated.contains(&finding.code));
    batch.source.published_at = published_at;
    batch.source.precision = Precision::Exact;
    batch.source.origin = Origin::Option;
    batch
}

/// When the changes of each subject take effect, in the order of the document.
fn effective_times(statements: &[Statement]) -> BTreeMap<Subject, Vec<ValidTime>> {
    let mut all: BTreeMap<Subject, Vec<ValidTime>> = BTreeMap::new();
    for statement in statements {
        if let Claim::Change { effective_at, .. } = statement.claim {
            all.entry(statement.subject.clone()).or_default().push(effective_at);
        }
    }
    all
}
