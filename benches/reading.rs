//! How fast documents are read, in MB a second on one core, and how reading grows with the document.
//!
//! `cargo bench --bench reading`. Nothing here is a test: what a machine does beside it shows in the figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tierbook::{Document, ReadOptions};

fn read(file: &str, bytes: &[u8]) -> Option<Document> {
    tierbook::read(bytes, &ReadOptions { file: file.to_string(), ..ReadOptions::default() }).ok()
}

/// The shortest of several runs.
fn shortest(mut run: impl FnMut()) -> Duration {
    let deadline = Instant::now() + Duration::from_millis(700);
    let mut shortest = Duration::MAX;
    while Instant::now() < deadline {
        let start = Instant::now();
        run();
        shortest = shortest.min(start.elapsed());
    }
    shortest
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

const RATES: [(u32, &str); 10] = [
    (50, "1.00"),
    (25, "2.00"),
    (20, "2.50"),
    (15, "3.33"),
    (10, "5.00"),
    (5, "10.00"),
    (4, "12.50"),
    (3, "16.67"),
    (2, "25.00"),
    (1, "50.00"),
];

/// A glued announcement of so many contracts, each with a table of its own.
fn announcement(tables: usize) -> String {
    let mut text = String::from("# Tiers\n\nFellow readers,\n\n");
    for table in 0..tables {
        write!(text, "• T{table}USDT (USDⓈ-M Perpetual Contract) at 2026-02-06 06:30 (UTC):\n\n").unwrap();
        text += "Leverage BeforePosition Before (USDT)Maintenance Margin Rate BeforeLeverage AfterPosition After (USDT)Maintenance Margin Rate After";
        let (mut floors, mut below) = ([0, 0], 50);
        for (place, (top, rate)) in RATES.iter().enumerate() {
            let next = RATES.get(place + 1).map_or(0, |next| next.0);
            for (side, floor) in floors.iter_mut().enumerate() {
                let cap = *floor + 5_000 * (place as u64 + 1 + side as u64 + table as u64 % 7);
                let leverage =
                    if next + 1 == *top { format!(" {top}x") } else { format!("{} - {top}x", next + 1) };
                write!(text, "{leverage}{} < Position ≤ {}{rate}%", grouped(*floor), grouped(cap)).unwrap();
                *floor = cap;
            }
            below = below.min(*top);
        }
        text += "\n\n";
    }
    text + "2026-02-03\n"
}

#[allow(clippy::cast_precision_loss, reason = "a rate is printed with one digit")]
fn rate(name: &str, documents: &[(String, Vec<u8>)]) {
    let bytes: usize = documents.iter().map(|(_, bytes)| bytes.len()).sum();
    let statements: usize = documents
        .iter()
        .filter_map(|(file, bytes)| read(file, bytes))
        .map(|draft| draft.statements().len())
        .sum();
    let time = shortest(|| documents.iter().for_each(|(file, bytes)| drop(read(file, bytes))));
    let speed = bytes as f64 / time.as_secs_f64() / 1e6;
    println!("{name:<36} {bytes:>9} bytes {statements:>6} statements {time:>12.1?} {speed:>8.1} MB/s");
}

fn folder(path: &Path, extension: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let files =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == extension));
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect()
}

/// A document of a size.
type Made = fn(usize) -> String;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    rate("the seed", &folder(&root.join("seed"), "txt"));
    rate("announcement of 100 tables, glued", &[("made.txt".to_string(), announcement(100).into_bytes())]);
    let shared = root.join("../shared");
    if shared.is_dir() {
        rate("the shared announcements", &folder(&shared.join("announcements"), "txt"));
        rate("the shared snapshots", &folder(&shared.join("exchange/snapshots"), "json"));
    }
    println!("\ngrowth: the time of four times as much, over the time of once (4 is linear)");
    let hostile: [(&str, Made); 9] = [
        ("tables", |n| announcement(n / 12)),
        ("glued digits", |n| {
            format!(
                "Leverage AfterPosition After (USDT)Maintenance Margin Rate After5x0 < Position ≤ {}",
                "7".repeat(n * 10)
            )
        }),
        ("cells without a rate", |n| {
            format!(
                "Leverage AfterPosition After (USDT)Maintenance Margin Rate After{}",
                "5x0 < Position ≤ 5,000".repeat(n)
            )
        }),
        ("headers", |n| "Leverage AfterPosition AfterMaintenance Margin Rate After".repeat(n)),
        ("names", |n| format!("• {} (USDⓈ-M Perpetual Contract):\n", "AUSDT, ".repeat(n * 5))),
        ("lines", |n| "at 2026-02-06 06:30 (UTC)\n".repeat(n * 5)),
        ("pipes", |n| format!("| a |\n|---|\n{}", "|||||||\n".repeat(n * 5))),
        ("tags", |n| format!("<table>{}", "<td><table><tr>".repeat(n * 5))),
        ("brackets", |n| format!("[{}", "{\"symbol\":\"A\",\"brackets\":[".repeat(n * 5))),
    ];
    for (name, make) in hostile {
        let (one, four) = (make(300).into_bytes(), make(1200).into_bytes());
        let time = |bytes: &[u8]| shortest(|| drop(read("hostile-20260203T000000Z.txt", bytes)));
        let (once, much) = (time(&one), time(&four));
        let growth = much.as_secs_f64() / once.as_secs_f64();
        println!(
            "{name:<22} {:>8} bytes {once:>10.1?}, {:>8} bytes {much:>10.1?}: {growth:.1}",
            one.len(),
            four.len()
        );
    }
}
