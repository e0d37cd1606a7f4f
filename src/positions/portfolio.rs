//! A portfolio margin without loans: the collateral at its ratios, and uniMMR.

use std::collections::BTreeMap;

use super::account::{Account, Holding};
use super::cross::maintenance;
use super::size::{Needed, Size, rounded};
use super::sums::{Summed, ratio};
use super::table::{Found, Tables};
use crate::error::{ErrorKind, Result};
use crate::liquidation::fraction::{Fraction, Rounding};
use crate::query::rows::{Absent, AccountFigures, Status};

/// The sums of an account as a portfolio margin, in USD.
///
/// # Errors
/// The database is damaged or gone.
pub fn portfolio(
    account: &Account,
    sizes: &[Option<Size>],
    places: &[Found<usize>],
    tables: &Tables,
) -> Result<Summed> {
    let (mut profits, mut margins) = (BTreeMap::<&str, Needed>::new(), BTreeMap::<&str, Needed>::new());
    let mut positions = 0;
    for (size, place) in sizes.iter().zip(places) {
        let (Some(size), Ok(place)) = (size, place) else { continue };
        let Some(table) = tables.all().get(*place) else { continue };
        positions += 1;
        add(profits.entry(&table.unit).or_insert_with(|| Ok(Fraction::zero())), &size.profit, Rounding::Down);
        let margin = maintenance(&table.tiers, &size.notional);
        add(margins.entry(&table.unit).or_insert_with(|| Ok(Fraction::zero())), &margin, Rounding::Up);
    }
    let mut figures = AccountFigures::default();
    let equity = equity(account, &profits, tables, &mut figures)?;
    let in_usd = |(unit, margin): (&&str, &Needed)| -> Needed {
        let margin = margin.as_ref().map_err(Clone::clone)?;
        Ok(margin
            .times(&price_of(account, unit).ok_or_else(|| vec!["the price of each currency of a position"])?))
    };
    let maintenance =
        margins.iter().map(in_usd).try_fold(Fraction::zero(), |sum, it| it.map(|it| sum.plus(&it)));
    figures.put("maintenance_margin", &maintenance, Rounding::Up);
    figures.put("margin_balance", &equity, Rounding::Down);
    let uni_mmr = match ratio(&equity, &maintenance) {
        Err(_) if maintenance.as_ref().is_ok_and(|it| it.sign().is_eq()) => {
            Err(vec!["a maintenance margin above 0"])
        }
        ratio => ratio,
    };
    figures.put("uni_mmr", &uni_mmr, Rounding::Down);
    Ok(Summed { unit: "USD".to_string(), kind: "portfolio", positions, figures })
}

fn add(sum: &mut Needed, number: &Needed, to: Rounding) {
    *sum = match (&*sum, rounded(number, to)) {
        (Ok(sum), Ok(number)) => Ok(sum.plus(&number)),
        (Err(columns), _) => Err(columns.clone()),
        (_, Err(columns)) => Err(columns),
    };
}

/// The price of a currency in USD: that of the holding of it.
fn price_of(account: &Account, unit: &str) -> Option<Fraction> {
    let holding = account.collateral.iter().find(|holding| name(holding).eq_ignore_ascii_case(unit));
    match holding.and_then(|holding| holding.price) {
        Some(price) => Some(price.into()),
        None => (unit == "USD").then(|| Fraction::from(crate::decimal::Decimal::ONE)),
    }
}

/// The asset without its program: `pm-pro:BTC` is BTC.
fn name(holding: &Holding) -> &str {
    holding.asset.rsplit(':').next().unwrap_or_default()
}

/// Each asset with the profits settled in it, at its ratios and its price. A negative amount counts in full.
fn equity(
    account: &Account,
    profits: &BTreeMap<&str, Needed>,
    tables: &Tables,
    figures: &mut AccountFigures,
) -> Result<Needed> {
    let mut sum: Needed = Ok(Fraction::zero());
    for holding in &account.collateral {
        let profit = profits.get(name(holding)).cloned().unwrap_or_else(|| Ok(Fraction::zero()));
        let amount = profit.map(|profit| profit.plus(&holding.amount.into()));
        let value = match (amount, holding.price) {
            (Ok(amount), Some(price)) => {
                value(&amount, holding, tables, figures)?.map(|it| it.times(&price.into()))
            }
            (Err(columns), _) => Err(columns),
            (_, None) => Err(vec!["price"]),
        };
        add(&mut sum, &value, Rounding::Down);
    }
    let assets: Vec<&str> = account.collateral.iter().map(name).collect();
    let is_missing = |(unit, profit): &(&&str, &Needed)| {
        !assets.contains(unit) && !matches!(profit, Ok(profit) if profit.sign().is_eq())
    };
    Ok(if profits.iter().any(|it| is_missing(&it)) {
        Err(vec!["a holding of each currency of a position"])
    } else {
        sum
    })
}

fn value(
    amount: &Fraction,
    holding: &Holding,
    tables: &Tables,
    figures: &mut AccountFigures,
) -> Result<Needed> {
    if !amount.sign().is_gt() {
        return Ok(Ok(amount.clone()));
    }
    let absent = |status, message: String| Absent { measure: "uni_mmr", status, message };
    let Some(rounded) = amount.round(Rounding::Down) else { return Ok(Err(vec!["a smaller amount"])) };
    tables.snapshot.check_time()?;
    let collateral = match tables.snapshot.collateral(&holding.asset) {
        Ok(collateral) => collateral,
        Err(error) if matches!(error.kind(), ErrorKind::UnknownSubject | ErrorKind::Query) => {
            figures.absent.push(absent("unknown_subject", error.to_string()));
            return Ok(Err(vec!["the ratio of each asset"]));
        }
        Err(error) => return Err(error),
    };
    let answer = collateral.value(rounded.value, tables.at);
    Ok(match (answer.status(), answer.value()) {
        (Status::Value, Some(value)) => Ok((*value).into()),
        (status, _) => {
            let message = answer.message().unwrap_or("there is no ratio").to_string();
            figures.absent.push(absent(status.name(), format!("{}: {message}", holding.asset)));
            Err(vec!["the ratio of each asset"])
        }
    })
}
