//! An answer: a value with its status, its certainty, its source and what else should be known of it.

mod made;
mod question;

use std::sync::OnceLock;

use crate::error::{Error, ErrorCode, Result};
use crate::query::rows::{Certainty, CertaintyKind, Context, Row, SourceRef, Status, Warning};
use crate::rule::Rule;
use crate::statement::StatementId;
use question::{Details, Question, Statement};

/// The answer to one question about a rule.
///
/// That no rule is known is an answer too, not an error: [`Answer::status`] tells why there is no value, and
/// [`Answer::into_result`] makes an error of it for those who want one.
///
/// Value, status, kind of certainty, tier and statement are there at once; everything else is made when it is first
/// asked for.
///
/// ```
/// use tierbook::{At, Decimal, Status};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let contract = rules.contract("ACTUSDT")?;
/// let answer = contract.mmr(Decimal::from(60_000), At::valid("2026-02-06T08:00Z".parse()?));
/// assert_eq!(answer.status(), Status::Value);
/// assert_eq!(answer.value(), Some(&"0.1".parse()?));
///
/// let too_early = contract.mmr(Decimal::from(60_000), At::valid("2020-01-01T00:00Z".parse()?));
/// assert_eq!((too_early.status(), too_early.value()), (Status::Unknown, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Answer<T> {
    status: Status,
    value: Option<T>,
    kind: Option<CertaintyKind>,
    tier: Option<u32>,
    statement: Statement,
    question: Question,
    details: OnceLock<Box<Details>>,
}

impl<T> Answer<T> {
    fn details(&self) -> &Details {
        self.details.get_or_init(|| Box::new(self.question.details()))
    }

    /// The value; `None` where the status is not [`Status::Value`], and for a limit that the rule does not
    /// have.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// use tierbook::{At, Decimal};
    /// let contract = rules.contract("ACTUSDT")?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// assert_eq!(contract.mmr(Decimal::from(60_000), at).value(), Some(&"0.1".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Whether there is a value, or why there is none.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// use tierbook::{At, Decimal, Status};
    /// let contract = rules.contract("ACTUSDT")?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// assert_eq!(contract.mmr(Decimal::from(900_000), at).status(), Status::AboveLimit);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn status(&self) -> Status {
        self.status
    }

    /// The unit of the value: `fraction`, `x` for a leverage, `tier`, or the currency of an amount.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// assert_eq!(rules.contract("ACTUSDT")?.margin(Decimal::from(60_000), at).unit(), "USDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unit(&self) -> &str {
        &self.details().unit
    }

    /// Why there is no value, in one sentence; `None` where nothing needs to be explained.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// use tierbook::{At, Decimal};
    /// let contract = rules.contract("ACTUSDT")?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// assert!(contract.mmr(Decimal::from(900_000), at).message().is_some());
    /// assert_eq!(contract.mmr(Decimal::from(60_000), at).message(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message(&self) -> Option<&str> {
        self.details().message.as_deref()
    }

    /// The estimated probability, in percent, that the exchange applied the table at the time asked; `None`
    /// where no rule is known, or no figure for the program.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-05T00:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert_eq!(answer.holds(), Some(98)); // seen two days before
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn holds(&self) -> Option<u8> {
        self.context().and_then(|context| context.holds)
    }

    /// The kind of its certainty; `None` where no rule is known. [`Answer::certainty`] has more.
    ///
    /// ```
    /// use tierbook::{At, CertaintyKind, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T07:00Z".parse()?);
    /// let during = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert_eq!(during.certainty_kind(), Some(CertaintyKind::RollingOut));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn certainty_kind(&self) -> Option<CertaintyKind> {
        self.kind
    }

    /// The number of the tier that answers, counted from 1; `None` where no tier does.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let contract = rules.contract("ACTUSDT")?;
    /// assert_eq!(contract.mmr(Decimal::from(60_000), at).tier_number(), Some(2));
    /// assert_eq!(contract.mmr(Decimal::from(900_000), at).tier_number(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tier_number(&self) -> Option<u32> {
        self.tier
    }

    /// The statement that answers: that of the rule in force, or the one that ended it; `None` where nothing is
    /// known.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// assert_eq!(answer.statement().unwrap().to_string(), "ee2413a8367c.55");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statement(&self) -> Option<StatementId> {
        self.statement.id(&self.question)
    }

    /// The table that this statement states, with all its tiers; `None` where it states none, or nothing is known.
    /// It is that of the snapshot: nothing is copied.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(900_000), at);
    /// assert_eq!(answer.value(), None); // above the last tier, which is:
    /// let last = answer.rule().unwrap().tiers().last().unwrap();
    /// assert_eq!((last.cap, last.amount), (Some(Decimal::from(800_000)), 150_744.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rule(&self) -> Option<&Rule> {
        self.statement.rule(&self.question)
    }

    /// How certain the rule is; `None` where no rule is known.
    ///
    /// ```
    /// use tierbook::{At, CertaintyKind, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let contract = rules.contract("ACTUSDT")?;
    /// let during = contract.mmr(Decimal::from(60_000), At::valid("2026-02-06T07:00Z".parse()?));
    /// let certainty = during.certainty().unwrap();
    /// assert_eq!(certainty.kind, CertaintyKind::RollingOut);
    /// assert_eq!(certainty.until.unwrap().to_string(), "2026-02-06T07:30:00Z");
    /// assert_eq!(certainty.other, Some("0.125".parse()?)); // under the rule before
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn certainty(&self) -> Option<&Certainty> {
        self.details().certainty.as_ref()
    }

    /// The document that states the rule, and the place in it; `None` where no rule is known.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
    /// let source = answer.source().unwrap();
    /// assert_eq!(source.recorded.source.file, "binance-2026-02-03.txt");
    /// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?;
    /// assert!(source.row_span.unwrap().of(&text).contains("60,000"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn source(&self) -> Option<&SourceRef> {
        self.context()?.source.as_ref()
    }

    /// Since when the rule is in force, when it was seen last and when it changes next; `None` where nothing
    /// is stored about the subject.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// use tierbook::{At, Decimal};
    /// let contract = rules.contract("ACTUSDT")?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let answer = contract.mmr(Decimal::from(60_000), at);
    /// let since = answer.context().unwrap().in_force_since.unwrap();
    /// assert_eq!(since.to_string(), "2026-02-06T06:30:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn context(&self) -> Option<&Context> {
        self.details().context.as_ref()
    }

    /// What else should be known, such as that a floor was printed wrong and is repaired.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(300_000), at);
    /// assert_eq!(answer.warnings()[0].code, "repaired_floor");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn warnings(&self) -> &[Warning] {
        &self.details().warnings
    }

    /// The answer as the rows that the language gives for the same question: one of a measure, one for each tier of a
    /// table. They are made anew each time. There is none where the language refuses the question: `tiers` of an asset
    /// with one ratio for all amounts.
    ///
    /// ```
    /// use tierbook::{At, Decimal};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let contract = rules.contract("ACTUSDT")?;
    /// let rows = contract.mmr(Decimal::from(60_000), at).rows()?;
    /// assert_eq!(rows, rules.query("mmr of ACTUSDT at 60k as of 2026-02-06T08:00Z")?);
    /// assert_eq!(serde_json::to_value(&rows[0])?["value"], "0.1");
    /// assert_eq!(contract.tiers(at).rows()?.len(), 6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The question has [`recorded_by`](crate::At::recorded_by), whose transaction the address names, and the database is not
    /// there any more, or damaged.
    pub fn rows(&self) -> Result<Vec<Row>> {
        self.question.rows()
    }

    /// The value, or an error that tells why there is none.
    ///
    /// ```
    /// use tierbook::{At, Decimal, ErrorCode};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let contract = rules.contract("ACTUSDT")?;
    /// assert_eq!(contract.mmr(Decimal::from(60_000), at).into_result()?, "0.1".parse()?);
    /// let error = contract.mmr(Decimal::from(900_000), at).into_result().unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::AboveLimit);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of kind [`ErrorKind::NoAnswer`](crate::ErrorKind::NoAnswer), with the status as its code; or, for a
    /// limit that the rule does not have, [`ErrorCode::NoLimit`].
    pub fn into_result(self) -> Result<T> {
        let code = match self.status {
            Status::Value | Status::NoLimit => ErrorCode::NoLimit,
            Status::AboveLimit => ErrorCode::AboveLimit,
            Status::Ended => ErrorCode::Ended,
            Status::Unknown | Status::UnknownSubject => ErrorCode::UnknownRule,
            Status::NotKnownThen => ErrorCode::NotKnownThen,
        };
        let Answer { value, question, details, .. } = self;
        value.ok_or_else(|| {
            let details = details.into_inner().map_or_else(|| question.details(), |details| *details);
            let why = details.message.unwrap_or_else(|| "there is no limit".to_string());
            Error::new(code, format!("{}: {why}", question.plan()))
        })
    }
}

impl<T: PartialEq> PartialEq for Answer<T> {
    fn eq(&self, other: &Answer<T>) -> bool {
        (self.status, &self.value) == (other.status, &other.value) && self.details() == other.details()
    }
}
