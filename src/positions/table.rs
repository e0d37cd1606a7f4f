//! The table of a contract at one basis, with what is known of each tier of it: asked once, used by many positions.

use std::collections::HashMap;

use super::account::Position;
use crate::contract::Contract;
use crate::decimal::Decimal;
use crate::error::{ErrorKind, Result};
use crate::liquidation::fraction::{Fraction, Rounding};
use crate::liquidation::tier_of;
use crate::query::rows::{Certainty, SourceRef, Status, Warning};
use crate::rule::Tier;
use crate::snapshot::Snapshot;
use crate::statement::{At, Subject};
use crate::time::ValidTime;

/// The tables of contracts in one snapshot at one basis.
pub struct Tables<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// The basis.
    pub at: At,
    by_symbol: HashMap<String, Found<usize>>,
    all: Vec<Table>,
}

/// What a name means, or why it means nothing.
pub type Found<T> = std::result::Result<T, String>;

/// The table of one contract.
pub struct Table {
    /// The contract.
    pub subject: Subject,
    /// Its tiers; empty where no table is in force.
    pub tiers: Vec<Tier>,
    /// The currency of the table.
    pub unit: String,
    /// When the next announced change takes effect.
    pub next_change_at: Option<ValidTime>,
    contract: Contract,
    at: At,
    standings: HashMap<u32, Standing>,
    without_size: Option<Standing>,
}

/// What is known of a tier.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whether it answers.
    pub status: Status,
    /// Why it does not.
    pub message: Option<String>,
    /// How certain it is; the value under another rule is left out, because it depends on the size.
    pub certainty: Option<Certainty>,
    /// How probable it is that the table still holds.
    pub holds: Option<u8>,
    /// Since when it is in force, if a change says so.
    pub in_force_since: Option<ValidTime>,
    /// When it was last confirmed.
    pub last_confirmed_at: Option<ValidTime>,
    /// Which document states it.
    pub source: Option<SourceRef>,
    /// What else should be known.
    pub warnings: Vec<Warning>,
}

/// The contract of a name, or why there is none: no contract of that name is stored, or more than one.
///
/// # Errors
/// The database is damaged or gone.
pub fn find(snapshot: &Snapshot, symbol: &str) -> Result<Found<Contract>> {
    // Of a name that is not stored the nearest one is searched for.
    snapshot.check_time()?;
    match snapshot.contract(symbol) {
        Ok(contract) => Ok(Ok(contract)),
        Err(error) if matches!(error.kind(), ErrorKind::UnknownSubject | ErrorKind::Query) => {
            let hint = error.hints().first().map_or(String::new(), |hint| format!("; {hint}"));
            Ok(Err(format!("{}{hint}", error.message())))
        }
        Err(error) => Err(error),
    }
}

impl<'a> Tables<'a> {
    /// None yet.
    pub fn new(snapshot: &'a Snapshot, at: At) -> Tables<'a> {
        Tables { snapshot, at, by_symbol: HashMap::new(), all: Vec::new() }
    }

    /// The place of the table of a position, or why its name has none: no contract of that name is stored, or more than one.
    ///
    /// # Errors
    /// The database is damaged or gone.
    pub fn place(&mut self, position: &Position) -> Result<Found<usize>> {
        if let Some(found) = self.by_symbol.get(&position.symbol) {
            return Ok(found.clone());
        }
        let found = find(self.snapshot, &position.symbol)?.map(|contract| self.place_of(contract));
        self.by_symbol.insert(position.symbol.clone(), found.clone());
        Ok(found)
    }

    fn place_of(&mut self, contract: Contract) -> usize {
        if let Some(place) = self.all.iter().position(|table| table.subject == *contract.subject()) {
            return place;
        }
        self.all.push(Table::of(contract, self.at));
        self.all.len() - 1
    }

    /// The table at a place.
    pub fn get(&mut self, place: usize) -> Option<&mut Table> {
        self.all.get_mut(place)
    }

    /// Every table that was asked for.
    pub fn all(&self) -> &[Table] {
        &self.all
    }
}

impl Table {
    /// That of a contract at a basis.
    pub fn of(contract: Contract, at: At) -> Table {
        let answer = contract.mmr(Decimal::ZERO, at);
        let rule = answer.rule().filter(|_| matches!(answer.status(), Status::Value | Status::AboveLimit));
        let tiers = rule.map_or_else(Vec::new, |rule| rule.tiers().to_vec());
        let unit = contract.limit(at).unit().to_string();
        let next_change_at = contract.next_change_after(at);
        let subject = contract.subject().clone();
        Table {
            subject,
            tiers,
            unit,
            next_change_at,
            contract,
            at,
            standings: HashMap::new(),
            without_size: None,
        }
    }

    /// The contract, to ask it at another basis.
    pub fn contract(&self) -> Contract {
        self.contract.clone()
    }

    /// The basis at which it was asked.
    pub fn basis(&self) -> At {
        self.at
    }

    /// Whether its amounts are in the coin.
    pub fn is_inverse(&self) -> bool {
        self.subject.program().is_in_coin()
    }

    /// What is known of the tier of a notional.
    pub fn standing(&mut self, notional: Option<&Fraction>) -> Standing {
        let Some(notional) = notional else {
            let at_zero = || asked(&self.contract, Decimal::ZERO, self.at);
            return self.without_size.get_or_insert_with(at_zero).clone();
        };
        let rounded = notional.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
        match tier_of(&self.tiers, notional) {
            Some(tier) => {
                let number = tier.number;
                let ask = || asked(&self.contract, rounded.min(tier.cap.unwrap_or(rounded)), self.at);
                self.standings.entry(number).or_insert_with(ask).clone()
            }
            None => asked(&self.contract, rounded, self.at),
        }
    }
}

fn asked(contract: &Contract, notional: Decimal, at: At) -> Standing {
    let answer = contract.mmr(notional, at);
    let context = answer.context();
    Standing {
        status: answer.status(),
        message: answer.message().map(str::to_string),
        certainty: answer.certainty().cloned().map(|it| Certainty { other: None, others: Vec::new(), ..it }),
        holds: answer.holds(),
        in_force_since: context.and_then(|context| context.in_force_since),
        last_confirmed_at: context.and_then(|context| context.last_confirmed_at),
        source: answer.source().cloned(),
        warnings: answer.warnings().to_vec(),
    }
}
