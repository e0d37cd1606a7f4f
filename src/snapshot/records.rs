//! Everything that is recorded about some subjects: what a rulebook is made of.

use std::collections::BTreeSet;

use super::wanted::Wanted;
use crate::error::Error;
use crate::rule::RuleKind;
use crate::rulebook::curves::program_of;
use crate::rulebook::{Records, Rulebook};
use crate::statement::{
    Program, ProgramCurves, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RetractionKind, SourceId,
    Subject, TxId, symbol,
};
use crate::store::{Head, Reader};

/// The records about some subjects, up to the head of the reader.
///
/// # Errors
/// Those of reading.
pub fn records<'a>(
    subjects: impl IntoIterator<Item = &'a Subject>,
    reader: &Reader,
) -> Result<Records, Error> {
    let (mut records, programs) = statements(subjects, reader)?;
    records.sources = reader.sources()?;
    for program in programs {
        let observed = reader.observed(&program)?;
        records.observed.insert(program, observed);
    }
    Ok(records)
}

/// What is recorded about some subjects, and of the sources only those that state something of them or retract what
/// another states: enough to decide which of these statements count.
///
/// # Errors
/// As for [`records`].
pub fn records_without_other_sources<'a>(
    subjects: impl IntoIterator<Item = &'a Subject>,
    reader: &Reader,
) -> Result<Records, Error> {
    let (mut records, _) = statements(subjects, reader)?;
    let mut sources: BTreeSet<SourceId> =
        records.statements.iter().flatten().map(|it| it.id.source).collect();
    sources.extend(records.complete.iter().map(|it| it.source));
    for RecordedRetraction { by, retraction, .. } in &records.retractions {
        sources.extend([*by, retraction.source]);
        if let RetractionKind::Supersede(newer) = &retraction.kind {
            sources.insert(*newer);
        }
    }
    records.sources = reader.recordings(&sources)?;
    Ok(records)
}

/// The records that are wanted as they were at a head, with the curves that are compiled for it. All that was
/// observed is needed only without these, or for a question about what was recorded earlier.
///
/// # Errors
/// Those of reading.
pub fn records_at(reader: &Reader, head: Head, wanted: Wanted) -> Result<Records, Error> {
    let Wanted { subjects, all_sources, observed, .. } = wanted;
    // All at once first: else those of the statements would be read one by one.
    let sources = all_sources.then(|| reader.sources()).transpose()?;
    let (mut records, programs) = statements(subjects, reader)?;
    for program in programs {
        let curves = reader.curves(&program, head.tx)?;
        if curves.is_none() || observed {
            records.observed.insert(program.clone(), reader.observed(&program)?);
        }
        records.curves.extend(curves.map(|curves| (program, curves)));
    }
    records.sources = match sources {
        Some(sources) => sources,
        None => reader.recordings(&deciding(subjects, &records))?,
    };
    Ok(up_to(records, head))
}

/// The sources that decide which statements of these records count: those that state or observe something of the
/// subjects, and those that retract or supersede any of them, or another of these.
fn deciding(subjects: &[Subject], records: &Records) -> BTreeSet<SourceId> {
    let mut sources: BTreeSet<SourceId> =
        records.statements.iter().flatten().map(|it| it.id.source).collect();
    let is_covered = |it: &&RecordedCompleteSnapshot| subjects.iter().any(|of| it.snapshot.covers(of));
    sources.extend(records.complete.iter().filter(is_covered).map(|it| it.source));
    sources.extend(records.observed.values().flatten().map(|it| it.source));
    with_retracting(&mut sources, &records.retractions);
    sources
}

/// Adds the sources that retract or supersede any of some, and so on.
fn with_retracting(sources: &mut BTreeSet<SourceId>, retractions: &[RecordedRetraction]) {
    loop {
        let known = sources.len();
        for RecordedRetraction { by, retraction, .. } in retractions {
            if !sources.contains(&retraction.source) {
                continue;
            }
            sources.insert(*by);
            if let RetractionKind::Supersede(newer) = &retraction.kind {
                sources.insert(*newer);
            }
        }
        if sources.len() == known {
            return;
        }
    }
}

/// What decides which transactions are unloaded: every retraction, and the sources that are named by one that unloads.
///
/// # Errors
/// Those of reading.
pub fn records_of_unloaded(reader: &Reader) -> Result<Records, Error> {
    let retractions = reader.retractions()?;
    let unloads = |it: &&RecordedRetraction| matches!(it.retraction.kind, RetractionKind::Unload(_));
    let sources = retractions.iter().filter(unloads).map(|it| it.retraction.source).collect();
    Ok(Records { sources: reader.recordings(&sources)?, retractions, ..Records::default() })
}

/// The records about some subjects without what was observed, and their programs.
fn statements<'a>(
    subjects: impl IntoIterator<Item = &'a Subject>,
    reader: &Reader,
) -> Result<(Records, BTreeSet<String>), Error> {
    let (complete, retractions) = (reader.complete_snapshots()?, reader.retractions()?);
    let mut records = Records { retractions, complete, ..Records::default() };
    let mut programs: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeSet<Subject> = subjects.into_iter().cloned().collect();
    wanted.extend(wanted.clone().iter().flat_map(symbol::tokens_of));
    let mut classes: BTreeSet<Subject> = BTreeSet::new();
    for subject in &wanted {
        let statements = reader.statements(subject)?;
        classes.extend(statements.iter().filter_map(class_of));
        records.statements.push(statements);
        // Nobody observes a token, only its contracts.
        programs.extend((subject.program() != Program::Token).then(|| program_of(subject)));
    }
    for class in classes.difference(&wanted) {
        records.statements.push(reader.statements(class)?);
    }
    Ok((records, programs))
}

/// What decides which statements count: every source, and every retraction.
///
/// # Errors
/// Those of reading.
pub fn records_of_sources(reader: &Reader) -> Result<Records, Error> {
    Ok(Records { retractions: reader.retractions()?, sources: reader.sources()?, ..Records::default() })
}

/// The curves of a program from everything that is recorded.
///
/// # Errors
/// Those of reading.
pub fn curves(reader: &Reader, program: &str) -> Result<ProgramCurves, Error> {
    let mut records = records_of_sources(reader)?;
    records.observed.insert(program.to_string(), reader.observed(program)?);
    Ok(Rulebook::new(records).program_curves(program))
}

/// The class of assets that a statement puts an asset in: its tiers are those of the asset.
fn class_of(recorded: &Recorded) -> Option<Subject> {
    let rule = recorded.statement.claim.rule().filter(|rule| rule.kind() == RuleKind::Class)?;
    Subject::class(recorded.statement.subject.venue(), rule.rank()?)
}

/// The records as they were at a head.
fn up_to(mut records: Records, head: Head) -> Records {
    let is_recorded = |tx: TxId| tx <= head.tx;
    records.statements.iter_mut().for_each(|list| list.retain(|recorded| is_recorded(recorded.tx)));
    records.complete.retain(|recorded| is_recorded(recorded.tx));
    records.retractions.retain(|recorded| is_recorded(recorded.tx));
    records.sources.retain(|recorded| is_recorded(recorded.tx));
    records.observed.values_mut().for_each(|observed| observed.retain(|observed| is_recorded(observed.tx)));
    records
}
