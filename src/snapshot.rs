//! A snapshot: the database as it was at one transaction, for any number of questions from any number of
//! threads.

pub mod wanted;
pub mod records;
pub mod read;
mod changes;
mod loaded;
mod made;
mod named;
pub mod asked;
pub mod handles;
pub mod timelines;
mod subjects;
mod within;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use crate::error::Result;
use crate::query::plan::transactions::pinned;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::query::{Plan, StoredRules};
#[cfg(feature = "columnar")]
use crate::statement::Program;
use crate::statement::{RecordedSource, Subject, TxId};
use crate::store::{self, Head, Reader, Stamp};
use crate::time::{RecordedTime, Timestamp};
use asked::{Answer, Rows};
use handles::Handles;
use loaded::Loaded;
use read::{not_before, reading};
use wanted::Wanted;

/// The database as it was at one transaction.
///
/// It never changes: what is recorded later has no effect on it. A clone is a reference to the same snapshot,
/// and any number of threads may ask one at the same time. Between questions no file of the database is open
/// and no lock is taken, so that it may be kept as long as you like.
///
/// ```
/// use tierbook::{At, Decimal};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let at = At::valid("2026-02-06T08:00Z".parse()?);
/// let answers = std::thread::scope(|scope| {
///     let ask = |notional: u32| rules.contract("ACTUSDT").unwrap().mmr(Decimal::from(notional), at);
///     let other = scope.spawn(move || ask(60_000).value().copied());
///     (ask(1_000).value().copied(), other.join().unwrap())
/// });
/// assert_eq!(answers, (Some("0.05".parse()?), Some("0.1".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Snapshot {
    inner: Arc<Inner>,
    /// When the work for which this reference is has to be done.
    until: Option<Instant>,
}

struct Inner {
    dir: PathBuf,
    stamp: Option<Stamp>,
    head: Head,
    subjects: Vec<Subject>,
    /// The subjects of which everything was unloaded.
    gone: Vec<Subject>,
    /// All of both, in order.
    all: Vec<Subject>,
    /// The transactions that are lost, in order.
    lost: Vec<RecordedSource>,
    /// Every recorded source, once something asks for all.
    sources: OnceLock<Vec<RecordedSource>>,
    loaded: Mutex<Loaded>,
    /// What the snapshot was taken by, for the first that reads from the store, so that this need not open it again.
    opened: Mutex<Option<Reader>>,
    handles: OnceLock<Handles>,
}

impl Snapshot {
    /// The snapshot of the database in `dir` at its newest transaction, and what the store reports.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub(crate) fn take(dir: &Path) -> Result<(Snapshot, Vec<String>)> {
        let stamp = store::stamp(dir);
        let reader = Reader::open(dir)?;
        let snapshot = Snapshot::of(&reader, dir, stamp)?;
        let notices = reader.notices();
        *snapshot.opened() = Some(reader);
        Ok((snapshot, notices))
    }

    /// The snapshot of the database in `dir` together with the answer to a first statement, for which the
    /// store is opened only once; and what the store reports.
    ///
    /// # Errors
    /// There is no database, it is damaged, or the statement cannot be answered.
    pub(crate) fn take_and_answer(
        dir: &Path,
        statement: &Statement,
        now: Timestamp,
    ) -> Result<(Snapshot, Rows, Vec<String>)> {
        let stamp = store::stamp(dir);
        let ((snapshot, rows, notice), mut notices) = reading(dir, |reader| {
            let snapshot = Snapshot::of(reader, dir, stamp)?;
            let plan = snapshot.plan(statement, now)?;
            let rules = snapshot.read(reader, Wanted::of(&plan, &snapshot.inner.all))?;
            let notice = snapshot.notice_of_lost(&plan);
            Ok((snapshot, Rows::of(vec![Answer::new(plan, rules)?]), notice))
        })?;
        notices.extend(notice);
        Ok((snapshot, rows, notices))
    }

    /// `stamp` is older than what is read: what is recorded meanwhile makes the snapshot stale.
    fn of(reader: &Reader, dir: &Path, stamp: Option<Stamp>) -> Result<Snapshot> {
        let head = reader.head();
        let all = reader.subjects()?;
        let (subjects, gone) = read::known_subjects(reader, head, &all)?;
        let lost = reader.lost()?;
        let (dir, loaded) = (dir.to_path_buf(), Mutex::new(Loaded::Some(Vec::new())));
        let (sources, opened, handles) = Default::default();
        let inner = Inner { dir, stamp, head, subjects, gone, all, lost, sources, loaded, opened, handles };
        Ok(Snapshot { inner: Arc::new(inner), until: None })
    }

    /// Whether nothing was recorded since the snapshot was taken.
    pub(crate) fn is_current(&self) -> bool {
        self.inner.stamp.is_some() && self.inner.stamp == store::stamp(&self.inner.dir)
    }

    /// The newest transaction of the snapshot.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.head(), database.head()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn head(&self) -> Head {
        self.inner.head
    }

    /// The number of that transaction; 0 where nothing is recorded.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.tx().0, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tx(&self) -> TxId {
        self.inner.head.tx
    }

    /// Every contract and asset that a statement is about, in order.
    ///
    /// ```
    /// use tierbook::Program;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let contracts = rules.subjects().iter().filter(|it| it.program() == Program::Usdm);
    /// assert_eq!(contracts.count(), 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subjects(&self) -> &[Subject] {
        &self.inner.subjects
    }

    /// Every recorded source, in the order of recording: that of transaction n is the n-th. They are read when they are
    /// asked for first, and no question needs them all that is not about all.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.sources()?[0].source.id.as_str(), "ee2413a8367c");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is damaged or gone. The snapshot stays usable.
    pub fn sources(&self) -> Result<&[RecordedSource]> {
        if let Some(sources) = self.inner.sources.get() {
            return Ok(sources);
        }
        let sources = self.reading(|reader| {
            self.check_same_database(reader)?;
            read::sources(reader, self.head())
        })?;
        Ok(self.inner.sources.get_or_init(|| sources))
    }

    /// The transactions that are lost, in order: what they stated is in no answer. There are some only in a database that
    /// was salvaged. The source of each is empty; its title says what is known of it.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// assert!(database.snapshot()?.lost().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lost(&self) -> &[RecordedSource] {
        &self.inner.lost
    }

    /// Answers the statements of a text, in order.
    ///
    /// Each row is typed, and serialises in the shape of the JSON answers of the command.
    ///
    /// ```
    /// use tierbook::Row;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let rows = rules.query("mmr of ACTUSDT at 1k, 60k as of 2026-02-06T08:00Z")?;
    /// let values: Vec<_> = rows
    ///     .iter()
    ///     .filter_map(|row| if let Row::Measure(row) = row { row.value } else { None })
    ///     .collect();
    /// assert_eq!(values, ["0.05".parse()?, "0.1".parse()?]);
    /// assert_eq!(serde_json::to_value(&rows[0])?["status"], "value");
    ///
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.span().unwrap().of("mmr of ACTUST at 1k"), "ACTUST");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A statement cannot be read or planned; its span is a place in `text`. Or the database is damaged.
    /// Nothing is changed.
    pub fn query(&self, text: &str) -> Result<Vec<Row>> {
        Ok(self.rows(text)?.collect())
    }

    /// Answers one statement that was read. `now` is what an omitted `as of` and relative times mean.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let statement = parse("mmr of ACTUSDT at 1k, 60k as of 2026-02-07")?.remove(0);
    /// assert_eq!(rules.answer(&statement, Timestamp::now())?.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Snapshot::query`].
    pub fn answer(&self, statement: &Statement, now: Timestamp) -> Result<Vec<Row>> {
        Ok(self.rows_of(statement, now)?.collect())
    }

    fn plan(&self, statement: &Statement, now: Timestamp) -> Result<Plan> {
        let statement = pinned(statement, &|tx| self.recorded_at(tx))?;
        let now = not_before(now, self.head().recorded_at);
        read::plan_for(&statement, self.subjects(), &self.inner.gone, now)
    }

    /// When a transaction was recorded.
    fn recorded_at(&self, tx: TxId) -> Result<RecordedTime> {
        if tx.0 == 0 {
            return Ok(RecordedTime(Timestamp::FIRST));
        }
        if tx > self.tx() {
            return Err(store::unknown_transaction(tx, self.tx()));
        }
        let read = |reader: &Reader| {
            self.check_same_database(reader)?;
            reader.recorded_at(tx)
        };
        self.reading(read)
    }

    /// The text of the document that a transaction recorded.
    ///
    /// # Errors
    /// The database is damaged.
    #[cfg(feature = "server")]
    pub(crate) fn text_of(&self, tx: TxId) -> Result<String> {
        self.reading(|reader| {
            self.check_same_database(reader)?;
            Ok(reader.transaction(tx)?.1)
        })
    }

    /// The last transaction that counts at a basis, `None` for everything recorded.
    ///
    /// # Errors
    /// The database is damaged.
    pub(crate) fn tx_by(&self, recorded_by: Option<RecordedTime>) -> Result<TxId> {
        match recorded_by.filter(|by| self.head().recorded_at.is_some_and(|newest| *by < newest)) {
            None => Ok(self.tx()),
            Some(by) => self.reading(|reader| {
                self.check_same_database(reader)?;
                Ok(reader.newest_by(by)?.min(self.tx()))
            }),
        }
    }

    /// The rules that are wanted, from memory where they are there, else from the store.
    pub(crate) fn rules(&self, wanted: Wanted) -> Result<Arc<StoredRules>> {
        if let (Some(rules), false) = (self.loaded().rules(wanted), wanted.documents) {
            return Ok(rules);
        }
        self.reading(|reader| self.read(reader, wanted))
    }

    /// Reads what is wanted, and keeps it for the next question.
    fn read(&self, reader: &Reader, wanted: Wanted) -> Result<Arc<StoredRules>> {
        self.check_same_database(reader)?;
        if wanted.documents {
            return Ok(Arc::new(self.read_rules(reader, wanted)?));
        }
        // Other threads wait here, so that nothing is read twice.
        let mut loaded = self.loaded();
        if let Some(rules) = loaded.rules(wanted) {
            return Ok(rules);
        }
        if loaded.reads_alone(wanted, self.inner.all.len()) {
            let rules = Arc::new(self.read_rules(reader, wanted)?);
            loaded.add(rules.clone(), wanted);
            return Ok(rules);
        }
        let rules = Arc::new(self.read_rules(reader, Wanted::everything(&self.inner.all))?);
        *loaded = Loaded::Everything(rules.clone());
        Ok(rules)
    }

    /// Everything that is recorded.
    pub(crate) fn everything(&self) -> Result<Arc<StoredRules>> {
        self.rules(Wanted::everything(&self.inner.all))
    }

    /// Every subject that anything was ever recorded about, in order.
    #[cfg(feature = "columnar")]
    fn every_subject(&self) -> Vec<Subject> {
        self.inner.all.iter().filter(|subject| subject.program() != Program::Token).cloned().collect()
    }

    fn read_rules(&self, reader: &Reader, wanted: Wanted) -> Result<StoredRules> {
        read::rules(reader, wanted, self.head())
    }

    fn opened(&self) -> MutexGuard<'_, Option<Reader>> {
        self.inner.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the store, by what the snapshot was taken by where nothing changed since.
    fn reading<T>(&self, read: impl FnOnce(&Reader) -> Result<T>) -> Result<T> {
        let opened = self.opened().take();
        match opened.filter(|_| self.is_current()) {
            Some(reader) => read(&reader),
            None => Ok(reading(&self.inner.dir, read)?.0),
        }
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        self.inner.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_same_database(&self, reader: &Reader) -> Result<()> {
        read::check_same_database(reader, self.head(), &self.inner.dir)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("dir", &self.inner.dir)
            .field("tx", &self.tx())
            .finish_non_exhaustive()
    }
}
