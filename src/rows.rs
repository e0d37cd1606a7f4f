//! The rows of answers, as typed data: what [`Row`](crate::Row) contains.
//!
//! ```
//! use tierbook::Row;
//! use tierbook::rows::MeasureRow;
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path())?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! # let rules = database.snapshot()?;
//! let rows = rules.query("margin of usdm:* at 1k as of 2026-02-06T08:00Z")?;
//! let measure = |row: Row| if let Row::Measure(row) = row { Some(*row) } else { None };
//! let measures: Vec<MeasureRow> = rows.into_iter().filter_map(measure).collect();
//! assert!(measures.iter().all(|row| row.unit == "USDT"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::query::plan::ask::Axis;
pub use crate::query::plan::at::Argument;
pub use crate::query::plan::isolated::{Isolated, IsolatedMargin};
pub use crate::query::plan::over_time::Shade;
pub use crate::query::rows::address::Address;
pub use crate::query::rows::diff::{DiffRow, DiffSide, DiffTier, DiffValue};
pub use crate::query::rows::explanation::{Candidate, Winner};
pub use crate::query::rows::over_time::{
    AffectedAnswer, ChangeRow, PlaneRow, ReportRow, RuleSummary, StepRow, VersionRow,
};
pub use crate::query::rows::reconciled::{ReconciledOutcome, ReconciledRow};
pub use crate::query::rows::segments::{Segment, SegmentRow, Side};
pub use crate::query::rows::{
    ContradictionRow, Explanation, FindingRow, LogRow, MeasureRow, Posting, SourceRow, SourceState,
    StatementRow, StepPeriod, SubjectRow, TierKind, TierPeriodRow, TierRow, TimeAxis, TimelineRow,
};
