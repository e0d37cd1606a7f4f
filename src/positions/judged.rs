//! A whole account at one basis: the figures of its positions, and its sums.

use std::collections::BTreeMap;

use super::account::{Account, MarginMode};
use super::cross::{Cross, sums};
use super::figures::{figures, isolated};
use super::portfolio::portfolio;
use super::size::Size;
use super::sums::{Summed, ratio};
use super::table::{Found, Tables};
use crate::error::Result;
use crate::liquidation::fraction::Rounding;
use crate::query::rows::{AccountFigures, Figures};
use crate::statement::Subject;
use crate::time::ValidTime;

/// An account at one basis.
pub struct Judged<'a> {
    /// The tables of its contracts.
    pub tables: Tables<'a>,
    /// The place of the table of each position.
    pub places: Vec<Found<usize>>,
    sizes: Vec<Option<Size>>,
    crosses: BTreeMap<String, Cross>,
}

impl<'a> Judged<'a> {
    /// An account by the tables of a snapshot at a basis.
    ///
    /// # Errors
    /// The database is damaged or gone, or the time is over.
    pub fn of(account: &Account, mut tables: Tables<'a>) -> Result<Judged<'a>> {
        let places: Vec<Found<usize>> =
            account.positions.iter().map(|position| tables.place(position)).collect::<Result<_>>()?;
        let is_inverse = |place: usize| tables.all().get(place).is_some_and(super::table::Table::is_inverse);
        let size = |(position, place): (_, &Found<usize>)| {
            place.as_ref().ok().map(|place| Size::of(position, is_inverse(*place)))
        };
        let sizes: Vec<Option<Size>> = account.positions.iter().zip(&places).map(size).collect();
        tables.snapshot.check_time()?;
        let crosses = sums(account, &sizes, &places, &tables);
        tables.snapshot.check_time()?;
        Ok(Judged { tables, places, sizes, crosses })
    }

    /// The contract of a position.
    pub fn subject(&self, position: usize) -> Option<&Subject> {
        let place = *self.places.get(position)?.as_ref().ok()?;
        Some(&self.tables.all().get(place)?.subject)
    }

    /// Why the name of a position has no contract; `None` where it has one.
    pub fn why_unknown(&self, position: usize) -> Option<&str> {
        self.places.get(position)?.as_ref().err().map(String::as_str)
    }

    /// When the next announced change of the contract of a position takes effect.
    pub fn next_change_at(&self, position: usize) -> Option<ValidTime> {
        let place = *self.places.get(position)?.as_ref().ok()?;
        self.tables.all().get(place)?.next_change_at
    }

    /// The figures of a position; `None` where no contract of its name is stored.
    pub fn figures(&mut self, account: &Account, position: usize) -> Option<Figures> {
        let place = *self.places.get(position)?.as_ref().ok()?;
        let (stated, size) = (account.positions.get(position)?, self.sizes.get(position)?.as_ref()?);
        let table = self.tables.get(place)?;
        Some(match stated.mode() {
            Some(MarginMode::Cross) => {
                let margin = self.crosses.get_mut(&table.unit)?.margin(place);
                figures(stated, size, table, margin)
            }
            _ => figures(stated, size, table, &isolated(stated, size)),
        })
    }

    /// The sums of the cross positions by currency and, where there is collateral, of the portfolio margin.
    ///
    /// # Errors
    /// The database is damaged or gone.
    pub fn sums(&self, account: &Account) -> Result<Vec<Summed>> {
        let mut all: Vec<Summed> = self.crosses.iter().map(|(unit, cross)| of_cross(unit, cross)).collect();
        if !account.collateral.is_empty() {
            all.push(portfolio(account, &self.sizes, &self.places, &self.tables)?);
        }
        Ok(all)
    }
}

fn of_cross(unit: &str, cross: &Cross) -> Summed {
    let mut figures = AccountFigures::default();
    let maintenance = cross.maintenance.without(None);
    let balance = cross.balance();
    figures.put("notional", &cross.notional.without(None), Rounding::Up);
    figures.put("maintenance_margin", &maintenance, Rounding::Up);
    figures.put("initial_margin", &cross.initial.without(None), Rounding::Up);
    figures.put("unrealized_profit", &cross.profit.without(None), Rounding::Down);
    figures.put("margin_balance", &balance, Rounding::Down);
    figures.put("margin_ratio", &ratio(&maintenance, &balance), Rounding::Up);
    Summed { unit: unit.to_string(), kind: "cross", positions: cross.positions, figures }
}
