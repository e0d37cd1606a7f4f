//! Addresses: the name of one answer, by which it can be cited and asked for again.
//!
//! `binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=12` names what had been recorded by transaction 12. It
//! is a statement of the language: the parser turns it into the measure that it stands for, recorded by `tx=12`, and
//! [`pinned`] puts the instant of that transaction in its place.

use std::fmt;

use crate::error::{Error, ErrorCode};
use crate::query::ast::{Statement, Word};
use crate::query::at::At;
use crate::query::measure::Measure;
use crate::statement::{Subject, TxId};
use crate::time::{PublishedTime, RecordedTime, ValidTime};

/// What stands before the number of a transaction, in place of an instant.
pub const TX: &str = "tx=";

/// The address of an answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Address {
    /// The subject.
    pub subject: Subject,
    /// What was asked.
    pub measure: Measure,
    /// At which notional, amount or leverage.
    pub at: Option<At>,
    /// The valid instant.
    pub valid_at: ValidTime,
    /// What was published by then counts; `None` for everything that was recorded.
    pub known_at: Option<PublishedTime>,
    /// The last transaction that counts.
    pub tx: TxId,
    /// Whether broken tables are refused rather than repaired.
    pub as_published: bool,
}

impl fmt::Display for Address {
    /// `subject/measure@at=N;v=V;k=K;tx=T;as-published`, without what is not given.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}@", self.subject, self.measure.key())?;
        if let Some(at) = self.at {
            write!(f, "at={at};")?;
        }
        write!(f, "v={}", self.valid_at)?;
        if let Some(known_at) = self.known_at {
            write!(f, ";k={known_at}")?;
        }
        write!(f, ";{TX}{}", self.tx)?;
        if self.as_published { f.write_str(";as-published") } else { Ok(()) }
    }
}

/// The statement with the instant of a transaction wherever `recorded by` names one; `recorded_at` knows it.
///
/// # Errors
/// There is no such transaction, placed where it is named.
pub fn pinned(
    statement: &Statement,
    recorded_at: &dyn Fn(TxId) -> Result<RecordedTime, Error>,
) -> Result<Statement, Error> {
    let mut statement = statement.clone();
    if let Some((_, clauses)) = statement.clauses_mut() {
        let words = [&mut clauses.recorded_by, &mut clauses.recorded_by_other];
        for word in words.into_iter().flatten() {
            pin(word, recorded_at)?;
        }
    }
    Ok(statement)
}

fn pin(word: &mut Word, recorded_at: &dyn Fn(TxId) -> Result<RecordedTime, Error>) -> Result<(), Error> {
    let Some(number) = word.text.strip_prefix(TX) else { return Ok(()) };
    let Ok(number) = number.parse::<u64>() else {
        return Err(Error::new(ErrorCode::NotATransaction, format!("`{number}` is not a transaction"))
            .at(word.span, "expected a whole number")
            .hint("`sources` shows the transactions: tx=1"));
    };
    let found = recorded_at(TxId(number)).map_err(|error| match error.code {
        ErrorCode::UnknownTransaction => error.at(word.span, "not recorded"),
        _ => error,
    });
    word.text = found?.to_string();
    Ok(())
}
