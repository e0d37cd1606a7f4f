//! What the table of a contract makes of one position.

use std::cell::OnceCell;
use std::cmp::Ordering;

use super::account::{MarginMode, Position};
use super::size::{Needed, Size};
use super::table::{Standing, Table};
use crate::decimal::Decimal;
use crate::liquidation::fraction::{Fraction, Rounded, Rounding};
use crate::liquidation::{
    End, Group, Leg, SafeIntervals, SafePrices, Side, TOO_LONG, maintenance_margin, price, tier_of,
};
use crate::query::rows::{Absent, Figures, Status};
use crate::rule::Tier;

/// The margin that a position is liquidated with.
pub struct Margin {
    /// The margin without the profit of `legs`.
    pub amount: Needed,
    /// What is liquidated together: the position itself, or every cross position in its contract.
    pub legs: Result<Vec<Leg>, Vec<&'static str>>,
    /// The margin balance with the profits, and the maintenance margin that it has to cover.
    pub balance: Needed,
    /// The maintenance margin of an account; `None` for that of the position.
    pub maintenance: Option<Needed>,
    /// Where `legs` are safe by the one table that they are asked with, once it was asked: of all of them the same. `None`
    /// for a position alone, which is asked with one table after the other.
    pub safe: Option<OnceCell<SafeIntervals>>,
}

/// The figures of a position.
pub fn figures(position: &Position, size: &Size, table: &mut Table, margin: &Margin) -> Figures {
    let notional = size.notional.as_ref();
    let standing = table.standing(notional.ok());
    let mut figures = Sheet::of(standing, table);
    figures.amount("notional", &size.notional, Rounding::Up, |it| &mut it.notional);
    let tier = match notional {
        Ok(notional) => tier_of(&table.tiers, notional),
        Err(_) => None,
    };
    figures.of_tier(tier, size);
    figures.of_leverage(position, table, tier, size);
    figures.amount("unrealized_profit", &size.profit, Rounding::Down, |it| &mut it.unrealized_profit);
    figures.liquidation(position, table, margin);
    let own = tier.zip(notional.ok()).map(|(tier, notional)| maintenance_margin(tier, notional));
    figures.margin_ratio(position, own, margin);
    figures.sheet
}

/// Figures that are filled in.
struct Sheet {
    sheet: Figures,
}

impl Sheet {
    fn of(standing: Standing, table: &Table) -> Sheet {
        let none = Figures::none(standing.status, standing.message, table.unit.clone());
        Sheet {
            sheet: Figures {
                certainty: standing.certainty,
                holds: standing.holds,
                in_force_since: standing.in_force_since,
                last_confirmed_at: standing.last_confirmed_at,
                source: standing.source,
                warnings: standing.warnings,
                limit: table.tiers.last().and_then(|tier| tier.cap),
                ..none
            },
        }
    }

    /// Puts in a number, or why there is none.
    fn amount(
        &mut self,
        measure: &'static str,
        number: &Needed,
        to: Rounding,
        field: impl Fn(&mut Figures) -> &mut Option<Decimal>,
    ) {
        match number {
            Ok(number) => match number.round(to) {
                Some(rounded) => self.put(measure, rounded, field),
                None => self.absent(measure, "unknown", "the exact value needs more than 28 digits"),
            },
            Err(columns) => self.missing(measure, columns),
        }
    }

    fn put(
        &mut self,
        measure: &'static str,
        number: Rounded,
        field: impl Fn(&mut Figures) -> &mut Option<Decimal>,
    ) {
        *field(&mut self.sheet) = Some(number.value);
        if number.is_rounded {
            self.sheet.rounded.push(measure);
        }
    }

    fn absent(&mut self, measure: &'static str, status: &'static str, message: impl Into<String>) {
        self.sheet.absent.push(Absent { measure, status, message: message.into() });
    }

    fn missing(&mut self, measure: &'static str, columns: &[&'static str]) {
        self.absent(measure, "missing", format!("needs {}", columns.join(", ")));
    }

    /// The status of the rule is why a figure of it is absent.
    fn without_rule(&mut self, measures: &[&'static str]) {
        let (status, message) = (self.sheet.status.name(), self.sheet.message.clone().unwrap_or_default());
        for measure in measures {
            self.absent(measure, status, message.clone());
        }
    }

    fn of_tier(&mut self, tier: Option<&Tier>, size: &Size) {
        let measures = ["tier", "mmr", "maintenance_margin", "max_leverage", "room", "room_ratio"];
        let (tier, notional) = match (tier, &size.notional) {
            (Some(tier), Ok(notional)) => (tier, notional),
            (_, Err(columns)) if self.sheet.status == Status::Value => {
                measures.iter().for_each(|measure| self.missing(measure, columns));
                return;
            }
            _ => return self.without_rule(&measures),
        };
        self.sheet.tier = Some(tier.number);
        self.sheet.mmr = Some(tier.rate);
        self.sheet.max_leverage = tier.max_leverage();
        let margin = Ok(maintenance_margin(tier, notional));
        self.amount("maintenance_margin", &margin, Rounding::Up, |it| &mut it.maintenance_margin);
        let Some(cap) = tier.cap else {
            return ["room", "room_ratio"]
                .iter()
                .for_each(|it| self.absent(it, "no_limit", "the last tier has no cap"));
        };
        let room = Fraction::from(cap).minus(notional);
        let ratio = room.over(notional);
        self.amount("room", &Ok(room), Rounding::Down, |it| &mut it.room);
        match ratio {
            Some(ratio) => self.amount("room_ratio", &Ok(ratio), Rounding::Down, |it| &mut it.room_ratio),
            None => self.absent("room_ratio", "no_limit", "the size is 0"),
        }
    }

    fn of_leverage(&mut self, position: &Position, table: &Table, tier: Option<&Tier>, size: &Size) {
        let Some(leverage) = position.leverage else {
            self.missing("initial_margin", &["leverage"]);
            return self.missing("max_position", &["leverage"]);
        };
        match (tier.and_then(Tier::max_leverage), &size.notional) {
            (Some(highest), _) if leverage > highest => {
                self.absent(
                    "initial_margin",
                    "above_limit",
                    format!("tier {} allows at most {highest}x", tier.map_or(0, |it| it.number)),
                );
            }
            (Some(_), Ok(notional)) => {
                let margin = notional.over(&Decimal::from(leverage).into()).ok_or_else(|| vec!["leverage"]);
                self.amount("initial_margin", &margin, Rounding::Up, |it| &mut it.initial_margin);
            }
            (_, Err(columns)) => self.missing("initial_margin", columns),
            (None, Ok(_)) => self.without_rule(&["initial_margin"]),
        }
        let allows = |tier: &&Tier| tier.max_leverage().is_some_and(|highest| leverage <= highest);
        match table.tiers.iter().rev().find(allows) {
            Some(Tier { cap: Some(cap), .. }) => self.sheet.max_position = Some(*cap),
            Some(_) => self.absent("max_position", "no_limit", "the last tier has no cap"),
            None if table.tiers.is_empty() => self.without_rule(&["max_position"]),
            None => self.absent("max_position", "above_limit", format!("no tier allows {leverage}x")),
        }
    }

    fn liquidation(&mut self, position: &Position, table: &Table, margin: &Margin) {
        const MEASURE: &str = "liquidation_price";
        let (amount, legs) = match (&margin.amount, &margin.legs) {
            (Ok(amount), Ok(legs)) => (amount, legs),
            (amount, legs) => {
                let columns = super::size::missing(amount.as_ref().err(), legs.as_ref().err());
                return self.missing(MEASURE, &columns);
            }
        };
        if table.tiers.is_empty() {
            return self.without_rule(&[MEASURE]);
        }
        let group =
            || Group { legs, is_inverse: table.is_inverse(), margin: amount.clone(), tiers: &table.tiers };
        let alone = OnceCell::new();
        let safe = margin.safe.as_ref().unwrap_or(&alone).get_or_init(|| SafeIntervals::of(&group()));
        if !safe.has_size {
            return self.absent(MEASURE, "no_limit", "a position of size 0 has no liquidation price");
        }
        let mark = position.mark_price.map(Fraction::from);
        match safe.around(mark.as_ref()) {
            SafePrices::Nowhere => {
                self.absent(MEASURE, "unknown", "the margin is below the maintenance margin at every price");
            }
            SafePrices::TooLong => self.absent(MEASURE, "unknown", TOO_LONG),
            SafePrices::Between { lower, upper } => {
                let side = adverse_side(safe.net, table.is_inverse());
                let (near, far, other) = match side {
                    Side::Long => (lower, upper, Side::Short),
                    Side::Short => (upper, lower, Side::Long),
                };
                // A hedge may be safe on the side of its surplus and not on the other.
                let (end, side) = match (&near, &far) {
                    (End::Open, End::At(_)) => (far, other),
                    _ => (near, side),
                };
                self.end(&end, side);
            }
        }
    }

    fn end(&mut self, end: &End, side: Side) {
        const MEASURE: &str = "liquidation_price";
        match end {
            End::At(at) => match price(at, side) {
                Some(rounded) => self.put(MEASURE, rounded, |it| &mut it.liquidation_price),
                None => self.absent(MEASURE, "unknown", "the price needs more than 28 digits"),
            },
            End::Open => self.absent(MEASURE, "no_limit", "no price liquidates it"),
            End::AboveLimit => self.absent(
                MEASURE,
                "above_limit",
                "at the price that would liquidate it its notional is above the last cap",
            ),
        }
    }

    fn margin_ratio(&mut self, position: &Position, own: Option<Fraction>, margin: &Margin) {
        const MEASURE: &str = "margin_ratio";
        let maintenance = match (&margin.maintenance, own) {
            (Some(whole), _) => whole.clone(),
            (None, Some(own)) => Ok(own),
            (None, None) => return self.without_rule(&[MEASURE]),
        };
        match (maintenance, &margin.balance) {
            (Ok(maintenance), Ok(balance)) => {
                match maintenance.over(balance).filter(|_| balance.sign().is_gt()) {
                    Some(ratio) => self.amount(MEASURE, &Ok(ratio), Rounding::Up, |it| &mut it.margin_ratio),
                    None => self.absent(MEASURE, "no_limit", "the margin balance is not above 0"),
                }
            }
            (maintenance, balance) => {
                let columns = super::size::missing(maintenance.as_ref().err(), balance.as_ref().err());
                let columns = if position.mode().is_none() { vec!["margin_mode"] } else { columns };
                self.missing(MEASURE, &columns);
            }
        }
    }
}

/// The side on which positions are threatened together: that which has more units; where both have as many, the side on which the
/// notional grows.
fn adverse_side(net: Ordering, is_inverse: bool) -> Side {
    match net {
        Ordering::Greater => Side::Long,
        Ordering::Equal if is_inverse => Side::Long,
        Ordering::Equal | Ordering::Less => Side::Short,
    }
}

/// The margin of an isolated position, or of one whose mode is not known.
pub fn isolated(position: &Position, size: &Size) -> Margin {
    let stated = match position.mode() {
        Some(MarginMode::Isolated) => {
            position.isolated_margin.map(Fraction::from).ok_or_else(|| vec!["isolated_margin"])
        }
        _ => Err(vec!["margin_mode"]),
    };
    let balance = match (&stated, &size.profit) {
        (Ok(margin), Ok(profit)) => Ok(margin.plus(profit)),
        (margin, profit) => Err(super::size::missing(margin.as_ref().err(), profit.as_ref().err())),
    };
    let legs = size.leg.clone().map(|leg| vec![leg]);
    Margin { amount: stated, legs, balance, maintenance: None, safe: None }
}
