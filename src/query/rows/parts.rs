//! What the rows of answers are made of: status, basis, source, certainty, tiers, warnings.

use super::serialize::{as_name, basis, object, percent, text};
use crate::statement::Program;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::decimal::{self, Decimal};
use crate::rule::{LeverageRange, PlacedRule, Reading};
use crate::statement::{At, RecordedSource, Subject, TxId};
use crate::text::Span;
use crate::time::ValidTime;

/// Whether there is an answer, and if not, why.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{At, Decimal};
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
/// assert_eq!(answer.status(), tierbook::Status::Value);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is answered.
    Value,
    /// The last tier is open: no figure limits the position.
    NoLimit,
    /// The notional or leverage is over what the rule allows.
    AboveLimit,
    /// The last statement states that there is no rule.
    Ended,
    /// No statement reaches the time, or none that can be used as published.
    Unknown,
    /// A statement reaches it, but was not public or not recorded at the basis.
    NotKnownThen,
    /// In rows of a table: no subject of that name is stored.
    UnknownSubject,
}

impl Status {
    /// The name in machine answers.
    ///
    /// ```
    /// assert_eq!(tierbook::Status::AboveLimit.name(), "above_limit");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Status::Value => "value",
            Status::NoLimit => "no_limit",
            Status::AboveLimit => "above_limit",
            Status::Ended => "ended",
            Status::Unknown => "unknown",
            Status::NotKnownThen => "not_known_then",
            Status::UnknownSubject => "unknown_subject",
        }
    }
}

/// What every answer about a rule has: the times of the question, and where the rule comes from.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{At, Decimal};
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
/// assert_eq!(answer.context().unwrap().tx, rules.tx());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Context {
    /// The subject.
    pub subject: Subject,
    /// The three times of the question.
    pub basis: At,
    /// The newest transaction when the question was answered.
    pub tx: TxId,
    /// Since when the rule is in force, if an announced change states it.
    pub in_force_since: Option<ValidTime>,
    /// Since when it was seen, where no change states when it came.
    pub seen_since: Option<ValidTime>,
    /// When something else was seen or stated last before `seen_since`.
    pub changed_after: Option<ValidTime>,
    /// When it was stated last, or seen next if that shows the same table.
    pub last_confirmed_at: Option<ValidTime>,
    /// The estimated probability, in percent, that the exchange applied it; `None` where there is no value, or
    /// no figure for the program.
    pub holds: Option<u8>,
    /// When the next announced change comes.
    pub next_change_at: Option<ValidTime>,
    /// Where the rule comes from.
    pub source: Option<SourceRef>,
    /// Where the tiers come from, for an asset that has those of a class.
    pub class: Option<ClassRef>,
}

/// The class whose tiers answer for an asset.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// let seed = r#"
/// [source]
/// published_at = "2026-01-08T05:00:03Z"
/// [[change]]
/// subject = "cross:ADA"
/// effective_at = "2026-01-12 06:00 (UTC)"
/// class = 8
/// [[observation]]
/// subject = "cross:class-8"
/// collateral = [{ cap = "200,000", ratio = "100%" }, { cap = "400,000", ratio = "90%" }]
/// "#;
/// database.writer()?.load(tierbook::LoadInput::bytes("cross.toml", seed), tierbook::LoadOptions::default())?;
/// use tierbook::Row;
/// let rows = database.snapshot()?.query("ratio of ADA at 300k on cross as of 2026-02-01")?;
/// let Some(Row::Measure(row)) = rows.first() else { panic!() };
/// assert_eq!(row.value, Some("0.9".parse()?));
/// assert_eq!(row.context.class.as_ref().unwrap().subject.to_string(), "binance:cross:class-8");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ClassRef {
    /// The class.
    pub subject: Subject,
    /// When its tiers were stated last.
    pub last_confirmed_at: ValidTime,
    /// Where they come from.
    pub source: Option<SourceRef>,
}

/// The source of an answer and the place in it.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{At, Decimal};
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at);
/// assert_eq!(answer.source().unwrap().recorded.source.id.as_str(), "ee2413a8367c");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct SourceRef {
    /// The source as recorded.
    pub recorded: RecordedSource,
    /// The bytes of the table in its document.
    pub span: Span,
    /// The bytes of the row that answers; `None` for an answer about the whole table.
    pub row_span: Option<Span>,
    /// The bytes of the cells of that row, by their names; empty where no tier answers.
    pub cells: Vec<(&'static str, Span)>,
}

/// Something that the reader of an answer should know.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::{At, Decimal};
/// let at = At::valid("2026-02-06T07:00Z".parse()?);
/// let answer = rules.contract("ACTUSDT")?.mmr(Decimal::from(300_000), at);
/// assert_eq!(answer.warnings()[0].code, "repaired_floor");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Warning {
    /// A stable name, in snake case.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
}

/// A tier as it answers.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("tiers of ACTUSDT as of 2026-02-07")?;
/// let Some(Row::Tier(row)) = rows.first() else { panic!() };
/// let tier = row.tier.as_ref().unwrap();
/// assert_eq!((tier.floor, tier.cap), (0.into(), Some(10_000.into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct TierView {
    /// Counted from 1.
    pub number: u32,
    /// The lower bound, not inside.
    pub floor: Decimal,
    /// The upper bound, inside; `None` for no limit.
    pub cap: Option<Decimal>,
    /// The maintenance margin rate or collateral ratio, as a fraction.
    pub rate: Decimal,
    /// What belongs to the kind of table.
    pub kind: TierKind,
    /// Whether the bounds are the printed ones.
    pub reading: Reading,
    /// The bytes of its cells in the source, by the names that they have in answers.
    pub cells: Vec<(&'static str, Span)>,
    /// The bytes of the row in its source.
    pub span: Span,
}

/// What a tier of each kind of table has besides bounds and a rate.
///
/// ```
/// use tierbook::Row;
/// use tierbook::rows::TierKind;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("tiers of ACTUSDT as of 2026-02-07")?;
/// let Some(Row::Tier(row)) = rows.first() else { panic!() };
/// match &row.tier.as_ref().unwrap().kind {
///     TierKind::Contract { min_leverage, max_leverage, .. } => {
///         assert_eq!((*min_leverage, *max_leverage), (6, 10));
///     }
///     TierKind::Collateral { rank } => panic!("{rank:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum TierKind {
    /// A tier of a contract.
    Contract {
        /// The lowest leverage.
        min_leverage: u32,
        /// The highest leverage.
        max_leverage: u32,
        /// In quote units; `None` where the printed table does not give it.
        maintenance_amount: Option<Decimal>,
    },
    /// A tier of a collateral table.
    Collateral {
        /// The number of the shared schedule.
        rank: Option<u32>,
    },
}

as_name!(Status: name);

object!(ClassRef, |row|
    "subject": row.subject,
    "last_confirmed_at": row.last_confirmed_at,
    "source": row.source,
);

object!(SourceRef, |row|
    "id": row.recorded.source.id,
    "published_at": row.recorded.source.published_at,
    "precision": row.recorded.source.precision.name(),
    "published_by": row.recorded.source.origin.name(),
    "sha256": row.recorded.source.sha256,
    "file": row.recorded.source.file,
    "tx": row.recorded.tx,
    "span": row.span,
    "row_span": row.row_span,
    "cells": Cells(&row.cells),
);

/// The bytes of the cells of the row that answers, by their names; null where no tier answers.
struct Cells<'a>(&'a [(&'static str, Span)]);

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [] => serializer.serialize_none(),
            cells => serializer.collect_map(cells.iter().copied()),
        }
    }
}

impl TierView {
    /// A tier of a rule, as it counts or as it is published.
    pub(crate) fn of(rule: &PlacedRule, index: usize, as_published: bool) -> TierView {
        let (tier, printed) = (&rule.tiers()[index], &rule.printed()[index]);
        let intact = || rule.tiers()[..=index].iter().all(|tier| tier.reading == Reading::AsPublished);
        TierView {
            number: tier.number,
            floor: if as_published { printed.floor.value() } else { tier.floor },
            cap: tier.cap,
            rate: tier.rate,
            kind: match tier.leverage {
                Some(LeverageRange { min, max }) => TierKind::Contract {
                    min_leverage: min,
                    max_leverage: max,
                    maintenance_amount: (!as_published || intact()).then_some(tier.amount),
                },
                None => TierKind::Collateral { rank: rule.rank() },
            },
            reading: if as_published { Reading::AsPublished } else { tier.reading },
            cells: rule.kind().cell_names().iter().copied().zip(rule.cells(index)).collect(),
            span: rule.row_span(index),
        }
    }

    /// Every tier of a rule, as it counts.
    pub(crate) fn all(rule: &PlacedRule) -> Vec<TierView> {
        (0..rule.tiers().len()).map(|index| TierView::of(rule, index, false)).collect()
    }
}

object!(TierView, |row| ..|map: &mut S::SerializeMap| tier(row, map),);

/// A tier, without its reading.
pub fn tier<M: SerializeMap>(tier: &TierView, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("number", &tier.number)?;
    map.serialize_entry("floor", &decimal::canonical(tier.floor))?;
    map.serialize_entry("cap", &text(tier.cap))?;
    let rate = decimal::canonical(tier.rate);
    match &tier.kind {
        TierKind::Contract { min_leverage, max_leverage, maintenance_amount } => {
            map.serialize_entry("mmr", &rate)?;
            map.serialize_entry("min_leverage", min_leverage)?;
            map.serialize_entry("max_leverage", max_leverage)?;
            map.serialize_entry("maintenance_amount", &text(*maintenance_amount))
        }
        TierKind::Collateral { rank } => {
            map.serialize_entry("ratio", &rate)?;
            map.serialize_entry("rank", rank)
        }
    }
}

/// The fields of a tier, all null, for a subject without a table.
pub fn no_tier<M: SerializeMap>(program: Program, map: &mut M) -> Result<(), M::Error> {
    let contract = ["number", "floor", "cap", "mmr", "min_leverage", "max_leverage", "maintenance_amount"];
    let collateral = ["number", "floor", "cap", "ratio", "rank"];
    let fields = if program.has_contracts() { &contract[..] } else { &collateral[..] };
    fields.iter().try_for_each(|field| map.serialize_entry(field, &None::<()>))
}

/// The times of an answer and of the rule that gives it.
pub fn context<M: SerializeMap>(context: &Context, map: &mut M) -> Result<(), M::Error> {
    basis(&context.basis, map)?;
    map.serialize_entry("tx", &context.tx)?;
    map.serialize_entry("in_force_since", &context.in_force_since)?;
    map.serialize_entry("seen_since", &context.seen_since)?;
    map.serialize_entry("changed_after", &context.changed_after)?;
    map.serialize_entry("last_confirmed_at", &context.last_confirmed_at)?;
    map.serialize_entry("holds", &context.holds.map(percent))?;
    map.serialize_entry("next_change_at", &context.next_change_at)?;
    match &context.class {
        Some(class) => map.serialize_entry("class", class),
        None => Ok(()),
    }
}
