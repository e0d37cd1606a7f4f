//! Surveillance: how long before its effect each source was published, what it did, and what nobody
//! announced.

use std::collections::BTreeMap;

use crate::query::eval::changes::change_rows;
use crate::query::eval::stored::StoredRules;
use crate::query::plan::over_time::{By, SubjectsPlan};
use crate::query::rows::Row;
use crate::query::rows::over_time::{ChangeRow, ReportRow};
use crate::rule::effect::Verdict;
use crate::rulebook::contradictions::Contradiction;
use crate::statement::{SourceId, TxId};
use crate::time::TimeSpan;

/// What is counted of one source, or of all.
#[derive(Clone, Debug, Default)]
struct Count {
    notices: Vec<TimeSpan>,
    changes: usize,
    retroactive: usize,
    verdicts: BTreeMap<Verdict, usize>,
    unseen: usize,
    not_carried_out: usize,
    carried_out_otherwise: usize,
}

/// A row for each source that changes something or shows something unsaid, in order of publication, and one
/// for all.
pub(super) fn report_rows(plan: &SubjectsPlan, stored: &StoredRules) -> Vec<Row> {
    let mut counts: BTreeMap<SourceId, Count> = BTreeMap::new();
    let changes = SubjectsPlan { by: By::Published, ..plan.clone() };
    for row in change_rows(&changes, stored) {
        if let Row::Change(row) = row {
            counts.entry(row.statement.source).or_default().take(&row);
        }
    }
    for timeline in plan.subjects.iter().filter_map(|subject| stored.rulebook.timeline(subject)) {
        for found in stored.rulebook.history(timeline, plan.knowledge()).contradictions() {
            let announced = plan.range.contains(found.against.published_at.0);
            let source = found.against.id.source;
            match found.how {
                Contradiction::NotCarriedOut if announced => {
                    counts.entry(source).or_default().not_carried_out += 1;
                }
                Contradiction::CarriedOutOtherwise if announced => {
                    counts.entry(source).or_default().carried_out_otherwise += 1;
                }
                _ => {}
            }
        }
    }
    let mut all = Count::default();
    counts.values().for_each(|count| all.add(count));
    let of_source = |recorded: &crate::statement::RecordedSource| {
        let count = counts.remove(&recorded.source.id)?;
        Some(count.row(Some(recorded.clone()), stored.tx))
    };
    let mut sources: Vec<_> = stored.sources.iter().collect();
    sources.sort_by_key(|recorded| (recorded.source.published_at, recorded.tx));
    let mut rows: Vec<Row> = sources.into_iter().filter_map(of_source).collect();
    rows.push(all.row(None, stored.tx));
    rows
}

impl Count {
    fn take(&mut self, row: &ChangeRow) {
        if row.kind == "observation" {
            self.unseen += 1;
            return;
        }
        self.changes += 1;
        match row.notice {
            Some(notice) => self.notices.push(notice),
            None => self.retroactive += 1,
        }
        if let Some(verdict) = row.verdict {
            *self.verdicts.entry(verdict).or_default() += 1;
        }
    }

    fn add(&mut self, other: &Count) {
        self.notices.extend(&other.notices);
        self.changes += other.changes;
        self.retroactive += other.retroactive;
        self.unseen += other.unseen;
        self.not_carried_out += other.not_carried_out;
        self.carried_out_otherwise += other.carried_out_otherwise;
        for (verdict, count) in &other.verdicts {
            *self.verdicts.entry(*verdict).or_default() += count;
        }
    }

    fn row(mut self, source: Option<crate::statement::RecordedSource>, tx: u64) -> Row {
        self.notices.sort();
        let verdict = |verdict: Verdict| self.verdicts.get(&verdict).copied().unwrap_or(0);
        Row::Report(Box::new(ReportRow {
            source,
            changes: self.changes,
            tightened: verdict(Verdict::Tightened),
            loosened: verdict(Verdict::Loosened),
            mixed: verdict(Verdict::Mixed),
            no_effect: verdict(Verdict::NoEffect),
            shortest_notice: self.notices.first().copied(),
            // Of an even number the shorter of the two in the middle.
            median_notice: self.notices.get(self.notices.len().saturating_sub(1) / 2).copied(),
            longest_notice: self.notices.last().copied(),
            retroactive: self.retroactive,
            unseen: self.unseen,
            not_carried_out: self.not_carried_out,
            carried_out_otherwise: self.carried_out_otherwise,
            tx: TxId(tx),
        }))
    }
}
