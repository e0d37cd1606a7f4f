//! A transaction in place of a time: `recorded by tx=12`, as addresses have it.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::{Statement, TX, Word};
use crate::query::syntax::language::Clause;
use crate::statement::TxId;
use crate::time::RecordedTime;

/// The statement with the time of a transaction wherever `recorded by` names one; `recorded_at` knows it.
///
/// # Errors
/// There is no such transaction; the error has its place.
pub fn pinned<'a>(
    statement: &'a Statement,
    recorded_at: &dyn Fn(TxId) -> Result<RecordedTime, Error>,
) -> Result<Cow<'a, Statement>, Error> {
    if statement.given(Clause::RecordedBy).is_none() {
        return Ok(Cow::Borrowed(statement));
    }
    let mut statement = statement.clone();
    let clauses = statement.clauses.iter_mut().filter(|given| given.clause == Clause::RecordedBy);
    for word in clauses.flat_map(|given| given.values.iter_mut().chain(&mut given.other)) {
        pin(word, recorded_at)?;
    }
    Ok(Cow::Owned(statement))
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
