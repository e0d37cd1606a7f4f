//! An address as a statement: the measure that it names, with the place of each part.

use super::{Node, span};
use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::{GivenClause, Statement, TX, Word};
use crate::query::syntax::language::{Clause, StatementKind, goes_with};
use crate::query::syntax::measure::Measure;
use crate::text::{Span, nearest};

/// Reads `subject/measure@at=N;with=L;v=V;k=K;tx=T;as-published`, of a position with `long=N;entry=P` for `at=N`.
///
/// # Errors
/// The measure is unknown, `v` or `tx` is missing, or a part is unknown, not one of the measure, or given twice.
pub(super) fn read(node: &Node) -> Result<Statement, Error> {
    let whole = span(node);
    let text = node.as_str();
    // The grammar lets nothing else come here; neither mark can come after the last of its kind.
    let (name, parts) = text.rsplit_once('@').unwrap_or((text, ""));
    let (subject, key) = name.rsplit_once('/').unwrap_or((name, ""));
    let measure_span = Span::new(whole.start + subject.len() + 1, whole.start + name.len());
    let measure = measure(key, measure_span)?;
    let mut clauses: Vec<GivenClause> = Vec::new();
    let mut start = whole.start + name.len() + 1;
    for part in parts.split(';') {
        let here = Span::new(start, start + part.len());
        let given = clause(part, here)?;
        // A leverage that is not taken is named by the plan.
        if given.clause != Clause::With && !goes_with(given.clause, Some(measure)) {
            let message = format!("the address of a `{}` has no `{}`", measure.key(), given.clause.words());
            return Err(Error::new(ErrorCode::UnknownPart, message)
                .at(here, "not expected here")
                .hint(EXAMPLE));
        }
        if clauses.iter().any(|before| before.clause == given.clause) {
            let key = part.split('=').next().unwrap_or(part);
            let message = format!("the address has `{key}` twice");
            return Err(Error::new(ErrorCode::ClauseTwice, message)
                .at(here, "once more")
                .hint("keep one of them"));
        }
        clauses.push(given);
        start = here.end + 1;
    }
    for (clause, key) in [(Clause::AsOf, "v"), (Clause::RecordedBy, "tx")] {
        if !clauses.iter().any(|given| given.clause == clause) {
            let message = format!("the address has no `{key}`: without it the answer could change");
            return Err(Error::new(ErrorCode::AddressIncomplete, message)
                .at(Span::new(whole.end, whole.end), format!("write `;{key}=…`"))
                .hint(EXAMPLE));
        }
    }
    Ok(Statement {
        kind: StatementKind::Measure,
        is_explained: false,
        measure: Some((measure, measure_span)),
        subjects: vec![Word::new(subject, Span::new(whole.start, whole.start + subject.len()))],
        argument: None,
        clauses,
        span: whole,
    })
}

fn measure(key: &str, here: Span) -> Result<Measure, Error> {
    let known = Measure::ALL.iter().copied().find(|known| known.key() == key);
    known.ok_or_else(|| {
        let error = Error::new(ErrorCode::UnknownMeasure, format!("`{key}` is not a measure"))
            .at(here, "not a measure");
        match nearest(key, Measure::ALL.iter().map(|known| known.key())) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(EXAMPLE),
        }
    })
}

/// One part after the `@`, as the clause that it means.
fn clause(part: &str, here: Span) -> Result<GivenClause, Error> {
    let (key, value) = part.split_once('=').unwrap_or((part, ""));
    let value = Word::new(value, Span::new(here.end - value.len(), here.end));
    Ok(match key {
        "at" => GivenClause::new(Clause::At, value),
        "with" | "long" | "short" | "entry" | "margin" => {
            let clause = Clause::of(key).unwrap_or(Clause::With);
            GivenClause::new(clause, value)
        }
        "v" => GivenClause::new(Clause::AsOf, value),
        "k" => GivenClause::new(Clause::KnownAt, value),
        "tx" => GivenClause::new(Clause::RecordedBy, Word::new(format!("{TX}{}", value.text), here)),
        "as-published" => GivenClause { values: Vec::new(), ..GivenClause::new(Clause::AsPublished, value) },
        _ => {
            let message = format!("an address has no part `{key}`");
            let error = Error::new(ErrorCode::UnknownPart, message);
            return Err(error
                .at(here, "expected at, with, long, short, entry, margin, v, k, tx or as-published")
                .hint(EXAMPLE));
        }
    })
}

const EXAMPLE: &str = "an address: binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1";
