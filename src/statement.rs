//! Statements: what a source states about the rule of a subject, stored as it states it.

mod claim;
mod loss;
pub mod source;
pub mod subject;
pub mod symbol;
pub mod market;
pub mod editions;

pub use claim::Claim;
pub use loss::{Loss, LostRow};
pub use market::Market;
pub use source::{Origin, Precision, RecordedSource, Sha256, Source, SourceId, TxId};
pub use subject::{Program, Subject};

use std::collections::BTreeSet;
use std::fmt;

use crate::finding::Finding;
use crate::rule::RuleKind;
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// The id of a statement: its source, and its place among the source's statements, counted from 1. Place 0 is
/// for what follows from a complete snapshot about a subject that it lacks.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("source ee24")?;
/// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
/// assert_eq!(row.recorded.id.to_string(), "ee2413a8367c.1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatementId {
    /// The source.
    pub source: SourceId,
    /// The place among its statements, counted from 1; 0 for what follows from a complete snapshot.
    pub ordinal: u32,
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.source, self.ordinal)
    }
}

/// One statement as a reader found it, before it is recorded.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("source ee24")?;
/// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
/// let statement = &row.recorded.statement;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?;
/// assert_eq!((statement.subject.name(), statement.span.of(&text)), ("LTC", "LTC85%80%"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it is about.
    pub subject: Subject,
    /// What it claims.
    pub claim: Claim,
    /// The bytes of the table or row in the source.
    pub span: Span,
}

impl Statement {
    /// The bytes of its rows as answers point at them. Without a table of several rows it is one, the whole
    /// statement.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let statements = rows.iter().filter_map(|row| match row {
    ///     Row::Statement(row) => Some(&row.recorded.statement),
    ///     _ => None,
    /// });
    /// let tables: Vec<_> = statements.filter(|it| it.subject.name() == "ACTUSDT").collect();
    /// assert_eq!([tables[0].rows().len(), tables[1].rows().len()], [6, 7]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows(&self) -> Vec<Span> {
        match self.claim.rule() {
            Some(rule) if rule.kind() != RuleKind::Flat && !rule.printed().is_empty() => {
                rule.row_spans().collect()
            }
            _ => vec![self.span],
        }
    }
}

/// A statement about statements: what it names no longer counts, from its own publication and recording on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retraction {
    /// The source whose statements are retracted.
    pub source: SourceId,
    /// One of its statements, counted from 1; `None` for all of them.
    pub ordinal: Option<u32>,
    /// Whether a newer edition replaces what is retracted.
    pub kind: RetractionKind,
    /// Why, in the words of the person who retracts it.
    pub reason: String,
}

/// How a statement is retracted: by the exchange, which acts at publication time, or by the operator, who
/// recorded what nobody published, which acts on what was recorded before.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RetractionKind {
    /// The exchange took it back, and nothing replaces it.
    Retract,
    /// The source that contains the retraction is a newer edition of it.
    Revise,
    /// This source is a newer edition of it.
    Supersede(SourceId),
    /// It was recorded by mistake: by this transaction, or by all before. Nobody published it.
    Unload(Option<TxId>),
    /// The source that contains the retraction is the same document, with the publication that it should have
    /// had: in place of what this transaction, or all before, recorded.
    Correct(Option<TxId>),
}

/// A complete snapshot: at `seen_at` the program had no other subjects than those that the source states a
/// rule of, as far as they are settled in one of its currencies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CompleteSnapshot {
    /// The exchange, in lower case.
    pub venue: String,
    /// The program.
    pub program: Program,
    /// The settlement currencies of which it names every contract; `None` for everything under the program.
    pub currencies: Option<BTreeSet<String>>,
    /// What it names, but states no rule of, because that could not be read.
    pub except: BTreeSet<String>,
    /// When it was seen.
    pub seen_at: ValidTime,
}

impl CompleteSnapshot {
    /// Whether it names a subject if that has a rule.
    pub fn covers(&self, subject: &Subject) -> bool {
        let is_settled_so = |currencies: &BTreeSet<String>| {
            symbol::settlement(subject).is_some_and(|currency| currencies.contains(currency))
        };
        self.venue == subject.venue()
            && self.program == subject.program()
            && !self.except.contains(subject.name())
            && self.currencies.as_ref().is_none_or(is_settled_so)
    }
}

/// A source read and checked, ready to be recorded as one transaction.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// The document.
    pub source: Source,
    /// The whole text of the document.
    pub text: String,
    /// Its statements, in the order of the document.
    pub statements: Vec<Statement>,
    /// The programs of which it names every subject.
    pub complete_snapshots: Vec<CompleteSnapshot>,
    /// What it retracts.
    pub retractions: Vec<Retraction>,
    /// What is wrong or suspicious in it.
    pub findings: Vec<Finding>,
}

impl Batch {
    /// Whether it shows what was in force and announces nothing.
    pub(crate) fn observes(&self) -> bool {
        let observation = |statement: &Statement| statement.claim.is_observation();
        !self.statements.is_empty() && self.statements.iter().all(observation)
    }
}

/// A statement with everything that resolution needs to know about its record.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("source ee24")?;
/// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
/// let recorded = &row.recorded;
/// assert_eq!((recorded.tx, recorded.id.ordinal), (rules.tx(), 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// Its id.
    pub id: StatementId,
    /// The statement.
    pub statement: Statement,
    /// When its source was published.
    pub published_at: PublishedTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

impl Recorded {
    /// Whether its source does not state it: a complete snapshot lacks the subject.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("source ee24")?;
    /// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
    /// assert!(!row.recorded.follows_from_complete_snapshot()); // its source states it
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn follows_from_complete_snapshot(&self) -> bool {
        self.id.ordinal == 0
    }
}

/// A complete snapshot with everything that resolution needs to know about its record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedCompleteSnapshot {
    /// The source that is complete.
    pub source: SourceId,
    /// The snapshot.
    pub snapshot: CompleteSnapshot,
    /// When it was published.
    pub published_at: PublishedTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

/// What a source observed of one program, in short: what the curve of DESIGN 4 needs of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ObservedProgram {
    /// The source.
    pub source: SourceId,
    /// The transaction that recorded it.
    pub tx: TxId,
    /// Of what it names every subject.
    pub complete: Complete,
    /// The tables of the subjects.
    pub tables: Vec<ObservedTable>,
}

/// One of them. Numbers are short hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ObservedTable {
    /// When it was seen.
    pub seen_at: ValidTime,
    /// The number of the subject.
    pub subject: u64,
    /// That of the currency that it is settled in; 0 for none.
    pub currency: u64,
    /// That of the table, `None` where the subject has none. Two tables have one number if they give the same
    /// answers.
    pub table: Option<u64>,
}

/// Of what an observation of a program names every subject.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Complete {
    /// Of the whole program.
    pub all: bool,
    /// Of the currencies with these numbers.
    pub currencies: Vec<u64>,
    /// But perhaps not these subjects.
    pub except: Vec<u64>,
}

impl Complete {
    /// Whether it names a subject of that number and currency if that has a table.
    pub fn covers(&self, subject: u64, currency: u64) -> bool {
        let is_settled_so = currency != 0 && self.currencies.contains(&currency);
        (self.all || is_settled_so) && !self.except.contains(&subject)
    }
}

/// How long the tables of a program stay as they are, by what was published at each time and everything that is
/// recorded; compiled, so that a question does not read all observations.
#[derive(Clone, PartialEq, Default, Debug)]
pub(crate) struct ProgramCurves {
    /// When each curve but the first began to count.
    pub from: Vec<PublishedTime>,
    /// The curves, one more than there are times: ages in days with the share of tables that are unchanged then;
    /// `None` where there are too few pairs of observations and no default.
    pub curves: Vec<Option<Vec<(f64, f64)>>>,
}

/// A retraction with everything that resolution needs to know about its record.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordedRetraction {
    /// The source that retracts.
    pub by: SourceId,
    /// What is retracted.
    pub retraction: Retraction,
    /// When the retracting source was published.
    pub published_at: PublishedTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
}

/// The times that a question is asked for: when the rule is to be in force, and what was known and recorded.
///
/// ```
/// use tierbook::At;
/// # fn main() -> tierbook::Result<()> {
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// assert_eq!(at.known_at, None); // everything stored counts
/// let before_publication = at.known_at("2026-02-01T00:00Z".parse()?);
/// # let _ = before_publication;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct At {
    /// When the rule is to be in force.
    pub valid_at: ValidTime,
    /// What was published by then counts; `None` for everything stored.
    pub known_at: Option<PublishedTime>,
    /// What was recorded by then counts; `None` for everything stored.
    pub recorded_by: Option<RecordedTime>,
}

impl At {
    /// The rule that is in force at a time, from everything stored.
    ///
    /// ```
    /// use tierbook::At;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-07T00:00Z".parse()?);
    /// assert_eq!(rules.contract("ACTUSDT")?.limit(at).value(), Some(&800_000.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn valid(at: Timestamp) -> At {
        At { valid_at: ValidTime(at), known_at: None, recorded_by: None }
    }

    /// Only what was published by then counts.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Status};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T07:00Z".parse()?).known_at("2026-02-01T00:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert_eq!(answer.status(), Status::NotKnownThen);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn known_at(self, time: Timestamp) -> At {
        At { known_at: Some(PublishedTime(time)), ..self }
    }

    /// Only what was recorded by then counts, so that the answer is the one that was given then.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Status, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?).recorded_by(Timestamp::now());
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert_eq!(answer.status(), Status::Value);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recorded_by(self, time: Timestamp) -> At {
        At { recorded_by: Some(RecordedTime(time)), ..self }
    }
}
