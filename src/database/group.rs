//! Documents that are acknowledged together, with one sync of the journal, and reported then.

use std::mem;
use std::time::{Duration, Instant};

use crate::database::load::{FileOutcome, FileReport};
use crate::error::Result;
use crate::limits;
use crate::store;

/// The reports of documents since the last acknowledgement, in order.
pub(super) struct Group<'r> {
    report: &'r mut dyn FnMut(FileReport),
    reports: Vec<FileReport>,
    /// Since when something in it is recorded, but not acknowledged.
    since: Option<Instant>,
    bytes: usize,
}

impl<'r> Group<'r> {
    /// Nothing recorded yet; `report` gets what is on the disk.
    pub fn of(report: &'r mut dyn FnMut(FileReport)) -> Group<'r> {
        Group { report, reports: Vec::new(), since: None, bytes: 0 }
    }

    /// For how long it may wait for more documents; `None` where nothing waits in it.
    pub fn patience(&self) -> Option<Duration> {
        self.since.map(|since| Duration::from_millis(limits::GROUP_MS).saturating_sub(since.elapsed()))
    }

    /// Notes that a document of so many bytes is recorded.
    pub fn record(&mut self, bytes: usize) {
        self.since.get_or_insert_with(Instant::now);
        self.bytes += bytes;
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
        (self.since, self.bytes) = (None, 0);
        let (last, acknowledged) = match writer {
            None => (None, Ok(())),
            Some(writer) => {
                let acknowledged = writer.acknowledge().map(|_| ());
                (Some(writer.head().tx), acknowledged)
            }
        };
        for report in mem::take(&mut self.reports) {
            let is_lost = match report.outcome {
                FileOutcome::Loaded(_, tx) | FileOutcome::AlreadyLoaded(_, tx) => Some(tx) > last,
                _ => false,
            };
            if !is_lost {
                (self.report)(report);
            }
        }
        acknowledged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorCode};

    fn report() -> FileReport {
        let outcome = FileOutcome::Unreadable(Error::new(ErrorCode::CannotRead, "any"));
        FileReport { path: "any".into(), outcome }
    }

    /// A group in which something waits for which there is still all the time.
    fn group(report: &mut dyn FnMut(FileReport)) -> Group<'_> {
        let mut group = Group::of(report);
        group.record(1);
        group.since = Some(Instant::now() + Duration::from_mins(1));
        group
    }

    #[test]
    fn a_group_is_acknowledged_with_the_most_documents_and_not_with_one_less() {
        let (mut count, most) = (0, limits::GROUP_DOCUMENTS);
        let mut counts = |_| count += 1;
        let mut group = group(&mut counts);
        (1..most).for_each(|_| group.add(report()));
        assert!(!group.is_full());
        group.add(report());
        assert!(group.is_full());
        group.acknowledge(None).unwrap();
        assert!(!group.is_full() && group.patience().is_none());
        assert_eq!(count, most);
    }

    #[test]
    fn a_group_is_acknowledged_with_the_most_bytes_and_not_with_one_less() {
        let mut nothing = |_| ();
        let mut group = group(&mut nothing);
        group.record(limits::GROUP_BYTES - 2);
        assert!(!group.is_full());
        group.record(1);
        assert!(group.is_full());
    }

    #[test]
    fn a_group_is_acknowledged_when_it_has_waited_long_enough_and_not_before() {
        let mut nothing = |_| ();
        let mut group = group(&mut nothing);
        let wait = Duration::from_millis(limits::GROUP_MS);
        assert_eq!((group.is_full(), group.patience()), (false, Some(wait)));
        group.since = Instant::now().checked_sub(wait);
        assert_eq!((group.is_full(), group.patience()), (true, Some(Duration::ZERO)));
    }
}
