//! Corrections: what an operator or an exchange takes back, replaces or puts right, as what is recorded for it.
//!
//! Each is one transaction of its own, so that nothing is overwritten: the answers of before are still there
//! under `recorded by`, and every correction can be undone.

pub(super) mod planned;
mod retimed;

use crate::statement::TxId;
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
/// let Corrected { tx, is_new, message, undo } =
///     database.writer()?.correct(&Correction::Undo { tx: None }, "the wrong file")?;
/// assert_eq!((tx.0, is_new, undo.as_str()), (2, true, "tierbook undo 2"));
/// assert_eq!(message, "tx 1 is undone: ee2413a8367c (binance-2026-02-03.txt)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Corrected {
    /// The transaction that has it.
    pub tx: TxId,
    /// Whether it was recorded now; `false` where it had been done already.
    pub is_new: bool,
    /// What it did, in words.
    pub message: String,
    /// The command that undoes it.
    pub undo: String,
}

impl Corrected {
    /// What a transaction did before.
    pub(super) fn done(tx: TxId, message: String) -> Corrected {
        Corrected { tx, is_new: false, message, undo: format!("tierbook undo {tx}") }
    }
}
