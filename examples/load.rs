//! Loads announcements and shows what was found in them: `cargo run --example load -- PATH...`.

use tierbook::{Database, FileOutcome, LoadOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths.push("seed/binance-2026-02-03.txt".to_string());
    }
    let folder = tempfile::tempdir()?;
    let database = Database::open_or_create(folder.path().join("rules.db"))?;
    let mut writer = database.writer()?;
    for path in &paths {
        // One file is one transaction: a bad file stops no other.
        for file in writer.load(path, LoadOptions::default())?.files {
            let name = file.path.display();
            match &file.outcome {
                FileOutcome::Loaded(summary, tx) => {
                    println!("{name}: {} statements in transaction {tx}", summary.statements);
                    for finding in &summary.findings {
                        println!("  {}: {}", finding.code, finding.message);
                    }
                }
                FileOutcome::AlreadyLoaded(source, tx) => {
                    println!("{name}: already loaded as {source} in transaction {tx}");
                }
                other => println!("{name}: not loaded: {:?}", other.error()),
            }
        }
    }
    println!("{} subjects are stored", database.snapshot()?.subjects().len());
    Ok(())
}
