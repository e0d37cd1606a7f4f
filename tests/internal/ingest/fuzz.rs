//! Documents of every form, broken at random for as long as wanted: reading never panics and never takes
//! long.
//!
//! `TIERBOOK_FUZZ_SECONDS=600 cargo test --test fuzz -- --ignored --nocapture`

use std::time::{Duration, Instant};

use tierbook::ingest::{self, Input};

/// A small generator of its own, so that a seed printed here makes the same documents again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Pieces that mean something to one reader or another.
const PIECES: [&str; 30] = [
    "≤",
    "<",
    "NA",
    "---",
    "x",
    "0 < Position ≤ 5,000",
    "1.00%",
    "\n",
    "\t",
    "|",
    "|---|",
    "<table>",
    "<td rowspan=9>",
    "</tr>",
    "&lt;",
    "<!--",
    "{",
    "}",
    "[",
    "\"brackets\":[",
    "9.223372036854776E18",
    "1e-400",
    "\"notionalCoef\":2",
    "[source]\n",
    "[[change]]\n",
    "subject = \"",
    "2026-02-06 06:30 (UTC)",
    "• ",
    "\u{feff}",
    "Leverage AfterPosition AfterMaintenance Margin Rate After",
];

fn broken(document: &[u8], dice: &mut Dice) -> Vec<u8> {
    let start = dice.roll(document.len());
    let mut bytes = document[start..(start + 1 + dice.roll(20_000)).min(document.len())].to_vec();
    if dice.roll(2) == 0 {
        bytes = document[..document.len().min(30_000)].to_vec();
    }
    for _ in 0..=dice.roll(8) {
        let at = dice.roll(bytes.len());
        match dice.roll(5) {
            0 => bytes.truncate(at),
            1 => {
                let piece = PIECES[dice.roll(PIECES.len())].repeat(1 + dice.roll(3) * dice.roll(200));
                bytes.splice(at..at, piece.bytes());
            }
            2 if !bytes.is_empty() => bytes[at] = dice.roll(256) as u8,
            3 => drop(bytes.drain(at..(at + dice.roll(300)).min(bytes.len()))),
            _ => {
                let copy = bytes[at..(at + dice.roll(2_000)).min(bytes.len())].to_vec();
                let to = dice.roll(bytes.len());
                bytes.splice(to..to, copy);
            }
        }
    }
    bytes
}

#[test]
#[ignore = "runs as long as TIERBOOK_FUZZ_SECONDS says"]
fn no_broken_document_makes_a_reader_panic_or_take_long() {
    let seconds =
        std::env::var("TIERBOOK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let mut documents: Vec<Vec<u8>> = vec![
        include_bytes!("../../../seed/binance-2026-02-03.txt").to_vec(),
        br#"[{"symbol":"AUSDT","brackets":[{"bracket":1,"initialLeverage":20,"notionalCap":5000,"notionalFloor":0,"maintMarginRatio":0.02,"cum":0}]}]"#.to_vec(),
        b"[source]\ntitle = \"t\"\npublished_at = \"2026-02-03\"\n\n[[change]]\nsubject = \"AUSDT\"\neffective_at = \"2026-02-06\"\ntiers = [{ leverage = \"1x\", cap = \"5,000\", mmr = \"50%\" }]\n".to_vec(),
        b"<html><table><tr><td>Asset</td><td>Collateral Ratio (Before)</td><td>Collateral Ratio (After)</td></tr><tr><td rowspan=2>A<td>10%<td>20%</table>".to_vec(),
    ];
    if let Some(shared) = crate::tests::common::shared() {
        documents.extend(crate::tests::common::announcements(&shared).into_iter().map(|(_, bytes)| bytes));
        let mut snapshots = std::fs::read_dir(shared.join("exchange/snapshots")).unwrap();
        documents.push(std::fs::read(snapshots.next().unwrap().unwrap().path()).unwrap());
    }
    let seed = Instant::now().elapsed().as_nanos() as u64 | 0x9e37_79b9_7f4a_7c15;
    let mut dice = Dice(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut count, mut bytes_read, mut read_whole, mut slowest) = (0u64, 0, 0u64, Duration::ZERO);
    while Instant::now() < end {
        let document = broken(&documents[dice.roll(documents.len())], &mut dice);
        let input =
            Input { file: "f-20260203T060046Z.any", bytes: &document, published_at: None, complete: None };
        let start = Instant::now();
        let read = ingest::read(&input);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{} bytes took {took:?}", document.len());
        slowest = slowest.max(took);
        count += 1;
        bytes_read += document.len();
        read_whole += u64::from(read.is_ok_and(|draft| !draft.has_unread()));
    }
    eprintln!(
        "{count} documents, {bytes_read} bytes, {read_whole} read whole, slowest {slowest:?}, seed {seed}"
    );
    assert!(count > 0);
}
