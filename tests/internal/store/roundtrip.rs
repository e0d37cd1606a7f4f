//! What is recorded comes back; who may read and write at once; when things are recorded.

use std::time::{Duration, Instant as Clock};

use tierbook::finding::Finding;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Sha256, StatementId, TxId};
use tierbook::store::{self, Reader, Writer};
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan};

use crate::tests::store::build::{
    change, database, everything, now, place, small, subject, tick, tiers, timestamp,
};
use crate::tests::store::look::{contents, open_index, read, read_by_journal, wait_until_free};

#[test]
fn what_is_recorded_comes_back_equal_on_both_ways_of_reading() {
    let (_folder, dir) = place();
    store::create(&dir, now()).unwrap();
    let batch = everything("the text\nof the \"document\" · 龙虾\n");
    let head = Writer::open(&dir, curves).unwrap().commit(now(), |_| batch.clone()).unwrap();
    let stored = read(&dir);
    assert_eq!(read_by_journal(&dir), stored);
    assert_eq!((stored.head, stored.head.tx, stored.head.recorded_at), (head, TxId(1), Some(tick(1))));
    assert_eq!(stored.subjects.len(), 5);
    let mut recorded: Vec<_> = stored.statements.into_iter().flatten().collect();
    recorded.sort_by_key(|recorded| recorded.id.ordinal);
    for (index, (recorded, statement)) in recorded.iter().zip(&batch.statements).enumerate() {
        let id = StatementId { source: batch.source.id, ordinal: index as u32 + 1 };
        assert_eq!((&recorded.id, &recorded.statement), (&id, statement));
        assert_eq!((recorded.published_at, recorded.recorded_at), (batch.source.published_at, tick(1)));
        assert_eq!(recorded.tx, TxId(1));
    }
    assert_eq!(recorded.len(), batch.statements.len());
    let retractions: Vec<_> = stored.retractions.iter().map(|recorded| recorded.retraction.clone()).collect();
    assert_eq!(retractions, batch.retractions);
    assert!(stored.retractions.iter().all(|recorded| recorded.by == batch.source.id));
    assert_eq!(stored.sources[0].source, batch.source);
    assert_eq!(stored.findings, [recorded_in(1, &batch.findings)]);
    assert_eq!(stored.transactions, [(head.hash, batch.text)]);
}

/// Findings with the transaction that recorded them.
fn recorded_in(tx: u64, findings: &[Finding]) -> Vec<(TxId, Finding)> {
    findings.iter().map(|finding| (TxId(tx), finding.clone())).collect()
}

#[test]
fn printed_digits_keep_their_scale() {
    let (_folder, dir) = database(1);
    for stored in [read(&dir), read_by_journal(&dir)] {
        let rule = stored.statements[0][0].statement.claim.rule().unwrap();
        let row = &rule.printed()[3];
        assert_eq!((row.rate.text(), row.rate.fraction().to_string()), ("3.330", "0.0333".to_string()));
        assert_eq!(rule.printed()[2].cap.text(), "1e5");
    }
}

#[test]
fn one_document_may_be_recorded_twice_with_another_publication() {
    let (_folder, dir) = database(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    let mut again = small(1);
    again.source.published_at = PublishedTime(timestamp("2026-02-01T00:00:00Z"));
    again.findings = everything("x").findings;
    writer.commit(now(), |_| again.clone()).unwrap();
    let stored = writer.sources_with(&again.source.sha256).unwrap();
    assert_eq!(stored.iter().map(|recorded| recorded.tx.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(stored[1].source, again.source);
    assert_eq!(writer.sources_with(&Sha256::of(&[b"never loaded"])).unwrap(), []);
    drop(writer);
    let stored = read(&dir);
    assert_eq!(stored, read_by_journal(&dir));
    assert_eq!(stored.statements[0].len(), 2);
    let found = [recorded_in(1, &small(1).findings), recorded_in(2, &again.findings)].concat();
    assert_eq!(stored.findings, [found.clone(), found]);
}

#[test]
fn documents_that_print_one_table_share_its_record() {
    let (_folder, dir) = database(5);
    let index = open_index(&dir);
    assert_eq!(index.scan_prefix("r").count(), 1);
    assert_eq!(index.scan_prefix("t").count(), 5);
}

#[test]
fn recorded_at_rises_even_when_the_clock_stops_or_goes_back() {
    let (_folder, dir) = database(0);
    let mut writer = Writer::open(&dir, curves).unwrap();
    assert_eq!(writer.head().recorded_at, None);
    let mut times = Vec::new();
    for clock in [now(), now(), now().minus(TimeSpan::minutes(10)), now().plus(TimeSpan::minutes(1))] {
        let number = times.len() as u64;
        let mut time = None;
        let head = writer.commit(clock, |recorded_at| {
            time = Some(recorded_at);
            small(number)
        });
        assert_eq!(head.unwrap().recorded_at, time);
        times.push(time.unwrap());
    }
    assert_eq!(times, [tick(1), tick(2), tick(3), RecordedTime(now().plus(TimeSpan::minutes(1)))]);
    drop(writer);
    let head = Writer::open(&dir, curves).unwrap().commit(now(), |_| small(9)).unwrap();
    assert_eq!(
        head.recorded_at,
        Some(RecordedTime(now().plus(TimeSpan::minutes(1)).plus(TimeSpan::from_micros(1))))
    );
}

#[test]
fn a_missing_database_is_a_mistake_and_is_not_made() {
    let (_folder, dir) = place();
    for error in [
        Reader::open(&dir).map(drop).unwrap_err(),
        Writer::open(&dir, curves).map(drop).unwrap_err(),
        store::verify(&dir, None, curves).unwrap_err(),
    ] {
        assert_eq!((error.code().as_str(), error.kind().exit_code()), ("no_database", 4));
        assert!(error.hints()[0].contains("init"), "{error:?}");
    }
    assert!(!dir.exists());
}

#[test]
fn an_empty_database_is_made_once_and_answers_with_nothing() {
    let (_folder, dir) = database(0);
    let error = store::create(&dir, now()).unwrap_err();
    assert_eq!(error.code().as_str(), "database_exists");
    let stored = read(&dir);
    assert_eq!((stored.head.tx, stored.head.recorded_at, stored.subjects.len()), (TxId(0), None, 0));
    assert_eq!(stored, read_by_journal(&dir));
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.notices(), &[] as &[String]);
    let error = reader.transaction(TxId(1)).unwrap_err();
    assert_eq!((error.code().as_str(), error.kind().exit_code()), ("unknown_transaction", 2));
    assert_eq!(reader.statements(&subject("binance:usdm:NONE")).unwrap(), []);
}

#[test]
fn a_database_is_not_made_over_an_index_whose_journal_is_gone() {
    let (_folder, dir) = database(1);
    std::fs::remove_file(dir.join("journal.jsonl")).unwrap();
    assert_eq!(store::create(&dir, now()).unwrap_err().code().as_str(), "journal_missing");
    assert_eq!(Reader::open(&dir).map(drop).unwrap_err().code().as_str(), "journal_missing");
}

#[test]
fn a_second_writer_waits_and_then_names_the_holder() {
    let (_folder, dir) = database(1);
    let first = Writer::open(&dir, curves).unwrap();
    let start = Clock::now();
    let error = Writer::open_within(&dir, Duration::from_millis(200), curves).map(drop).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert_eq!(error.code().as_str(), "locked");
    assert!(error.message().contains(&format!("process {}", std::process::id())), "{}", error.message());
    let waiting = std::thread::spawn({
        let dir = dir.clone();
        move || Writer::open_within(&dir, Duration::from_secs(5), curves).map(|writer| writer.head())
    });
    std::thread::sleep(Duration::from_millis(50));
    let head = first.head();
    drop(first);
    assert_eq!(waiting.join().unwrap().unwrap(), head);
}

#[test]
fn a_reader_never_waits_and_nobody_waits_for_it() {
    let (_folder, dir) = database(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    let reader = Reader::open(&dir).unwrap();
    writer.commit(now(), |_| small(2)).unwrap();
    assert_eq!((reader.head().tx, Reader::open(&dir).unwrap().head().tx), (TxId(1), TxId(2)));
    drop(writer);
    assert!(Writer::open_within(&dir, Duration::ZERO, curves).is_ok());
    assert_eq!(contents(&reader).unwrap().transactions.len(), 1);
}

#[test]
fn readers_beside_a_writer_and_one_another_see_what_was_acknowledged() {
    let (_folder, dir) = database(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    for number in 2..5 {
        let before = Reader::open(&dir).unwrap();
        let head = writer.commit(now(), |_| small(number)).unwrap();
        assert_eq!(Reader::open(&dir).unwrap().head(), head);
        assert_eq!(before.head().tx.0 + 1, head.tx.0);
        assert_eq!(contents(&before).unwrap().sources.len() as u64, before.head().tx.0);
    }
    let beside = contents(&Reader::open(&dir).unwrap()).unwrap();
    drop(writer);
    wait_until_free(&dir);
    let first = Reader::open(&dir).unwrap();
    let second = Reader::open(&dir).unwrap();
    assert_eq!(contents(&first).unwrap(), beside);
    assert_eq!(contents(&second).unwrap(), beside);
}

#[test]
fn a_transaction_too_large_for_the_store_is_refused_and_leaves_nothing() {
    let (_folder, dir) = database(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    let head = writer.head();
    let size = std::fs::metadata(dir.join("journal.jsonl")).unwrap().len();
    let mut batch = small(2);
    batch.source.title = "x".repeat(tierbook::limits::RECORD_BYTES);
    assert_eq!(writer.commit(now(), |_| batch).unwrap_err().code().as_str(), "too_large");
    assert_eq!(writer.head(), head);
    assert_eq!(std::fs::metadata(dir.join("journal.jsonl")).unwrap().len(), size);
    assert_eq!(writer.commit(now(), |_| small(2)).unwrap().tx, TxId(2));
}

#[test]
fn a_subject_that_begins_like_another_is_not_mixed_up_with_it() {
    let (_folder, dir) = database(0);
    let mut writer = Writer::open(&dir, curves).unwrap();
    let mut batch = small(1);
    for name in ["binance:usdm:ACT", "binance:usdm:ACTUSDTX"] {
        batch.statements.push(change(name, "2026-02-06T06:30:00Z", tiers(0)));
    }
    writer.commit(now(), |_| batch).unwrap();
    drop(writer);
    let stored = read(&dir);
    assert_eq!(stored.statements.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
}
