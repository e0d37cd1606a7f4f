//! Everything that is recorded about some subjects: what a rulebook is made of.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::rule::RuleKind;
use crate::rulebook::Records;
use crate::rulebook::curves::program_of;
use crate::statement::{Recorded, Subject, TxId, symbol};
use crate::store::{Head, Reader};

/// The records about some subjects, up to the head of the reader.
///
/// # Errors
/// Those of reading.
pub fn records<'a>(
    subjects: impl IntoIterator<Item = &'a Subject>,
    reader: &Reader,
) -> Result<Records, Error> {
    let mut records = Records {
        retractions: reader.retractions()?,
        complete: reader.complete_snapshots()?,
        sources: reader.sources()?,
        ..Records::default()
    };
    let mut programs: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeSet<Subject> = subjects.into_iter().cloned().collect();
    wanted.extend(wanted.clone().iter().flat_map(symbol::tokens_of));
    let mut classes: BTreeSet<Subject> = BTreeSet::new();
    for subject in &wanted {
        let statements = reader.statements(subject)?;
        classes.extend(statements.iter().filter_map(class_of));
        records.statements.extend(statements);
        programs.insert(program_of(subject));
    }
    for class in classes.difference(&wanted) {
        records.statements.extend(reader.statements(class)?);
    }
    for program in programs {
        let observed = reader.observed(&program)?;
        records.observed.insert(program, observed);
    }
    Ok(records)
}

/// The class of assets that a statement puts an asset in: its tiers are those of the asset.
fn class_of(recorded: &Recorded) -> Option<Subject> {
    let rule = recorded.statement.claim.rule().filter(|rule| rule.kind() == RuleKind::Class)?;
    Subject::class(recorded.statement.subject.venue(), rule.rank()?)
}

/// The records as they were at a head.
pub fn up_to(mut records: Records, head: Head) -> Records {
    let is_recorded = |tx: TxId| tx <= head.tx;
    records.statements.retain(|recorded| is_recorded(recorded.tx));
    records.complete.retain(|recorded| is_recorded(recorded.tx));
    records.retractions.retain(|recorded| is_recorded(recorded.tx));
    records.sources.retain(|recorded| is_recorded(recorded.tx));
    records.observed.values_mut().for_each(|observed| observed.retain(|observed| is_recorded(observed.tx)));
    records
}
