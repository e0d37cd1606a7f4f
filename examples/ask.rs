//! Asks for the margin of a contract: `cargo run --example ask`.

use tierbook::{At, Database, Decimal, LoadOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A program that only asks opens a database that is there: `Database::open("rules.db")?`.
    let folder = tempfile::tempdir()?;
    let database = Database::create(folder.path().join("rules.db"))?;
    database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;

    let rules = database.snapshot()?;
    let at = At::valid("2026-02-06T07:00Z".parse()?);
    let contract = rules.contract("ACTUSDT")?;
    let mmr = contract.mmr(Decimal::from(60_000), at);
    println!("maintenance margin rate: {:?}, {:?}", mmr.value(), mmr.status());
    println!("certainty: {:?}", mmr.certainty());
    let margin = contract.margin(Decimal::from(60_000), at);
    println!("margin of 60,000: {:?} {}", margin.value(), margin.unit());

    for row in rules.query("history of mmr of ACTUSDT at 60000")? {
        println!("{}", serde_json::to_string(&row)?);
    }
    Ok(())
}
