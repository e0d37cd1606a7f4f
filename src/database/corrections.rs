//! Corrections: what an operator or an exchange takes back, replaces or puts right, as what is recorded for it.
//!
//! Each is one transaction of its own, so that nothing is overwritten: the answers of before are still there
//! under `recorded by`, and every correction can be undone.

pub(super) mod planned;
mod retimed;
mod still_stated;

use crate::statement::{SourceId, TxId};
use crate::text::counted;
use crate::time::Timestamp;

/// Why something is corrected, and since when that is known.
///
/// ```
/// use tierbook::Reason;
/// # fn main() -> tierbook::Result<()> {
/// let reason = Reason::new("cancelled by the exchange").published_at("2026-02-05T00:00Z".parse()?);
/// let now = Reason::from("a typo");
/// # let _ = (reason, now);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    pub(super) text: String,
    pub(super) published_at: Option<Timestamp>,
}

impl Reason {
    /// A reason in words. The correction counts as published when it is recorded.
    ///
    /// ```
    /// use tierbook::Reason;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let reason = Reason::new(format!("withdrawn in ticket {}", 4711));
    /// assert_eq!(database.writer()?.retract("ee2413a8367c.55", reason)?.0, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(text: impl Into<String>) -> Reason {
        Reason { text: text.into(), published_at: None }
    }

    /// The same reason, published at a time.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Reason};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let reason = Reason::new("cancelled by the exchange").published_at("2026-02-05T00:00Z".parse()?);
    /// database.writer()?.retract("ee2413a8367c.55", reason)?;
    /// let contract = database.snapshot()?.contract("ACTUSDT")?;
    /// let at = At::valid("2026-02-07T00:00Z".parse()?);
    /// let known_before = contract.mmr(Decimal::from(60_000), at.known_at("2026-02-04T00:00Z".parse()?));
    /// assert_eq!(known_before.value(), Some(&"0.1".parse()?));
    /// assert_eq!(contract.mmr(Decimal::from(60_000), at).value(), Some(&"0.125".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn published_at(self, time: Timestamp) -> Reason {
        Reason { published_at: Some(time), ..self }
    }
}

impl From<&str> for Reason {
    fn from(text: &str) -> Reason {
        Reason::new(text)
    }
}

/// What is to be put right. Sources are named by their id or its first digits, or by their file.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// use tierbook::Correction;
/// let mistake = Correction::Unload { source: "ee24".to_string(), tx: None };
/// let corrected = database.writer()?.correct(&mistake, "loaded by mistake")?;
/// assert_eq!(corrected.undo, "tierbook undo 2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Correction {
    /// Nobody published what was recorded: it is gone at every publication time.
    Unload {
        /// The source.
        source: String,
        /// Only what this transaction recorded of it.
        tx: Option<TxId>,
    },
    /// The exchange took back a source, or one statement of it (`ID.N`), when the reason was published.
    Retract {
        /// The source or the statement.
        what: String,
    },
    /// The exchange replaced a source by a newer edition, which is stored, when that was published.
    Supersede {
        /// The older edition.
        older: String,
        /// The newer one.
        newer: String,
    },
    /// The exchange moved a change (`ID.N`) to another time.
    Reschedule {
        /// The change.
        what: String,
        /// When it takes effect now.
        to: Timestamp,
    },
    /// The source was published at another time than was recorded.
    Correct {
        /// The source.
        source: String,
        /// When it was published.
        published_at: Timestamp,
        /// Only what this transaction recorded of it: needed for an observation that was posted twice.
        tx: Option<TxId>,
    },
    /// A transaction is undone; `None` for the newest that is neither undone nor an undo.
    Undo {
        /// The transaction.
        tx: Option<TxId>,
    },
}

/// What a correction did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// use tierbook::{Corrected, Correction};
/// let Corrected { tx, is_new, message, undo, still_stated } =
///     database.writer()?.correct(&Correction::Undo { tx: None }, "the wrong file")?;
/// assert_eq!((tx.0, is_new, undo.as_str()), (2, true, "tierbook undo 2"));
/// assert_eq!(message, "tx 1 is undone: ee2413a8367c (binance-2026-02-03.txt)");
/// assert!(still_stated.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Corrected {
    /// The transaction that has it.
    pub tx: TxId,
    /// Whether it was recorded now; `false` where it had been done already.
    pub is_new: bool,
    /// What it did, in words; and what still states the same.
    pub message: String,
    /// The command that undoes it.
    pub undo: String,
    /// The sources that still state what the exchange took back, so that it counts until they are taken back too: of a
    /// retraction, a supersession or a change that moved.
    pub still_stated: Vec<StillStated>,
}

/// A source that still states what a correction took back from another.
///
/// ```
/// use tierbook::{Correction, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let copy = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("06:00:46Z", "06:02:46Z");
/// database.writer()?.load(LoadInput::bytes("copy.txt", copy), LoadOptions::default())?;
/// let correction = Correction::Retract { what: "ee2413a8367c.55".to_string() };
/// let corrected = database.writer()?.correct(&correction, "cancelled")?;
/// let other = &corrected.still_stated[0];
/// assert_eq!((other.file.as_str(), &other.statements[..]), ("copy.txt", &[55][..]));
/// assert_eq!(other.names(), [format!("{}.55", other.source)]); // what to retract too
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct StillStated {
    /// The source.
    pub source: SourceId,
    /// The file it was read from; of a correction its words.
    pub file: String,
    /// The numbers of the statements that state it.
    pub statements: Vec<u32>,
    /// Whether it announces nothing else.
    pub is_all: bool,
}

impl Corrected {
    /// What a transaction does now.
    pub(super) fn new(tx: TxId, message: &str, still_stated: Vec<StillStated>) -> Corrected {
        Corrected { is_new: true, ..Corrected::of(tx, message, still_stated) }
    }

    /// What a transaction did before.
    pub(super) fn done(tx: TxId, message: &str, still_stated: Vec<StillStated>) -> Corrected {
        Corrected::of(tx, &format!("{message}, by tx {tx}"), still_stated)
    }

    fn of(tx: TxId, message: &str, still_stated: Vec<StillStated>) -> Corrected {
        let others: Vec<String> = still_stated.iter().map(StillStated::in_words).collect();
        let message = match others.as_slice() {
            [] => message.to_string(),
            _ => format!("{message}; what it stated is still stated by {}", others.join(", ")),
        };
        Corrected { tx, is_new: false, message, undo: format!("tierbook undo {tx}"), still_stated }
    }
}

impl StillStated {
    /// What to retract for the source to state it no more: the source, or some of its statements.
    ///
    /// ```
    /// use tierbook::{Correction, LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let copy = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("06:00:46Z", "06:02:46Z");
    /// database.writer()?.load(LoadInput::bytes("copy.txt", copy), LoadOptions::default())?;
    /// let mut writer = database.writer()?;
    /// let correction = Correction::Retract { what: "ee2413a8367c".to_string() };
    /// for name in writer.correct(&correction, "cancelled")?.still_stated[0].names() {
    ///     writer.retract(&name, "cancelled")?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn names(&self) -> Vec<String> {
        match self.statements.as_slice() {
            [_, _, ..] if self.is_all => vec![self.source.to_string()],
            some => some.iter().map(|ordinal| format!("{}.{ordinal}", self.source)).collect(),
        }
    }

    fn in_words(&self) -> String {
        let StillStated { source, file, statements, .. } = self;
        match statements.as_slice() {
            [ordinal] => format!("{source}.{ordinal} ({file})"),
            several => format!("{} of {source} ({file})", counted(several.len() as u64, "statement")),
        }
    }
}
