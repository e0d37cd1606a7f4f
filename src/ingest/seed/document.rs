//! From text to tables: TOML is parsed, and every table put in its place among the entries of the document.

use toml::de::{DeTable, DeValue};

use super::errors::{ErrorList, quoted};
use super::fields::{Fields, span_of};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::{Span, line_number};

/// The entries of a seed, named as their tables are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Change,
    Observation,
    End,
    CompleteSnapshot,
    Retract,
    Revise,
    Postpone,
    Finding,
}

impl Kind {
    const ALL: [Kind; 8] = [
        Kind::Change,
        Kind::Observation,
        Kind::End,
        Kind::CompleteSnapshot,
        Kind::Retract,
        Kind::Revise,
        Kind::Postpone,
        Kind::Finding,
    ];

    /// The name between the brackets.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Change => "change",
            Kind::Observation => "sighting",
            Kind::End => "end",
            Kind::CompleteSnapshot => "listing",
            Kind::Retract => "retract",
            Kind::Revise => "revise",
            Kind::Postpone => "postpone",
            Kind::Finding => "finding",
        }
    }
}

/// The tables of a seed.
pub struct Entries<'a> {
    /// `[source]`; `None` where it is missing.
    pub source: Option<Fields<'a>>,
    /// The others, in the order of the document.
    pub all: Vec<(Kind, Fields<'a>)>,
}

/// The tables of a text.
///
/// # Errors
/// It is too large, or not TOML: the error names line, column and what was expected.
pub fn parse(text: &str) -> Result<DeTable<'_>, Error> {
    if text.len() > limits::SEED_BYTES {
        let message = format!("the seed has {} bytes; at most {} are read", text.len(), limits::SEED_BYTES);
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint("part it into several files"));
    }
    match DeTable::parse(text) {
        Ok(table) if table.get_ref().is_empty() => {
            Err(Error::new(ErrorCode::SeedEmpty, "the seed says nothing").hint(FORM))
        }
        Ok(table) => Ok(table.into_inner()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.get(..at).unwrap_or("");
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            let message = format!("line {}, column {column}: {}", line_number(text, at), error.message());
            Err(Error::new(ErrorCode::SeedSyntax, message)
                .hint("figures, names and instants stand in quotes, and a list needs its commas")
                .hint(FORM))
        }
    }
}

const FORM: &str =
    "docs/seeds.md shows the form: [source], then [[change]], [[sighting]], [[end]] and others";

/// Puts the tables in order. Notes tables that are unknown or in the wrong brackets, and fields outside of tables.
pub fn entries<'a>(tables: &'a DeTable<'a>, errors: &mut ErrorList) -> Entries<'a> {
    let mut entries = Entries { source: None, all: Vec::new() };
    for (key, value) in tables {
        let (name, place) = (key.get_ref().as_ref(), span_of(value));
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        match (value.get_ref(), kind) {
            (DeValue::Table(table), None) if name == "source" => {
                entries.source = Some(Fields::new("[source]", table, place));
            }
            (DeValue::Array(items), Some(kind)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(table) => {
                            let name = format!("[[{name}]]");
                            entries.all.push((kind, Fields::new(name, table, span_of(item))));
                        }
                        _ => brackets(span_of(item), name, errors),
                    }
                }
            }
            (_, Some(_)) => brackets(place, name, errors),
            (DeValue::Table(_) | DeValue::Array(_), None) if name == "source" => {
                errors.add(
                    place,
                    ErrorCode::SeedType,
                    "[source] stands once, in single brackets",
                    "write [source]",
                );
            }
            (DeValue::Table(_) | DeValue::Array(_), None) => unknown_table(name, place, errors),
            _ => {
                let message = format!("{} stands outside of any table", quoted(name));
                errors.add(span_of(key), ErrorCode::SeedField, message, "write [source] on a line above it");
            }
        }
    }
    entries.all.sort_by_key(|(_, fields)| fields.header.start);
    entries
}

/// Notes that nothing but a source stands there.
pub fn says_nothing(errors: &mut ErrorList) {
    errors.add(Span::new(0, 0), ErrorCode::SeedEmpty, "the seed has no statement", FORM);
}

fn brackets(at: Span, name: &str, errors: &mut ErrorList) {
    let message = format!("[[{name}]] may stand many times, and takes double brackets");
    errors.add(at, ErrorCode::SeedType, message, format!("write [[{name}]]"));
}

fn unknown_table(name: &str, at: Span, errors: &mut ErrorList) {
    let known: Vec<&str> = ["source"].into_iter().chain(Kind::ALL.map(Kind::name)).collect();
    let show = |name: &str| if name == "source" { "[source]".to_string() } else { format!("[[{name}]]") };
    let message = format!("there is no table of the name {}", quoted(name));
    errors.unknown(at, message, name, &known, show);
}
