//! What the statements of one subject state: their tables in whole numbers, which of their cells are doubtful, and
//! where each statement is.

use std::sync::Arc;

use super::{StatementPlace, StatementPlaces};
use crate::decimal::Decimal;
use crate::query::StoredRules;
use crate::query::eval::certainty::{Reach, doubtful};
use crate::query::eval::evaluate::{Brief, brief};
use crate::query::plan::at::Argument;
use crate::query::rows::Status;
use crate::query::syntax::measure::Measure;
use crate::rule::fixed::{Figures, FiguresRef, Fixed, FixedTable, PlaceInTiers};
use crate::rule::{Rule, RuleKind, Tier};
use crate::rulebook::Timeline;
use crate::statement::Recorded;

/// The different tables of a subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Tables {
    all: Vec<Table>,
    figures: Figures,
    /// Where each statement of the timeline is in the snapshot.
    places: Vec<StatementPlace>,
    /// The table of each statement of the timeline.
    of_statement: Vec<Option<u32>>,
    /// What is doubtful in each statement; `None` where nothing is.
    doubtful: Vec<Option<Box<DoubtfulCells>>>,
}

/// One table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// The table as it is stored.
    pub rule: Arc<Rule>,
    /// Where it is in whole numbers; `None` where it does not fit them.
    pub fixed: Option<FixedTable>,
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
        let (mut tables, mut figures): (Vec<Table>, Figures) = Default::default();
        let mut place_of = |recorded: &Recorded| {
            let rule = recorded.statement.claim.rule()?.shared();
            let known = tables.iter().rposition(|table| Arc::ptr_eq(&table.rule, rule));
            Some(known.unwrap_or_else(|| {
                let has_tiers = matches!(rule.kind(), RuleKind::Contract | RuleKind::Collateral);
                let fixed = has_tiers.then(|| figures.add(rule)).flatten();
                tables.push(Table { fixed, rule: rule.clone() });
                tables.len() - 1
            }) as u32)
        };
        let place = |recorded: &Recorded| StatementPlace {
            source: stored.place_of(recorded).map_or(u32::MAX, |place| place as u32),
            ordinal: recorded.id.ordinal,
        };
        let statements = timeline.statements();
        let of_statement = statements.iter().map(&mut place_of).collect();
        let doubtful = statements.iter().map(|it| DoubtfulCells::of(it, stored)).collect();
        Tables {
            all: tables,
            figures,
            places: statements.iter().map(place).collect(),
            of_statement,
            doubtful,
        }
    }

    /// The figures of all tables.
    pub fn figures(&self) -> FiguresRef<'_> {
        self.figures.as_ref()
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
        self.all.get(place as usize)
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
        stored.found_in(recorded).next()?;
        let is_doubtful = |reach| !doubtful(recorded, rule, reach, stored).is_empty();
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

impl Table {
    /// The measure of the table in decimals, and the highest leverage of the tier that answers, 0 without one.
    #[cold]
    pub fn answer(&self, measure: Measure, at: Option<Argument>) -> (Brief, u32) {
        let found = brief(&self.rule, measure, at);
        let tier = found.tier.and_then(|tier| self.rule.tiers().get(tier));
        (found, tier.and_then(Tier::max_leverage).unwrap_or(0))
    }
}

/// A measure of a table in whole numbers, and the highest leverage of the tier that answers, 0 without one; `None`
/// where it is left to decimals.
#[allow(clippy::inline_always, reason = "a row is some tens of instructions, and a call moves half as many")]
#[inline(always)]
pub fn in_whole_numbers(
    measure: Measure,
    table: FixedTable,
    notional: Fixed,
    place: PlaceInTiers,
) -> Option<(Brief, u32)> {
    let (number, tier) = match place {
        PlaceInTiers::In(number, tier) => (number, tier),
        PlaceInTiers::AboveLast => {
            let is_of_tier = !matches!(measure, Measure::Limit | Measure::MaxPosition | Measure::Tiers);
            let brief = Brief { status: Status::AboveLimit, value: None, tier: None };
            return is_of_tier.then_some((brief, 0));
        }
        PlaceInTiers::Open => return None,
    };
    let value = match measure {
        Measure::Margin | Measure::Collateral => tier.value(table, notional),
        Measure::Mmr | Measure::Ratio => tier.rate(table),
        Measure::Amount => tier.amount(table),
        Measure::MaxLeverage => Some(tier.leverage).filter(|it| *it > 0).map(Decimal::from),
        Measure::Tier => Some(Decimal::from(number + 1)),
        _ => None,
    };
    let brief = Brief { status: Status::Value, value: Some(value?), tier: Some(number as usize) };
    Some((brief, tier.leverage))
}
