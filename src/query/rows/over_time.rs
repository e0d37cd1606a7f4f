//! The rows of answers over time, as typed data: versions, steps, areas, changes.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::serialize::{flat_at, maybe_number, seconds};
use crate::decimal::Decimal;
use crate::query::plan::ask::Axis;
use crate::query::plan::at::Argument;
use crate::query::rows::certainty::{Certainty, CertaintyKind};
use crate::query::rows::parts::{SourceRef, Status, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::effect::{Effect, Verdict};
use crate::statement::{RecordedSource, SourceId, StatementId, Subject, TxId};
use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// What a rule amounts to in a few figures.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// let (before, after) = (row.before.as_ref().unwrap(), row.after_rule.as_ref().unwrap());
/// assert_eq!((before.max_leverage, after.max_leverage), (Some(20), Some(10)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RuleSummary {
    /// The currency of its bounds.
    pub unit: String,
    /// How many tiers it has; 1 for a flat ratio.
    pub tiers: usize,
    /// The last cap; `None` for no limit.
    #[serde(serialize_with = "maybe_number")]
    pub limit: Option<Decimal>,
    /// The highest leverage, for contracts.
    pub max_leverage: Option<u32>,
    /// The ratio of the first tier, for collateral.
    #[serde(serialize_with = "maybe_number")]
    pub first_ratio: Option<Decimal>,
    /// The class of an asset, whose tiers are those of the class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<u32>,
}

/// A period of valid time with one rule.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("history of ACTUSDT")?;
/// let Some(Row::Version(row)) = rows.first() else { panic!() };
/// assert_eq!((row.number, row.kind), (1, "observation"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct VersionRow {
    /// The subject.
    pub subject: Subject,
    /// Counted from 1.
    #[serde(rename = "version")]
    pub number: usize,
    /// The first time.
    pub from: ValidTime,
    /// The first time after it; `None` where nothing ends it.
    pub until: Option<ValidTime>,
    /// The statement that set it, and its kind.
    pub statement: StatementId,
    /// `change`, `observation` or `end`.
    pub kind: &'static str,
    /// The rule; `None` where there is none.
    pub rule: Option<RuleSummary>,
    /// When the roll-out of the change closes; `None` where there is none.
    pub rolled_out_at: Option<ValidTime>,
    /// After this time the rule may have changed unseen; `None` where nothing shows that.
    pub certain_until: Option<ValidTime>,
    /// What makes its answers uncertain at any time of it; `None` where it has no rule.
    pub certainty: Option<Certainty>,
    /// The newest observation that showed it.
    pub last_confirmed_at: Option<ValidTime>,
    /// Since when it was seen, where no change states when it came.
    pub seen_since: Option<ValidTime>,
    /// When something else was seen or stated last before that.
    pub changed_after: Option<ValidTime>,
    /// What it does to a position, against the version before; `None` without one.
    pub verdict: Option<Verdict>,
    /// The place of the statement in its source.
    pub source: Option<SourceRef>,
    /// The newest transaction.
    pub tx: TxId,
}

/// A period of valid time, or of knowledge, with one answer to a measure.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("history of mmr of ACTUSDT at 60000")?;
/// let Some(Row::Step(row)) = rows.first() else { panic!() };
/// assert_eq!(row.value, Some("0.125".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StepRow {
    /// The subject.
    pub subject: Subject,
    /// What was asked.
    pub measure: Measure,
    /// What it was asked at.
    #[serde(flatten, serialize_with = "flat_at")]
    pub at: Option<Argument>,
    /// The unit of the value.
    pub unit: String,
    /// What the steps are over.
    pub axis: Axis,
    /// The valid time asked about, for steps over knowledge.
    #[serde(rename = "as_of")]
    pub valid_at: Option<ValidTime>,
    /// The first time of the period; `None` from the beginning.
    pub from: Option<Timestamp>,
    /// The first time after it; `None` where nothing ends it.
    pub until: Option<Timestamp>,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// The value in `unit`; `None` without one, and for no limit.
    #[serde(serialize_with = "maybe_number")]
    pub value: Option<Decimal>,
    /// When the roll-out of the change at its start ends; `None` where there is none, and over knowledge.
    pub rolled_out_at: Option<ValidTime>,
    /// After this time the answer may have changed unseen; `None` where nothing shows that.
    pub certain_until: Option<ValidTime>,
    /// The newest observation that showed a rule of it; `None` where none did, and over knowledge.
    pub last_confirmed_at: Option<ValidTime>,
    /// What makes its answers uncertain at any time of it; `None` where there is no value.
    pub certainty: Option<Certainty>,
    /// Warnings of any of its answers.
    pub warnings: Vec<Warning>,
    /// The statements that answer, in order.
    pub statements: Vec<StatementId>,
    /// The sources that caused the step, for steps over knowledge.
    pub caused_by: Vec<SourceId>,
    /// The newest transaction.
    pub tx: TxId,
}

/// An area of valid time × knowledge with one answer.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("plane of mmr of ACTUSDT at 60000")?;
/// let Some(Row::Plane(row)) = rows.first() else { panic!() };
/// assert_eq!(row.unit, "fraction");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlaneRow {
    /// The subject.
    pub subject: Subject,
    /// What was asked.
    pub measure: Measure,
    /// What it was asked at.
    #[serde(flatten, serialize_with = "flat_at")]
    pub at: Option<Argument>,
    /// The unit of the value.
    pub unit: String,
    /// The first valid time; `None` from the beginning.
    pub valid_from: Option<ValidTime>,
    /// The first valid time after it; `None` where nothing ends it.
    pub valid_until: Option<ValidTime>,
    /// The first time of knowledge; `None` from the beginning.
    pub known_from: Option<PublishedTime>,
    /// The first time of knowledge after it; `None` where nothing ends it.
    pub known_until: Option<PublishedTime>,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// The value in `unit`; `None` without one, and for no limit.
    #[serde(serialize_with = "maybe_number")]
    pub value: Option<Decimal>,
    /// What makes its answers uncertain anywhere in the area, in order; none where there is no value.
    pub certainty: Vec<CertaintyKind>,
    /// The newest transaction.
    pub tx: TxId,
}

/// A change of the rule of a subject.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// assert_eq!(row.verdict.unwrap().name(), "tightened");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChangeRow {
    /// The subject.
    pub subject: Subject,
    /// When it took effect; for an unseen one, when it was first seen.
    pub effective_at: ValidTime,
    /// For an unseen change: it came after this time.
    pub after: Option<ValidTime>,
    /// `change`, `observation` or `end`.
    pub kind: &'static str,
    /// Stricter or looser; `None` where there was no rule before, or is none after.
    pub verdict: Option<Verdict>,
    /// When the statement was published.
    pub published_at: PublishedTime,
    /// When the statement was recorded.
    pub recorded_at: RecordedTime,
    /// How long before its effect it was published; `None` for an observation, and where it was published
    /// later.
    #[serde(rename = "notice_seconds", serialize_with = "seconds")]
    pub notice: Option<TimeSpan>,
    /// The rule before; `None` where none is known.
    pub before: Option<RuleSummary>,
    /// The rule after; `None` where there is none.
    pub after_rule: Option<RuleSummary>,
    /// What it does; `None` without a verdict.
    pub effect: Option<Effect>,
    /// How certain the answers are when it takes effect; `None` for an end.
    pub certainty: Option<Certainty>,
    /// The statement that states it.
    pub statement: StatementId,
    /// The newest transaction.
    pub tx: TxId,
}

/// What a source did, or all sources together.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("report")?;
/// let Some(Row::Report(row)) = rows.first() else { panic!() };
/// assert!(row.changes > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReportRow {
    /// The source; `None` for all of them.
    #[serde(flatten, serialize_with = "reported_source")]
    pub source: Option<RecordedSource>,
    /// The changes and ends that it announces.
    pub changes: usize,
    /// Those that are stricter.
    pub tightened: usize,
    /// Those that are looser.
    pub loosened: usize,
    /// Those that are both.
    pub mixed: usize,
    /// Those that change no answer.
    pub no_effect: usize,
    /// The shortest time from publication to effect; `None` where nothing was announced ahead.
    #[serde(rename = "shortest_notice_seconds", serialize_with = "seconds")]
    pub shortest_notice: Option<TimeSpan>,
    /// The time in the middle.
    #[serde(rename = "median_notice_seconds", serialize_with = "seconds")]
    pub median_notice: Option<TimeSpan>,
    /// The longest time.
    #[serde(rename = "longest_notice_seconds", serialize_with = "seconds")]
    pub longest_notice: Option<TimeSpan>,
    /// Changes that took effect before they were published.
    pub retroactive: usize,
    /// Changes that its observations show and that nobody announced.
    pub unseen: usize,
    /// Changes that it announces and that were not carried out.
    pub not_carried_out: usize,
    /// Changes that it announces and in place of which others were seen.
    pub carried_out_otherwise: usize,
    /// The newest transaction.
    pub tx: TxId,
}

/// A period of valid time in which a recording changes the answer.
///
/// ```
/// use tierbook::{Correction, Row, Timestamp};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let correction = Correction::Retract { what: "ee2413a8367c.55".to_string() };
/// let (_, rows) = database.dry_run_of(&correction, "an example", Timestamp::now())?;
/// let Some(Row::Affected(row)) = rows.first() else { panic!() };
/// assert_eq!(row.from.to_string(), "2026-02-06T06:30:00Z");
/// assert_eq!(row.effect.as_ref().unwrap().verdict().name(), "loosened");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AffectedAnswer {
    /// The subject.
    pub subject: Subject,
    /// The first time.
    pub from: ValidTime,
    /// The first time after it; `None` where nothing ends it.
    pub until: Option<ValidTime>,
    /// `value`, `ended` or `unknown`, before the recording.
    pub status_before: &'static str,
    /// The same after it.
    pub status_after: &'static str,
    /// The rule before; `None` without one.
    pub before: Option<RuleSummary>,
    /// The rule after; `None` without one.
    pub after: Option<RuleSummary>,
    /// What the step from one to the other does; `None` where one of them is missing.
    pub effect: Option<Effect>,
    /// What makes the old answer uncertain; none without a value.
    pub certainty_before: Vec<CertaintyKind>,
    /// What makes the new answer uncertain.
    pub certainty_after: Vec<CertaintyKind>,
    /// Only for questions `known at` this time or later; `None` from the beginning.
    pub known_from: Option<PublishedTime>,
    /// And before this one; `None` for any later time.
    pub known_until: Option<PublishedTime>,
    /// The statement that answers then; `None` where none does.
    #[serde(rename = "statement")]
    pub by: Option<StatementId>,
}

/// The source of a row of a report; all null for the row about all sources.
pub fn reported_source<S: Serializer>(
    recorded: &Option<RecordedSource>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let source = recorded.as_ref().map(|recorded| &recorded.source);
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("source", &source.map(|source| &source.id))?;
    map.serialize_entry("file", &source.map(|source| &source.file))?;
    map.serialize_entry("published_at", &source.map(|source| source.published_at))?;
    map.end()
}
