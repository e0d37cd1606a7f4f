//! From tables to statements: which subjects a table is about, from when it is effective, and its rules.

use super::cells::TableCell;
use super::context::{AnnouncementReader, UnreadSide};
use super::contract;
use super::effective_time::{self, EffectiveTime};
use super::flat::{self, FlatRow};
use super::header::{Side, TableKind};
use super::losses;
use super::rules::{self, Rules};
use super::sentences::Topic;
use super::subjects::{names, program_of};
use super::suspicious;
use super::tables::{CollateralBlock, PrintedTable, TableBody};
use crate::finding::{Finding, FindingCode};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::usual;
use crate::rule::{PlacedRule, Rule, RuleKind};
use crate::statement::{Loss, LostRow, Program, Subject};
use crate::text::Span;
use crate::time::TimeSpan;
use std::collections::BTreeMap;

impl AnnouncementReader<'_> {
    /// Reads the tables of the announcement.
    pub fn read_tables(&mut self, tables: &[PrintedTable]) {
        let mut above = self.document.body;
        for table in tables {
            let read = match &table.body {
                TableBody::Tiers(items) => self.tier_table(items, table, above),
                TableBody::Flat(rows, holes) => self.flat_table(rows, holes, table),
                TableBody::Collateral(blocks) => self.collateral_table(blocks, table),
            };
            self.findings.extend(read.err());
            if table.header.kind == TableKind::Tiers {
                above = table.span.end;
            }
        }
    }

    /// Reads a tier table; `above` is where the tier table before it ends, or the start of the announcement.
    fn tier_table(&mut self, items: &[TableCell], table: &PrintedTable, above: usize) -> Result<(), Finding> {
        if let Some((subject, time)) = self.launched(table, above) {
            let names = names(std::slice::from_ref(&subject));
            let first = self.findings.len();
            let (rules, _) = rules::read_sides(items, table, table.span, self);
            let mut found = self.findings.split_off(first);
            // Nothing is before a launch.
            found.retain(|finding| finding.code != FindingCode::SideMissing);
            found.iter_mut().for_each(|finding| finding.subjects.clone_from(&names));
            self.findings.extend(found);
            // A doubt about the time of the launch is one about the whole table.
            let differs = |finding: &&mut Finding| {
                finding.code == FindingCode::PlacesDiffer && finding.subjects == names
            };
            self.findings.iter_mut().filter(differs).for_each(|f| f.span = f.span.join(table.span));
            self.add(&[subject], rules, time, table.span);
            return Ok(());
        }
        let heading = effective_time::heading_of(self, table.span, above)?;
        let program = heading.program.unwrap_or_else(|| program_of(table));
        let subjects = self.subjects(&heading.names, program);
        let names = names(&subjects);
        let first = self.findings.len();
        let (rules, _) = rules::read_sides(items, table, table.span, self);
        self.findings[first..].iter_mut().for_each(|finding| finding.subjects.clone_from(&names));
        let time = EffectiveTime::of(self, table.span, Topic::Contracts, &heading.timestamps)
            .map_err(|finding| Finding { subjects: names, ..finding })?;
        self.lose(&subjects, time);
        self.add(&subjects, rules, time, table.span);
        Ok(())
    }

    /// The contract that the document launches and when, where the tiers of a table are those that it starts
    /// with: the table has one side, and nothing between the launch and the table names another contract.
    fn launched(&self, table: &PrintedTable, above: usize) -> Option<(Subject, EffectiveTime)> {
        let start = self.start.as_ref().filter(|start| above <= start.span.start)?;
        let DraftClaim::Launch { effective_at, .. } = start.claim else { return None };
        let between = Span::new(start.span.end, table.span.start.max(start.span.end));
        let text = self.document.text.as_str();
        let name = start.subject.name();
        let is_read = |word: &Span| self.accounted.contains(*word);
        let words = contract::contract_words(text, between);
        let own = words.iter().all(|word| word.of(text) == name || is_read(word));
        let one_sided = table.header.sides == [Side::New] && start.span.end <= table.span.start;
        let time = EffectiveTime { effective_at, rollout: TimeSpan::minutes(0) };
        (own && one_sided).then(|| (start.subject.clone(), time))
    }

    /// Adds the sides of the table in hand that cannot be read to the losses.
    fn lose(&mut self, subjects: &[Subject], EffectiveTime { effective_at, rollout }: EffectiveTime) {
        let unread = std::mem::take(&mut self.unread_sides);
        self.losses.extend(unread.into_iter().map(|UnreadSide { side, kind, rank, rows, span }| Loss {
            subjects: subjects.to_vec(),
            is_change: side == Side::New,
            effective_at,
            rollout,
            kind,
            rank,
            rows,
            span,
        }));
    }

    fn flat_table(&mut self, rows: &[FlatRow], holes: &[Span], table: &PrintedTable) -> Result<(), Finding> {
        let time = EffectiveTime::of(self, table.span, Topic::Assets, &[])?;
        suspicious::one_sided(table, table.span, self);
        let first = self.statements.len();
        rows.iter().for_each(|row| self.flat_row(row, table, time));
        self.same_rows(first);
        for hole in holes {
            let words = losses::quoted(*hole, &self.document.text);
            self.error(
                FindingCode::UnreadSide,
                *hole,
                format!("`{words}` cannot be read as a row; {}", losses::ROW),
            );
        }
        Ok(())
    }

    fn collateral_table(&mut self, blocks: &[CollateralBlock], table: &PrintedTable) -> Result<(), Finding> {
        let time = EffectiveTime::of(self, table.span, Topic::Assets, &[])?;
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, blocks.get(index + 1).and_then(rules::first_hole), table, time);
        }
        Ok(())
    }

    /// Reads a block; `hole` is at the start of the next one, and may belong to this.
    fn block(
        &mut self,
        block: &CollateralBlock,
        hole: Option<Span>,
        table: &PrintedTable,
        time: EffectiveTime,
    ) {
        let mut items = rules::with_name_costs(block, self);
        items.extend(hole.filter(|_| !rules::is_whole(&items, &table.header)).map(TableCell::Hole));
        let (mut rules, name_digits) = rules::read_sides(&items, table, block.span, self);
        if let (Some(TableCell::Hole(hole)), Some(name)) = (block.items.first(), block.names.last())
            && hole.start == name.end
            && !rules.is_empty()
        {
            let words = losses::quoted(*hole, &self.document.text);
            let message =
                format!("`{words}` may start with digits of the name before it; neither side is stored");
            self.error(FindingCode::UnreadSide, *hole, message);
            rules.clear();
        }
        let mut spans = block.names.clone();
        if let Some(last) = spans.last_mut() {
            let has_glued_digits = name_digits > 0 || rules.iter().any(|(_, rule)| has_long_rank(rule));
            last.end += name_digits;
            let name = last.of(&self.document.text);
            if has_glued_digits && !self.known_names.contains(name) {
                self.error(FindingCode::DigitsInName, *last, digits_in_name(name));
            }
        }
        let subjects = self.subjects(&spans, Program::PmPro);
        let names = names(&subjects);
        let unnamed = self.findings.iter_mut().filter(|finding| finding.subjects.is_empty());
        unnamed
            .filter(|finding| finding.span.is_within(block.span))
            .for_each(|finding| finding.subjects.clone_from(&names));
        self.lose(&subjects, time);
        self.add(&subjects, rules, time, table.span);
    }

    fn flat_row(&mut self, row: &FlatRow, table: &PrintedTable, time: EffectiveTime) {
        let text = self.document.text.as_str();
        let (way, doubt) = flat::choose(row, text, &self.known_names);
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
            let message = "may be without its left ratio, and what follows may be the start of the next name";
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
            let words = row.span.of(text);
            let message = format!("`{words}` has one ratio and no mark for the other; {}", losses::ROW);
            note(FindingCode::UnreadSide, message);
            let rows = vec![LostRow { rate: "?".to_string(), ..LostRow::default() }];
            let (kind, span) = (RuleKind::Flat, row.span);
            let unread = |side: &Side| UnreadSide { side: *side, kind, rank: None, rows: rows.clone(), span };
            self.unread_sides.extend(table.header.sides.iter().map(unread));
            self.lose(&subjects, time);
            return;
        }
        if table.header.sides.len() == 2 && ratios.iter().any(|ratio| ratio.is_none()) {
            note(FindingCode::SideMissing, format!("{} has only one ratio", name.of(text)));
        }
        let rules = table.header.sides.iter().zip(ratios).filter_map(|(side, ratio)| {
            let (ratio, span) = ratio.clone()?;
            Some((*side, PlacedRule::from(Rule::flat(ratio, span))))
        });
        let rules = rules.collect();
        self.add(&subjects, rules, time, row.span);
    }

    /// Reports the assets that have more than one row among the statements from `first` on, which are those
    /// of a table.
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

    /// Adds what both sides state about each subject: the change, then the observation of what was before.
    fn add(
        &mut self,
        subjects: &[Subject],
        rules: Rules,
        EffectiveTime { effective_at, rollout }: EffectiveTime,
        span: Span,
    ) {
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
        "no space separates {name} from the digits after it, and it is printed nowhere else; it may have more or fewer digits"
    )
}
