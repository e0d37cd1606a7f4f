//! Tables as an exchange or a public tool gives them, in JSON → observations of all the contracts or assets
//! they name.
//!
//! `docs/exchange-tables.md` lists the forms that are read.

mod cells;
mod entries;
mod forms;
mod fragments;
mod timestamps;
mod whose;
mod own_output;
mod reader;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use super::conflicts;
use super::draft::{Draft, DraftClaim, DraftCompleteSnapshot, DraftStatement, Input};
use super::form;
use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode, Severity};
use crate::json;
use crate::limits;
use crate::statement::{Market, Origin, Precision, Program, Subject, symbol};
use crate::text::Span;
use crate::time::{PublishedTime, Timestamp, ValidTime};
use forms::ExchangeForm;
pub use fragments::Fragments;
use reader::ExchangeReader;

/// Reads one. Pure: the same input gives the same draft, whatever was read before.
///
/// # Errors
/// `not_json`, `error_reply` (the exchange refused the request), `unknown_form`, `unsupported_form`,
/// `other_venue` (it is not of that market), `no_rule` (nothing in it), `duplicate_key`, `too_many_subjects` (more than [`limits::SNAPSHOT_SUBJECTS`]).
pub(super) fn read_exchange(input: &Input, fragments: &Fragments, text: &str) -> Result<Draft, Error> {
    let market = fragments.market();
    let mut reader = ExchangeReader::of(market);
    let plain = json::without_python_floats(text);
    let document =
        json::document(&plain).map_err(|error| json::python::named(text, "tiers").unwrap_or(error))?;
    own_output::refuse(document)?;
    let found = forms::recognise(document, text, &mut reader)?;
    whose::check(&found.head, found.form != ExchangeForm::Unified, market)?;
    if found.entries.len() > limits::SNAPSHOT_SUBJECTS {
        let (count, most) = (found.entries.len(), limits::SNAPSHOT_SUBJECTS);
        let message = format!("the document names {count} contracts or assets; at most {most} are read");
        return Err(Error::new(ErrorCode::TooManySubjects, message)
            .hint("check that it is one reply of an exchange; split it if it is more"));
    }
    let stated_time = timestamps::of_document(&found.head, input.published_at.is_some(), &mut reader);
    for entry in found.entries {
        entries::read_entry(entry, found.form, fragments, &mut reader);
    }
    let ExchangeReader { statements, mut findings, .. } = reader;
    let mut statements = without_repeats(statements, &mut findings);
    if input.published_at.is_some() {
        statements.iter_mut().for_each(|statement| place(statement, None));
    }
    let (publication, origin) = publication(input, stated_time, &statements, text, &mut findings);
    findings.extend(conflicts::contradictions(&statements));
    findings.sort_by_key(|finding| (finding.span, finding.code));
    let errors = || findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    let errors_are_local = errors().all(|error| error.subjects != [timestamps::DOCUMENT]);
    let left_out: Vec<String> = errors().flat_map(|error| error.subjects.clone()).collect();
    let complete_snapshots =
        if found.one { Vec::new() } else { complete_snapshots(input, market, &statements, &left_out) };
    Ok(Draft {
        publication,
        origin,
        statements,
        complete_snapshots,
        findings,
        errors_are_local,
        ..Draft::empty(input.bytes, input.file, text.to_string())
    })
}

/// When a statement of what was seen was seen; `None` for the publication.
fn seen_at(statement: &DraftStatement) -> Option<ValidTime> {
    match statement.claim {
        DraftClaim::Observation { seen_at, .. } => seen_at,
        _ => None,
    }
}

fn place(statement: &mut DraftStatement, at: Option<ValidTime>) {
    if let DraftClaim::Observation { seen_at, .. } = &mut statement.claim {
        *seen_at = at;
    }
}

/// The statements without repetitions. Different tables of a subject stay, and are reported as contradictions
/// if they are of one time.
fn without_repeats(statements: Vec<DraftStatement>, findings: &mut Vec<Finding>) -> Vec<DraftStatement> {
    let mut kept: Vec<DraftStatement> = Vec::with_capacity(statements.len());
    let mut first = BTreeMap::new();
    for statement in statements {
        let earlier = *first.entry(statement.subject.clone()).or_insert(kept.len());
        if let Some(earlier) = kept.get(earlier) {
            let same = match (earlier.claim.rule(), statement.claim.rule()) {
                (Some(earlier), Some(rule)) => earlier.same(rule),
                _ => false,
            };
            let repeats = same && seen_at(earlier) == seen_at(&statement);
            if repeats || seen_at(earlier) != seen_at(&statement) {
                let which =
                    if repeats { "with equal tables; one is kept" } else { "at two times; both are kept" };
                let message = format!("{} occurs twice, {which}", statement.subject);
                let finding = Finding::new(FindingCode::DuplicateSubject, statement.span, message);
                findings.push(reader::about(statement.subject.name(), finding));
            }
            if repeats {
                continue;
            }
        }
        kept.push(statement);
    }
    kept
}

/// The publication: the user's, else that of the outermost object, else the latest observation, else the
/// stamp of the file name.
fn publication(
    input: &Input,
    stated_time: Option<Timestamp>,
    statements: &[DraftStatement],
    text: &str,
    findings: &mut Vec<Finding>,
) -> (Option<(PublishedTime, Precision)>, Origin) {
    let latest = || statements.iter().filter_map(seen_at).max().map(|ValidTime(at)| at);
    let stated = stated_time.or_else(latest);
    let origin = match (input.published_at, stated) {
        (Some(_), _) => Origin::Option,
        (None, Some(_)) => Origin::Text,
        (None, None) => Origin::FileName,
    };
    let known = input.published_at.or(stated).or_else(|| form::stamp(input.file));
    if known.is_none() {
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        let message =
            "the document and its file name contain no time of observation; add it with `--published-at`";
        findings.push(Finding::new(FindingCode::NoPublication, Span::new(start, start), message));
    }
    (known.map(|timestamp| (PublishedTime(timestamp), Precision::Exact)), origin)
}

/// What the document names every subject of. Where the user says so, all under each program that it names, but
/// for what could not be read; else the settlement currencies of which it names many contracts, and nothing
/// where something could not be read.
fn complete_snapshots(
    input: &Input,
    market: &Market,
    statements: &[DraftStatement],
    left_out: &[String],
) -> Vec<DraftCompleteSnapshot> {
    let is_name = |name: &String| market.subject(Program::Pm, name).is_some();
    let may_be_complete = match input.complete {
        Some(complete) => complete && left_out.iter().all(is_name),
        None => left_out.is_empty(),
    };
    let subjects: BTreeSet<&Subject> = statements.iter().map(|statement| &statement.subject).collect();
    let snapshot = |program: Program| {
        let of_it = subjects.iter().filter(|subject| subject.program() == program);
        let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        of_it.for_each(|subject| *counts.entry(symbol::settlement(subject)).or_default() += 1);
        let all = input.complete == Some(true);
        counts.retain(|_, count| all || *count >= limits::COMPLETE_SNAPSHOT_SUBJECTS);
        // Assets are settled in nothing, so that all of them are one list.
        let currencies = counts.keys().flatten().map(|currency| (*currency).to_string()).collect();
        let currencies: Option<BTreeSet<String>> =
            if all || !program.has_contracts() { None } else { Some(currencies) };
        let is_empty = counts.is_empty() || currencies.as_ref().is_some_and(BTreeSet::is_empty);
        (!is_empty).then(|| DraftCompleteSnapshot {
            venue: market.venue().to_string(),
            program,
            currencies,
            except: left_out.iter().cloned().collect(),
            seen_at: None,
        })
    };
    Program::ALL.into_iter().filter(|_| may_be_complete).filter_map(snapshot).collect()
}
