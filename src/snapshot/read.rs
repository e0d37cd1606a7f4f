//! Reading from the store what one question needs, and no more.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::records::{records_at, records_of_unloaded};
use super::wanted::Wanted;
use crate::error::{Error, ErrorCode};
use crate::query::plan::transactions::pinned;
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::Clause;
use crate::query::{Plan, StoredRules, plan};
use crate::rulebook::{Knowledge, Rulebook};
use crate::statement::{Program, RecordedSource, SourceId, Subject, TxId};
use crate::store::{Head, Reader};
use crate::time::{RecordedTime, Timestamp};

/// Runs `read` on the database in `dir`. Also gives what the store reports, such as that the journal was read
/// because the image is damaged.
///
/// # Errors
/// There is no database, or its journal is damaged; or those of `read`.
pub fn reading<T>(
    dir: &Path,
    read: impl FnOnce(&Reader) -> Result<T, Error>,
) -> Result<(T, Vec<String>), Error> {
    let reader = Reader::open(dir)?;
    let found = read(&reader)?;
    Ok((found, reader.notices()))
}

/// Refuses a database that does not contain the transaction of a snapshot.
///
/// # Errors
/// It does not, or it cannot be read.
pub fn check_same_database(reader: &Reader, head: Head, dir: &Path) -> Result<(), Error> {
    let Head { tx, recorded_at, .. } = head;
    let is_same = tx.0 == 0 || (reader.head().tx >= tx && Some(reader.recorded_at(tx)?) == recorded_at);
    if is_same {
        return Ok(());
    }
    let message = format!("the database in {} is not the one of this snapshot", dir.display());
    Err(Error::new(ErrorCode::ForeignJournal, message).hint("take a new snapshot"))
}

/// Of all stored subjects those of which something counts, and those of which everything was unloaded; both in
/// order, without tokens.
///
/// # Errors
/// Those of reading.
pub fn known_subjects(
    reader: &Reader,
    head: Head,
    all: &[Subject],
) -> Result<(Vec<Subject>, Vec<Subject>), Error> {
    let all = all.iter().filter(|subject| subject.program() != Program::Token).cloned();
    let records = records_of_unloaded(reader)?;
    let recorded: Vec<(SourceId, TxId)> =
        records.sources.iter().filter(|it| it.tx <= head.tx).map(|it| (it.source.id, it.tx)).collect();
    let book = Rulebook::new(records);
    let unloaded = |(id, tx): &(SourceId, TxId)| book.unloaded_by(id, *tx, Knowledge::default()).is_some();
    let unloaded: BTreeSet<TxId> = recorded.into_iter().filter(unloaded).map(|(_, tx)| tx).collect();
    let mut concerned: BTreeSet<Subject> = BTreeSet::new();
    for tx in &unloaded {
        concerned.extend(reader.batch(*tx)?.statements.into_iter().map(|statement| statement.subject));
    }
    let mut gone: Vec<Subject> = Vec::new();
    for subject in concerned {
        if reader.statements(&subject)?.iter().all(|recorded| unloaded.contains(&recorded.tx)) {
            gone.push(subject);
        }
    }
    Ok((without(all, &gone), gone))
}

/// All subjects but those in a list in order, in which a search for each through all would be quadratic.
fn without(all: impl Iterator<Item = Subject>, gone: &[Subject]) -> Vec<Subject> {
    all.filter(|subject| gone.binary_search(subject).is_err()).collect()
}

/// The plan of a statement. A pattern does not mean a subject of which everything was unloaded; its name does,
/// and so does a question about what was recorded before.
///
/// # Errors
/// Those of planning.
pub fn plan_for(
    statement: &Statement,
    known: &[Subject],
    gone: &[Subject],
    now: Timestamp,
) -> Result<Plan, Error> {
    let all = || {
        let mut all: Vec<Subject> = known.iter().chain(gone).cloned().collect();
        all.sort();
        all
    };
    let is_pattern = |word: &Word| word.text.contains('*') || word.text.eq_ignore_ascii_case("all");
    let has_pattern = statement.subjects.iter().any(is_pattern);
    if gone.is_empty() || statement.value(Clause::RecordedBy).is_none() {
        match plan(statement, known, now) {
            Err(error) if error.code() == ErrorCode::UnknownSubject && !gone.is_empty() && !has_pattern => {}
            found => return found,
        }
    }
    plan(statement, &all(), now)
}

/// The plan of a statement against what is stored, and the names of all subjects.
///
/// # Errors
/// The statement cannot be planned, or the index is damaged.
pub fn planned(
    reader: &Reader,
    statement: &Statement,
    now: Timestamp,
) -> Result<(Plan, Vec<Subject>), Error> {
    let all = reader.subjects()?;
    let (known, gone) = known_subjects(reader, reader.head(), &all)?;
    let statement = pinned(statement, &|tx| reader.recorded_at(tx))?;
    let plan = plan_for(&statement, &known, &gone, not_before(now, reader.head().recorded_at))?;
    Ok((plan, all))
}

/// The clock, but never before what was recorded last.
pub fn not_before(now: Timestamp, recorded_at: Option<RecordedTime>) -> Timestamp {
    recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0))
}

/// The sources recorded up to a transaction.
///
/// # Errors
/// The index is damaged.
pub fn sources(reader: &Reader, head: Head) -> Result<Vec<RecordedSource>, Error> {
    let mut sources = reader.sources()?;
    sources.retain(|source| source.tx <= head.tx);
    Ok(sources)
}

/// What is wanted, as it was at `head`.
///
/// # Errors
/// The index is damaged, or a document is wanted and its line of the journal is damaged.
pub fn rules(reader: &Reader, wanted: Wanted, head: Head) -> Result<StoredRules, Error> {
    let records = records_at(reader, head, wanted)?;
    let sources = records.sources.clone();
    let mut rules = StoredRules { tx: head.tx.0, sources, ..StoredRules::default() };
    for by in wanted.recorded_by.into_iter().flatten() {
        rules.newest_by.insert(by, reader.newest_by(by)?.min(head.tx));
    }
    let stated = || records.statements.iter().flatten();
    let cited: HashSet<SourceId> = stated().map(|recorded| recorded.id.source).collect();
    // Recording by recording: a search for the recordings of each source would be quadratic.
    let is_wanted = |it: &&RecordedSource| wanted.all_sources || cited.contains(&it.source.id);
    let (ids, transactions): (Vec<SourceId>, Vec<TxId>) =
        rules.sources.iter().filter(is_wanted).map(|it| (it.source.id, it.tx)).unzip();
    for ((id, tx), found) in ids.into_iter().zip(&transactions).zip(reader.findings_of(&transactions)?) {
        rules.findings.entry(id).or_default().extend(found.into_iter().map(|finding| (*tx, finding)));
    }
    if wanted.documents {
        let transactions: BTreeSet<TxId> = stated().map(|recorded| recorded.tx).collect();
        let document = |tx: TxId| Ok((tx, reader.transaction(tx)?));
        rules.documents =
            transactions.into_iter().map(document).collect::<Result<BTreeMap<_, _>, Error>>()?;
    }
    rules.rulebook = Rulebook::new(records);
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_unloaded_subjects_are_left_out_in_a_moment() {
        let contract =
            |place: u32| Subject::new("binance", Program::Usdm, &format!("C{place:06}USDT")).unwrap();
        let gone: Vec<Subject> = (0..40_000).step_by(2).map(contract).collect();
        let began = std::time::Instant::now();
        let known = without((0..40_000).map(contract), &gone);
        assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
        assert_eq!(known, (1..40_000).step_by(2).map(contract).collect::<Vec<_>>());
    }
}
