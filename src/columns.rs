//! Columns: many questions at once, each a row, and their answers in columns too.

mod find;
mod run;

use crate::compiled::StatementPlace;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::{Measure, Takes};
use crate::time::Timestamp;
pub use find::Row;
#[cfg(feature = "columnar")]
pub use find::{Found, Rows};

/// A subject of a snapshot, as a column names it; [`Snapshot::handles`](crate::Snapshot::handles) gives it. It is
/// good for every snapshot of the same transaction.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let handles = rules.handles(["ACTUSDT", "NOSUCHUSDT"]);
/// assert_eq!([handles[0].is_known(), handles[1].is_known()], [true, false]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SubjectHandle {
    place: u32,
    snapshot: u32,
}

impl SubjectHandle {
    pub(crate) fn new(place: Option<u32>, snapshot: u32) -> SubjectHandle {
        SubjectHandle { place: place.unwrap_or(u32::MAX), snapshot }
    }

    /// Whether the snapshot has the subject; the rows of one that it does not have are `unknown_subject`.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert!(rules.handles(["ACTUSDT"])[0].is_known());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_known(self) -> bool {
        self.place != u32::MAX
    }

    pub(crate) fn place(self) -> usize {
        self.place as usize
    }

    pub(crate) fn snapshot(self) -> u32 {
        self.snapshot
    }
}

/// A column of notionals or amounts.
///
/// ```
/// use tierbook::Notionals;
/// let exact = [tierbook::Decimal::from(60_000)];
/// let units = [60_000 * 100_000_000_i64]; // of 1e-8
/// assert!(matches!(Notionals::from(&exact[..]), Notionals::Decimals(_)));
/// assert!(matches!(Notionals::from(&units[..]), Notionals::Units(_)));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Notionals<'a> {
    /// Decimals.
    Decimals(&'a [Decimal]),
    /// Whole numbers of units of 1e-8.
    Units(&'a [i64]),
}

impl<'a> From<&'a [Decimal]> for Notionals<'a> {
    fn from(column: &'a [Decimal]) -> Notionals<'a> {
        Notionals::Decimals(column)
    }
}

impl<'a> From<&'a [i64]> for Notionals<'a> {
    fn from(column: &'a [i64]) -> Notionals<'a> {
        Notionals::Units(column)
    }
}

impl<'a> From<&'a Vec<Decimal>> for Notionals<'a> {
    fn from(column: &'a Vec<Decimal>) -> Notionals<'a> {
        Notionals::Decimals(column)
    }
}

impl<'a> From<&'a Vec<i64>> for Notionals<'a> {
    fn from(column: &'a Vec<i64>) -> Notionals<'a> {
        Notionals::Units(column)
    }
}

impl Notionals<'_> {
    fn len(&self) -> usize {
        match self {
            Notionals::Decimals(column) => column.len(),
            Notionals::Units(column) => column.len(),
        }
    }
}

/// Many questions about one measure: a row has a subject, a notional, the time at which a rule is to be in force, and
/// perhaps the time at which it is to have been known. [`Snapshot::evaluate`](crate::Snapshot::evaluate) answers them.
///
/// ```
/// use tierbook::{Columns, Decimal, Status, language::Measure};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let handles = rules.handles(["ACTUSDT", "ACTUSDT", "NOSUCHUSDT"]);
/// let notionals = [Decimal::from(60_000), Decimal::from(900_000), Decimal::from(60_000)];
/// let times = ["2026-02-06T08:00Z".parse()?; 3];
/// let answers = rules.evaluate(&Columns::new(Measure::Margin, &handles, &notionals[..], &times))?;
/// assert_eq!(answers.value(0), Some(Decimal::from(5_500)));
/// assert_eq!(answers.statuses()[1..], [Status::AboveLimit, Status::UnknownSubject]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    pub(crate) measure: Measure,
    pub(crate) subjects: &'a [SubjectHandle],
    pub(crate) notionals: Notionals<'a>,
    pub(crate) valid_at: &'a [Timestamp],
    pub(crate) known_at: Option<&'a [Timestamp]>,
    pub(crate) recorded_by: Option<Timestamp>,
    pub(crate) with_holds: bool,
    pub(crate) threads: usize,
}

impl<'a> Columns<'a> {
    /// Questions about a measure that is a number and takes a notional or an amount, or nothing.
    ///
    /// ```
    /// use tierbook::{Columns, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (handles, times) = (rules.handles(["ACTUSDT"]), ["2026-02-06T08:00Z".parse()?]);
    /// let units = [60_000 * 100_000_000_i64];
    /// let answers = rules.evaluate(&Columns::new(Measure::Mmr, &handles, &units[..], &times))?;
    /// assert_eq!(answers.value(0), Some("0.1".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        measure: Measure,
        subjects: &'a [SubjectHandle],
        notionals: impl Into<Notionals<'a>>,
        valid_at: &'a [Timestamp],
    ) -> Columns<'a> {
        let notionals = notionals.into();
        let (known_at, recorded_by, with_holds, threads) = (None, None, false, 1);
        Columns { measure, subjects, notionals, valid_at, known_at, recorded_by, with_holds, threads }
    }

    /// Only what was published by the time of its row counts.
    ///
    /// ```
    /// use tierbook::{Columns, Status, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (handles, units) = (rules.handles(["ACTUSDT"]), [6_000_000_000_000_i64]);
    /// let (times, before) = (["2026-02-06T08:00Z".parse()?], ["2026-02-01T00:00Z".parse()?]);
    /// let columns = Columns::new(Measure::Mmr, &handles, &units[..], &times).known_at(&before);
    /// assert_eq!(rules.evaluate(&columns)?.statuses(), [Status::NotKnownThen]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn known_at(self, column: &'a [Timestamp]) -> Columns<'a> {
        Columns { known_at: Some(column), ..self }
    }

    /// Only what was recorded by then counts, for all rows.
    ///
    /// ```
    /// use tierbook::{Columns, Status, Timestamp, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (handles, units) = (rules.handles(["ACTUSDT"]), [6_000_000_000_000_i64]);
    /// let times = ["2026-02-06T08:00Z".parse()?];
    /// let columns = Columns::new(Measure::Mmr, &handles, &units[..], &times);
    /// let before = rules.evaluate(&columns.recorded_by("2026-01-01T00:00Z".parse()?))?;
    /// assert_eq!(before.statuses(), [Status::NotKnownThen]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recorded_by(self, time: Timestamp) -> Columns<'a> {
        Columns { recorded_by: Some(time), ..self }
    }

    /// The answers say too how probable it is that each table still holds ([`Evaluated::holds`]); it takes longer.
    ///
    /// ```
    /// use tierbook::{Columns, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let (handles, units) = (rules.handles(["ACTUSDT"]), [6_000_000_000_000_i64]);
    /// let times = ["2026-05-06T08:00Z".parse()?];
    /// let columns = Columns::new(Measure::Mmr, &handles, &units[..], &times).with_holds();
    /// assert_eq!(rules.evaluate(&columns)?.holds(), [Some(51)]); // three months after the announcement
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_holds(self) -> Columns<'a> {
        Columns { with_holds: true, ..self }
    }

    /// How many threads share the rows; 0 for as many as the machine has. A thread for few rows is not worth it, so
    /// that fewer may be used.
    ///
    /// ```
    /// use tierbook::{Columns, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let handles = vec![rules.handles(["ACTUSDT"])[0]; 100_000];
    /// let (units, times) = (vec![6_000_000_000_000_i64; 100_000], vec!["2026-02-06T08:00Z".parse()?; 100_000]);
    /// let columns = Columns::new(Measure::Mmr, &handles, &units, &times);
    /// assert_eq!(rules.evaluate(&columns.threads(0))?, rules.evaluate(&columns)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn threads(self, threads: usize) -> Columns<'a> {
        Columns { threads, ..self }
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// A column has another length, or the measure is a whole table or one of a leverage.
    pub(crate) fn rows(&self) -> Result<usize> {
        if self.measure == Measure::Tiers || matches!(self.measure.takes(), Takes::Leverage | Takes::Position)
        {
            let message = format!("`{}` is no number of a notional", self.measure.words());
            return Err(Error::new(ErrorCode::NotInColumns, message).hint("ask the handle of the contract"));
        }
        let rows = self.subjects.len();
        let columns = [("notionals", self.notionals.len()), ("times", self.valid_at.len())];
        let known_at = self.known_at.map(|column| ("times of knowledge", column.len()));
        match columns.into_iter().chain(known_at).find(|(_, length)| *length != rows) {
            None => Ok(rows),
            Some((name, length)) => {
                let message = format!("{rows} subjects, but {length} {name}");
                Err(Error::new(ErrorCode::ColumnsDiffer, message).hint("give each row one of each"))
            }
        }
    }
}

/// The answers to [`Columns`], row by row.
///
/// ```
/// use tierbook::{CertaintyKind, Columns, Status, language::Measure};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let (handles, units) = (rules.handles(["ACTUSDT"]), [6_000_000_000_000_i64]);
/// let times = ["2026-02-06T07:00Z".parse()?];
/// let answers = rules.evaluate(&Columns::new(Measure::Margin, &handles, &units[..], &times))?;
/// assert_eq!((answers.statuses()[0], answers.value(0)), (Status::Value, Some(5_500.into())));
/// assert_eq!((answers.tiers()[0], answers.leverages()[0]), (2, 5));
/// assert_eq!(answers.certainties()[0], Some(CertaintyKind::RollingOut));
/// let place = answers.statements()[0].unwrap();
/// let source = &rules.sources()?[place.source as usize];
/// assert_eq!(format!("{}.{}", source.source.id, place.ordinal), "ee2413a8367c.55");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluated {
    pub(crate) statuses: Vec<Status>,
    pub(crate) values: Vec<Decimal>,
    pub(crate) tiers: Vec<u32>,
    pub(crate) leverages: Vec<u32>,
    pub(crate) certainties: Vec<Option<CertaintyKind>>,
    pub(crate) statements: Vec<Option<StatementPlace>>,
    pub(crate) holds: Vec<Option<u8>>,
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $of:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        /// let answers = tierbook::Evaluated::default();
        #[doc = concat!("assert!(answers.", stringify!($name), "().is_empty());")]
        /// ```
        pub fn $name(&self) -> &[$of] {
            &self.$name
        }
    )*};
}

impl Evaluated {
    columns! {
        /// Whether each row has a value, and if not, why.
        statuses: Status;
        /// The value of each row; 0 where it has none.
        values: Decimal;
        /// The number of the tier that answers each row, counted from 1; 0 where none does.
        tiers: u32;
        /// The highest leverage of that tier; 0 where there is none.
        leverages: u32;
        /// How certain each row is; `None` where nothing is known.
        certainties: Option<CertaintyKind>;
        /// The statement that answers each row; `None` where nothing is known.
        statements: Option<StatementPlace>;
        /// How probable it is that the table of each row still holds, in percent; `None` where nothing says. It is
        /// empty unless it was [asked for](Columns::with_holds).
        holds: Option<u8>;
    }

    /// The value of a row; `None` where it has none, or there is no such row.
    ///
    /// ```
    /// assert_eq!(tierbook::Evaluated::default().value(0), None);
    /// ```
    pub fn value(&self, row: usize) -> Option<Decimal> {
        let value = self.values.get(row)?;
        (self.statuses.get(row) == Some(&Status::Value)).then_some(*value)
    }
}
