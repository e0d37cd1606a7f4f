//! A transaction in place of an instant: `recorded by tx=12`, as addresses have it.

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::{Statement, TX, Word};
use crate::statement::TxId;
use crate::time::RecordedTime;

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
