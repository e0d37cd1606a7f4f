//! The tables of one subject in whole numbers, and which of their cells are doubtful.

use std::sync::Arc;

use crate::decimal::Decimal;
use crate::query::StoredRules;
use crate::query::eval::certainty::{Reach, doubtful};
use crate::query::eval::evaluate::{Brief, brief};
use crate::query::plan::at::Argument;
use crate::query::rows::Status;
use crate::query::syntax::measure::Measure;
use crate::rule::fixed::{Fixed, FixedTable};
use crate::rule::{Rule, RuleKind, Tier};
use crate::rulebook::Timeline;
use crate::statement::Recorded;

/// The different tables of a subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Tables {
    all: Vec<Table>,
    /// The table of each statement of the timeline.
    of_statement: Vec<Option<u32>>,
    /// What is doubtful in each statement; `None` where nothing is.
    doubtful: Vec<Option<Box<DoubtfulCells>>>,
}

/// One table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    rule: Arc<Rule>,
    fixed: Option<FixedTable>,
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
        let mut tables: Vec<Table> = Vec::new();
        let mut place_of = |recorded: &Recorded| {
            let rule = recorded.statement.claim.rule()?.shared();
            let known = tables.iter().rposition(|table| Arc::ptr_eq(&table.rule, rule));
            Some(known.unwrap_or_else(|| {
                tables.push(Table { fixed: fixed(rule), rule: rule.clone() });
                tables.len() - 1
            }) as u32)
        };
        let of_statement = timeline.statements().iter().map(&mut place_of).collect();
        let doubtful = timeline.statements().iter().map(|it| DoubtfulCells::of(it, stored)).collect();
        Tables { all: tables, of_statement, doubtful }
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

fn fixed(rule: &Rule) -> Option<FixedTable> {
    let has_tiers = matches!(rule.kind(), RuleKind::Contract | RuleKind::Collateral);
    has_tiers.then(|| FixedTable::of(rule)).flatten()
}

/// Where a notional is among the tiers of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlaceInTiers {
    /// In the tier with this index.
    In(usize),
    /// Above the last cap.
    AboveLast,
    /// Decimals decide: the table or the notional is no whole number, or there is no table.
    Open,
}

impl Table {
    /// The table as it is stored.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Where a notional is among the tiers, in whole numbers.
    pub fn place_in_tiers(&self, notional: Option<Fixed>) -> PlaceInTiers {
        let Some((table, notional)) = self.fixed.as_ref().zip(notional) else { return PlaceInTiers::Open };
        table.tier_at(notional).map_or(PlaceInTiers::AboveLast, PlaceInTiers::In)
    }

    /// The measure of a table by what [`Table::place_in_tiers`] found, in whole numbers where it fits; `notional` is that
    /// of `at`, where it fits. Also gives the highest leverage of the tier that answers, 0 without one.
    pub fn answer(
        &self,
        place: PlaceInTiers,
        measure: Measure,
        at: Option<Argument>,
        notional: Option<Fixed>,
    ) -> (Brief, u32) {
        let fixed = self.fixed.as_ref().zip(notional).and_then(|(table, notional)| match place {
            PlaceInTiers::In(tier) => in_whole_numbers(measure, table, notional, Some(tier)),
            PlaceInTiers::AboveLast => in_whole_numbers(measure, table, notional, None),
            PlaceInTiers::Open => None,
        });
        fixed.unwrap_or_else(|| {
            let found = brief(&self.rule, measure, at);
            let tier = found.tier.and_then(|tier| self.rule.tiers().get(tier));
            (found, tier.and_then(Tier::max_leverage).unwrap_or(0))
        })
    }
}

/// `None` where the measure is left to decimals.
fn in_whole_numbers(
    measure: Measure,
    table: &FixedTable,
    notional: Fixed,
    tier: Option<usize>,
) -> Option<(Brief, u32)> {
    let value = |tier: usize| match measure {
        Measure::Mmr | Measure::Ratio => table.rate(tier),
        Measure::Margin | Measure::Collateral => table.value(tier, notional),
        Measure::Amount => table.amount(tier),
        Measure::MaxLeverage => Some(table.leverage(tier)).filter(|it| *it > 0).map(Decimal::from),
        Measure::Tier => Some(Decimal::from(tier + 1)),
        _ => None,
    };
    let Some(tier) = tier else {
        let is_of_tier = !matches!(measure, Measure::Limit | Measure::MaxPosition | Measure::Tiers);
        let brief = Brief { status: Status::AboveLimit, value: None, tier: None };
        return is_of_tier.then_some((brief, 0));
    };
    let value = Some(value(tier)?);
    Some((Brief { status: Status::Value, value, tier: Some(tier) }, table.leverage(tier)))
}
