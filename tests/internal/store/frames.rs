//! Format 2 of the journal: what comes back, what comes again is not stored again, and damage.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, Claim, Sha256, Statement, TxId};
use tierbook::store::{self, Reader, Writer};
use tierbook::text::Span;
use tierbook::time::{PublishedTime, TimeSpan, ValidTime};

use crate::tests::store::build::{
    currency_snapshot, database, database_in_format_2, everything, now, place, small, source, subject, tiers,
    timestamp,
};
use crate::tests::store::look::{Contents, contents, read, wait_until_free};

/// A snapshot of so many contracts, in the order of `order`; the table of a contract changes when its number
/// and the day agree.
pub fn snapshot(day: usize, order: &[usize]) -> Batch {
    let at = timestamp("2026-01-01T00:00:00Z").plus(TimeSpan::minutes(1440 * day as u32));
    let mut text = "{\n".to_string();
    let mut statements = Vec::new();
    for (place, number) in order.iter().enumerate() {
        let start = text.len();
        let version = (day + number) / 7;
        text += &format!(
            "  \"COIN{number}\": [{}]",
            format!("{{ \"version\": {version}, \"龙\": 5 }},").repeat(8)
        );
        let rule = Some(tiers(start + 5));
        statements.push(Statement {
            subject: subject(&format!("binance:usdm:COIN{number}USDT")),
            claim: Claim::Observation { seen_at: ValidTime(at), rule },
            span: Span::new(start, text.len()),
        });
        text += if place + 1 == order.len() { "\n}\n" } else { ",\n" };
    }
    Batch {
        source: source(&text, at),
        statements,
        complete_snapshots: currency_snapshot(0).complete_snapshots,
        retractions: Vec::new(),
        findings: Vec::new(),
        text,
    }
}

/// Batches of every kind, among them snapshots that share most of their contracts.
fn batches() -> Vec<Batch> {
    let mut batches = vec![everything("every \"kind\"\n龙虾"), small(2)];
    let order: Vec<usize> = (0..40).collect();
    for day in 0..50 {
        let mut order = order.clone();
        order.rotate_left(day % 3);
        order.truncate(40 - day % 5);
        batches.push(snapshot(day, &order));
        if day % 10 == 0 {
            batches.push(small(100 + day as u64));
        }
    }
    batches
}

fn filled(dir: &Path, batches: &[Batch]) {
    let mut writer = Writer::open(dir, curves).unwrap();
    for batch in batches {
        writer.commit(now(), |_| batch.clone()).unwrap();
    }
}

/// As read, but for the hashes, which differ between the formats.
fn without_hashes(mut contents: Contents) -> Contents {
    contents.head.hash = Sha256([0; 32]);
    contents.transactions.iter_mut().for_each(|(hash, _)| *hash = Sha256([0; 32]));
    contents
}

#[test]
fn both_formats_give_back_the_same() {
    let (_first, old) = database(0);
    let (_second, new) = database_in_format_2(0);
    let batches = batches();
    filled(&old, &batches);
    filled(&new, &batches);
    let stored = read(&new);
    assert_eq!(without_hashes(stored.clone()), without_hashes(read(&old)));
    let texts: Vec<&String> = stored.transactions.iter().map(|(_, text)| text).collect();
    assert_eq!(texts, batches.iter().map(|batch| &batch.text).collect::<Vec<_>>());
    wait_until_free(&new);
    assert_eq!(contents(&Reader::open_by_journal(&new).unwrap()).unwrap(), stored);
    wait_until_free(&new);
    let reader = Reader::open(&new).unwrap();
    for (place, batch) in batches.iter().enumerate() {
        let tx = TxId(place as u64 + 1);
        assert_eq!(reader.batch(tx).unwrap(), *batch, "{tx} alone");
    }
    drop(reader);
    wait_until_free(&new);
    assert_eq!(store::verify(&new, None, curves).unwrap().problems, [] as [String; 0]);
}

#[test]
fn what_a_journal_has_does_not_depend_on_how_often_it_was_opened() {
    let batches = batches();
    let (_first, once) = database_in_format_2(0);
    filled(&once, &batches);
    let (_second, often) = database_in_format_2(0);
    for batch in &batches {
        wait_until_free(&often);
        filled(&often, std::slice::from_ref(batch));
    }
    let journal = |dir: &Path| fs::read(store::journal_file(dir)).unwrap();
    assert_eq!(journal(&once), journal(&often));
}

#[test]
fn a_snapshot_that_comes_again_takes_little_room() {
    let (_folder, dir) = database_in_format_2(0);
    let order: Vec<usize> = (0..200).collect();
    let mut writer = Writer::open(&dir, curves).unwrap();
    let size = || fs::metadata(store::journal_file(&dir)).unwrap().len();
    let mut sizes = Vec::new();
    for day in [0, 0, 1, 1, 2] {
        let before = size();
        let batch = snapshot(day, &order);
        writer.commit(now(), |_| batch).unwrap();
        sizes.push(size() - before);
    }
    assert!(sizes[1] < 700 && sizes[3] < 1000, "{sizes:?}");
    assert!(sizes[2] < sizes[0], "{sizes:?}");
}

#[test]
fn a_flipped_byte_anywhere_is_refused_and_its_transaction_is_named() {
    let (_folder, dir) = database_in_format_2(0);
    let order: Vec<usize> = (0..12).collect();
    filled(&dir, &[snapshot(0, &order), snapshot(1, &order), small(3)]);
    let stored = read(&dir);
    let whole = fs::read(dir.join("journal.zst")).unwrap();
    let mut ends = Vec::new();
    let mut at = 0;
    while at < whole.len() {
        at += 12 + u32::from_le_bytes(whole[at + 8..at + 12].try_into().unwrap()) as usize;
        ends.push(at);
    }
    assert_eq!(ends.len(), 4);
    let backup = dir.with_file_name("backup");
    fs::create_dir(&backup).unwrap();
    for has_head in [true, false] {
        match has_head {
            true => drop(fs::copy(dir.join("head"), backup.join("head")).unwrap()),
            false => fs::remove_file(backup.join("head")).unwrap(),
        }
        // Every byte of the lengths and headers of frames, and some of each part of what is compressed.
        let is_near = |at: usize| ends.iter().any(|end| at + 8 >= *end && at <= *end + 24);
        for at in (0..whole.len()).filter(|at| *at < 24 || at % 11 == 0 || is_near(*at)) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(backup.join("journal.zst"), flipped).unwrap();
            let tx = ends.iter().position(|end| at < *end).unwrap();
            match Reader::open_by_journal(&backup) {
                // A bit of the header of a frame that zstd does not use.
                Ok(reader) => assert_eq!(contents(&reader).unwrap(), stored, "{at}"),
                Err(error) => {
                    assert!(error.message().starts_with(&format!("transaction {tx} ")), "{at}: {error:?}");
                }
            }
        }
    }
}

#[test]
fn a_journal_cut_anywhere_is_whole_up_to_there_without_its_head_and_refused_with_it() {
    let (_folder, dir) = database_in_format_2(3);
    let whole = fs::read(dir.join("journal.zst")).unwrap();
    let head = fs::read(dir.join("head")).unwrap();
    let copy = dir.with_file_name("copy");
    fs::create_dir(&copy).unwrap();
    let mut last = 0;
    for length in (0..whole.len()).rev() {
        fs::write(copy.join("journal.zst"), &whole[..length]).unwrap();
        let _ = fs::remove_file(copy.join("head"));
        match Reader::open_by_journal(&copy) {
            Ok(reader) => last = reader.head().tx.0,
            Err(error) => {
                assert_eq!((error.code().as_str(), last), ("damaged_journal", 0), "{length}: {error:?}");
            }
        }
        fs::write(copy.join("head"), &head).unwrap();
        let error = Reader::open_by_journal(&copy).map(drop).unwrap_err();
        assert!(["damaged_journal", "short_journal"].contains(&error.code().as_str()), "{length}: {error:?}");
    }
}

#[test]
fn what_was_appended_and_not_acknowledged_is_whole_or_absent() {
    let (_folder, dir) = database_in_format_2(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    (2..=3).for_each(|number| assert_eq!(writer.append(now(), |_| small(number)).unwrap().tx, TxId(number)));
    assert_eq!(Reader::open(&dir).unwrap().head().tx, TxId(1));
    drop(writer);
    wait_until_free(&dir);
    let whole = fs::read(dir.join("journal.zst")).unwrap();
    fs::write(dir.join("journal.zst"), &whole[..whole.len() - 1]).unwrap();
    assert_eq!(read(&dir).head.tx, TxId(1));
    wait_until_free(&dir);
    let mut writer = Writer::open(&dir, curves).unwrap();
    assert_eq!((writer.head().tx, writer.notices().len()), (TxId(2), 2), "{:?}", writer.notices());
    assert_eq!(writer.commit(now(), |_| small(4)).unwrap().tx, TxId(3));
    drop(writer);
    wait_until_free(&dir);
    assert_eq!(store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0]);
}

#[test]
fn a_kind_of_transaction_that_is_not_known_is_refused_by_its_name() {
    for (from, to) in [("\"kind\":\"document\"", "\"kind\":\"novelty1\""), ("{\"finding\":", "{\"novelty\":")]
    {
        let (_folder, dir) = place();
        store::create(&dir, now()).unwrap();
        Writer::open(&dir, curves).unwrap().commit(now(), |_| everything("text")).unwrap();
        wait_until_free(&dir);
        for file in ["head", "index/db"] {
            fs::remove_file(dir.join(file)).unwrap();
        }
        let bytes = fs::read(dir.join("journal.zst")).unwrap();
        let first = 12 + u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
        let text = String::from_utf8(zstd::decode_all(&bytes[first..]).unwrap()).unwrap();
        assert!(text.contains(from));
        let mut encoder = zstd::bulk::Compressor::new(3).unwrap();
        let frame = encoder.compress(text.replace(from, to).as_bytes()).unwrap();
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        let forged = [&bytes[..first], &bytes[..8], &length, &frame].concat();
        fs::write(dir.join("journal.zst"), forged).unwrap();
        let error = Reader::open_by_journal(&dir).map(drop).unwrap_err();
        assert_eq!(error.code().as_str(), "unknown_format");
        assert!(error.message().contains("novelty"), "{error:?}");
    }
}

#[test]
fn a_document_that_is_not_its_text_keeps_both_hashes() {
    let (_folder, dir) = database_in_format_2(0);
    let batch = Batch { text: "replaced \u{fffd}".to_string(), ..small(1) };
    filled(&dir, std::slice::from_ref(&batch));
    wait_until_free(&dir);
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.batch(TxId(1)).unwrap(), batch);
    assert_eq!(batch.source.published_at, PublishedTime(timestamp("2026-02-03T06:00:46Z")));
}

/// Observations at any places of a text, in any order, overlapping or not, and beyond its end.
fn anywhere() -> impl Strategy<Value = Vec<(usize, usize, usize, bool)>> {
    prop::collection::vec((0..700usize, 0..200usize, 0..4usize, any::<bool>()), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn statements_at_any_place_of_a_document_come_back(documents in prop::collection::vec(anywhere(), 1..5)) {
        let (_folder, dir) = database_in_format_2(0);
        let text: String = (0..60).map(|number| format!("{number} 龙虾 of {} ", number % 7)).collect();
        let batches: Vec<Batch> = documents.iter().map(|places| {
            let mut batch = Batch { text: text.clone(), ..small(1) };
            batch.source = source(&text, timestamp("2026-01-01T00:00:00Z"));
            batch.statements = places.iter().map(|(start, length, number, has_rule)| Statement {
                subject: subject(&format!("binance:usdm:COIN{number}USDT")),
                claim: Claim::Observation {
                    seen_at: ValidTime(timestamp("2026-01-01T00:00:00Z").plus(TimeSpan::minutes(*number as u32 / 2))),
                    rule: has_rule.then(|| tiers(start / 2)),
                },
                span: Span::new(*start, start + length),
            }).collect();
            batch
        }).collect();
        filled(&dir, &batches);
        let reader = Reader::open_by_journal(&dir).unwrap();
        for (place, batch) in batches.iter().enumerate() {
            prop_assert_eq!(&reader.batch(TxId(place as u64 + 1)).unwrap(), batch);
        }
        wait_until_free(&dir);
        prop_assert_eq!(store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0]);
    }
}
