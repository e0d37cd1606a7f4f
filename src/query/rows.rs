//! The rows of answers, as typed data. `render` alone turns them into text.

pub mod address;
pub mod certainty;
pub mod diff;
pub mod explanation;
pub mod log;
pub mod parts;
pub mod reconciled;
pub mod segments;
pub mod sources;
pub mod timeline;
mod serialize;
pub mod over_time;
pub mod positions;

use self::parts::{context, no_tier, tier};
use self::serialize::{asked_at, finding, object, text};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::decimal::Decimal;
use crate::finding::Finding;
use crate::query::plan::at::Argument;
use crate::query::rows::address::Address;
pub use crate::query::rows::certainty::{Certainty, CertaintyKind, OtherValue};
use crate::query::rows::diff::DiffRow;
use crate::query::rows::explanation::{Candidate, Winner};
pub use crate::query::rows::log::LogRow;
use crate::query::rows::over_time::{AffectedAnswer, ChangeRow, PlaneRow, ReportRow, StepRow, VersionRow};
pub use crate::query::rows::parts::{ClassRef, Context, SourceRef, Status, TierKind, TierView, Warning};
pub use crate::query::rows::positions::{
    Absent, AccountFigures, AccountRow, Figures, PositionRow, PositionVerdict, SizeRow,
};
use crate::query::rows::reconciled::ReconciledRow;
use crate::query::rows::segments::SegmentRow;
pub use crate::query::rows::sources::{Posting, SourceRow, SourceState};
pub use crate::query::rows::timeline::{StepPeriod, TierPeriodRow, TimeAxis, TimelineRow};
use crate::query::syntax::measure::Measure;
use crate::rule::Reading;
use crate::statement::{Recorded, SourceId, StatementId, Subject, TxId};
use crate::time::{PublishedTime, ValidTime};

/// One row of an answer.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// for row in rules.query("mmr of ACTUSDT at 60k as of 2026-02-07; sources")? {
///     match row {
///         Row::Measure(row) => assert_eq!(row.value, Some("0.1".parse()?)),
///         Row::Source(row) => assert_eq!(row.statements, 68),
///         other => panic!("{other:?}"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Row {
    /// A measure of one subject at one notional.
    Measure(Box<MeasureRow>),
    /// One tier of a table, or the reason why there is none.
    Tier(Box<TierRow>),
    /// A stored subject.
    Subject(SubjectRow),
    /// A stored source.
    Source(SourceRow),
    /// A statement of a source.
    Statement(Box<StatementRow>),
    /// A finding.
    Finding(FindingRow),
    /// Why an answer is what it is.
    Explanation(Box<Explanation>),
    /// What a file shows, compared with what is stored.
    Reconciled(ReconciledRow),
    /// A version of a rule.
    Version(Box<VersionRow>),
    /// A period with one answer.
    Step(Box<StepRow>),
    /// An area with one answer.
    Plane(Box<PlaneRow>),
    /// A tier of a drawing over the notional.
    Segment(Box<SegmentRow>),
    /// A period of a drawing over valid time.
    Timeline(Box<TimelineRow>),
    /// A version of a table in a drawing over valid time.
    TierPeriod(Box<TierPeriodRow>),
    /// Two bases side by side.
    Diff(Box<DiffRow>),
    /// A change of a rule.
    Change(Box<ChangeRow>),
    /// What a source did.
    Report(Box<ReportRow>),
    /// An answer that a recording would change.
    Affected(Box<AffectedAnswer>),
    /// A transaction.
    Log(Box<LogRow>),
    /// A position, and what a change does to it.
    Position(Box<PositionRow>),
    /// The sums of an account, and what a change does to them.
    Account(Box<AccountRow>),
    /// A position at another size.
    Size(Box<SizeRow>),
}

/// The answer to a measure of one subject at one notional.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Measure(row)) = rows.first() else { panic!() };
/// assert_eq!((row.value, row.unit.as_str()), (Some("0.1".parse()?), "fraction"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct MeasureRow {
    /// The question as resolved, and where the rule comes from.
    pub context: Context,
    /// The name of the answer.
    pub address: Address,
    /// What was asked.
    pub measure: Measure,
    /// What it was asked at.
    pub at: Option<Argument>,
    /// `fraction`, `x`, `tier` or a currency.
    pub unit: String,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// The value in `unit`.
    pub value: Option<Decimal>,
    /// Why there is no value.
    pub message: Option<String>,
    /// The tier that answers.
    pub tier: Option<TierView>,
    /// How certain it is; `None` where there is no rule.
    pub certainty: Option<Certainty>,
    /// Whether the tier that answers is as published; `None` where there is no rule.
    pub reading: Option<Reading>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

/// One tier of a table that was asked for whole.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("tiers of ACTUSDT as of 2026-02-07")?;
/// let Some(Row::Tier(row)) = rows.first() else { panic!() };
/// assert_eq!(row.tier.as_ref().unwrap().number, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct TierRow {
    /// The question as resolved, and where the rule comes from.
    pub context: Context,
    /// The name of the whole table as an answer.
    pub address: Address,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// Why there is no table.
    pub message: Option<String>,
    /// The currency of bounds and amounts.
    pub unit: String,
    /// The tier; `None` where there is no table.
    pub tier: Option<TierView>,
    /// How certain the table is, without the other one.
    pub certainty: Option<Certainty>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

/// A stored subject, and how much is stored of it.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("subjects matching \"ACT*\"")?;
/// let Some(Row::Subject(row)) = rows.first() else { panic!() };
/// assert_eq!(row.subject.name(), "ACTUSDT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct SubjectRow {
    /// The subject.
    pub subject: Subject,
    /// The valid time of its first statement.
    pub first_at: ValidTime,
    /// The valid time of its newest statement, which may be in the future.
    pub last_at: ValidTime,
    /// How many statements are stored.
    pub statements: usize,
}

/// A statement of a source.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("source ee24")?;
/// let Some(Row::Statement(row)) = rows.get(1) else { panic!() };
/// assert_eq!(row.recorded.id.to_string(), "ee2413a8367c.1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StatementRow {
    /// The statement as recorded.
    #[serde(flatten)]
    pub recorded: Recorded,
}

/// A finding and its source.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("findings")?;
/// let Some(Row::Finding(row)) = rows.first() else { panic!() };
/// assert!(!row.finding.message.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct FindingRow {
    /// The source.
    pub source: SourceId,
    /// The transaction that recorded it.
    pub tx: TxId,
    /// When the source was published.
    pub published_at: PublishedTime,
    /// The finding.
    pub finding: Finding,
    /// What it contradicts, where it was found by comparing sources.
    pub contradiction: Option<ContradictionRow>,
}

/// Two statements that contradict each other, and the time span in which the unstated change happened.
///
/// ```
/// use tierbook::{LoadInput, LoadOptions, Row};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC84%80%");
/// let published_at = Some("2026-02-04T00:00Z".parse()?);
/// let options = LoadOptions { published_at, ..LoadOptions::default() };
/// database.writer()?.load(LoadInput::bytes("later.txt", text), options)?;
/// let rows = database.snapshot()?.query("findings of LTC")?;
/// let Some(Row::Finding(row)) = rows.last() else { panic!() };
/// let contradiction = row.contradiction.as_ref().unwrap();
/// assert_eq!(contradiction.against.to_string(), "ee2413a8367c.2"); // it states 85 %, not 84 %
/// assert_eq!(contradiction.until.to_string(), "2026-02-04T00:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContradictionRow {
    /// The statement that shows it.
    pub by: StatementId,
    /// The statement that it contradicts.
    pub against: StatementId,
    /// It happened after this time …
    pub after: ValidTime,
    /// … and not later than this one.
    pub until: ValidTime,
}

/// Why an answer is what it is.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("explain mmr of ACTUSDT at 60000 as of 2026-02-07")?;
/// let Some(Row::Explanation(row)) = rows.first() else { panic!() };
/// assert_eq!((row.rows.len(), row.candidates.len()), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Explanation {
    /// The question, printed with everything resolved.
    pub question: String,
    /// `before` or `after`, for a side of a difference.
    #[serde(skip)]
    pub side: Option<&'static str>,
    /// The answer, a row for each notional or tier.
    #[serde(rename = "answer")]
    pub rows: Vec<Row>,
    /// Every stored statement about the subject, and its outcome; of an asset also those about its classes.
    pub candidates: Vec<Candidate>,
    /// The place of the winner in the journal and its exact words; `None` where no statement answers.
    pub winner: Option<Winner>,
    /// The same of the class of an asset, which has its tiers.
    pub class_winner: Option<Winner>,
}

object!(MeasureRow, |row|
    "subject": row.context.subject,
    "measure": row.measure,
    ..|map: &mut S::SerializeMap| asked_at(row.at, map),
    "unit": row.unit,
    "status": row.status,
    "value": text(row.value),
    "message": row.message,
    "tier": row.tier,
    ..|map: &mut S::SerializeMap| context(&row.context, map),
    "certainty": row.certainty,
    "reading": row.reading,
    "source": row.context.source,
    "warnings": row.warnings,
    "address": row.address,
);

object!(TierRow, |row|
    "subject": row.context.subject,
    "measure": "tiers",
    "status": row.status,
    "message": row.message,
    "unit": row.unit,
    ..|map: &mut S::SerializeMap| match &row.tier {
        Some(shown) => tier(shown, map),
        None => no_tier(row.context.subject.program(), map),
    },
    ..|map: &mut S::SerializeMap| context(&row.context, map),
    "reading": row.tier.as_ref().map(|tier| tier.reading),
    "certainty": row.certainty,
    "source": row.context.source,
    "warnings": row.warnings,
    "address": row.address,
);

object!(SubjectRow, |row|
    "subject": row.subject,
    "venue": row.subject.venue(),
    "program": row.subject.program(),
    "name": row.subject.name(),
    "first_at": row.first_at,
    "last_at": row.last_at,
    "statements": row.statements,
);

object!(FindingRow, |row|
    "source": row.source,
    "published_at": row.published_at,
    ..|map: &mut S::SerializeMap| finding(&row.finding, map),
    ..|map: &mut S::SerializeMap| match &row.contradiction {
        Some(contradiction) => {
            map.serialize_entry("statement", &contradiction.by)?;
            map.serialize_entry("against", &contradiction.against)?;
            map.serialize_entry("after", &contradiction.after)?;
            map.serialize_entry("until", &contradiction.until)
        }
        None => Ok(()),
    },
);
