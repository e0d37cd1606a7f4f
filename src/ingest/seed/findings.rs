//! `[[finding]]`: what was odd about the document that an export stands for, placed at the rows that it concerns.

use super::collected::{Collected, Place};
use super::errors::{ErrorList, quoted};
use super::fields::Fields;
use super::statements::numbers_of;
use crate::finding::{Finding, FindingCode};
use crate::limits;
use crate::text::Span;

/// Reads one. Its place is that of its statements, or of some rows of one; without statements its own. Where it does not
/// say whom it concerns, that is every subject of the entry of its first statement.
pub fn read(fields: &Fields, said: &mut Collected, errors: &mut ErrorList) {
    fields.only(&["code", "message", "subjects", "statement", "statements", "row", "rows"], errors);
    let code = code(fields, errors);
    let message = fields.need("message", "", errors).and_then(|field| field.text(errors));
    let Some(places) = places(fields, said, errors) else { return };
    let span = span(fields, &places, errors);
    let subjects = subjects(fields, places.first().copied(), errors);
    let (Some(code), Some(message), Some(subjects), Some(span)) = (code, message, subjects, span) else {
        return;
    };
    said.rows += subjects.len();
    if said.rows > limits::SEED_ROWS {
        let message = format!("the findings have more than {} names", limits::SEED_ROWS);
        return errors.value(fields.header, message, "");
    }
    said.findings.push(Finding { code, message: message.text.into_owned(), span, subjects });
}

fn subjects(fields: &Fields, first: Option<&Place>, errors: &mut ErrorList) -> Option<Vec<String>> {
    let Some(list) = fields.get("subjects") else {
        return Some(first.map_or(Vec::new(), |place| place.names.to_vec()));
    };
    let names = list.items(errors)?;
    names.iter().map(|name| name.text(errors).map(|words| words.text.into_owned())).collect()
}

fn code(fields: &Fields, errors: &mut ErrorList) -> Option<FindingCode> {
    let field = fields.need("code", "", errors)?;
    let words = field.text(errors)?;
    let code = FindingCode::from_name(&words.text);
    if code.is_none() {
        let names: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        let near = crate::text::nearest(&words.text, names)
            .map_or(String::new(), |it| format!("did you mean {it}?"));
        field.wrong(&format!("there is no finding {}", quoted(&words.text)), near, errors);
    }
    code
}

/// The places of the statements that it names; none where it names none.
fn places<'s>(fields: &Fields, said: &'s Collected, errors: &mut ErrorList) -> Option<Vec<&'s Place>> {
    if fields.get("statement").or(fields.get("statements")).is_none() {
        return Some(Vec::new());
    }
    let numbers = numbers_of(fields, errors)?;
    let mut places: Vec<&Place> = Vec::with_capacity(numbers.len());
    for (number, span) in numbers {
        match (number as usize).checked_sub(1).and_then(|index| said.places.get(index)) {
            Some(place) => places.push(place),
            None => {
                errors.value(span, format!("{}: there is no statement {number}", fields.name), "");
                return None;
            }
        }
    }
    Some(places)
}

fn span(fields: &Fields, places: &[&Place], errors: &mut ErrorList) -> Option<Span> {
    let [first, rest @ ..] = places else { return Some(fields.span()) };
    let rows = match (fields.get("row"), fields.get("rows")) {
        (None, None) => return Some(rest.iter().fold(first.entry, |span, place| span.join(place.entry))),
        (Some(row), _) => vec![row],
        (None, Some(rows)) => rows.list("write rows = [1, 3], the first and the last", errors)?,
    };
    let mut joined: Option<Span> = None;
    for row in &rows {
        let number = row.whole(1, errors)?;
        let Some(span) = first.rows.get(number as usize - 1) else {
            row.wrong(&format!("the statement has {} rows", first.rows.len()), "", errors);
            return None;
        };
        joined = Some(joined.map_or(*span, |before| before.join(*span)));
    }
    joined
}
