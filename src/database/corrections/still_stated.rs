//! What other statements still state once the exchange took one back: two documents may announce one change, and each
//! has to be taken back for the answer to change.

use std::collections::{BTreeMap, BTreeSet};

use super::StillStated;
use crate::error::Result;
use crate::rulebook::{Knowledge, Rulebook, Visibility};
use crate::snapshot::records::records_without_other_sources;
use crate::statement::{Claim, Recorded, RecordedSource, SourceId, Statement, StatementId, Subject, symbol};
use crate::store::Reader;

/// What a correction takes back because the exchange did.
pub struct TakenBack {
    /// The source.
    pub source: SourceId,
    /// The number of the statement; `None` for all of the source.
    pub ordinal: Option<u32>,
    /// The newer edition of the source, whose statements replace what they repeat.
    pub newer: Option<SourceId>,
}

/// The sources that still state it, in order of their ids. Only what is announced counts: that a table was seen does
/// not keep a change in force.
///
/// # Errors
/// The database cannot be read.
pub fn still_stated(taken: &TakenBack, reader: &Reader) -> Result<Vec<StillStated>> {
    let sources = reader.recordings(&BTreeSet::from([taken.source]))?;
    let Some(last) = sources.last().filter(|it| !it.source.is_lost()) else { return Ok(Vec::new()) };
    let statements = reader.batch(last.tx)?.statements;
    let is_taken = |(place, _): &(usize, &Statement)| taken.has(*place as u32 + 1);
    let announced: Vec<&Statement> = statements
        .iter()
        .enumerate()
        .filter(is_taken)
        .map(|(_, it)| it)
        .filter(|it| is_announced(it))
        .collect();
    if announced.is_empty() {
        return Ok(Vec::new());
    }
    let subjects: BTreeSet<&Subject> = announced.iter().map(|statement| &statement.subject).collect();
    let book = Rulebook::new(records_without_other_sources(subjects, reader)?);
    let counting: Vec<&Recorded> =
        book.stated().filter(|it| taken.leaves(&it.id) && counts(&book, it)).collect();
    let mut found: BTreeMap<SourceId, BTreeSet<u32>> = BTreeMap::new();
    for statement in announced {
        let same: Vec<&&Recorded> = counting.iter().filter(|it| states(&it.statement, statement)).collect();
        // What the newer edition repeats is not taken back.
        if same.iter().any(|it| Some(it.id.source) == taken.newer) {
            continue;
        }
        for Recorded { id, .. } in same {
            found.entry(id.source).or_default().insert(id.ordinal);
        }
    }
    let stated = |(source, ordinals)| of_source(source, ordinals, &book, reader).transpose();
    found.into_iter().filter_map(stated).collect()
}

impl TakenBack {
    fn has(&self, ordinal: u32) -> bool {
        self.ordinal.is_none_or(|taken| taken == ordinal)
    }

    fn leaves(&self, id: &StatementId) -> bool {
        id.source != self.source || !self.has(id.ordinal)
    }
}

fn is_announced(statement: &Statement) -> bool {
    !statement.claim.is_observation()
}

fn counts(book: &Rulebook, recorded: &Recorded) -> bool {
    is_announced(&recorded.statement)
        && book.visibility(recorded, Knowledge::default()) == Visibility::Visible
}

/// Whether a statement states what another does, of its subject or of all contracts of its token.
fn states(one: &Statement, other: &Statement) -> bool {
    let is_about =
        || one.subject == other.subject || symbol::tokens_of(&other.subject).contains(&one.subject);
    claims_the_same(&one.claim, &other.claim) && is_about()
}

/// How long the roll-out of a change may take does not matter: its rule comes into force all the same.
fn claims_the_same(one: &Claim, other: &Claim) -> bool {
    match (one.rule(), other.rule()) {
        (Some(_), Some(_)) => one.valid_at() == other.valid_at() && one.same_rule(other),
        _ => one == other,
    }
}

/// What is known of a source with statements of these numbers; `None` where its recording cannot be found.
fn of_source(
    source: SourceId,
    statements: BTreeSet<u32>,
    book: &Rulebook,
    reader: &Reader,
) -> Result<Option<StillStated>> {
    let Some(RecordedSource { source: of, tx, .. }) = book.recordings(&source).last() else {
        return Ok(None);
    };
    let announced = reader.batch(*tx)?.statements.iter().filter(|it| is_announced(it)).count();
    let is_all = announced == statements.len();
    let file = if of.is_command() { &of.title } else { &of.file };
    Ok(Some(StillStated { source, file: file.clone(), statements: statements.into_iter().collect(), is_all }))
}
