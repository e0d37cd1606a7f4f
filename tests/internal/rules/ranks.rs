//! The tables of ranks of collateral, over sources.

use tierbook::rule::{PlacedRule, Rule};
use tierbook::rulebook::contradictions::Contradiction;
use tierbook::rulebook::{Records, Rulebook};
use tierbook::statement::*;
use tierbook::text::Span;
use tierbook::time::{PublishedTime, TimeSpan, ValidTime};

use super::invariants::{recorded_time, timestamp};
use super::printed::row;

/// A source, by its place, with an asset, its program, its rank and the cap of its table.
type Stated = (usize, &'static str, Program, u32, &'static str);

fn table(rank: u32, cap: &str) -> PlacedRule {
    PlacedRule::from(Rule::collateral("USD", Some(rank), vec![row("0", cap, "80", None)]).unwrap())
}

/// The assets whose statements differ from the one before, with that one.
fn changes(all: &[Stated]) -> Vec<(String, String)> {
    let of = |(place, (source, asset, program, rank, cap)): (usize, &Stated)| Recorded {
        id: StatementId {
            source: SourceId::of(&Sha256::of(&[&source.to_be_bytes()])),
            ordinal: place as u32 + 1,
        },
        statement: Statement {
            subject: Subject::new("binance", *program, asset).unwrap(),
            claim: Claim::Change {
                effective_at: ValidTime(timestamp(3)),
                rollout: TimeSpan::ZERO,
                rule: table(*rank, cap),
            },
            span: Span::new(0, 1),
        },
        published_at: PublishedTime(timestamp(*source as i64)),
        recorded_at: recorded_time(*source as i64),
        tx: TxId(*source as u64),
    };
    let statements = all.iter().enumerate().map(|it| vec![of(it)]).collect();
    let book = Rulebook::new(Records { statements, ..Records::default() });
    let name = |recorded: &Recorded| recorded.statement.subject.name().to_string();
    let found = book.rank_changes();
    assert!(found.iter().all(|it| matches!(it.how, Contradiction::RankDiffers(_))));
    found.iter().map(|it| (name(it.by), name(it.against))).collect()
}

#[test]
fn a_rank_has_one_table_over_all_sources() {
    use Program::{Cross, PmPro};
    let pair = |by: &str, against: &str| vec![(by.to_string(), against.to_string())];
    let first = (1, "FET", PmPro, 8, "200");
    assert_eq!(changes(&[first, (2, "ORDI", PmPro, 8, "200")]), [], "the same table");
    assert_eq!(changes(&[first, (2, "ORDI", PmPro, 8, "300")]), pair("ORDI", "FET"));
    assert_eq!(changes(&[first, (1, "ORDI", PmPro, 8, "300")]), [], "of one source");
    assert_eq!(changes(&[first, (2, "ORDI", PmPro, 9, "300")]), [], "another rank");
    assert_eq!(changes(&[first, (2, "ORDI", Cross, 8, "300")]), [], "a class of loans is no rank");
    let third = (3, "TIA", PmPro, 8, "300");
    assert_eq!(
        changes(&[first, (2, "ORDI", PmPro, 8, "300"), third]),
        pair("ORDI", "FET"),
        "it is the last that counts"
    );
}
