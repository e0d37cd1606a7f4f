//! Addresses: the name of one answer, by which it can be cited and asked for again.
//!
//! `binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=12` names what had been recorded by
//! transaction 12. It is a statement of the language: the parser turns it into the measure that it names,
//! recorded by `tx=12`, and [`crate::query::plan::transactions::pinned`] puts in the time of that
//! transaction.

use super::serialize::as_text;
use serde::ser::{Serialize, Serializer};
use std::fmt;

use crate::decimal;
use crate::query::plan::at::Argument;
use crate::query::syntax::ast::TX;
use crate::query::syntax::measure::Measure;
use crate::statement::{Subject, TxId};
use crate::time::{PublishedTime, ValidTime};

/// The address of an answer.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Measure(row)) = rows.first() else { panic!() };
/// let address = row.address.to_string();
/// assert_eq!(address, "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-07T00:00:00Z;tx=1");
/// let Some(Row::Measure(again)) = rules.query(&address)?.pop() else { panic!() };
/// assert_eq!(again.value, row.value);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Address {
    /// The subject.
    pub subject: Subject,
    /// What was asked.
    pub measure: Measure,
    /// At which notional, amount, leverage or position.
    pub at: Option<Argument>,
    /// The valid time.
    pub valid_at: ValidTime,
    /// What was published by then counts; `None` for everything that was recorded.
    pub known_at: Option<PublishedTime>,
    /// The last transaction that counts.
    pub tx: TxId,
    /// Whether broken tables are refused rather than repaired.
    pub as_published: bool,
}

impl fmt::Display for Address {
    /// `subject/measure@at=N;with=L;v=V;k=K;tx=T;as-published`, without what is not given; of a position
    /// `long=N;entry=P;with=L`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}@", self.subject, self.measure.key())?;
        match self.at {
            Some(Argument::Isolated(position)) => {
                for (word, value) in position.clauses(decimal::canonical) {
                    write!(f, "{word}={value};")?;
                }
            }
            Some(at @ Argument::AmountWith(_, leverage)) => write!(f, "at={at};with={leverage}x;")?,
            Some(at) => write!(f, "at={at};")?,
            None => {}
        }
        write!(f, "v={}", self.valid_at)?;
        if let Some(known_at) = self.known_at {
            write!(f, ";k={known_at}")?;
        }
        write!(f, ";{TX}{}", self.tx)?;
        if self.as_published { f.write_str(";as-published") } else { Ok(()) }
    }
}

as_text!(Address);
