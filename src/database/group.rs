//! Documents that are acknowledged together, with one sync of the journal, and reported then.

use std::collections::BTreeSet;
use std::mem;
use std::time::{Duration, Instant};

use crate::database::load::{FileOutcome, FileReport};
use crate::error::Result;
use crate::ingest::Draft;
use crate::limits;
use crate::statement::Subject;
use crate::store;

/// The reports of documents since the last acknowledgement, in order.
pub(super) struct Group<'r> {
    report: &'r mut dyn FnMut(FileReport),
    reports: Vec<FileReport>,
    /// Since when something in it is recorded, but not acknowledged.
    since: Option<Instant>,
    bytes: usize,
    /// What its documents announce.
    announced: BTreeSet<Subject>,
    /// Whether one of them retracts something.
    retracts: bool,
}

impl<'r> Group<'r> {
    /// Nothing recorded yet; `report` gets what is on the disk.
    pub fn of(report: &'r mut dyn FnMut(FileReport)) -> Group<'r> {
        let (reports, announced) = (Vec::new(), BTreeSet::new());
        Group { report, reports, since: None, bytes: 0, announced, retracts: false }
    }

    /// For how long it may wait for more documents; `None` where nothing waits in it.
    pub fn patience(&self) -> Option<Duration> {
        self.since.map(|since| Duration::from_millis(limits::GROUP_MS).saturating_sub(since.elapsed()))
    }

    /// Whether what a draft states must be compared with something in the group, so that it has to be acknowledged
    /// before: the store shows what is acknowledged only.
    pub fn concerns(&self, draft: &Draft) -> bool {
        let is_announced = || draft.statements.iter().any(|it| self.announced.contains(&it.subject));
        let retracts = !draft.retractions.is_empty() || !draft.postponements.is_empty();
        self.since.is_some() && (retracts || (draft.announces() && (self.retracts || is_announced())))
    }

    /// Notes a draft that is recorded next.
    pub fn record(&mut self, draft: &Draft) {
        self.since.get_or_insert_with(Instant::now);
        self.bytes += draft.text.len();
        self.retracts |= !draft.retractions.is_empty();
        if draft.announces() {
            self.announced.extend(draft.statements.iter().map(|statement| statement.subject.clone()));
        }
    }

    /// Adds a report; it is passed on at once where nothing before it waits.
    pub fn add(&mut self, report: FileReport) {
        match self.since {
            Some(_) => self.reports.push(report),
            None => (self.report)(report),
        }
    }

    /// Whether it must be acknowledged now.
    pub fn is_full(&self) -> bool {
        self.reports.len() >= limits::GROUP_DOCUMENTS
            || self.bytes >= limits::GROUP_BYTES
            || self.patience().is_some_and(|patience| patience.is_zero())
    }

    /// Acknowledges everything in it and reports it. What is lost is not reported.
    ///
    /// # Errors
    /// The disk refuses. What was recorded since the last acknowledgement is gone.
    pub fn acknowledge(&mut self, writer: Option<&mut store::Writer>) -> Result<()> {
        self.since = None;
        (self.bytes, self.retracts) = (0, false);
        self.announced.clear();
        let (last, acknowledged) = match writer {
            None => (None, Ok(())),
            Some(writer) => {
                let acknowledged = writer.acknowledge().map(|_| ());
                (Some(writer.head().tx), acknowledged)
            }
        };
        for report in mem::take(&mut self.reports) {
            let is_lost = matches!(report.outcome, FileOutcome::Loaded(_, tx) if Some(tx) > last);
            if !is_lost {
                (self.report)(report);
            }
        }
        acknowledged
    }
}
