//! Reads an announcement without a database: `cargo run --example read -- FILE`.

use tierbook::{ReadOptions, read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "seed/binance-2026-02-03.txt".to_string());
    let document = read(&std::fs::read(&path)?, &ReadOptions::default())?;
    println!("{}", document.title());
    for statement in document.statements() {
        let text = statement.span.of(document.text());
        println!("{}: {} characters of text", statement.subject, text.chars().count());
    }
    for finding in document.findings() {
        println!("{} at byte {}: {}", finding.code, finding.span.start, finding.message);
    }
    Ok(())
}
