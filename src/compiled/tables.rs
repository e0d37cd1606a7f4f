//! What the statements of one subject state: their tables in whole numbers, which of their cells are doubtful, and
//! where each statement is.

use std::sync::Arc;

use super::{StatementPlace, StatementPlaces};
use crate::decimal::Short;
use crate::finding::Finding;
use crate::query::StoredRules;
use crate::query::eval::certainty::{Reach, doubting};
use crate::query::eval::evaluate::{Brief, brief};
use crate::query::plan::at::Argument;
use crate::query::rows::Status;
use crate::query::syntax::measure::Measure;
use crate::rule::distinct::{DistinctTables, Table};
use crate::rule::fixed::{Figures, Fixed, FixedTable, PlaceInTiers};
use crate::rule::{Rule, Tier};
use crate::rulebook::Timeline;
use crate::statement::Recorded;

/// What the statements of a subject state.
#[derive(Clone, Debug)]
pub struct Tables {
    all: Arc<DistinctTables>,
    /// Where each statement of the timeline is in the snapshot.
    places: Vec<StatementPlace>,
    /// The table of each statement of the timeline.
    of_statement: Vec<Option<u32>>,
    /// What is doubtful in each statement; `None` where nothing is.
    doubtful: Vec<Option<Box<DoubtfulCells>>>,
}

/// Which reaches of a table have a cell that is doubtful.
#[derive(Clone, PartialEq, Debug)]
struct DoubtfulCells {
    tier: Vec<bool>,
    up_to: Vec<bool>,
    last_cap: bool,
    table: bool,
}

impl Tables {
    /// The tables that the statements of a timeline state.
    pub fn of(timeline: &Timeline, stored: &StoredRules) -> Tables {
        let all = stored.rulebook.distinct_tables().clone();
        let table = |recorded: &Recorded| all.place(recorded.statement.claim.rule()?.shared());
        let place = |recorded: &Recorded| StatementPlace {
            source: stored.place_of(recorded).map_or(u32::MAX, |place| place as u32),
            ordinal: recorded.id.ordinal,
        };
        let statements = timeline.statements();
        let of_statement = statements.iter().map(table).collect();
        let doubtful = statements.iter().map(|it| DoubtfulCells::of(it, stored)).collect();
        Tables { places: statements.iter().map(place).collect(), of_statement, doubtful, all }
    }

    /// The figures of all tables.
    pub fn figures(&self) -> &Figures {
        self.all.figures()
    }

    /// Where the statement at a place of the timeline is.
    pub fn places(&self, in_timeline: usize) -> Option<StatementPlaces> {
        let in_snapshot = *self.places.get(in_timeline)?;
        Some(StatementPlaces { in_timeline: in_timeline as u32, in_snapshot })
    }

    /// The place of the table of a statement.
    pub fn of_statement(&self, place: usize) -> Option<u32> {
        self.of_statement.get(place).copied().flatten()
    }

    /// The table at a place.
    pub fn get(&self, place: u32) -> Option<&Table> {
        self.all.get(place)
    }

    /// Whether findings make any cell of a statement doubtful.
    pub fn has_findings(&self, place: usize) -> bool {
        self.doubtful.get(place).is_some_and(Option::is_some)
    }

    /// Whether findings make the answer of a tier doubtful.
    pub fn is_doubtful(&self, statement: u32, measure: Measure, tier: Option<usize>) -> bool {
        let cells = self.doubtful.get(statement as usize).and_then(Option::as_ref);
        let tier = tier.map(|tier| tier as u32 + 1);
        cells.is_some_and(|cells| match Reach::of(measure, tier) {
            Reach::Tier(tier) => cells.tier.get(tier).copied().unwrap_or(cells.table),
            Reach::UpTo(tier) => cells.up_to.get(tier).copied().unwrap_or(cells.table),
            Reach::LastCap => cells.last_cap,
            Reach::Table => cells.table,
        })
    }
}

impl DoubtfulCells {
    fn of(recorded: &Recorded, stored: &StoredRules) -> Option<Box<DoubtfulCells>> {
        let rule = recorded.statement.claim.rule()?;
        let findings: Vec<&Finding> = doubting(recorded, stored).collect();
        if findings.is_empty() {
            return None;
        }
        let is_doubtful = |reach: Reach| {
            let (spans, whole) = (reach.spans(recorded, rule), recorded.statement.span);
            findings.iter().any(|finding| spans.iter().any(|span| finding.touches(*span, whole)))
        };
        let each = |reach: fn(usize) -> Reach| -> Vec<bool> {
            (0..rule.tiers().len()).map(|tier| is_doubtful(reach(tier))).collect()
        };
        let cells = DoubtfulCells {
            tier: each(Reach::Tier),
            up_to: each(Reach::UpTo),
            last_cap: is_doubtful(Reach::LastCap),
            table: is_doubtful(Reach::Table),
        };
        (cells.table || cells.last_cap).then(|| Box::new(cells))
    }
}

/// A measure of a table in decimals, and the highest leverage of the tier that answers, 0 without one.
#[cold]
pub fn in_decimals(rule: &Rule, measure: Measure, at: Option<Argument>) -> (Brief, u32) {
    let found = brief(rule, measure, at);
    let tier = found.tier.and_then(|tier| rule.tiers().get(tier));
    (found, tier.and_then(Tier::max_leverage).unwrap_or(0))
}

/// A measure in whole numbers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct InWholeNumbers {
    /// [`Status::Value`] or [`Status::AboveLimit`].
    pub status: Status,
    /// The value, perhaps with trailing zeros; 0 where there is none.
    pub value: Short,
    /// The number of the tier that answers; 0 where none does.
    pub tier: u32,
    /// Its highest leverage; 0 without one.
    pub leverage: u32,
}

/// A measure of a table in whole numbers; `None` where it is left to decimals.
#[allow(clippy::inline_always, reason = "of a row of columns the call would move as much as it does")]
#[inline(always)]
pub fn in_whole_numbers(
    measure: Measure,
    table: FixedTable,
    notional: Fixed,
    place: PlaceInTiers,
) -> Option<InWholeNumbers> {
    let (index, tier) = match place {
        PlaceInTiers::In(index, tier) => (index, tier),
        PlaceInTiers::AboveLast => {
            let is_of_tier = !matches!(
                measure,
                Measure::Limit | Measure::MaxPosition | Measure::LiquidationPrice | Measure::Tiers
            );
            let (status, value) = (Status::AboveLimit, Short::default());
            return is_of_tier.then_some(InWholeNumbers { status, value, tier: 0, leverage: 0 });
        }
        PlaceInTiers::Open => return None,
    };
    let whole = |number: u32| Short { digits: number.into(), scale: 0 };
    let value = match measure {
        Measure::Margin | Measure::Collateral => tier.value(table, notional)?,
        Measure::Mmr | Measure::Ratio => tier.rate(table),
        Measure::Amount => tier.amount(table),
        Measure::MaxLeverage if tier.leverage > 0 => whole(tier.leverage),
        Measure::Tier => whole(index + 1),
        _ => return None,
    };
    Some(InWholeNumbers { status: Status::Value, value, tier: index + 1, leverage: tier.leverage })
}
