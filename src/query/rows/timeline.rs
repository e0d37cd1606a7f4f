//! The rows of drawings over valid time: a step or a version, how certain it is from time to time, and the axis.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::serialize::{basis, object};
use crate::decimal::Decimal;
use crate::query::plan::over_time::Shade;
use crate::query::rows::certainty::CertaintyKind;
use crate::query::rows::over_time::{StepRow, VersionRow};
use crate::query::rows::parts::TierView;
use crate::statement::At;
use crate::time::ValidTime;

/// A step of a drawing. Its JSON is that of the step.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("chart history of mmr of ACTUSDT at 60000 until 2026-03-01")?;
/// let Some(Row::Timeline(row)) = rows.last() else { panic!() };
/// assert_eq!(row.step.value, Some("0.1".parse()?));
/// assert_eq!(row.axis.until.to_string(), "2026-03-01T00:00:00Z");
/// assert_eq!(row.periods.last().unwrap().until, row.axis.until);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct TimelineRow {
    /// The step.
    pub step: StepRow,
    /// Its periods inside the axis, in order; none where it has no value.
    #[serde(skip)]
    pub periods: Vec<StepPeriod>,
    /// The axis of the drawing; the same for every step in it.
    #[serde(skip)]
    pub axis: TimeAxis,
}

/// A version of a table in a drawing, with its tiers.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("chart tiers of ACTUSDT as of 2026-02-05")?;
/// let Some(Row::TierPeriod(row)) = rows.last() else { panic!() };
/// assert_eq!(row.version.from.to_string(), "2026-02-06T06:30:00Z"); // announced
/// assert_eq!((row.tiers.len(), row.tiers[0].rate), (6, "0.05".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct TierPeriodRow {
    /// The version.
    pub version: VersionRow,
    /// Its tiers; none where it has no rule.
    pub tiers: Vec<TierView>,
    /// Its periods inside the axis, in order; none where it has no rule.
    pub periods: Vec<StepPeriod>,
    /// The three times of the question.
    pub basis: At,
    /// What shades the areas.
    pub shade: Shade,
    /// The axis of the drawing; the same for every version in it.
    pub axis: TimeAxis,
}

object!(TierPeriodRow, |row|
    "subject": row.version.subject,
    "version": row.version.number,
    "from": row.version.from,
    "until": row.version.until,
    "statement": row.version.statement,
    "kind": row.version.kind,
    "unit": row.version.rule.as_ref().map(|rule| &rule.unit),
    "tiers": row.tiers,
    "periods": row.periods,
    "rolled_out_at": row.version.rolled_out_at,
    "certain_until": row.version.certain_until,
    "certainty": row.version.certainty,
    "last_confirmed_at": row.version.last_confirmed_at,
    "seen_since": row.version.seen_since,
    "changed_after": row.version.changed_after,
    "verdict": row.version.verdict,
    "source": row.version.source,
    ..|map: &mut S::SerializeMap| basis(&row.basis, map),
    "tx": row.version.tx,
);

object!(StepPeriod, |period|
    "from": period.from,
    "until": period.until,
    "certainty": period.certainty,
);

/// A part of a step or a version that is equally certain everywhere.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{CertaintyKind, Row};
/// let rows = rules.query("chart history of mmr of ACTUSDT at 60000 until 2026-03-01")?;
/// let Some(Row::Timeline(row)) = rows.last() else { panic!() };
/// assert_eq!(row.periods[0].certainty, [CertaintyKind::RollingOut]);
/// assert_eq!(row.periods[0].others, ["0.125".parse()?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct StepPeriod {
    /// Where it starts.
    pub from: ValidTime,
    /// The first time after it; the same as `from` for an observation after which nothing is certain.
    pub until: ValidTime,
    /// What makes it uncertain, in order; `settled` alone where nothing does.
    pub certainty: Vec<CertaintyKind>,
    /// The other values of a step that are possible in it, in order.
    pub others: Vec<Decimal>,
}

/// The valid time that a drawing shows.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("chart history of mmr of ACTUSDT at 60000 since 2026-02-05")?;
/// let Some(Row::Timeline(row)) = rows.first() else { panic!() };
/// assert_eq!(row.axis.since.to_string(), "2026-02-05T00:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeAxis {
    /// Its left end.
    pub since: ValidTime,
    /// Its right end, after `since`.
    pub until: ValidTime,
    /// The time of the question where it has one, inside the axis or not.
    pub as_of: Option<ValidTime>,
    /// When it is asked, inside the axis or not; `None` where all three times are given, so that the drawing is the same
    /// whenever it is asked for.
    pub today: Option<ValidTime>,
}

impl TimeAxis {
    /// Whether it shows a time.
    ///
    /// ```
    /// use tierbook::rows::TimeAxis;
    /// let [since, until] = ["2026-02-01", "2026-03-01"].map(|day| format!("{day}T00:00Z").parse().map(tierbook::ValidTime));
    /// let axis = TimeAxis { since: since?, until: until?, as_of: None, today: None };
    /// assert!(axis.shows(axis.until) && !axis.shows(tierbook::ValidTime("2026-03-02T00:00Z".parse()?)));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn shows(&self, at: ValidTime) -> bool {
        self.since <= at && at <= self.until
    }
}

impl StepPeriod {
    /// Whether nothing makes it uncertain.
    ///
    /// ```
    /// use tierbook::rows::StepPeriod;
    /// use tierbook::{CertaintyKind, ValidTime};
    /// let at = ValidTime("2026-02-06T07:00Z".parse()?);
    /// let certainty = vec![CertaintyKind::Settled];
    /// assert!(StepPeriod { from: at, until: at, certainty, others: Vec::new() }.is_certain());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_certain(&self) -> bool {
        self.certainty.iter().all(|kind| *kind == CertaintyKind::Settled)
    }
}
