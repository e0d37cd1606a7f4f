//! A versioned bracket artifact, whose hash its readers compute again.

use super::contracts::{Bracket, Table};
use super::python;
use crate::statement::Sha256;

/// How many hexadecimal digits of the hash an artifact has.
const HASH_DIGITS: usize = 16;

/// The artifact of a contract on one line. The brackets are printed as they are hashed.
pub fn artifact(table: &Table, marker: &str) -> String {
    let brackets: Vec<String> = table.tiers.iter().map(bracket).collect();
    let brackets = format!("[{}]", brackets.join(","));
    let hash = Sha256::of(&[brackets.as_bytes()]).to_string();
    let hash = hash.get(..HASH_DIGITS).unwrap_or_default();
    let validity = table.period.map_or(String::new(), |(from, until)| {
        let until = until.map_or("null".to_string(), |until| format!("\"{until}\""));
        format!("\"valid_from\":\"{from}\",\"valid_to\":{until},")
    });
    let symbol = python::text(&table.unified);
    let published_at = table.published_at().map_or(String::new(), |time| time.to_string());
    format!(
        "{{\"schema_version\":1,\"symbol\":{symbol},\"provenance_timestamp\":\"{published_at}\",{validity}\
         \"brackets\":{brackets},\"content_hash\":\"{hash}\",\"tierbook\":{marker}}}"
    )
}

/// A bracket with its keys in order.
fn bracket(row: &Bracket) -> String {
    let tier = &row.tier;
    let [amount, rate, cap] = [tier.amount, tier.rate, row.cap].map(python::float);
    let number = tier.number;
    format!(
        "{{\"bracket_tier\":{number},\"cumulative_maintenance_amount\":{amount},\"maintenance_rate\":{rate},\
         \"notional_cap\":{cap}}}"
    )
}
