//! The subjects of a snapshot: one by name, or many in columns.

use std::sync::Arc;

use super::Snapshot;
use super::handles::{Handles, fits};
use super::named::named;
use super::read::{self, reading};
use super::timelines::Timelines;
use super::wanted::Wanted;
use crate::collateral::Collateral;
use crate::columns::{Columns, Evaluated, SubjectHandle};
use crate::contract::Contract;
use crate::error::{Error, ErrorCode, Result};
use crate::query::StoredRules;
#[cfg(feature = "columnar")]
use crate::query::plan::names;
#[cfg(feature = "columnar")]
use crate::query::syntax::ast::Word;
use crate::query::syntax::measure::Measure;
use crate::statement::Subject;
use crate::store::Reader;
use crate::subject_rules::SubjectRules;
#[cfg(feature = "columnar")]
use crate::text::Span;

impl Snapshot {
    /// The rules of a contract, read into memory.
    ///
    /// The name is `ACTUSDT`, `usdm:ACTUSDT` or `binance:usdm:ACTUSDT`; the names of ccxt are accepted too:
    /// `ACT/USDT:USDT`, `BTC/USD:BTC`, `BTC/USDT:USDT-260327`.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let contract = rules.contract("ACT/USDT:USDT")?;
    /// assert_eq!(contract.subject().name(), "ACTUSDT");
    ///
    /// let error = rules.contract("ACTUST").unwrap_err();
    /// assert_eq!(error.kind(), tierbook::ErrorKind::UnknownSubject);
    /// assert_eq!(error.hints(), ["did you mean `ACTUSDT`?"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No contract has that name ([`ErrorCode::UnknownSubject`], with the nearest name that is stored),
    /// several have it ([`ErrorCode::AmbiguousSubject`]), or the database is damaged. The snapshot stays
    /// usable.
    pub fn contract(&self, name: &str) -> Result<Contract> {
        self.subject_rules(name, true).map(Contract::new)
    }

    /// The rules of an asset as collateral, read into memory. The name is `LTC`, `pm-pro:STRK` or
    /// `binance:pm:LTC`.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.collateral("LTC")?.subject().to_string(), "binance:pm:LTC");
    ///
    /// // An asset of two programs needs the program.
    /// let error = rules.collateral("STRK").unwrap_err();
    /// assert_eq!(error.code(), tierbook::ErrorCode::AmbiguousSubject);
    /// assert!(rules.collateral("pm-pro:STRK").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Snapshot::contract`].
    pub fn collateral(&self, name: &str) -> Result<Collateral> {
        self.subject_rules(name, false).map(Collateral::new)
    }

    /// The handles of subjects for [`Snapshot::evaluate`], in the order of their names. A name means what it means to
    /// [`Snapshot::contract`], or else to [`Snapshot::collateral`]; the handle of one that is not stored, or that means
    /// several, is not [known](SubjectHandle::is_known).
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let handles = rules.handles(["ACTUSDT", "binance:usdm:ACTUSDT", "LTC"]);
    /// assert_eq!(handles[0], handles[1]);
    /// assert!(handles[2].is_known());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handles<N: AsRef<str>>(&self, names: impl IntoIterator<Item = N>) -> Vec<SubjectHandle> {
        let handle = |name: N| {
            let found =
                [true, false].into_iter().find_map(|is_contract| self.place(name.as_ref(), is_contract).ok());
            SubjectHandle::new(found, self.stamp_of_handles())
        };
        names.into_iter().map(handle).collect()
    }

    /// Answers many questions at once. The subjects that are asked about are read and compiled first; then a row takes
    /// tens of nanoseconds, and no memory.
    ///
    /// ```
    /// use tierbook::{Columns, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let handles = rules.handles(["ACTUSDT", "IPUSDT"]);
    /// let units = [60_000, 1_000].map(|notional| notional * 100_000_000_i64);
    /// let times = ["2026-02-06T08:00Z".parse()?; 2];
    /// let answers = rules.evaluate(&Columns::new(Measure::Margin, &handles, &units[..], &times))?;
    /// assert_eq!(answers.value(0), Some(5_500.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Columns have different lengths, a handle is of another snapshot, or a subject does not have the measure. What
    /// is known of a row is its status, not an error. Or the database cannot be read.
    pub fn evaluate(&self, columns: &Columns) -> Result<Evaluated> {
        let mut answers = Evaluated::default();
        self.evaluate_into(columns, &mut answers)?;
        Ok(answers)
    }

    /// As [`Snapshot::evaluate`], into columns that may have been used before, whose memory is used again.
    ///
    /// ```
    /// use tierbook::{Columns, Evaluated, language::Measure};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answers = Evaluated::default();
    /// let (handles, times) = (rules.handles(["ACTUSDT"]), ["2026-02-06T08:00Z".parse()?]);
    /// for notional in [60_000, 70_000] {
    ///     let units = [notional * 100_000_000_i64];
    ///     rules.evaluate_into(&Columns::new(Measure::Mmr, &handles, &units[..], &times), &mut answers)?;
    ///     assert_eq!(answers.values().len(), 1);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Snapshot::evaluate`]; then the columns are as they were.
    pub fn evaluate_into(&self, columns: &Columns, answers: &mut Evaluated) -> Result<()> {
        columns.rows()?;
        let timelines = Timelines::new(self, columns.recorded_by);
        timelines.make(self.asked_about(columns.subjects, columns.measure)?.into_iter())?;
        columns.fill(&timelines.all(), answers);
        Ok(())
    }

    /// The places of the subjects that are asked about, in order.
    fn asked_about(&self, handles: &[SubjectHandle], measure: Measure) -> Result<Vec<usize>> {
        let stamp = self.stamp_of_handles();
        let mut is_asked = vec![false; self.subjects().len()];
        for handle in handles.iter().filter(|handle| handle.is_known()) {
            if handle.snapshot() != stamp {
                let message = "a subject handle is of another snapshot";
                return Err(
                    Error::new(ErrorCode::ForeignHandle, message).hint("take the handles of this one")
                );
            }
            is_asked[handle.place()] = true;
        }
        let places: Vec<usize> = (0..is_asked.len()).filter(|place| is_asked[*place]).collect();
        let mut subjects = places.iter().map(|place| &self.subjects()[*place]);
        if let Some(other) = subjects.find(|subject| !measure.applies_to(subject.program())) {
            let message = format!("{other} has no `{}`", measure.words());
            return Err(Error::new(ErrorCode::WrongMeasure, message).hint("ask contracts and assets apart"));
        }
        Ok(places)
    }

    /// The rules of a subject, which are among those that are loaded.
    pub(crate) fn about(&self, subject: &Subject, rules: Arc<StoredRules>) -> SubjectRules {
        // Not the snapshot itself, which keeps rules of subjects.
        let (dir, head) = (self.inner.dir.clone(), self.head());
        let newest_by = move |by| {
            let read = |reader: &Reader| {
                read::check_same_database(reader, head, &dir)?;
                reader.newest_by(by)
            };
            Ok(reading(&dir, read)?.0.min(head.tx))
        };
        SubjectRules::new(subject.clone(), rules, Box::new(newest_by))
    }

    /// The handle of the one subject of a kind that a name means.
    ///
    /// # Errors
    /// The name means none, or several.
    pub(crate) fn handle(&self, name: &str, is_contract: bool) -> Result<SubjectHandle> {
        let place = self.place(name, is_contract)?;
        Ok(SubjectHandle::new(Some(place), self.stamp_of_handles()))
    }

    /// The handle of no subject.
    #[cfg(feature = "columnar")]
    pub(crate) fn unknown_handle(&self) -> SubjectHandle {
        SubjectHandle::new(None, self.stamp_of_handles())
    }

    /// The subject of a handle of this snapshot.
    pub(crate) fn subject_of(&self, handle: SubjectHandle) -> Option<&Subject> {
        self.subjects().get(handle.place())
    }

    /// The rules of the subject of a handle of this snapshot; `None` where none is stored.
    ///
    /// # Errors
    /// The database is damaged.
    pub(crate) fn rules_of(&self, handle: SubjectHandle) -> Result<Option<SubjectRules>> {
        let Some(subject) = self.subject_of(handle) else { return Ok(None) };
        let read = || {
            let rules = self.rules(Wanted::rules(std::slice::from_ref(subject)))?;
            Ok(self.about(subject, rules))
        };
        self.by_name().rules(handle.place() as u32, read).map(Some)
    }

    /// The rules of some subjects, kept for the next question; those that are not read yet are read at once.
    ///
    /// # Errors
    /// The database is damaged.
    pub(crate) fn rules_of_all(&self, subjects: &[Subject]) -> Result<Vec<SubjectRules>> {
        let place = |subject: &Subject| self.subjects().partition_point(|it| it < subject) as u32;
        let is_missing = |subject: &&Subject| !self.by_name().has(place(subject));
        let missing: Vec<Subject> = subjects.iter().filter(is_missing).cloned().collect();
        let read = if missing.is_empty() { None } else { Some(self.rules(Wanted::rules(&missing))?) };
        let rules = |subject: &Subject| {
            self.by_name().rules(place(subject), || {
                let rules = match &read {
                    Some(read) => read.clone(),
                    None => self.rules(Wanted::rules(std::slice::from_ref(subject)))?,
                };
                Ok(self.about(subject, rules))
            })
        };
        subjects.iter().map(rules).collect()
    }

    /// The subjects that names or patterns mean, also those of which everything was unloaded; all for none.
    ///
    /// # Errors
    /// A name means nothing stored.
    #[cfg(feature = "columnar")]
    pub(crate) fn named(&self, words: &[String]) -> Result<Vec<Subject>> {
        let all = self.every_subject();
        if words.is_empty() {
            return Ok(all);
        }
        let word = |text: &String| Word::new(text, Span::new(0, text.len()));
        names::any_of(&words.iter().map(word).collect::<Vec<_>>(), &all)
    }

    /// What tells the handles of this snapshot from those of another.
    fn stamp_of_handles(&self) -> u32 {
        self.head().hash.short() as u32
    }

    fn subject_rules(&self, name: &str, is_contract: bool) -> Result<SubjectRules> {
        let handle = self.handle(name, is_contract)?;
        self.rules_of(handle)?
            .ok_or_else(|| Error::new(ErrorCode::UnknownSubject, format!("`{name}` is not stored")))
    }

    /// The place of the one subject of a kind that a name means.
    fn place(&self, name: &str, is_contract: bool) -> Result<u32> {
        if let Some(place) = self.by_name().place(name, is_contract, self.subjects()) {
            return Ok(place);
        }
        let subject = named(name, self.subjects(), fits(is_contract))?;
        Ok(self.subjects().partition_point(|it| *it < subject) as u32)
    }

    pub(super) fn by_name(&self) -> &Handles {
        self.inner.handles.get_or_init(|| Handles::of(self.subjects().len()))
    }
}
