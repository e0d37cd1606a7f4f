//! The rows of drawings over the notional, as typed data: a tier each, with the measure at both of its ends.

use super::parts::context;
use super::serialize::{as_name, object, text};
use crate::decimal::Decimal;
use crate::query::rows::address::Address;
use crate::query::rows::certainty::Certainty;
use crate::query::rows::parts::{Context, Status, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::Reading;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Which of two bases a segment belongs to.
///
/// ```
/// use tierbook::Row;
/// use tierbook::rows::Side;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("chart mmr of ACTUSDT as of 2026-02-06 vs 2026-02-07")?;
/// let is_before = |row: &&Row| matches!(row, Row::Segment(row) if row.side == Some(Side::Before));
/// assert_eq!((rows.len(), rows.iter().filter(is_before).count()), (13, 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// The one before `vs`.
    Before,
    /// The one after it.
    After,
}

impl Side {
    /// `before` or `after`, as in machine answers.
    ///
    /// ```
    /// use tierbook::rows::Side;
    /// assert_eq!([Side::Before, Side::After].map(Side::name), ["before", "after"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Side::Before => "before",
            Side::After => "after",
        }
    }
}

/// A measure over the notionals of one tier, or the reason why nothing is drawn.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("chart mmr of ACTUSDT as of 2026-02-07")?;
/// let Some(Row::Segment(row)) = rows.first() else { panic!() };
/// assert_eq!(row.segment.as_ref().unwrap().value_over, Some("0.05".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct SegmentRow {
    /// The question as resolved, and where the rule comes from.
    pub context: Context,
    /// The name of the table, or of the flat ratio, that is drawn.
    pub address: Address,
    /// What is drawn.
    pub measure: Measure,
    /// Which of two bases; `None` where only one is asked.
    pub side: Option<Side>,
    /// `fraction`, `x` or a currency: the unit of the measure.
    pub unit: String,
    /// The currency of notionals or amounts.
    pub bounds_unit: String,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// Why there is no rule.
    pub message: Option<String>,
    /// The tier and the measure over it; `None` where there is no rule.
    pub segment: Option<Segment>,
    /// How certain the rule is, without the other one.
    pub certainty: Option<Certainty>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

/// A measure over the notionals of one tier: constant, or a straight line.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("chart margin of ACTUSDT as of 2026-02-07")?;
/// let Some(Row::Segment(row)) = rows.first() else { panic!() };
/// let line = row.segment.as_ref().unwrap(); // from a notional of 0 to 10,000 at 5 %
/// assert_eq!((line.value_over, line.value_up_to), (Some(0.into()), Some(500.into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// The number of the tier; `None` for a flat ratio.
    pub number: Option<u32>,
    /// The first notional is above this one …
    pub over: Decimal,
    /// … and the last is this one: the cap, or where the drawing ends; `None` without end.
    pub up_to: Option<Decimal>,
    /// The value that the measure has just above `over`.
    pub value_over: Option<Decimal>,
    /// The measure at `up_to`; `None` where a line has no end.
    pub value_up_to: Option<Decimal>,
    /// The rate of the tier, as a fraction: what a line rises by for each unit.
    pub rate: Option<Decimal>,
    /// Whether the bounds are the printed ones.
    pub reading: Reading,
}

as_name!(Side: name);

object!(SegmentRow, |row|
    "subject": row.context.subject,
    "measure": row.measure,
    "side": row.side,
    "unit": row.unit,
    "bounds_unit": row.bounds_unit,
    "status": row.status,
    "message": row.message,
    "number": row.segment.as_ref().and_then(|segment| segment.number),
    "over": text(row.segment.as_ref().map(|segment| segment.over)),
    "up_to": text(row.segment.as_ref().and_then(|segment| segment.up_to)),
    "value_over": text(row.segment.as_ref().and_then(|segment| segment.value_over)),
    "value_up_to": text(row.segment.as_ref().and_then(|segment| segment.value_up_to)),
    "rate": text(row.segment.as_ref().and_then(|segment| segment.rate)),
    ..|map: &mut S::SerializeMap| context(&row.context, map),
    "reading": row.segment.as_ref().map(|segment| segment.reading),
    "certainty": row.certainty,
    "source": row.context.source,
    "warnings": row.warnings,
    "address": row.address,
);
