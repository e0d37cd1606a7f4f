//! `[[change]]`, `[[observation]]`, `[[end]]`, `[[launch]]`, `[[conversion]]` and `[[postponed]]`: a statement for
//! each subject; and `[[listing]]`.

use std::num::NonZeroU32;
use std::sync::Arc;

use toml::Spanned;

use super::document::{CompleteSnapshotTable, Entry, StatementTable, span_of};
use super::problems::{Checked, all, both, problem, quoted, wrong};
use super::rules::{self, ParsedRule};
use super::source::Source;
use super::subjects;
use super::values::{one_or_list, rollout, valid_time};
use crate::error::ErrorCode;
use crate::finding::Finding;
use crate::ingest::draft::{DraftClaim, DraftCompleteSnapshot, DraftStatement};
use crate::limits;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

/// A statement with its place.
#[derive(Clone, Debug)]
pub struct Placed {
    pub statement: DraftStatement,
    /// The number that an export gives it.
    number: Option<Spanned<NonZeroU32>>,
    /// The rows of its table.
    pub rows: Arc<[Span]>,
    /// The names of all subjects of its entry.
    pub names: Arc<[String]>,
}

/// What an entry states of each of its subjects.
struct ParsedEntry {
    header: Span,
    span: Span,
    subjects: Vec<Subject>,
    /// One for each subject in an export, else none.
    numbers: Vec<Spanned<NonZeroU32>>,
    claim: DraftClaim,
    rule: Option<ParsedRule>,
}

/// All statements: in the order of the document, or of the numbers of an export; and the findings about their
/// tables.
pub fn read(entries: &[Entry<StatementTable>], source: &Source) -> Checked<(Vec<Placed>, Vec<Finding>)> {
    let parsed = all(entries.iter().map(|entry| parsed(entry, source)))?;
    if !source.is_export() {
        limit_rows(&parsed)?;
    }
    let (mut statements, mut findings) = (Vec::new(), Vec::new());
    for ParsedEntry { span, subjects, numbers, claim, rule, .. } in parsed {
        let names: Arc<[String]> = subjects.iter().map(|subject| subject.name().to_string()).collect();
        let (rows, found) = rule.map_or((Vec::new(), Vec::new()), |rule| (rule.rows, rule.findings));
        // The findings of an export are its own entries.
        let found = found.into_iter().filter(|_| !source.is_export());
        findings.extend(found.map(|finding| Finding { subjects: names.to_vec(), ..finding }));
        let (rows, mut numbers): (Arc<[Span]>, _) = (rows.into(), numbers.into_iter());
        statements.extend(subjects.into_iter().map(|subject| Placed {
            statement: DraftStatement { subject, claim: claim.clone(), span },
            number: numbers.next(),
            rows: rows.clone(),
            names: names.clone(),
        }));
    }
    if source.is_export() {
        in_order_of_numbers(&mut statements)?;
    }
    Ok((statements, findings))
}

fn limit_rows(entries: &[ParsedEntry]) -> Checked<()> {
    let mut rows = 0;
    let past_limit = entries.iter().find(|entry| {
        rows += entry.rule.as_ref().map_or(0, |rule| rule.rows.len()) * entry.subjects.len();
        rows > limits::SEED_ROWS
    });
    let Some(entry) = past_limit else { return Ok(()) };
    let message = format!("more than {} rows, counted for each subject", limits::SEED_ROWS);
    problem(ErrorCode::SeedValue, entry.header, message, "split the seed into several files")
}

/// The numbers of an export run from 1 without gaps.
fn in_order_of_numbers(statements: &mut [Placed]) -> Checked<()> {
    let number = |placed: &Placed| placed.number.as_ref().map_or(0, |number| number.get_ref().get());
    statements.sort_by_key(number);
    for (expected, placed) in (1..).zip(statements.iter()) {
        let what = match number(placed) {
            given if given == expected => continue,
            given if given < expected => format!("two statements have the number {given}"),
            _ => format!("no statement has the number {expected}"),
        };
        let at = placed.number.as_ref().map_or(placed.statement.span, span_of);
        return wrong("statement", at, format!("{what}; numbers run from 1 to {}", statements.len()), "");
    }
    Ok(())
}

fn parsed(entry: &Entry<StatementTable>, source: &Source) -> Checked<ParsedEntry> {
    let table = &entry.table;
    takes_all_fields(entry, source.is_export())?;
    let subjects = subjects::read(entry, source);
    let numbers = one_or_list("statement", table.statement.as_ref(), table.statements.as_ref());
    let claim = claim(entry, subjects.as_deref().ok(), source.text);
    let ((subjects, numbers), (claim, rule)) = both(both(subjects, numbers), claim)?;
    names_contracts(entry, &subjects)?;
    if source.is_export() && numbers.len() != subjects.len() {
        let (kind, numbers, subjects) = (entry.name, numbers.len(), subjects.len());
        let message = format!("[[{kind}]] numbers {numbers} statements for {subjects} subjects");
        return problem(ErrorCode::SeedValue, entry.header, message, "");
    }
    Ok(ParsedEntry { header: entry.header, span: entry.span, subjects, numbers, claim, rule })
}

/// Refuses launches and conversions of the contracts of a token: a text that states one names its contract, and
/// others of the token may have ended long ago.
fn names_contracts(entry: &Entry<StatementTable>, subjects: &[Subject]) -> Checked<()> {
    let needs_contract = ["launch", "conversion"].contains(&entry.name);
    if !needs_contract || subjects.iter().all(|subject| subject.program() != Program::Token) {
        return Ok(());
    }
    let message = format!("[[{}]] is of a contract, not of a token", entry.name);
    problem(
        ErrorCode::SeedRule,
        entry.header,
        message,
        "name the contract: subject = \"binance:usdm:NEWUSDT\"",
    )
}

/// Refuses the fields of another kind of entry or of rule.
fn takes_all_fields(entry: &Entry<StatementTable>, is_export: bool) -> Checked<()> {
    let (table, is_observation) = (&entry.table, entry.name == "observation");
    let (is_tiered, has_rule) =
        (table.tiers.is_some() || table.collateral.is_some(), is_observation || entry.name == "change");
    let is_postponed = entry.name == "postponed";
    let fields = [
        ("effective_at", table.effective_at.as_ref().map(span_of), !is_observation && !is_postponed),
        ("rollout", table.rollout.as_ref().map(span_of), ["change", "conversion"].contains(&entry.name)),
        ("max_leverage", table.max_leverage.as_ref().map(span_of), entry.name == "launch"),
        ("from", table.from.as_ref().map(span_of), is_postponed),
        ("to", table.to.as_ref().map(span_of), is_postponed),
        ("class", table.class.as_ref().map(span_of), has_rule),
        ("seen_at", table.seen_at.as_ref().map(span_of), is_observation),
        ("absent", table.absent.as_ref().map(span_of), is_observation),
        ("tiers", table.tiers.as_ref().map(span_of), has_rule),
        ("ratio", table.ratio.as_ref().map(span_of), has_rule),
        ("ratio_value", table.ratio_value.as_ref().map(span_of), table.ratio.is_some()),
        ("collateral", table.collateral.as_ref().map(span_of), has_rule),
        ("rank", table.rank.as_ref().map(span_of), table.collateral.is_some()),
        ("unit", table.unit.as_ref().map(span_of), is_tiered),
        ("statement", table.statement.as_ref().map(span_of), is_export),
        ("statements", table.statements.as_ref().map(span_of), is_export),
    ];
    let misplaced = fields.into_iter().filter_map(|(key, span, taken)| Some((key, span.filter(|_| !taken)?)));
    let problems = misplaced.map(|(key, span)| {
        let message = format!("[[{}]] has no field `{key}` here", entry.name);
        problem::<()>(ErrorCode::SeedField, span, message, "leave it out")
    });
    all(problems).map(|_| ())
}

/// What an entry states, and its rule, where it has one.
fn claim(
    entry: &Entry<StatementTable>,
    subjects: Option<&[Subject]>,
    text: &str,
) -> Checked<(DraftClaim, Option<ParsedRule>)> {
    let table = &entry.table;
    match entry.name {
        "change" => {
            let times = both(effective_at(entry, text), rollout(table.rollout.as_ref()));
            let ((effective_at, rollout), parsed) = both(times, rule(entry, subjects, text))?;
            let (rollout, rule) = (rollout.unwrap_or(TimeSpan::ZERO), parsed.rule.clone());
            Ok((DraftClaim::Change { effective_at, rollout, rule }, Some(parsed)))
        }
        "observation" => {
            let seen_at = table.seen_at.as_ref().map(|at| valid_time(text, "seen_at", at)).transpose();
            if table.absent.as_ref().is_none_or(|absent| !absent.get_ref()) {
                let (seen_at, parsed) = both(seen_at, rule(entry, subjects, text))?;
                return Ok((
                    DraftClaim::Observation { seen_at, rule: Some(parsed.rule.clone()) },
                    Some(parsed),
                ));
            }
            if rules::has_rule(table) {
                let message = "[[observation]] has a rule, and `absent = true` states that there was none";
                let hint = "remove one of the two: the rule, or `absent`";
                return problem(ErrorCode::SeedRule, entry.header, message, hint);
            }
            Ok((DraftClaim::Observation { seen_at: seen_at?, rule: None }, None))
        }
        "launch" => {
            let max_leverage = table.max_leverage.as_ref().map(|leverage| leverage.get_ref().get());
            Ok((DraftClaim::Launch { effective_at: effective_at(entry, text)?, max_leverage }, None))
        }
        "conversion" => {
            let times = both(effective_at(entry, text), rollout(table.rollout.as_ref()));
            let (effective_at, rollout) = times?;
            let rollout = rollout.unwrap_or(TimeSpan::ZERO);
            Ok((DraftClaim::Conversion { effective_at, rollout }, None))
        }
        "postponed" => Ok((postponed(table, text)?, None)),
        _ => Ok((DraftClaim::End { effective_at: effective_at(entry, text)? }, None)),
    }
}

fn postponed(table: &StatementTable, text: &str) -> Checked<DraftClaim> {
    let from = table.from.as_ref().map(|at| valid_time(text, "from", at)).transpose();
    let to = table.to.as_ref().map(|at| valid_time(text, "to", at)).transpose();
    let (from, to) = both(from, to)?;
    Ok(DraftClaim::Postponed { from, to })
}

/// The rule of an entry. Where its subjects cannot be read it is read nevertheless, for its own errors.
fn rule(entry: &Entry<StatementTable>, subjects: Option<&[Subject]>, text: &str) -> Checked<ParsedRule> {
    let Some(subjects) = subjects else {
        let program = if entry.table.tiers.is_some() { Program::Usdm } else { Program::PmPro };
        return rules::read(text, entry, program, Some(String::new()));
    };
    if !subjects::are_of_one_kind(subjects) {
        let message = format!("[[{}]] has one rule for contracts and for assets", entry.name);
        return problem(ErrorCode::SeedRule, entry.header, message, "write an entry for each");
    }
    let program = subjects.first().map_or(Program::Usdm, Subject::program);
    rules::read(text, entry, program, subjects::usual_unit(subjects))
}

/// When a change or an end starts.
fn effective_at(entry: &Entry<StatementTable>, text: &str) -> Checked<ValidTime> {
    let Some(value) = &entry.table.effective_at else {
        let message = format!("[[{}]] needs `effective_at`", entry.name);
        let hint = "write effective_at = \"2026-02-06 06:30 (UTC)\"";
        return problem(ErrorCode::SeedMissing, entry.header, message, hint);
    };
    valid_time(text, "effective_at", value)
}

/// A complete snapshot of a program.
pub fn complete_snapshot(table: &CompleteSnapshotTable, source: &Source) -> Checked<DraftCompleteSnapshot> {
    let seen_at = table.seen_at.as_ref().map(|at| valid_time(source.text, "seen_at", at)).transpose();
    let of = || {
        let (words, at) = (table.of.get_ref(), span_of(&table.of));
        let (venue, program) = words.split_once(':').unwrap_or((&source.venue, words));
        let program = subjects::program(program.trim(), "of", at)?;
        let venue = match source.is_export() {
            true => venue.trim().to_string(),
            false => venue.trim().to_lowercase(),
        };
        if Subject::new(&venue, program, "X").is_none() {
            let what = format!("{} cannot be the name of a venue", quoted(&venue));
            return wrong("of", at, what, "write of = \"binance:usdm\"");
        }
        Ok((venue, program))
    };
    let (seen_at, (venue, program)) = both(seen_at, of())?;
    let currencies = table.currencies.as_ref().map(|all| all.iter().cloned().collect());
    let except = table.except.iter().flatten().cloned().collect();
    Ok(DraftCompleteSnapshot { venue, program, currencies, except, seen_at })
}
