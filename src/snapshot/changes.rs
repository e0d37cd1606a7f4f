//! What changed in a range of time, of all subjects.

use std::ops::{Bound, RangeBounds};

use super::Snapshot;
use super::wanted::Wanted;
use crate::error::Result;
use crate::query::plan::SubjectsPlan;
use crate::query::plan::basis::Range;
use crate::query::rows::Row;
use crate::query::rows::over_time::ChangeRow;
use crate::query::syntax::language::StatementKind;
use crate::query::{Plan, answer};
use crate::time::{TimeSpan, Timestamp};

impl Snapshot {
    /// The changes of all subjects that take effect in a range of time, in order, from everything stored.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let from: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// let changes = rules.changes(from..)?;
    /// assert_eq!(changes.len(), 9);
    /// assert_eq!(changes[0].subject.name(), "ACTUSDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is damaged. The snapshot stays usable.
    pub fn changes(&self, range: impl RangeBounds<Timestamp>) -> Result<Vec<ChangeRow>> {
        let next = |time: Timestamp| time.plus(TimeSpan::from_micros(1));
        let since = match range.start_bound() {
            Bound::Included(since) => Some(*since),
            Bound::Excluded(before) => Some(next(*before)),
            Bound::Unbounded => None,
        };
        let until = match range.end_bound() {
            Bound::Included(last) => Some(next(*last)),
            Bound::Excluded(until) => Some(*until),
            Bound::Unbounded => None,
        };
        let range = Range { since, until };
        let changes = SubjectsPlan { range, ..SubjectsPlan::of(self.subjects().to_vec()) };
        let plan = Plan::of(StatementKind::Changes, changes);
        let rows = answer(&plan, &*self.rules(Wanted::of(&plan, &self.inner.all))?)?;
        let change = |row: Row| if let Row::Change(row) = row { Some(*row) } else { None };
        Ok(rows.into_iter().filter_map(change).collect())
    }
}
