//! `[[change]]`, `[[sighting]]` and `[[end]]`: a statement for each subject; and `[[listing]]`.

use std::sync::Arc;

use super::document::Kind;
use super::fields::Fields;
use super::mistakes::{Mistakes, quoted};
use super::rules;
use super::said::{Place, Said};
use super::source::Source;
use super::subjects;
use crate::finding::Finding;
use crate::ingest::draft::{DraftClaim, DraftListing, DraftStatement};
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{Length, ValidTime};

/// Reads one of them.
pub fn read(kind: Kind, fields: &Fields, source: &Source, said: &mut Said, mistakes: &mut Mistakes) {
    let of_kind: &[&str] = match kind {
        Kind::Change => &["effective_at", "rollout"],
        Kind::Sighting => &["seen_at", "absent"],
        _ => &["effective_at"],
    };
    let rule_fields: &[&str] = if kind == Kind::End { &[] } else { &rules::FIELDS };
    let numbers: &[&str] = if source.is_export() { &["statement", "statements"] } else { &[] };
    fields.only(&[&subjects::FIELDS, of_kind, rule_fields, numbers].concat(), mistakes);
    let subjects = subjects::read(fields, source, mistakes);
    let numbers = if source.is_export() { numbers_of(fields, mistakes) } else { Some(Vec::new()) };
    let claim = claim(kind, fields, subjects.as_deref(), mistakes);
    let (Some(subjects), Some(numbers), Some((claim, table))) = (subjects, numbers, claim) else { return };
    if source.is_export() && numbers.len() != subjects.len() {
        let message =
            format!("{} numbers {} statements for {} subjects", fields.name, numbers.len(), subjects.len());
        return mistakes.value(fields.header, message, "");
    }
    let entry = fields.span();
    let (rows, findings) = table.map_or((Vec::new(), Vec::new()), |table| (table.rows, table.findings));
    said.rows += rows.len() * subjects.len();
    if !source.is_export() && said.rows > limits::SEED_ROWS {
        let message = format!("more than {} rows, counted for each subject", limits::SEED_ROWS);
        return mistakes.value(fields.header, message, "part the seed into several files");
    }
    if !source.is_export() {
        let names: Vec<String> = subjects.iter().map(|subject| subject.name().to_string()).collect();
        said.findings.extend(findings.into_iter().map(|found| Finding { subjects: names.clone(), ..found }));
    }
    let rows: Arc<[Span]> = rows.into();
    for subject in subjects {
        said.statements.push(DraftStatement { subject, claim: claim.clone(), span: entry });
        said.places.push(Place { entry, rows: rows.clone() });
    }
    said.numbers.extend(numbers);
}

/// What an entry says, and its table, where it has one.
fn claim(
    kind: Kind,
    fields: &Fields,
    subjects: Option<&[Subject]>,
    mistakes: &mut Mistakes,
) -> Option<(DraftClaim, Option<rules::Said>)> {
    match kind {
        Kind::Change => {
            let effective_at = effective_at(fields, mistakes);
            let rollout = rollout(fields, mistakes);
            let table = table(kind, fields, subjects, mistakes);
            let (effective_at, rollout, table) = (effective_at?, rollout?.unwrap_or(Length::ZERO), table?);
            let rule = table.rule.clone();
            Some((DraftClaim::Change { effective_at, rollout, rule }, Some(table)))
        }
        Kind::Sighting => {
            let seen_at = seen_at(fields, mistakes);
            let absent = match fields.get("absent") {
                Some(field) => field.boolean(mistakes)?,
                None => false,
            };
            if absent && rules::is_said(fields) {
                let message = format!("{} says a rule, and that there was none", fields.name);
                mistakes.add(fields.header, "seed_rule", message, "leave the rule out, or `absent`");
                return None;
            }
            let table = if absent { None } else { Some(table(kind, fields, subjects, mistakes)?) };
            let rule = table.as_ref().map(|table| table.rule.clone());
            Some((DraftClaim::Sighting { seen_at: seen_at?, rule }, table))
        }
        _ => Some((DraftClaim::End { effective_at: effective_at(fields, mistakes)? }, None)),
    }
}

/// The rule of an entry. Where its subjects cannot be read it is read all the same, for its own mistakes.
fn table(
    kind: Kind,
    fields: &Fields,
    subjects: Option<&[Subject]>,
    mistakes: &mut Mistakes,
) -> Option<rules::Said> {
    let any = if fields.get("tiers").is_some() { Program::Usdm } else { Program::PmPro };
    let program = subjects.and_then(|subjects| subjects.first()).map_or(any, Subject::program);
    let unit = subjects.map_or_else(|| Some(String::new()), subjects::usual_unit);
    let said = rules::read(fields, program, unit, kind.name(), mistakes)?;
    subjects.map(|_| said)
}

/// When a change or an end takes hold.
pub fn effective_at(fields: &Fields, mistakes: &mut Mistakes) -> Option<ValidTime> {
    let field = fields.need("effective_at", "write effective_at = \"2026-02-06 06:30 (UTC)\"", mistakes)?;
    field.instant(mistakes).map(|(instant, _)| ValidTime(instant))
}

/// How long a roll-out may take; the outer `None`, and noted, where it is no length.
pub fn rollout(fields: &Fields, mistakes: &mut Mistakes) -> Option<Option<Length>> {
    let Some(field) = fields.get("rollout") else { return Some(None) };
    let words = field.text(mistakes)?;
    let length = Length::read(&words.text);
    if length.is_none() {
        let what = format!("{} is not a length of time", quoted(&words.text));
        field.wrong(&what, "write \"1 hour\" or \"30 minutes\"", mistakes);
    }
    length.map(Some)
}

/// When something was seen; `Some(None)` for the publication.
fn seen_at(fields: &Fields, mistakes: &mut Mistakes) -> Option<Option<ValidTime>> {
    let Some(field) = fields.get("seen_at") else { return Some(None) };
    field.instant(mistakes).map(|(instant, _)| Some(ValidTime(instant)))
}

/// The numbers of the statements of an entry, each with its place.
pub fn numbers_of(fields: &Fields, mistakes: &mut Mistakes) -> Option<Vec<(u32, Span)>> {
    let items = match (fields.get("statement"), fields.get("statements")) {
        (Some(_), Some(both)) => {
            both.wrong("`statement` stands beside it", "write one of them", mistakes);
            return None;
        }
        (Some(one), None) => vec![one],
        (None, Some(list)) => list.list("write statements = [1, 2]", mistakes)?,
        (None, None) => {
            fields.need("statement", "an export numbers its statements", mistakes)?;
            return None;
        }
    };
    items.iter().map(|item| Some((item.whole(1, mistakes)?, item.span))).collect()
}

/// A listing of everything there is under a program.
pub fn listing(fields: &Fields, source: &Source, mistakes: &mut Mistakes) -> Option<DraftListing> {
    fields.only(&["of", "seen_at"], mistakes);
    let seen_at = seen_at(fields, mistakes);
    let field = fields.need("of", "write of = \"binance:usdm\"", mistakes)?;
    let words = field.text(mistakes)?;
    let (venue, program) = match words.text.split_once(':') {
        Some((venue, program)) => (venue.trim(), program.trim()),
        None => (source.venue.as_str(), words.text.trim()),
    };
    let venue = if source.is_export() { venue.to_string() } else { venue.to_lowercase() };
    let program = subjects::program_named(&field, program, mistakes)?;
    if Subject::new(&venue, program, "X").is_none() {
        let what = format!("{} cannot be the name of a venue", quoted(&venue));
        field.wrong(&what, "write of = \"binance:usdm\"", mistakes);
        return None;
    }
    Some(DraftListing { venue, program, seen_at: seen_at? })
}
