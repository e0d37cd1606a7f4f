//! Surveillance: how long before its effect each source was published, what it did, and what nobody
//! announced.

use std::collections::BTreeMap;
use std::vec;

use crate::query::eval::changes::changes_of;
use crate::query::eval::stored::StoredRules;
use crate::query::plan::over_time::{By, SubjectsPlan};
use crate::query::rows::over_time::{ChangeRow, ReportRow};
use crate::rule::effect::Verdict;
use crate::rulebook::contradictions::Contradiction;
use crate::statement::{RecordedSource, SourceId, TxId};
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
/// for all. What is kept is what is counted of each; a row is made when it is its turn.
#[derive(Debug)]
pub struct Report {
    counts: BTreeMap<SourceId, Count>,
    /// The places of the sources that are left, in order of publication.
    sources: vec::IntoIter<usize>,
    /// `None` once its row is made.
    all: Option<Count>,
}

impl Report {
    /// What is counted of the changes of some subjects.
    pub(super) fn of(plan: &SubjectsPlan, stored: &StoredRules) -> Report {
        let mut counts: BTreeMap<SourceId, Count> = BTreeMap::new();
        let changes = SubjectsPlan { by: By::Published, ..plan.clone() };
        for timeline in plan.subjects.iter().filter_map(|subject| stored.rulebook.timeline(subject)) {
            let history = stored.rulebook.history(timeline, plan.knowledge());
            for row in changes_of(&changes, &history, stored) {
                counts.entry(row.statement.source).or_default().take(&row);
            }
            for found in history.contradictions() {
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
        let mut sources: Vec<usize> = (0..stored.sources.len()).collect();
        sources.sort_by_key(|place| (stored.sources[*place].source.published_at, stored.sources[*place].tx));
        Report { counts, sources: sources.into_iter(), all: Some(all) }
    }

    /// The next row; `None` after the one for all.
    pub(super) fn next(&mut self, stored: &StoredRules) -> Option<ReportRow> {
        for place in self.sources.by_ref() {
            let recorded = &stored.sources[place];
            if let Some(count) = self.counts.remove(&recorded.source.id) {
                return Some(count.row(Some(recorded.clone()), stored.tx));
            }
        }
        Some(self.all.take()?.row(None, stored.tx))
    }
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

    fn row(mut self, source: Option<RecordedSource>, tx: u64) -> ReportRow {
        self.notices.sort();
        let verdict = |verdict: Verdict| self.verdicts.get(&verdict).copied().unwrap_or(0);
        ReportRow {
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
        }
    }
}
