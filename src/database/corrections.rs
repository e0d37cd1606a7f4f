//! Corrections: a retraction or another time of a change, as the document that states it.

use crate::database::Database;
use crate::database::files::LoadInput;
use crate::error::{Error, ErrorCode, Result};
use crate::statement::SourceId;
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
    text: String,
    published_at: Option<Timestamp>,
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

impl Database {
    /// The document that retracts a source (`ee2413a8367c`) or a statement (`ee2413a8367c.55`); to be loaded,
    /// or shown by [`Database::dry_run`]. [`Writer::retract`](crate::Writer::retract) loads it.
    ///
    /// ```
    /// use tierbook::{LoadOptions, Reason};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let retraction = database.retraction("ee2413a8367c.55", &Reason::from("an example"))?;
    /// assert_eq!(retraction.path().to_str(), Some("retract.toml"));
    /// database.writer()?.load(retraction, LoadOptions::default())?.into_result()?;
    /// assert_eq!(database.snapshot()?.contract("ACTUSDT")?.history().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no such source, or the database cannot be read.
    pub fn retraction(&self, what: &str, reason: &Reason) -> Result<LoadInput> {
        let (source, ordinal) = named(self, what)?;
        let statement = ordinal.map_or(String::new(), |ordinal| format!("statement = {ordinal}\n"));
        Ok(document("retract", &format!("source = \"{source}\"\n{statement}"), reason))
    }

    /// The document that moves a change to another time; to be loaded, or shown by [`Database::dry_run`].
    /// [`Writer::reschedule`](crate::Writer::reschedule) loads it.
    ///
    /// ```
    /// use tierbook::{LoadInput, Reason};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let later = "2026-02-10T06:30Z".parse()?;
    /// let document = database.rescheduling("ee2413a8367c.55", later, &Reason::from("postponed"))?;
    /// let LoadInput::Bytes { bytes, .. } = document else { panic!() };
    /// assert!(String::from_utf8(bytes)?.contains("effective_at = \"2026-02-10T06:30:00Z\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no such source, no statement is named, or the database cannot be read.
    pub fn rescheduling(&self, what: &str, to: Timestamp, reason: &Reason) -> Result<LoadInput> {
        let (source, ordinal) = named(self, what)?;
        let Some(ordinal) = ordinal else {
            let message = "a single change is postponed, not a whole source";
            let hint = format!("`tierbook query source {source}` numbers its statements; write {source}.N");
            return Err(Error::new(ErrorCode::StatementMissing, message).hint(hint));
        };
        let entry = format!("source = \"{source}\"\nstatement = {ordinal}\neffective_at = \"{to}\"\n");
        Ok(document("postpone", &entry, reason))
    }
}

/// The source, and the number of the statement where one is named.
fn named(database: &Database, what: &str) -> Result<(SourceId, Option<u32>)> {
    let number = |(source, digits): (&str, &str)| Some((source.to_string(), digits.parse::<u32>().ok()?));
    match what.rsplit_once('.').and_then(number) {
        Some((source, ordinal)) => Ok((database.source(&source)?, Some(ordinal))),
        None => Ok((database.source(what)?, None)),
    }
}

/// The seed of one entry.
fn document(what: &str, entry: &str, reason: &Reason) -> LoadInput {
    let now = Timestamp::now();
    let published_at = reason.published_at.map_or(String::new(), |at| format!("published_at = \"{at}\"\n"));
    let title = quoted(&format!("{what}: {}", reason.text));
    let text = format!(
        "[source]\ntitle = {title}\nnote = \"written at {now} by `tierbook {what}`\"\n{published_at}\n\
         [[{what}]]\n{entry}reason = {}\n",
        quoted(&reason.text)
    );
    LoadInput::bytes(format!("{what}.toml"), text)
}

/// A TOML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
