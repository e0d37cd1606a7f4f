//! Announcements without a table of tiers or ratios: what their sentences state, or that they contain no margin
//! rule.

use super::document::{self, Document};
use super::lines::{self, TextLine};
use super::suspicious_times;
use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, Severity};
use crate::ingest::conflicts;
use crate::ingest::draft::{Draft, DraftStatement, Input};
use crate::ingest::families::recognised::OtherTopic;
use crate::ingest::families::{FamilyStatements, rules};
use crate::ingest::scan;
use crate::text::{Span, line_number};

/// Reads an announcement without tables. `unread` is what looks like a table in it, and `has_header` tells whether
/// a part of that is the header of a table of tiers or ratios.
///
/// # Errors
/// `no_table`: it announces a rule and states none that can be read, or it is no announcement at all.
pub fn read(
    input: &Input,
    document: Document,
    families: FamilyStatements,
    unread: Vec<Finding>,
    has_header: bool,
) -> Result<Draft, Error> {
    let text = document.text.as_str();
    let FamilyStatements { statements, mut findings, .. } = families;
    let states_rule = !statements.is_empty();
    let fails = findings.iter().any(|finding| finding.code.severity() == Severity::Error);
    let topic = OtherTopic::of_title(&document.title);
    // What looks like a table, but has neither a known header nor a range, is about something else.
    let is_of_other = topic.is_some_and(|topic| !topic.can_contain_rules());
    let has_table = !unread.is_empty() && ((has_header && !is_of_other) || has_range(text));
    let mut is_cut = false;
    if !states_rule && !has_table && !fails {
        if let Some(place) = rules::announced(&document) {
            return Err(not_found(text, place, &findings));
        }
        if !document::reaches_its_body(&document) {
            return Err(no_table(text, unread.first()));
        }
        is_cut = topic.is_some_and(OtherTopic::can_contain_rules);
    }
    let (publication, origin, doubt) = document::publication(&document, input);
    if has_table {
        findings.extend(unread);
    }
    if states_rule || has_table || fails || is_cut {
        findings.extend(document::truncated(&document, &[]));
    }
    if states_rule {
        findings.extend(doubt);
        findings.extend(suspicious_timestamps(text, &document, &statements));
        findings.extend(conflicts::contradictions(&statements));
        findings.extend(publication.and_then(|(at, _)| conflicts::far_timestamps(&statements, at.0)));
    }
    findings.sort_by_key(|finding| (finding.span, finding.code));
    let states_no_rule = !states_rule && findings.is_empty();
    Ok(Draft {
        title: document.title.clone(),
        publication,
        origin,
        statements,
        findings,
        states_no_rule,
        ..Draft::empty(input.bytes, input.file, document.text)
    })
}

/// The findings about timestamps on which a statement rests.
fn suspicious_timestamps(text: &str, document: &Document, statements: &[DraftStatement]) -> Vec<Finding> {
    let all = lines::lines(text, Span::new(document.body, text.len()));
    let all: Vec<TextLine> = all.map(|line| TextLine::at(text, line)).collect();
    let mut found = suspicious_times::suspicious_timestamps(text, &all);
    found.retain(|finding| statements.iter().any(|statement| finding.span.is_within(statement.span)));
    found
}

/// The error of an announcement of a rule that is not found in it.
fn not_found(text: &str, place: Span, findings: &[Finding]) -> Error {
    let line = line_number(text, place.start);
    let message =
        format!("line {line} announces a margin rule, but no table or sentence that states it is found");
    let error = Error::new(ErrorCode::NoTable, message);
    let error = findings.iter().fold(error, |error, finding| error.hint(&finding.message));
    error.hint("save the whole announcement again, with its tables and its closing date")
}

/// Whether a text contains a range of positions, `0 < Position ≤`: what looks like a table, but has neither a known
/// header nor a range, is about something else.
fn has_range(text: &str) -> bool {
    let numbers = text.bytes().enumerate().filter(|(at, byte)| {
        byte.is_ascii_digit()
            && at.checked_sub(1).is_none_or(|before| !text.as_bytes()[before].is_ascii_digit())
    });
    let has_sign = text.contains(['≤', '≦', '⩽']) || text.contains("<=");
    has_sign && numbers.map(|(at, _)| at).any(|at| scan::range_start(text, at).is_some())
}

fn no_table(text: &str, table_like: Option<&Finding>) -> Error {
    let message = "no rule found: nothing in the document looks like a table of margin rules";
    let error = Error::new(ErrorCode::NoTable, message)
        .hint("an announcement needs a table of leverage tiers or of collateral ratios");
    let Some(other) = table_like else { return error };
    let line = line_number(text, other.span.start);
    error.hint(format!("line {line} looks like a table of something else"))
}
