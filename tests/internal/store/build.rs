//! Batches and databases made by hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tierbook::decimal;
use tierbook::finding::{Finding, FindingCode};
use tierbook::rule::{Leverage, Number, PlacedRule, PrintedTier, Rate, Rule};
use tierbook::snapshot::records::curves;
use tierbook::statement::{
    Batch, Claim, CompleteSnapshot, Origin, Precision, Program, Retraction, RetractionKind, Sha256, Source,
    SourceId, Statement, Subject,
};
use tierbook::store::{self, Writer};
use tierbook::text::Span;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

use crate::tests::store::look::wait_until_free;

pub fn timestamp(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// The clock of all tests.
pub fn now() -> Timestamp {
    timestamp("2026-02-07T00:00:00Z")
}

pub fn subject(text: &str) -> Subject {
    Subject::parse(text).unwrap()
}

fn number(text: &str) -> Number {
    Number::read(text).unwrap()
}

/// The table of the design's example; its third floor is misprinted, and rows are at `offset` in their
/// document.
pub fn tiers(offset: usize) -> PlacedRule {
    let rows = [
        ("6 - 10x", Some(6), 10, "0", "10,000", "5.00"),
        ("5x", Some(5), 5, "10,000", "60,000", "10.00"),
        ("4x", None, 4, "50,000", "100000", "12.50"),
        ("1 - 2x", Some(1), 2, "100,000", "99,999,999,999", "3.330"),
    ];
    let printed = rows.iter().enumerate().map(|(index, (leverage, min, max, floor, cap, mmr))| PrintedTier {
        leverage: Some(Leverage { min: *min, max: *max, text: leverage.to_string() }),
        floor: number(floor),
        cap: if index == 2 { Number::with_text("1e5", decimal::parse(cap).unwrap()) } else { number(cap) },
        rate: Rate::from_percent(mmr).unwrap(),
        cells: [0, 2, 4, 6]
            .map(|part| offset + 10 * index + part)
            .map(|start| Span::new(start, start + 2))
            .to_vec(),
    });
    PlacedRule::from(Rule::contract("USDT", printed.collect()).unwrap())
}

pub fn flat(ratio: &str) -> PlacedRule {
    let fraction = tierbook::decimal::parse(ratio).unwrap().normalize();
    let ratio = Rate::from_parts(ratio.to_string(), fraction);
    PlacedRule::from(Rule::flat(ratio, Span::new(3, 7)))
}

pub fn collateral() -> PlacedRule {
    let rows = [("0", "500,000", "90"), ("500,000", "1,000,000", "80.5")];
    let printed = rows.iter().map(|(floor, cap, ratio)| PrintedTier {
        leverage: None,
        floor: number(floor),
        cap: number(cap),
        rate: Rate::from_percent(ratio).unwrap(),
        cells: vec![Span::new(1, 2), Span::new(2, 3), Span::new(3, 5)],
    });
    PlacedRule::from(Rule::collateral("USD", Some(8), printed.collect()).unwrap())
}

pub fn source(text: &str, published_at: Timestamp) -> Source {
    let sha256 = Sha256::of(&[text.as_bytes()]);
    Source {
        id: SourceId::of(&sha256),
        sha256,
        file: "announcement.txt".to_string(),
        title: "Updates to Leverage & Margin Tiers of U本位".to_string(),
        published_at: PublishedTime(published_at),
        precision: Precision::Exact,
        origin: Origin::Text,
    }
}

pub fn change(subject_name: &str, effective_at: &str, rule: PlacedRule) -> Statement {
    Statement {
        subject: subject(subject_name),
        claim: Claim::Change {
            effective_at: ValidTime(timestamp(effective_at)),
            rollout: TimeSpan::minutes(60),
            rule,
        },
        span: Span::new(0, 40),
    }
}

/// A batch with every kind of statement, retraction and finding.
pub fn everything(text: &str) -> Batch {
    let published_at = timestamp("2026-02-03T06:00:46.000001Z");
    let observation = |name: &str, rule| Statement {
        subject: subject(name),
        claim: Claim::Observation { seen_at: ValidTime(published_at), rule },
        span: Span::new(40, 80),
    };
    Batch {
        source: source(text, published_at),
        text: text.to_string(),
        statements: vec![
            change("binance:usdm:ACTUSDT", "2026-02-06T06:30:00Z", tiers(100)),
            observation("binance:usdm:ACTUSDT", Some(tiers(200))),
            observation("binance:pm:LTC", Some(flat("0.95"))),
            observation("binance:pm-pro:STRK", Some(collateral())),
            observation("binance:coinm:BTCUSD_PERP", None),
            Statement {
                subject: subject("binance:usdm:龙虾USDT"),
                claim: Claim::End { effective_at: ValidTime(timestamp("2026-03-01T00:00:00Z")) },
                span: Span::new(80, 90),
            },
        ],
        complete_snapshots: Vec::new(),
        retractions: vec![
            Retraction {
                source: SourceId::parse("0123456789ab").unwrap(),
                ordinal: Some(2),
                kind: RetractionKind::Retract,
                reason: "postponed".to_string(),
            },
            Retraction {
                source: SourceId::parse("ba9876543210").unwrap(),
                ordinal: None,
                kind: RetractionKind::Revise,
                reason: "a newer edition".to_string(),
            },
        ],
        findings: vec![
            Finding {
                code: FindingCode::Overlap,
                message: "tier 3 is printed with floor 50,000 below the cap 60,000".to_string(),
                span: Span::new(120, 129),
                subjects: vec!["ACTUSDT".to_string()],
            },
            Finding::new(FindingCode::UnreadText, Span::new(0, 3), "unread \"quotes\" and \u{1} control"),
        ],
    }
}

/// A small batch that retracts a statement of another.
pub fn correction() -> Batch {
    Batch {
        retractions: vec![Retraction {
            source: small(2).source.id,
            ordinal: Some(1),
            kind: RetractionKind::Retract,
            reason: "postponed".to_string(),
        }],
        ..small(4)
    }
}

/// A small batch that differs with `number`.
pub fn small(number: u64) -> Batch {
    let text = format!("announcement {number}\nsecond line\n");
    Batch {
        source: source(&text, timestamp("2026-02-03T06:00:46Z")),
        statements: vec![change("binance:usdm:ACTUSDT", "2026-02-06T06:30:00Z", tiers(number as usize))],
        complete_snapshots: Vec::new(),
        retractions: Vec::new(),
        findings: Vec::new(),
        text,
    }
}

/// A small batch that lists all contracts.
pub fn snapshot(number: u64) -> Batch {
    let seen_at = ValidTime(timestamp("2026-02-03T06:00:46Z"));
    let (currencies, except) = (None, BTreeSet::new());
    let venue = "binance".to_string();
    let snapshot = CompleteSnapshot { venue, program: Program::Usdm, currencies, except, seen_at };
    Batch { complete_snapshots: vec![snapshot], ..small(number) }
}

/// A small batch that lists the contracts settled in a currency, but for one.
pub fn currency_snapshot(number: u64) -> Batch {
    let mut batch = snapshot(number);
    for snapshot in &mut batch.complete_snapshots {
        snapshot.currencies = Some(["USDT".to_string()].into());
        snapshot.except = ["ODDUSDT".to_string()].into();
    }
    batch
}

/// A folder that goes away with its value, and the path of a database in it.
pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("db");
    (folder, dir)
}

/// A database in format 1 with `count` small transactions.
pub fn database(count: u64) -> (TempDir, PathBuf) {
    let (folder, dir) = place();
    store::create_in_format_1(&dir, now()).unwrap();
    filled(&dir, count);
    (folder, dir)
}

/// As [`database`], in format 2.
pub fn database_in_format_2(count: u64) -> (TempDir, PathBuf) {
    let (folder, dir) = place();
    store::create(&dir, now()).unwrap();
    filled(&dir, count);
    (folder, dir)
}

fn filled(dir: &Path, count: u64) {
    let mut writer = Writer::open(dir, curves).unwrap();
    for number in 1..=count {
        writer.commit(now(), |_| small(number)).unwrap();
    }
    drop(writer);
    wait_until_free(dir);
}

/// When the n-th transaction of a database was recorded whose clock stopped.
pub fn tick(n: i64) -> RecordedTime {
    RecordedTime(now().plus(TimeSpan::from_micros(n - 1)))
}
