//! The rows of differences, as typed data: two bases side by side.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::serialize::{maybe_percent, object, text};
use crate::decimal::{self, Decimal};
use crate::query::rows::certainty::Certainty;
use crate::query::rows::over_time::RuleSummary;
use crate::query::rows::parts::{Status, TierView, Warning};
use crate::rule::difference::Field;
use crate::rule::effect::Effect;
use crate::statement::{At, StatementId, Subject, TxId};
use crate::time::ValidTime;

/// Two bases side by side.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("diff ACTUSDT as of 2026-02-06 vs 2026-02-07")?;
/// let Some(Row::Diff(row)) = rows.first() else { panic!() };
/// assert_eq!((row.before.rule.as_ref().unwrap().tiers, row.after.rule.as_ref().unwrap().tiers), (7, 6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DiffRow {
    /// The subject.
    pub subject: Subject,
    /// Before.
    pub before: DiffSide,
    /// After.
    pub after: DiffSide,
    /// The tiers of both, side by side; empty where one side has no rule.
    pub tiers: Vec<DiffTier>,
    /// The margin, or the collateral value, at each bound of a tier that both allow and at each notional
    /// asked for.
    pub values: Vec<DiffValue>,
    /// What the change does; `None` where one side has no rule, or rules of different kinds.
    pub effect: Option<Effect>,
    /// The newest transaction.
    pub tx: TxId,
}

/// One side of a difference.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("diff ACTUSDT as of 2026-02-06 vs 2026-02-07")?;
/// let Some(Row::Diff(row)) = rows.first() else { panic!() };
/// let limit = row.after.rule.as_ref().unwrap().limit;
/// assert_eq!(limit, Some("800000".parse()?));
/// assert_eq!(row.after.in_force_since.unwrap().to_string(), "2026-02-06T06:30:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DiffSide {
    /// What was asked.
    #[serde(flatten)]
    pub basis: At,
    /// Whether there is an answer, and if not, why.
    pub status: Status,
    /// The rule in a few figures; `None` where there is none.
    pub rule: Option<RuleSummary>,
    /// The statement that answers.
    pub statement: Option<StatementId>,
    /// Since when the rule is in force, if an announced change states it.
    pub in_force_since: Option<ValidTime>,
    /// Since when it was seen, where no change states when it came.
    pub seen_since: Option<ValidTime>,
    /// How certain it is; `None` where there is no rule.
    pub certainty: Option<Certainty>,
    /// The estimated probability, in percent, that the exchange applied it.
    #[serde(serialize_with = "maybe_percent")]
    pub holds: Option<u8>,
    /// Warnings of the table.
    pub warnings: Vec<Warning>,
}

/// A tier on both sides.
///
/// ```
/// use tierbook::Row;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("diff ACTUSDT as of 2026-02-06 vs 2026-02-07")?;
/// let Some(Row::Diff(row)) = rows.first() else { panic!() };
/// assert!(row.tiers[0].after.is_none()); // the tier with the highest leverage was removed
/// let unchanged = row.tiers.iter().filter(|tier| tier.fields.is_empty());
/// assert_eq!(unchanged.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DiffTier {
    /// Before; `None` where only the other side has it.
    pub before: Option<TierView>,
    /// After; `None` where only the other side has it.
    pub after: Option<TierView>,
    /// The figures that differ.
    #[serde(rename = "differs_in")]
    pub fields: Vec<Field>,
}

/// A value at one notional under both rules; `None` above a limit.
///
/// ```
/// use tierbook::{Decimal, Row};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("diff ACTUSDT at 65000 as of 2026-02-06 vs 2026-02-07")?;
/// let Some(Row::Diff(row)) = rows.first() else { panic!() };
/// let value = row.values.iter().find(|value| value.at == Decimal::from(65_000)).unwrap();
/// assert_eq!((value.before, value.after), (Some(6_025.into()), Some(6_125.into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct DiffValue {
    /// The notional or amount.
    pub at: Decimal,
    /// Before.
    pub before: Option<Decimal>,
    /// After.
    pub after: Option<Decimal>,
}

object!(DiffValue, |value|
    "at": decimal::canonical(value.at),
    "before": text(value.before),
    "after": text(value.after),
    "by": text(value.before.zip(value.after).and_then(|(before, after)| decimal::subtract(after, before))),
);
