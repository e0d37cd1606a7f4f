//! Bounds of the store that are not seen from outside: at each, and one over it.

use std::fs;

use tierbook::database::Database;
use tierbook::limits;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, Claim, Retraction, RetractionKind, Statement};
use tierbook::store::{self, Writer};
use tierbook::text::Span;
use tierbook::time::ValidTime;

use crate::tests::store::build::{database_in_format_2, now, small, source, subject, tiers, timestamp};

/// How many fragments are stored of a document with one observation of so many bytes.
fn fragments(bytes: usize) -> usize {
    let text = format!("[{}]\n", "n".repeat(bytes));
    let seen_at = timestamp("2026-01-01T00:00:00Z");
    let statement = Statement {
        subject: subject("binance:usdm:ACTUSDT"),
        claim: Claim::Observation { seen_at: ValidTime(seen_at), rule: Some(tiers(5)) },
        span: Span::new(1, 1 + bytes),
    };
    let (statements, text_of) = (vec![statement], text.clone());
    let batch = Batch { source: source(&text, seen_at), statements, text: text_of, ..small(1) };
    let (_folder, dir) = database_in_format_2(0);
    Writer::open(&dir, curves).unwrap().commit(now(), |_| batch).unwrap();
    let journal = fs::read(store::journal_file(&dir)).unwrap();
    let content = String::from_utf8(zstd::stream::decode_all(&journal[..]).unwrap()).unwrap();
    content.lines().filter(|line| line.starts_with("{\"fragment\":")).count()
}

#[test]
fn an_observation_is_stored_for_later_ones_from_the_least_bytes_on_and_not_below() {
    assert_eq!(fragments(limits::JOURNAL_FRAGMENT_BYTES), 1);
    assert_eq!(fragments(limits::JOURNAL_FRAGMENT_BYTES - 1), 0);
}

/// Whether a statement counts after so many retractions, each of the one before.
fn counts_after(retractions: u64) -> bool {
    let (_folder, dir) = database_in_format_2(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    for number in 1..=retractions {
        let retraction = Retraction {
            source: small(number).source.id,
            ordinal: None,
            kind: RetractionKind::Retract,
            reason: "it was wrong".to_string(),
        };
        let retractions = vec![retraction];
        writer.commit(now(), |_| Batch { statements: Vec::new(), retractions, ..small(number + 1) }).unwrap();
    }
    drop(writer);
    let rules = Database::open(&dir).unwrap().snapshot().unwrap();
    let rows = rules.query("tiers of ACTUSDT as of 2026-02-08").unwrap();
    rows.iter().any(|row| format!("{row:?}").contains("InForce") || format!("{row:?}").contains("Value"))
}

#[test]
fn a_chain_of_retractions_is_followed_to_the_most_and_what_is_deeper_retracts_nothing() {
    let most = limits::RETRACTION_DEPTH as u64;
    for retractions in 0..=most {
        assert_eq!(counts_after(retractions), retractions % 2 == 0, "{retractions}");
    }
    // The one after them would retract the last that is looked at.
    assert_eq!(counts_after(most + 1), counts_after(most));
}
