//! One source: its text, and what of it each statement and finding is about.

use serde_json::{Value, json};

use super::asked::Asked;
use super::problem::Problem;
use super::query;
use super::response::{Freshness, Response};
use crate::query::rows::Row;

/// The source of an id, or of the first digits of one.
///
/// # Errors
/// There is none, or the database is damaged.
pub fn source(asked: &Asked, id: &str) -> Result<Response, Problem> {
    let values = [("id".to_string(), id.to_string())];
    let (rows, _) = query::rows(asked, "source $id", &values).map_err(|problem| match problem.code {
        "unknown_source" => Problem { status: 404, ..problem },
        _ => problem,
    })?;
    let (mut source, mut statements, mut findings, mut tx) = (Value::Null, Vec::new(), Vec::new(), None);
    for row in rows {
        asked.check_time()?;
        match row {
            Row::Source(row) => {
                tx = Some(row.recorded.tx);
                source = json!(row);
            }
            Row::Statement(row) => statements.push(json!(row)),
            Row::Finding(row) => findings.push(json!(row)),
            _ => {}
        }
    }
    let text = tx.map(|tx| asked.rules.text_of(tx)).transpose()?;
    let body = json!({"source": source, "statements": statements, "findings": findings, "text": text});
    Ok(asked.with_head(Response::json(format!("{body}\n")).fresh(Freshness::Revalidated)))
}
