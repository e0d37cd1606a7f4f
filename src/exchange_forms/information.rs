//! What the reply of `exchangeInfo` states of each contract, as far as it follows from names and rules.

use super::contracts::Table;
use super::python;
use crate::time::Timestamp;

/// The day of delivery of a perpetual, as the exchange has it: there is none.
const NEVER: i64 = 4_133_404_800_000;

/// The hour of the day at which contracts are delivered, in milliseconds.
const DELIVERY_HOUR: i64 = 8 * 3_600_000;

/// A contract, and the time of its delivery.
struct Listed<'a> {
    table: &'a Table,
    delivery: Option<i64>,
}

/// The objects of contracts.
pub fn symbols(tables: &[Table]) -> Vec<String> {
    let listed: Vec<Listed> =
        tables.iter().map(|table| Listed { table, delivery: delivery(&table.unified) }).collect();
    listed.iter().filter_map(|it| object(it, kind(it, &listed))).collect()
}

fn object(listed: &Listed, kind: &str) -> Option<String> {
    let table = listed.table;
    let (base, rest) = table.unified.split_once('/')?;
    let (quote, settled) = rest.split_once(':')?;
    let margin = settled.split('-').next()?;
    let name = table.subject.name();
    let pair = name.split('_').next()?;
    let status = if is_delivered(listed) { "DELIVERED" } else { "TRADING" };
    let delivery = listed.delivery.unwrap_or(NEVER);
    let [name, pair, base, quote, margin] = [name, pair, base, quote, margin].map(python::text);
    Some(format!(
        "{{\"symbol\":{name},\"pair\":{pair},\"contractType\":\"{kind}\",\"deliveryDate\":{delivery},\
         \"status\":\"{status}\",\"baseAsset\":{base},\"quoteAsset\":{quote},\"marginAsset\":{margin}}}"
    ))
}

/// Whether a contract is a perpetual, the next of its pair to be delivered, or one after it.
fn kind(listed: &Listed, all: &[Listed]) -> &'static str {
    let Some(delivery) = listed.delivery else { return "PERPETUAL" };
    let pair = |it: &Listed| it.table.subject.name().split('_').next().map(str::to_string);
    let is_before = |it: &&Listed| {
        !is_delivered(it) && it.delivery.is_some_and(|other| other < delivery) && pair(it) == pair(listed)
    };
    if all.iter().any(|it| is_before(&it)) { "NEXT_QUARTER" } else { "CURRENT_QUARTER" }
}

fn is_delivered(listed: &Listed) -> bool {
    listed.delivery.is_some_and(|delivery| delivery <= listed.table.at.valid_at.0.micros() / 1000)
}

/// The time of delivery in milliseconds, by the day at the end of a name in ccxt: `BTC/USDT:USDT-250627`.
fn delivery(unified: &str) -> Option<i64> {
    let (_, day) = unified.rsplit_once('-')?;
    let [year, month, day] = [day.get(..2)?, day.get(2..4)?, day.get(4..6)?];
    let day: Timestamp = format!("20{year}-{month}-{day}T00:00Z").parse().ok()?;
    Some(day.micros() / 1000 + DELIVERY_HOUR)
}
