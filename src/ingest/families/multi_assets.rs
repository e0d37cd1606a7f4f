//! Margin assets of futures accounts: the collateral ratio of an asset under portfolio margin, and its tiers under
//! portfolio margin pro.
//!
//! They are in force at the time that the text states, else seen at its publication. A haircut of an auto-exchange and
//! limits of transfers are no rules.

mod ratio;
mod tiers;

use super::FamilyStatements;
use super::text;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::limits;
use crate::rule::{PlacedRule, Rule};
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{TimeSpan, ValidTime};

/// Reads the collateral ratios of margin assets.
pub fn read(document: &Document) -> FamilyStatements {
    let mut read = FamilyStatements::default();
    let words = document.text.as_str();
    let lines = text::body_lines(document);
    if !is_about_margin_assets(document, &lines) {
        return read;
    }
    let time = time(words, &lines);
    for line in &lines {
        read.accounted.extend(transfer_limits(words, *line));
        for sentence in text::sentences(words, *line) {
            match ratio::read(words, sentence) {
                Some(Ok(stated)) => {
                    let rule = Rule::flat(stated.ratio, stated.place);
                    add(document, &mut read, &time, (Program::Pm, stated.name), rule, sentence);
                }
                Some(Err(finding)) => read.findings.push(finding),
                None => {}
            }
        }
    }
    let tables = tiers::find(words, document.body);
    if let Some(more) = tables.get(limits::SMALL_TABLES) {
        let message = format!("more than {} tables of margin assets; none is read", limits::SMALL_TABLES);
        read.findings.push(Finding::new(FindingCode::UnreadText, more.span, message));
        return read;
    }
    for table in tables {
        let above = words[..table.span.start].trim_end().rsplit('\n').next().unwrap_or("").to_lowercase();
        if above.contains("portfolio margin pro") || above.contains("pm pro") {
            read.accounted.push(table.span);
            match table.rule {
                Ok(rule) => {
                    add(document, &mut read, &time, (Program::PmPro, table.name), rule, table.span);
                }
                Err(finding) => read.findings.push(finding),
            }
        }
    }
    read
}

/// Whether a document makes an asset a margin asset of futures accounts.
fn is_about_margin_assets(document: &Document, lines: &[Span]) -> bool {
    let about = |words: &str| {
        let lower = words.to_lowercase();
        lower.contains("margin asset")
            && ["futures", "multi-asset", "portfolio margin"].iter().any(|it| lower.contains(it))
    };
    about(&document.title) || lines.iter().any(|line| about(line.of(&document.text)))
}

/// Adds what a place states of an asset.
fn add(
    document: &Document,
    read: &mut FamilyStatements,
    time: &Result<Option<ValidTime>, Finding>,
    (program, name): (Program, Span),
    rule: Rule,
    span: Span,
) {
    let name = name.of(&document.text);
    let rule = PlacedRule::from(rule);
    let claim = match time {
        Ok(Some(effective_at)) => {
            DraftClaim::Change { effective_at: *effective_at, rollout: TimeSpan::ZERO, rule }
        }
        Ok(None) => DraftClaim::Observation { seen_at: None, rule: Some(rule) },
        Err(finding) => {
            read.findings.push(Finding { subjects: vec![name.to_string()], ..finding.clone() });
            return;
        }
    };
    let subject = Subject::new(&document.venue, program, name);
    read.statements.extend(subject.map(|subject| DraftStatement { subject, claim, span }));
}

/// From when the asset is a margin asset, by the sentences that say so; `None` where they state no time.
fn time(words: &str, lines: &[Span]) -> Result<Option<ValidTime>, Finding> {
    let sentences = lines.iter().flat_map(|line| text::sentences(words, *line));
    let starts = |sentence: &Span| {
        let lower = sentence.of(words).to_lowercase();
        lower.contains("margin") && !PrintedTimes::read(words, *sentence).is_empty()
    };
    let mut times = Vec::new();
    for sentence in sentences.filter(starts) {
        let at = text::only_time(words, sentence).map_err(|finding| {
            let message = format!("{}; the collateral ratio is not stored", finding.message);
            Finding { code: FindingCode::UnreadRatio, message, ..finding }
        })?;
        times.push((at, sentence));
    }
    times.dedup_by_key(|(at, _)| *at);
    match times[..] {
        [] => Ok(None),
        [(at, _)] => Ok(Some(at)),
        [.., (_, sentence)] => {
            let message = "from when the collateral ratio is in force is not certain; it is not stored";
            Err(Finding::new(FindingCode::UnreadRatio, sentence, message))
        }
    }
}

/// A line with the limits of transfers by VIP level.
fn transfer_limits(words: &str, line: Span) -> Option<Span> {
    let lower = line.of(words).to_lowercase();
    (lower.starts_with("vip level") && lower.contains("limit")).then_some(line)
}
