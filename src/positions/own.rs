//! Positions whose figures depend on no other position: those with a margin of their own, and those of which the margin is
//! not known. The tables of a contract are resolved once, at the basis and at each time at which it changes.

use std::collections::{BTreeMap, HashMap};

use super::account::{MarginMode, Position};
use super::compared::{Basis, With};
use super::figures::{figures, isolated};
use super::rows::{Course, has_same_numbers, plain, unknown};
use super::size::Size;
use super::table::{Found, Table, find};
use crate::error::Result;
use crate::limits;
use crate::query::rows::PositionRow;
use crate::statement::{At, Subject};
use crate::time::ValidTime;

/// How many tables are remembered: a thousand contracts of which each changes a few times. More are resolved again.
const REMEMBERED: usize = 8_192;

/// Judges positions one after the other.
pub struct Judge<'a> {
    now: Basis<'a>,
    later: Basis<'a>,
    with: With,
    /// By the names that positions have for them.
    contracts: HashMap<String, Tables>,
    remembered: usize,
    /// The contracts that change more often than is looked at, with the last change that is.
    pub cut: BTreeMap<Subject, ValidTime>,
}

/// The tables of one contract.
struct Tables {
    now: Found<Table>,
    later: Vec<(ValidTime, Table)>,
    has_more: bool,
}

/// Whether a position depends on no other.
pub fn is_own(position: &Position) -> bool {
    position.mode() != Some(MarginMode::Cross)
}

impl<'a> Judge<'a> {
    /// Compares a basis with what is announced there, or with another basis.
    pub fn new(now: Basis<'a>, later: Basis<'a>, with: With) -> Judge<'a> {
        Judge { now, later, with, contracts: HashMap::new(), remembered: 0, cut: BTreeMap::new() }
    }

    /// The rows of a position of this number.
    ///
    /// # Errors
    /// The database is damaged or gone.
    pub fn rows(&mut self, number: usize, position: &Position) -> Result<Vec<PositionRow>> {
        let (now, with) = (self.now, self.with);
        now.snapshot.check_time()?;
        let tables = self.tables(&position.symbol)?;
        let size = Size::of(position, tables.is_inverse());
        let margin = isolated(position, &size);
        let at_basis = match &mut tables.now {
            Ok(table) => figures(position, &size, table, &margin),
            Err(why) => unknown(why),
        };
        let mut changes = Vec::with_capacity(tables.later.len());
        for (place, (time, table)) in tables.later.iter_mut().enumerate() {
            let figures = figures(position, &size, table, &margin);
            let is_other_basis = place == 0 && with != With::Upcoming;
            // Without a size two tables have no numbers to differ in.
            let is_same_table = |now: &Table| size.notional.is_ok() || now.tiers == table.tiers;
            let is_same =
                has_same_numbers(&at_basis, &figures) && tables.now.as_ref().is_ok_and(is_same_table);
            if !is_other_basis || !is_same {
                changes.push((*time, figures));
            }
        }
        let course = Course { now: at_basis, changes, has_more: tables.has_more };
        let subject = tables.now.as_ref().ok().map(|table| &table.subject);
        Ok(course.rows(|figures| plain((number, position), subject, figures, (now.at, now.snapshot.tx()))))
    }

    fn tables(&mut self, symbol: &str) -> Result<&mut Tables> {
        if !self.contracts.contains_key(symbol) {
            let tables = self.resolve(symbol)?;
            let count = 1 + tables.later.len();
            if self.remembered + count > REMEMBERED {
                (self.contracts, self.remembered) = (HashMap::new(), 0);
            }
            self.remembered += count;
            if let (true, Some((last, table))) = (tables.has_more, tables.later.last()) {
                self.cut.insert(table.subject.clone(), *last);
            }
            self.contracts.insert(symbol.to_string(), tables);
        }
        let none = || Tables { now: Err(String::new()), later: Vec::new(), has_more: false };
        Ok(self.contracts.entry(symbol.to_string()).or_insert_with(none))
    }

    fn resolve(&self, symbol: &str) -> Result<Tables> {
        let now = find(self.now.snapshot, symbol)?.map(|contract| Table::of(contract, self.now.at));
        let contract = match self.with {
            With::Upcoming => now.as_ref().map(Table::contract).map_err(Clone::clone),
            With::Basis | With::BasisAndUpcoming => find(self.later.snapshot, symbol)?,
        };
        let mut next = match (&now, self.with) {
            (Ok(table), With::Upcoming) => table.next_change_at,
            (Err(_), With::Upcoming) => None,
            (_, With::Basis | With::BasisAndUpcoming) => Some(self.later.at.valid_at),
        };
        let (mut later, mut has_more) = (Vec::new(), false);
        while let (Some(time), Ok(contract)) = (next, &contract) {
            if later.len() == limits::IMPACT_CHANGES {
                has_more = true;
                break;
            }
            self.later.snapshot.check_time()?;
            let table = Table::of(contract.clone(), At { valid_at: time, ..self.later.at });
            next = table.next_change_at.filter(|next| *next > time && self.with != With::Basis);
            later.push((time, table));
        }
        Ok(Tables { now, later, has_more })
    }
}

impl Tables {
    fn is_inverse(&self) -> bool {
        let table = self.now.as_ref().ok().or_else(|| self.later.first().map(|(_, table)| table));
        table.is_some_and(Table::is_inverse)
    }
}
