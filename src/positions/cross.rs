//! What the cross positions in one currency share: a wallet balance, the profits, the maintenance margins.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::account::{Account, MarginMode};
use super::figures::Margin;
use super::size::{Needed, Size, missing, rounded};
use super::table::{Found, Tables};
use crate::decimal::Decimal;
use crate::liquidation::fraction::{Fraction, Rounding};
use crate::liquidation::{Leg, maintenance_margin, tier_of};
use crate::rule::Tier;

/// The sums of the cross positions in one currency.
pub struct Cross {
    /// The wallet balance, or what is missing.
    pub wallet: Needed,
    /// How many positions there are.
    pub positions: usize,
    /// The notionals.
    pub notional: Sum,
    /// The profits, each rounded down at 18 decimals.
    pub profit: Sum,
    /// The maintenance margins, each rounded up at 18 decimals.
    pub maintenance: Sum,
    /// The initial margins, likewise.
    pub initial: Sum,
    /// The legs of each contract whose margin was not asked yet.
    legs: BTreeMap<usize, Result<Vec<Leg>, Vec<&'static str>>>,
    margins: BTreeMap<usize, Margin>,
}

/// A sum over positions, with the part of each contract.
#[derive(Default)]
pub struct Sum {
    by_contract: BTreeMap<usize, Fraction>,
    total: Option<Fraction>,
    missing: BTreeMap<usize, Vec<&'static str>>,
}

impl Sum {
    fn add(&mut self, contract: usize, number: &Needed, to: Rounding) {
        match rounded(number, to) {
            Ok(number) => {
                let sum = |before: &Fraction| before.plus(&number);
                self.total = Some(self.total.as_ref().map_or_else(|| number.clone(), sum));
                let part = self.by_contract.entry(contract).or_insert_with(Fraction::zero);
                *part = part.plus(&number);
            }
            Err(columns) => {
                let known = self.missing.entry(contract).or_default();
                *known = missing(Some(known), Some(&columns));
            }
        }
    }

    /// The sum over all contracts, or over all but one.
    pub fn without(&self, contract: Option<usize>) -> Needed {
        let mut missing =
            self.missing.iter().filter(|(place, _)| Some(**place) != contract).map(|(_, it)| it);
        if let Some(columns) = missing.next() {
            return Err(columns.clone());
        }
        let own = contract.and_then(|contract| self.by_contract.get(&contract));
        let total = self.total.clone().unwrap_or_else(Fraction::zero);
        Ok(own.map_or_else(|| total.clone(), |own| total.minus(own)))
    }
}

/// The maintenance margin of a size, or what is missing.
pub fn maintenance(tiers: &[Tier], notional: &Needed) -> Needed {
    let notional = notional.as_ref().map_err(Clone::clone)?;
    tier_of(tiers, notional)
        .map(|tier| maintenance_margin(tier, notional))
        .ok_or_else(|| vec!["a rule for each size"])
}

/// The sums of an account by currency; `places` are the tables of its positions.
pub fn sums(
    account: &Account,
    sizes: &[Option<Size>],
    places: &[Found<usize>],
    tables: &Tables,
) -> BTreeMap<String, Cross> {
    let mut all: BTreeMap<String, Cross> = BTreeMap::new();
    for ((position, size), place) in account.positions.iter().zip(sizes).zip(places) {
        let (Some(size), Ok(place), Some(MarginMode::Cross)) = (size, place, position.mode()) else {
            continue;
        };
        let Some(table) = tables.all().get(*place) else { continue };
        let cross = all.entry(table.unit.clone()).or_insert_with(|| Cross::of(account, &table.unit));
        cross.positions += 1;
        cross.state(position.wallet_balance);
        cross.notional.add(*place, &size.notional, Rounding::Up);
        cross.profit.add(*place, &size.profit, Rounding::Down);
        cross.maintenance.add(*place, &maintenance(&table.tiers, &size.notional), Rounding::Up);
        let leverage = position.leverage.ok_or_else(|| vec!["leverage"]);
        let initial = leverage.and_then(|leverage| {
            let notional = size.notional.as_ref().map_err(Clone::clone)?;
            notional.over(&Decimal::from(leverage).into()).ok_or_else(|| vec!["leverage"])
        });
        cross.initial.add(*place, &initial, Rounding::Up);
        cross.add_leg(*place, &size.leg);
    }
    all
}

impl Cross {
    fn of(account: &Account, unit: &str) -> Cross {
        let stated = account.wallet_balances.get(unit);
        Cross {
            wallet: stated.map(|balance| Fraction::from(*balance)).ok_or_else(|| vec!["wallet_balance"]),
            positions: 0,
            notional: Sum::default(),
            profit: Sum::default(),
            maintenance: Sum::default(),
            initial: Sum::default(),
            legs: BTreeMap::new(),
            margins: BTreeMap::new(),
        }
    }

    /// Takes a wallet balance that a position states; two different ones are none.
    fn state(&mut self, balance: Option<Decimal>) {
        let Some(balance) = balance.map(Fraction::from) else { return };
        self.wallet = match &self.wallet {
            Ok(stated) if stated.compare(&balance).is_ne() => Err(vec!["one wallet_balance for all"]),
            Err(columns) if columns != &["wallet_balance"] => Err(columns.clone()),
            _ => Ok(balance),
        };
    }

    fn add_leg(&mut self, place: usize, leg: &Result<Leg, Vec<&'static str>>) {
        let legs = self.legs.entry(place).or_insert_with(|| Ok(Vec::new()));
        match (legs, leg) {
            (Ok(legs), Ok(leg)) => legs.push(leg.clone()),
            (legs @ Ok(_), Err(columns)) => *legs = Err(columns.clone()),
            (Err(_), _) => {}
        }
    }

    /// The margin with which the positions of one contract are liquidated: the wallet balance, and of the other contracts
    /// the profit at the mark price less the maintenance margin. All positions of the contract share it.
    pub fn margin(&mut self, place: usize) -> &Margin {
        let known = self.margins.remove(&place);
        let margin = known.unwrap_or_else(|| self.made_margin(place));
        self.margins.entry(place).or_insert(margin)
    }

    fn made_margin(&mut self, place: usize) -> Margin {
        let others = || -> Needed {
            let (wallet, profit) = (self.wallet.clone()?, self.profit.without(Some(place))?);
            Ok(wallet.plus(&profit).minus(&self.maintenance.without(Some(place))?))
        };
        Margin {
            amount: others(),
            balance: self.balance(),
            maintenance: Some(self.maintenance.without(None)),
            legs: self.legs.remove(&place).unwrap_or_else(|| Ok(Vec::new())),
            safe: Some(OnceCell::new()),
        }
    }

    /// The wallet balance and the profits.
    pub fn balance(&self) -> Needed {
        Ok(self.wallet.clone()?.plus(&self.profit.without(None)?))
    }
}
