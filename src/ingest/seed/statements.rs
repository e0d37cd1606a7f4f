//! `[[change]]`, `[[sighting]]` and `[[end]]`: a statement for each subject; and `[[listing]]`.

use std::sync::Arc;

use super::collected::{Collected, Place};
use super::document::Kind;
use super::errors::{ErrorList, quoted};
use super::fields::Fields;
use super::rules;
use super::source::Source;
use super::subjects;
use crate::error::ErrorCode;
use crate::finding::Finding;
use crate::ingest::draft::{DraftClaim, DraftCompleteSnapshot, DraftStatement};
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

/// Reads one of them.
pub fn read(kind: Kind, fields: &Fields, source: &Source, said: &mut Collected, errors: &mut ErrorList) {
    let of_kind: &[&str] = match kind {
        Kind::Change => &["effective_at", "rollout"],
        Kind::Observation => &["seen_at", "absent"],
        _ => &["effective_at"],
    };
    let rule_fields: &[&str] = if kind == Kind::End { &[] } else { &rules::FIELDS };
    let numbers: &[&str] = if source.is_export() { &["statement", "statements"] } else { &[] };
    fields.only(&[&subjects::FIELDS, of_kind, rule_fields, numbers].concat(), errors);
    let subjects = subjects::read(fields, source, errors);
    let numbers = if source.is_export() { numbers_of(fields, errors) } else { Some(Vec::new()) };
    let claim = claim(kind, fields, subjects.as_deref(), errors);
    let (Some(subjects), Some(numbers), Some((claim, table))) = (subjects, numbers, claim) else { return };
    if source.is_export() && numbers.len() != subjects.len() {
        let message =
            format!("{} numbers {} statements for {} subjects", fields.name, numbers.len(), subjects.len());
        return errors.value(fields.header, message, "");
    }
    let entry = fields.span();
    let (rows, findings) = table.map_or((Vec::new(), Vec::new()), |table| (table.rows, table.findings));
    let names: Arc<[String]> = subjects.iter().map(|subject| subject.name().to_string()).collect();
    if !source.is_export() {
        said.rows += rows.len() * subjects.len();
        if said.rows > limits::SEED_ROWS {
            let message = format!("more than {} rows, counted for each subject", limits::SEED_ROWS);
            return errors.value(fields.header, message, "part the seed into several files");
        }
        let about_all = findings.into_iter().map(|found| Finding { subjects: names.to_vec(), ..found });
        said.findings.extend(about_all);
    }
    let rows: Arc<[Span]> = rows.into();
    for subject in subjects {
        said.statements.push(DraftStatement { subject, claim: claim.clone(), span: entry });
        said.places.push(Place { entry, rows: rows.clone(), names: names.clone() });
    }
    said.numbers.extend(numbers);
}

/// What an entry says, and its table, where it has one.
fn claim(
    kind: Kind,
    fields: &Fields,
    subjects: Option<&[Subject]>,
    errors: &mut ErrorList,
) -> Option<(DraftClaim, Option<rules::ParsedRule>)> {
    match kind {
        Kind::Change => {
            let effective_at = effective_at(fields, errors);
            let rollout = rollout(fields, errors);
            let table = table(kind, fields, subjects, errors);
            let (effective_at, rollout, table) = (effective_at?, rollout?.unwrap_or(TimeSpan::ZERO), table?);
            let rule = table.rule.clone();
            Some((DraftClaim::Change { effective_at, rollout, rule }, Some(table)))
        }
        Kind::Observation => {
            let seen_at = seen_at(fields, errors);
            let absent = match fields.get("absent") {
                Some(field) => field.boolean(errors)?,
                None => false,
            };
            if absent && rules::is_said(fields) {
                let message = format!("{} says a rule, and that there was none", fields.name);
                errors.add(fields.header, ErrorCode::SeedRule, message, "leave the rule out, or `absent`");
                return None;
            }
            let table = if absent { None } else { Some(table(kind, fields, subjects, errors)?) };
            let rule = table.as_ref().map(|table| table.rule.clone());
            Some((DraftClaim::Observation { seen_at: seen_at?, rule }, table))
        }
        _ => Some((DraftClaim::End { effective_at: effective_at(fields, errors)? }, None)),
    }
}

/// The rule of an entry. Where its subjects cannot be read it is read all the same, for its own errors.
fn table(
    kind: Kind,
    fields: &Fields,
    subjects: Option<&[Subject]>,
    errors: &mut ErrorList,
) -> Option<rules::ParsedRule> {
    if subjects.is_some_and(|subjects| !subjects::are_of_one_kind(subjects)) {
        let message = format!("{} says one rule of contracts and of assets", fields.name);
        errors.add(fields.header, ErrorCode::SeedRule, message, "write an entry for each");
        return None;
    }
    let any = if fields.get("tiers").is_some() { Program::Usdm } else { Program::PmPro };
    let program = subjects.and_then(|subjects| subjects.first()).map_or(any, Subject::program);
    let unit = subjects.map_or_else(|| Some(String::new()), subjects::usual_unit);
    let said = rules::read(fields, program, unit, kind.name(), errors)?;
    subjects.map(|_| said)
}

/// When a change or an end takes hold.
pub fn effective_at(fields: &Fields, errors: &mut ErrorList) -> Option<ValidTime> {
    let field = fields.need("effective_at", "write effective_at = \"2026-02-06 06:30 (UTC)\"", errors)?;
    field.timestamp(errors).map(|(timestamp, _)| ValidTime(timestamp))
}

/// How long a roll-out may take; the outer `None`, and noted, where it is no length.
pub fn rollout(fields: &Fields, errors: &mut ErrorList) -> Option<Option<TimeSpan>> {
    let Some(field) = fields.get("rollout") else { return Some(None) };
    let words = field.text(errors)?;
    let length = TimeSpan::read(&words.text);
    if length.is_none() {
        let what = format!("{} is not a length of time", quoted(&words.text));
        field.wrong(&what, "write \"1 hour\" or \"30 minutes\"", errors);
    }
    length.map(Some)
}

/// When something was seen; `Some(None)` for the publication.
fn seen_at(fields: &Fields, errors: &mut ErrorList) -> Option<Option<ValidTime>> {
    let Some(field) = fields.get("seen_at") else { return Some(None) };
    field.timestamp(errors).map(|(timestamp, _)| Some(ValidTime(timestamp)))
}

/// The numbers of the statements of an entry, each with its place.
pub fn numbers_of(fields: &Fields, errors: &mut ErrorList) -> Option<Vec<(u32, Span)>> {
    let items = match (fields.get("statement"), fields.get("statements")) {
        (Some(_), Some(both)) => {
            both.wrong("`statement` stands beside it", "write one of them", errors);
            return None;
        }
        (Some(one), None) => vec![one],
        (None, Some(list)) => list.list("write statements = [1, 2]", errors)?,
        (None, None) => {
            fields.need("statement", "an export numbers its statements", errors)?;
            return None;
        }
    };
    items.iter().map(|item| Some((item.whole(1, errors)?, item.span))).collect()
}

/// A complete snapshot of everything there is under a program.
pub fn snapshot(fields: &Fields, source: &Source, errors: &mut ErrorList) -> Option<DraftCompleteSnapshot> {
    fields.only(&["of", "seen_at"], errors);
    let seen_at = seen_at(fields, errors);
    let field = fields.need("of", "write of = \"binance:usdm\"", errors)?;
    let words = field.text(errors)?;
    let (venue, program) = match words.text.split_once(':') {
        Some((venue, program)) => (venue.trim(), program.trim()),
        None => (source.venue.as_str(), words.text.trim()),
    };
    let venue = if source.is_export() { venue.to_string() } else { venue.to_lowercase() };
    let program = subjects::program_named(&field, program, errors)?;
    if Subject::new(&venue, program, "X").is_none() {
        let what = format!("{} cannot be the name of a venue", quoted(&venue));
        field.wrong(&what, "write of = \"binance:usdm\"", errors);
        return None;
    }
    Some(DraftCompleteSnapshot { venue, program, seen_at: seen_at? })
}
