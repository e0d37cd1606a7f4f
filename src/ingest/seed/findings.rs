//! `[[finding]]`: what was odd about the document that an export stands for, placed at the rows that it concerns.

use super::fields::Fields;
use super::mistakes::{Mistakes, quoted};
use super::said::{Place, Said};
use super::statements::numbers_of;
use crate::finding::{Code, Finding};
use crate::text::Span;

/// Reads one. Its place is that of its statements, or of some rows of one; without statements its own.
pub fn read(fields: &Fields, said: &mut Said, mistakes: &mut Mistakes) {
    fields.only(&["code", "message", "subjects", "statement", "statements", "row", "rows"], mistakes);
    let code = code(fields, mistakes);
    let message = fields.need("message", "", mistakes).and_then(|field| field.text(mistakes));
    let subjects = match fields.get("subjects") {
        None => Some(Vec::new()),
        Some(list) => list.list("leave it out", mistakes).and_then(|names| {
            names.iter().map(|name| name.text(mistakes).map(|words| words.text.into_owned())).collect()
        }),
    };
    let place = place(fields, said, mistakes);
    if let (Some(code), Some(message), Some(subjects), Some(span)) = (code, message, subjects, place) {
        said.findings.push(Finding { code, message: message.text.into_owned(), span, subjects });
    }
}

fn code(fields: &Fields, mistakes: &mut Mistakes) -> Option<Code> {
    let field = fields.need("code", "", mistakes)?;
    let words = field.text(mistakes)?;
    let code = Code::from_name(&words.text);
    if code.is_none() {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        let near = crate::text::nearest(&words.text, names)
            .map_or(String::new(), |it| format!("did you mean {it}?"));
        field.wrong(&format!("there is no finding {}", quoted(&words.text)), near, mistakes);
    }
    code
}

fn place(fields: &Fields, said: &Said, mistakes: &mut Mistakes) -> Option<Span> {
    if fields.get("statement").or(fields.get("statements")).is_none() {
        return Some(fields.span());
    }
    let numbers = numbers_of(fields, mistakes)?;
    let mut places: Vec<&Place> = Vec::with_capacity(numbers.len());
    for (number, span) in numbers {
        match (number as usize).checked_sub(1).and_then(|index| said.places.get(index)) {
            Some(place) => places.push(place),
            None => {
                mistakes.value(span, format!("{}: there is no statement {number}", fields.name), "");
                return None;
            }
        }
    }
    let [first, rest @ ..] = places.as_slice() else { return None };
    let rows = match (fields.get("row"), fields.get("rows")) {
        (None, None) => return Some(rest.iter().fold(first.entry, |span, place| span.join(place.entry))),
        (Some(row), _) => vec![row],
        (None, Some(rows)) => rows.list("write rows = [1, 3], the first and the last", mistakes)?,
    };
    let mut joined: Option<Span> = None;
    for row in &rows {
        let number = row.whole(1, mistakes)?;
        let Some(span) = first.rows.get(number as usize - 1) else {
            row.wrong(&format!("the statement has {} rows", first.rows.len()), "", mistakes);
            return None;
        };
        joined = Some(joined.map_or(*span, |before| before.join(*span)));
    }
    joined
}
