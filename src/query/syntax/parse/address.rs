//! An address as a statement: the measure that it stands for, each part placed where it is written.

use super::{Node, span};
use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::TX;
use crate::query::syntax::ast::{Ask, Clauses, Word};
use crate::query::syntax::measure::Measure;
use crate::text::{Span, nearest};

/// Reads `subject/measure@at=N;v=V;k=K;tx=T;as-published`.
///
/// # Errors
/// The measure is unknown, `v` or `tx` is missing, or a part is unknown or stands twice.
pub(super) fn read(node: &Node) -> Result<Ask, Error> {
    let whole = span(node);
    let text = node.as_str();
    // The grammar lets nothing else come here; neither mark can stand behind the last of its kind.
    let (name, parts) = text.rsplit_once('@').unwrap_or((text, ""));
    let (subject, measure) = name.rsplit_once('/').unwrap_or((name, ""));
    let measure_span = Span::new(whole.start + subject.len() + 1, whole.start + name.len());
    let known = Measure::ALL.iter().copied().find(|known| known.key() == measure);
    let Some(measure) = known else {
        let error = Error::new(ErrorCode::UnknownMeasure, format!("`{measure}` is not a measure"))
            .at(measure_span, "not a measure");
        return Err(match nearest(measure, Measure::ALL.iter().map(|known| known.key())) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(EXAMPLE),
        });
    };
    let word = |text: &str, start: usize| Word::new(text, Span::new(start, start + text.len()));
    let mut at = None;
    let mut clauses = Clauses::default();
    let mut start = whole.start + name.len() + 1;
    for part in parts.split(';') {
        let here = Span::new(start, start + part.len());
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = word(value, here.end - value.len());
        let before = match key {
            "at" => at.replace(value).map(|_| ()),
            "v" => clauses.as_of.replace(value).map(|_| ()),
            "k" => clauses.known_at.replace(value).map(|_| ()),
            "tx" => clauses.recorded_by.replace(word(&format!("{TX}{}", value.text), here.start)).map(|_| ()),
            "as-published" => clauses.as_published.replace(here).map(|_| ()),
            _ => return Err(unknown_part(key, here)),
        };
        if before.is_some() {
            let message = format!("`{key}` stands twice in the address");
            return Err(Error::new(ErrorCode::ClauseTwice, message)
                .at(here, "once more")
                .hint("keep one of them"));
        }
        start = here.end + 1;
    }
    for (there, key) in [(clauses.as_of.is_some(), "v"), (clauses.recorded_by.is_some(), "tx")] {
        if !there {
            let message = format!("the address lacks `{key}`: without it the answer could change");
            return Err(Error::new(ErrorCode::AddressIncomplete, message)
                .at(Span::new(whole.end, whole.end), format!("write `;{key}=…`"))
                .hint(EXAMPLE));
        }
    }
    let subjects = vec![word(subject, whole.start)];
    Ok(Ask { measure, measure_span, subjects, at: at.into_iter().collect(), clauses })
}

const EXAMPLE: &str = "an address: binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1";

fn unknown_part(key: &str, here: Span) -> Error {
    let error = Error::new(ErrorCode::UnknownPart, format!("`{key}` is no part of an address"))
        .at(here, "expected at, v, k, tx or as-published");
    error.hint(EXAMPLE)
}
