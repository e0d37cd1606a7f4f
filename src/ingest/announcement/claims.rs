//! From tables to statements: whose table it is, from when it holds, and what it says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::flat::{self, FlatRow};
use super::header::Side;
use super::prose::Topic;
use super::reader::Reader;
use super::rules;
use super::subjects::{names, program_of};
use super::suspicious;
use super::tables::{Block, Body, Table};
use super::when;
use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::usual;
use crate::rule::Rule;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp, ValidTime};

impl Reader<'_> {
    /// Reads one table; `above` is where the tier table before it ends, or the start of the announcement.
    pub fn read(&mut self, table: &Table, above: usize) {
        match &table.body {
            Body::Tiers(items) => {
                let heading = match when::heading_of(self, table.span, above) {
                    Ok(heading) => heading,
                    Err(finding) => return self.findings.push(finding),
                };
                let program = heading.program.unwrap_or_else(|| program_of(table));
                let subjects = self.subjects(&heading.names, program);
                let names = names(&subjects);
                let rules = rules::tier_tables(items, table, self, &names);
                match when::effective(self, table.span, Topic::Contracts, &heading.timestamps) {
                    Ok((at, rollout)) => self.add(&subjects, rules, at, rollout, table.span),
                    Err(finding) => self.findings.push(Finding { subjects: names, ..finding }),
                }
            }
            Body::Flat(rows) => match when::effective(self, table.span, Topic::Assets, &[]) {
                Ok((at, rollout)) => {
                    suspicious::one_sided(table, table.span, self);
                    let first = self.statements.len();
                    rows.iter().for_each(|row| self.flat_row(row, table, at, rollout));
                    self.same_rows(first);
                }
                Err(finding) => self.findings.push(finding),
            },
            Body::Collateral(blocks) => match when::effective(self, table.span, Topic::Assets, &[]) {
                Ok((at, rollout)) => blocks.iter().for_each(|block| self.block(block, table, at, rollout)),
                Err(finding) => self.findings.push(finding),
            },
        }
    }

    fn block(&mut self, block: &Block, table: &Table, at: Timestamp, rollout: TimeSpan) {
        let (name_end, rules) = rules::collateral_tables(block, table, self);
        let mut spans = block.names.clone();
        if let Some(last) = spans.last_mut() {
            let lent = name_end > last.end || rules.iter().any(|(_, rule)| has_long_rank(rule));
            last.end = name_end;
            let name = last.of(&self.document.text);
            if lent && !self.known.contains(name) {
                self.error(FindingCode::DigitsInName, *last, digits_in_name(name));
            }
        }
        let subjects = self.subjects(&spans, Program::PmPro);
        let names = names(&subjects);
        self.findings
            .iter_mut()
            .filter(|f| {
                f.subjects.is_empty() && f.span.start >= block.span.start && f.span.end <= block.span.end
            })
            .for_each(|finding| finding.subjects = names.clone());
        self.add(&subjects, rules, at, rollout, table.span);
    }

    fn flat_row(&mut self, row: &FlatRow, table: &Table, at: Timestamp, rollout: TimeSpan) {
        let text = self.document.text.as_str();
        let (way, doubt) = flat::choose(row, text, &self.known);
        let (name, left) = &row.ways[way];
        let subjects = self.subjects(&[*name], Program::Pm);
        let names = names(&subjects);
        let mut note = |code, message: String| {
            self.findings.push(Finding { code, message, span: row.span, subjects: names.clone() });
        };
        if doubt {
            let ways: Vec<String> = row
                .ways
                .iter()
                .map(|(name, ratio)| {
                    let ratio = ratio.as_ref().map_or("NA", |(rate, _)| rate.text());
                    format!("{} {ratio} %", name.of(text))
                })
                .collect();
            note(FindingCode::AmbiguousSplit, format!("{} can be {}", row.span.of(text), ways.join(" or ")));
        }
        if row.shifted {
            let message = "may lack its left ratio, and what stands behind it be the start of the next name";
            note(FindingCode::AmbiguousSplit, format!("`{}` {message}", row.span.of(text)));
        }
        let ratios = [left, &row.right];
        let glued = left.as_ref().is_some_and(|(_, ratio)| ratio.start == name.end);
        if glued && name.of(text).ends_with(|c: char| c.is_ascii_digit()) {
            note(FindingCode::DigitsInName, digits_in_name(name.of(text)));
        }
        if let (Some((before, _)), Some((after, _))) = (left, &row.right)
            && flat::leaps(before, after)
        {
            let message = format!("{} goes from {} % to {} %", name.of(text), before.text(), after.text());
            note(FindingCode::RatioLeap, message);
        }
        for message in ratios.into_iter().flatten().filter_map(|(ratio, _)| usual::ratio(ratio)) {
            note(FindingCode::UnusualRate, format!("{}: {message}", name.of(text)));
        }
        if row.unmarked {
            note(
                FindingCode::UnreadText,
                format!("`{}` has one ratio, and no mark for the other", row.span.of(text)),
            );
            return;
        }
        if table.header.sides.len() == 2 && ratios.iter().any(|ratio| ratio.is_none()) {
            note(FindingCode::SideMissing, format!("{} has only one ratio", name.of(text)));
        }
        let rules = table.header.sides.iter().zip(ratios).filter_map(|(side, ratio)| {
            let (ratio, span) = ratio.clone()?;
            Some((*side, Arc::new(Rule::flat(ratio, span))))
        });
        let rules = rules.collect();
        self.add(&subjects, rules, at, rollout, row.span);
    }

    /// Reports the assets that have more than one row among the statements from `first` on, which are those of a table.
    fn same_rows(&mut self, first: usize) {
        let mut rows = BTreeMap::new();
        for statement in &self.statements[first..] {
            let name = statement.subject.name();
            if rows.insert(name, statement.span).is_some_and(|row| row != statement.span) {
                let message = format!("{name} has two rows in one table");
                let finding = Finding::new(FindingCode::DuplicateSubject, statement.span, message);
                self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
            }
        }
    }

    /// Adds what both sides say about each subject: the change, then the observation of what was before.
    fn add(
        &mut self,
        subjects: &[Subject],
        rules: Vec<(Side, Arc<Rule>)>,
        at: Timestamp,
        rollout: TimeSpan,
        span: Span,
    ) {
        let effective_at = ValidTime(at);
        let changes = rules.iter().filter(|(side, _)| *side == Side::New);
        let observations = rules.iter().filter(|(side, _)| *side == Side::Previous);
        let claims: Vec<DraftClaim> = changes
            .map(|(_, rule)| DraftClaim::Change { effective_at, rollout, rule: rule.clone() })
            .chain(observations.map(|(_, rule)| DraftClaim::Previous { effective_at, rule: rule.clone() }))
            .collect();
        for subject in subjects {
            self.statements.extend(claims.iter().map(|claim| DraftStatement {
                subject: subject.clone(),
                claim: claim.clone(),
                span,
            }));
        }
    }
}

/// Whether the first digit of a rank could be the last one of a name before it: `USD11` is USD 11 or USD1 1.
fn has_long_rank(rule: &Rule) -> bool {
    rule.rank().is_some_and(|rank| rank > 10)
}

fn digits_in_name(name: &str) -> String {
    format!(
        "{name} is glued to the digits behind it, and printed nowhere else; it may have more or fewer of them"
    )
}
