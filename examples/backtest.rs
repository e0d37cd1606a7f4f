//! Asks for the margin of every contract at every hour of three days, from four threads:
//! `cargo run --release --example backtest`.

use std::thread;

use tierbook::{At, Contract, Database, Decimal, LoadOptions, TimeSpan, Timestamp};

/// How often the margin of 50,000 changes from one hour to the next.
fn changes(contract: &Contract, start: Timestamp, hours: u32) -> usize {
    let margin = |hour: u32| {
        let at = At::valid(start.plus(TimeSpan::minutes(60 * hour)));
        contract.margin(Decimal::from(50_000), at).value().copied()
    };
    (1..hours).filter(|hour| margin(*hour) != margin(hour - 1)).count()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let database = Database::create(folder.path())?;
    database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;

    // One snapshot serves all threads; what is recorded meanwhile does not change it.
    let rules = database.snapshot()?;
    let start: Timestamp = "2026-02-04T00:00Z".parse()?;
    let names: Vec<String> = rules
        .subjects()
        .iter()
        .filter(|subject| subject.program().has_contracts())
        .map(std::string::ToString::to_string)
        .collect();
    let contracts: Vec<Contract> = names.iter().map(|name| rules.contract(name)).collect::<Result<_, _>>()?;
    thread::scope(|scope| {
        for part in contracts.chunks(contracts.len().div_ceil(4)) {
            scope.spawn(move || {
                for contract in part {
                    println!("{}: {} changes", contract.subject(), changes(contract, start, 72));
                }
            });
        }
    });
    Ok(())
}
