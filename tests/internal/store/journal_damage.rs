//! Damage to the journal: what is cut, what is refused, and which transaction is named.

use std::fs;
use std::time::Duration;

use tierbook::snapshot::records::curves;
use tierbook::statement::{Sha256, TxId};
use tierbook::store::{self, Reader, Writer};

use crate::tests::store::build::{database, everything, now, small};
use crate::tests::store::look::{
    journal, line_ends, put_journal, read, refused, reopened, verified, wait_until_free,
};

#[test]
fn a_torn_last_line_is_ignored_by_readers_and_cut_and_reported_by_a_writer() {
    let (_folder, dir) = database(3);
    let (whole, stored) = (journal(&dir), read(&dir));
    let ends = line_ends(&whole);
    let last_line = &whole[ends[2]..];
    for torn in [1, 9, 80, 200, last_line.len() - 1] {
        let tail = &last_line[..torn];
        put_journal(&dir, &[&whole, tail].concat());
        assert_eq!(read(&dir), stored, "{torn}");
        assert_eq!(journal(&dir).len(), whole.len() + torn, "a reader changes nothing");
        let writer = Writer::open(&dir, curves).unwrap();
        let notice = format!("the end of the journal, {torn} byte");
        assert!(writer.notices()[0].starts_with(&notice), "{:?}", writer.notices());
        assert_eq!(journal(&dir), whole);
    }
    wait_until_free(&dir);
    assert_eq!(Writer::open(&dir, curves).unwrap().commit(now(), |_| small(4)).unwrap().tx, TxId(4));
}

#[test]
fn an_acknowledged_line_that_lost_its_line_end_is_damage_and_is_not_cut() {
    let (_folder, dir) = database(2);
    fs::remove_dir_all(dir.join("index")).unwrap();
    let mut spoilt = journal(&dir);
    *spoilt.last_mut().unwrap() = b'\x0b';
    put_journal(&dir, &spoilt);
    let error = refused(&dir);
    assert_eq!(error.code().as_str(), "damaged_journal");
    assert!(error.message().starts_with("transaction 2 "), "{}", error.message());
    assert_eq!(journal(&dir), spoilt);
}

#[test]
fn a_flipped_byte_anywhere_in_the_journal_is_refused_and_its_transaction_is_named() {
    let (_folder, dir) = database(3);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    let backup = dir.with_file_name("backup");
    fs::create_dir(&backup).unwrap();
    // A step that is no multiple of anything in a line meets every part of it sooner or later.
    let positions = (0..whole.len()).step_by(37).chain((0..100).chain(ends.iter().map(|end| end - 1)));
    for at in positions {
        for bit in [0x01, 0x20] {
            let mut flipped = whole.clone();
            flipped[at] ^= bit;
            put_journal(&backup, &flipped);
            let tx = ends.iter().position(|end| at < *end).unwrap();
            let found = store::verify(&backup, None, curves).unwrap();
            let name = format!("transaction {tx} ");
            assert!(found.problems.iter().any(|problem| problem.starts_with(&name)), "{at}: {found:?}");
            assert_eq!(found.transactions, (tx as u64).saturating_sub(1), "{at}");
            let error = Reader::open(&backup).map(drop).unwrap_err();
            assert!(error.message().starts_with(&name), "{at}: {}", error.message());
        }
    }
}

#[test]
fn a_journal_with_a_flipped_byte_is_refused_beside_a_whole_index() {
    let (_folder, dir) = database(3);
    let whole = journal(&dir);
    let at = line_ends(&whole)[1] + 200;
    let mut flipped = whole.clone();
    flipped[at] ^= 1;
    put_journal(&dir, &flipped);
    assert_eq!(refused(&dir).code().as_str(), "damaged_journal");
    let found = verified(&dir);
    assert!(found.problems[0].starts_with("transaction 2 "), "{found:?}");
    put_journal(&dir, &whole);
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
}

#[test]
fn a_journal_that_lost_whole_lines_is_refused_and_the_first_missing_transaction_is_named() {
    let (_folder, dir) = database(4);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    for left in 0..4 {
        put_journal(&dir, &whole[..ends[left]]);
        let error = refused(&dir);
        assert_eq!(error.code().as_str(), "short_journal");
        assert!(error.message().starts_with(&format!("transaction {} is missing", left + 1)), "{error:?}");
        assert!(verified(&dir).problems[0].starts_with(&format!("transaction {} is missing", left + 1)));
    }
    put_journal(&dir, b"");
    assert_eq!(refused(&dir).code().as_str(), "damaged_journal");
    assert_eq!(verified(&dir).problems[0], "the journal has no first line");
    put_journal(&dir, &whole);
    assert_eq!(read(&dir).head.tx, TxId(4));
}

#[test]
fn the_journal_of_another_database_is_refused_beside_this_index() {
    let (_folder, dir) = database(2);
    let (_other_folder, other) = database(0);
    let mut writer = Writer::open(&other, curves).unwrap();
    for number in [7, 8, 9] {
        writer.commit(now(), |_| small(number)).unwrap();
    }
    put_journal(&dir, &journal(&other));
    let error = refused(&dir);
    assert_eq!(error.code().as_str(), "foreign_journal");
    assert!(error.message().starts_with("transaction 2 "), "{}", error.message());
}

#[test]
fn a_journal_of_a_newer_format_is_refused() {
    let (_folder, dir) = database(0);
    let json = r#"{"tx":0,"format":"tierbook journal 2","created_at":"2026-02-07T00:00:00Z"}"#;
    let zeros = "0".repeat(64);
    let hash = Sha256::of(&[zeros.as_bytes(), json.as_bytes()]);
    fs::remove_dir_all(dir.join("index")).unwrap();
    fs::remove_file(dir.join("head")).unwrap();
    put_journal(&dir, format!("{{\"hash\":\"{hash}\",\"transaction\":{json}}}\n").as_bytes());
    assert_eq!(refused(&dir).code().as_str(), "unknown_format");
}

#[test]
fn a_copy_of_the_journal_is_a_whole_backup() {
    let (_folder, dir) = database(0);
    Writer::open(&dir, curves).unwrap().commit(now(), |_| everything("text")).unwrap();
    let stored = read(&dir);
    fs::create_dir(dir.join("backup")).unwrap();
    fs::copy(dir.join("journal.jsonl"), dir.join("backup/journal.jsonl")).unwrap();
    let backup = dir.join("backup");
    assert_eq!(verified(&backup).problems, [] as [String; 0]);
    let (notices, restored) = reopened(&backup);
    assert!(notices[0].contains("the journal was read instead"), "{notices:?}");
    assert_eq!(restored, stored);
    let notices = Writer::open(&backup, curves).unwrap().notices();
    assert!(
        notices.contains(&"the index was rebuilt from the journal (1 transaction)".to_string()),
        "{notices:?}"
    );
    assert_eq!(reopened(&backup), (vec![], stored));
}

#[test]
fn verify_knows_whether_a_head_is_in_the_chain() {
    let (_folder, dir) = database(2);
    let first = read(&dir).transactions[0].0;
    wait_until_free(&dir);
    let found = store::verify(&dir, Some(first), curves).unwrap();
    assert_eq!((found.transactions, found.statements, found.problems), (2, 2, vec![]));
    let other = Sha256::of(&[b"another"]);
    wait_until_free(&dir);
    let found = store::verify(&dir, Some(other), curves).unwrap();
    assert_eq!(found.problems, [format!("the head {other} is not in the chain")]);
}

#[test]
fn a_journal_longer_than_is_hashed_at_open_is_checked_at_its_head_and_by_verify() {
    let (_folder, dir) = database(0);
    let mut writer = Writer::open(&dir, curves).unwrap();
    for number in 1..=6 {
        let mut batch = small(number);
        batch.text = format!("{number}").repeat(1 << 20);
        writer.commit(now(), |_| batch).unwrap();
    }
    drop(writer);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    assert!(whole.len() as u64 > tierbook::limits::JOURNAL_BYTES_HASHED_AT_OPEN);
    let flip = |at: usize| {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        put_journal(&dir, &flipped);
    };
    // A reader has everything from the image; a writer checks the last transaction.
    flip(ends[6] - 500_000);
    assert_eq!(Reader::open(&dir).unwrap().head().tx, TxId(6));
    assert!(Writer::open(&dir, curves).err().unwrap().message().starts_with("transaction 6 "));
    flip(ends[2] + 500_000);
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.head().tx, TxId(6));
    let error = reader.transaction(TxId(3)).unwrap_err();
    assert!(error.message().starts_with("transaction 3 "), "what is read is checked: {error:?}");
    drop(reader);
    assert!(verified(&dir).problems[0].starts_with("transaction 3 "));
    put_journal(&dir, &whole[..ends[5]]);
    assert_eq!(refused(&dir).code().as_str(), "short_journal");
    put_journal(&dir, &whole);
    assert_eq!(Writer::open(&dir, curves).unwrap().commit(now(), |_| small(7)).unwrap().tx, TxId(7));
}

#[test]
fn a_disk_that_refuses_is_reported_and_nothing_is_recorded() {
    let (_folder, dir) = database(1);
    fs::remove_file(dir.join("lock")).unwrap();
    fs::create_dir(dir.join("lock")).unwrap();
    assert_eq!(
        Writer::open_within(&dir, Duration::ZERO, curves).map(drop).unwrap_err().code().as_str(),
        "disk"
    );
    assert_eq!(read(&dir).head.tx, TxId(1));
    fs::rename(dir.join("journal.jsonl"), dir.join("kept")).unwrap();
    fs::create_dir(dir.join("journal.jsonl")).unwrap();
    assert_eq!(Reader::open(&dir).map(drop).unwrap_err().code().as_str(), "disk");
}

/// A database with a journal in which somebody replaced `from` with `to` and recomputed every hash after it.
fn forged(from: &str, to: &str) -> (tempfile::TempDir, std::path::PathBuf, store::Head) {
    let (folder, dir) = database(3);
    let head = read(&dir).head;
    wait_until_free(&dir);
    fs::remove_dir_all(dir.join("index")).unwrap();
    fs::remove_file(dir.join("head")).unwrap();
    fs::remove_file(dir.join("image")).unwrap();
    let text = String::from_utf8(journal(&dir)).unwrap();
    let mut previous = "0".repeat(64);
    let mut rewritten = String::new();
    for line in text.lines() {
        let json = line[89..line.len() - 1].replace(from, to);
        previous = Sha256::of(&[previous.as_bytes(), json.as_bytes()]).to_string();
        rewritten += &format!("{{\"hash\":\"{previous}\",\"transaction\":{json}}}\n");
    }
    assert_ne!(rewritten, text);
    put_journal(&dir, rewritten.as_bytes());
    (folder, dir, head)
}

#[test]
fn a_rewritten_chain_that_contradicts_itself_is_found_by_verify() {
    let cap = r#""cap":{"text":"10,000","value":"10000"}"#;
    for (from, to, problem) in [
        (
            "announcement 2\\n",
            "announcement 9\\n",
            "the document of transaction 2 does not have the hash of its source",
        ),
        (
            "00:00.000002Z",
            "00:00.000001Z",
            "the time of transaction 3 is not after that of the one before it",
        ),
        (cap, &cap.replace("10000", "20000"), "does not have that hash"),
        ("usdm:ACTUSDT", "spot:ACTUSDT", "`binance:spot:ACTUSDT` is not a subject"),
    ] {
        let (_folder, dir, _) = forged(from, to);
        let found = verified(&dir).problems;
        assert!(found.iter().any(|found| found.ends_with(problem)), "{found:?}");
    }
}

#[test]
fn a_rewritten_chain_that_agrees_with_itself_is_found_only_by_a_head_kept_elsewhere() {
    let (_folder, dir, head) = forged("2026-02-06T06:30:00Z", "2026-02-06T06:31:00Z");
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
    let found = store::verify(&dir, Some(head.hash), curves).unwrap().problems;
    assert_eq!(found, [format!("the head {} is not in the chain", head.hash)]);
}
