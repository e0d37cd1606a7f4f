//! The look-ahead audit: a log of decisions against everything stored. The store is opened once; each state
//! of knowledge about a subject is computed once, for all figures that fall into it.

pub mod figures;
pub mod log;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::cells::CellTimes;
use crate::database::Database;
use crate::error::{Error, ErrorCode};
use crate::query::eval::audit::{Case, Judgement, Used, Verdict};
use crate::query::eval::judged::JudgedRow;
use crate::query::plan::names;
use crate::query::syntax::measure::{Measure, Takes};
use crate::rulebook::Rulebook;
use crate::snapshot::records::records;
use crate::statement::{Precision, Subject, TxId};
use crate::store::Reader;
use crate::time::written::Zone;
use crate::time::{PublishedTime, Timestamp, ValidTime};
use figures::{Entry, Figure};
use log::Log;

/// A log and the verdict on each figure of it.
///
/// ```
/// use tierbook::Timestamp;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// assert_eq!((audit.len(), audit.unreadable, audit.errors.len()), (8, 0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Audit {
    /// The errors of the first lines that cannot be read.
    pub errors: Vec<Error>,
    /// How many lines cannot be read.
    pub unreadable: u64,
    names: Vec<String>,
    subjects: Vec<Subject>,
    figures: Vec<Judged>,
    book: Rulebook,
    precision: BTreeMap<TxId, Precision>,
}

/// A figure and its verdict.
#[derive(Clone, Debug)]
struct Judged {
    line: u64,
    name: usize,
    used: Used,
    /// The subject and the verdict; `None` where the name is unknown.
    found: Option<(usize, Verdict)>,
}

impl Database {
    /// Judges every figure of a log against everything stored. Nothing is recorded.
    ///
    /// `now` is what relative times in the log count from. `progress` is called with how much is done of how
    /// much: first of the bytes of the log, then of its figures.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let mut last = (0, 0);
    /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |done, all| {
    ///     last = (done, all);
    /// })?;
    /// assert_eq!(last, (8, 8));
    /// assert_eq!(audit.objections().count(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The log cannot be read, has no header or lacks a column, or is too long; or there is no database, or
    /// it is damaged.
    pub fn audit(
        &self,
        file: &Path,
        now: Timestamp,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Audit, Error> {
        self.audit_in(file, now, None, progress)
    }

    /// As [`Database::audit`], with the zone of the times in the log that have none.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let log = folder.path().join("log.csv");
    /// std::fs::write(&log, "time,subject,notional,rate\n2026-02-06 16:00,ACTUSDT,60000,0.1\n")?;
    /// let zone = Some("+08:00".parse()?);
    /// let audit = database.audit_in(&log, Timestamp::now(), zone, &mut |_, _| {})?;
    /// assert_eq!(audit.rows().next().unwrap().used.valid_at.to_string(), "2026-02-06T08:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Database::audit`].
    pub fn audit_in(
        &self,
        file: &Path,
        now: Timestamp,
        zone: Option<Zone>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Audit, Error> {
        let bytes = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
        let log = log::read(file, CellTimes { now, zone }, &mut |read| progress(read, bytes))?;
        let reader = Reader::open(self.dir())?;
        let mut audit = placed(log, &reader.subjects()?);
        let wanted: BTreeSet<usize> =
            audit.figures.iter().filter_map(|figure| Some(figure.found.as_ref()?.0)).collect();
        let records = records(wanted.iter().map(|subject| &audit.subjects[*subject]), &reader)?;
        audit.book = Rulebook::new(records);
        let sources = reader.sources()?;
        audit.precision =
            sources.into_iter().map(|recorded| (recorded.tx, recorded.source.precision)).collect();
        drop(reader);
        audit.judge(progress);
        Ok(audit)
    }
}

impl Audit {
    /// How many figures were judged.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
    /// assert_eq!(audit.len(), audit.rows().count());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn len(&self) -> usize {
        self.figures.len()
    }

    /// Whether no figure was judged.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let log = folder.path().join("log.csv");
    /// std::fs::write(&log, "time,subject,notional,rate\n")?; // a header only
    /// assert!(database.audit(&log, Timestamp::now(), &mut |_, _| {})?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// How many figures were judged so.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// use tierbook::audit::Judgement;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
    /// let counts = Judgement::ALL.iter().map(|judgement| audit.count(*judgement));
    /// assert_eq!(counts.collect::<Vec<_>>(), [3, 0, 2, 1, 1, 0, 0, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn count(&self, judgement: Judgement) -> usize {
        self.figures.iter().filter(|figure| figure.judgement() == judgement).count()
    }

    /// The rows of all figures, in the order of the log, made as they are asked for.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
    /// let lines: Vec<u64> = audit.rows().map(|row| row.line).collect();
    /// assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8, 9]); // line 1 is the header
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = JudgedRow> + '_ {
        self.figures.iter().map(|figure| self.row(figure))
    }

    /// The rows of the figures that are not fine, likewise.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let audit = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
    /// let first = audit.objections().next().unwrap();
    /// assert_eq!((first.line, first.judgement.name()), (5, "stale"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn objections(&self) -> impl Iterator<Item = JudgedRow> + '_ {
        let objected = self.figures.iter().filter(|figure| !figure.judgement().is_fine());
        objected.map(|figure| self.row(figure))
    }

    fn row(&self, figure: &Judged) -> JudgedRow {
        let precision_of = |tx: TxId| self.precision.get(&tx).copied().unwrap_or(Precision::Exact);
        let row = figure.found.as_ref().and_then(|(subject, verdict)| {
            let timeline = self.book.timeline(&self.subjects[*subject])?;
            Some(JudgedRow::of(figure.line, figure.used, verdict, timeline, precision_of))
        });
        row.unwrap_or_else(|| JudgedRow::not_held(figure.line, &self.names[figure.name], figure.used))
    }

    /// Judges all figures, subject by subject and state by state.
    fn judge(&mut self, progress: &mut dyn FnMut(u64, u64)) {
        let Audit { figures, book, subjects, .. } = self;
        let mut of_subject: Vec<Vec<usize>> = vec![Vec::new(); subjects.len()];
        for (place, figure) in figures.iter().enumerate() {
            if let Some((subject, _)) = figure.found {
                of_subject[subject].push(place);
            }
        }
        let (mut done, all) = (0, figures.len() as u64);
        for (subject, places) in of_subject.into_iter().enumerate() {
            let Some(timeline) = book.timeline(&subjects[subject]) else { continue };
            let case = Case::new(book, timeline);
            let state = |place: usize| (case.state(figures[place].used.known_at), place);
            let mut by_state: Vec<(usize, usize)> = places.into_iter().map(state).collect();
            by_state.sort_unstable();
            for group in by_state.chunk_by(|a, b| a.0 == b.0) {
                let known = case.known(group[0].0);
                for (_, place) in group {
                    let verdict = case.judge(&figures[*place].used, &known);
                    figures[*place].found = Some((subject, verdict));
                }
                done += group.len() as u64;
                progress(done, all);
            }
        }
    }
}

impl Judged {
    fn judgement(&self) -> Judgement {
        self.found.as_ref().map_or(Judgement::Unknown, |(_, verdict)| verdict.judgement)
    }
}

/// The place of a subject and the measure that a name and a figure mean; `None` where the name is unknown.
type Meant = Option<(usize, Measure)>;

/// The figures of a log, each with the subject that it means, not judged yet.
fn placed(mut log: Log, stored: &[Subject]) -> Audit {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, subject) in stored.iter().enumerate() {
        by_name.entry(subject.name()).or_default().push(place);
    }
    let mut meant: HashMap<(usize, Figure, bool), Result<Meant, Error>> = HashMap::new();
    let mut figures: Vec<Judged> = Vec::with_capacity(log.entries.len());
    for entry in std::mem::take(&mut log.entries) {
        let found = meant.entry((entry.name, entry.figure, entry.at.is_some())).or_insert_with(|| {
            meaning(&log.names[entry.name], entry.figure, entry.at.is_some(), &by_name, stored)
        });
        match found {
            Ok(found) => figures.push(judged(&entry, *found)),
            Err(error) => {
                let message = format!("line {} {}", entry.line, error.message);
                log.note(entry.line, error.clone().with_message(message));
            }
        }
    }
    log.errors.sort_by_key(|(line, _)| *line);
    Audit {
        errors: log.errors.into_iter().map(|(_, error)| error).collect(),
        unreadable: log.unreadable,
        names: log.names,
        subjects: stored.to_vec(),
        figures,
        book: Rulebook::default(),
        precision: BTreeMap::new(),
    }
}

fn judged(entry: &Entry, found: Meant) -> Judged {
    let unplaced = match entry.figure {
        Figure::Rate => Measure::Mmr,
        Figure::Of(measure) => measure,
    };
    let used = Used {
        valid_at: ValidTime(entry.time),
        known_at: PublishedTime(entry.known_at),
        measure: found.map_or(unplaced, |(_, measure)| measure),
        at: entry.at,
        value: entry.value,
    };
    let open = |(subject, _)| (subject, Verdict::open());
    Judged { line: entry.line, name: entry.name, used, found: found.map(open) }
}

/// What a name means.
///
/// # Errors
/// The name is stored, but has no such measure, or needs an amount for it, or means several subjects.
fn meaning(
    name: &str,
    figure: Figure,
    has_amount: bool,
    by_name: &HashMap<&str, Vec<usize>>,
    stored: &[Subject],
) -> Result<Meant, Error> {
    let bare = name.rsplit(':').next().unwrap_or(name);
    let is_meant = |subject: &Subject| match name.matches(':').count() {
        0 => true,
        1 => name == format!("{}:{bare}", subject.program().name()),
        _ => name == subject.to_string(),
    };
    let named = by_name.get(bare).into_iter().flatten().copied().filter(|place| is_meant(&stored[*place]));
    let mut named: Vec<usize> = named.collect();
    if named.is_empty() {
        let elsewhere = names::called_elsewhere(name, stored);
        named.extend(elsewhere.iter().filter_map(|subject| stored.iter().position(|it| it == *subject)));
    }
    let measured = named.iter().filter_map(|place| {
        let program = stored[*place].program();
        let measure = match figure {
            Figure::Rate if program.has_contracts() => Measure::Mmr,
            Figure::Rate => Measure::Ratio,
            Figure::Of(measure) => measure,
        };
        measure.applies_to(program).then_some((*place, measure))
    });
    let measured: Vec<(usize, Measure)> = measured.collect();
    let answers = |(place, measure): &&(usize, Measure)| match measure.takes() {
        Takes::Amount | Takes::Leverage => has_amount,
        Takes::AmountIfTiered => has_amount || !stored[*place].program().has_tiered_ratios(),
        Takes::Nothing => true,
        Takes::Position => false,
    };
    let answering: Vec<&(usize, Measure)> = measured.iter().filter(answers).collect();
    let refuse = |message: String| Error::new(ErrorCode::UnreadableLine, message);
    match (named.as_slice(), measured.as_slice(), answering.as_slice()) {
        ([], ..) => Ok(None),
        (_, [], _) => Err(refuse(format!("column `subject`: `{name}` has no such measure"))
            .hint("contracts have `rate` and `margin`, assets have `rate`")),
        (_, _, []) => Err(refuse(format!("has nothing in column `notional`, and `{name}` needs it"))),
        (_, _, [one]) => Ok(Some(**one)),
        (_, _, several) => {
            let full: Vec<String> = several.iter().map(|(place, _)| stored[*place].to_string()).collect();
            Err(refuse(format!("column `subject`: `{name}` means {}", full.join(" and ")))
                .hint(format!("write the full name: {}", full[0])))
        }
    }
}
