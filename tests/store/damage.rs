//! What is true after each kind of damage: what heals by itself, what is refused, and what is named.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tierbook::mistake::Mistake;
use tierbook::statement::TxId;
use tierbook::store::{self, Reader, Verified, Writer};

use crate::build::{Contents, contents, database, everything, hold_index, let_go, now, read, small, subject};

fn journal(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("journal.jsonl")).unwrap()
}

fn put_journal(dir: &Path, bytes: &[u8]) {
    fs::write(dir.join("journal.jsonl"), bytes).unwrap();
}

fn refused(dir: &Path) -> Mistake {
    let_go(dir);
    let mistake = Reader::open(dir).map(drop).unwrap_err();
    let_go(dir);
    assert_eq!(Writer::open(dir).map(drop).unwrap_err(), mistake);
    let_go(dir);
    mistake
}

fn verified(dir: &Path) -> Verified {
    let_go(dir);
    store::verify(dir, None).unwrap()
}

/// Opens a reader once nobody holds the index; gives its notices too.
fn reopened(dir: &Path) -> (Vec<String>, Contents) {
    let_go(dir);
    let reader = Reader::open(dir).unwrap();
    (reader.notices().to_vec(), contents(&reader).unwrap())
}

/// The bytes behind which the lines of a journal end.
fn line_ends(journal: &[u8]) -> Vec<usize> {
    (0..journal.len()).filter(|at| journal[*at] == b'\n').map(|at| at + 1).collect()
}

#[test]
fn a_torn_last_line_is_passed_over_by_readers_and_cut_and_reported_by_a_writer() {
    let (_folder, dir) = database(3);
    let (whole, held) = (journal(&dir), read(&dir));
    let ends = line_ends(&whole);
    let last_line = &whole[ends[2]..];
    for torn in [1, 9, 80, 200, last_line.len() - 1] {
        let tail = &last_line[..torn];
        put_journal(&dir, &[&whole, tail].concat());
        assert_eq!(read(&dir), held, "{torn}");
        assert_eq!(journal(&dir).len(), whole.len() + torn, "a reader changes nothing");
        let writer = Writer::open(&dir).unwrap();
        let notice = format!("{torn} bytes of a transaction that was never acknowledged were cut");
        assert!(writer.notices()[0].starts_with(&notice), "{:?}", writer.notices());
        assert_eq!(journal(&dir), whole);
    }
    let_go(&dir);
    assert_eq!(Writer::open(&dir).unwrap().commit(now(), |_| small(4)).unwrap().tx, TxId(4));
}

#[test]
fn an_acknowledged_line_that_lost_its_line_end_is_damage_and_is_not_cut() {
    let (_folder, dir) = database(2);
    fs::remove_dir_all(dir.join("index")).unwrap();
    let mut spoilt = journal(&dir);
    *spoilt.last_mut().unwrap() = b'\x0b';
    put_journal(&dir, &spoilt);
    let mistake = refused(&dir);
    assert_eq!(mistake.code, "damaged_journal");
    assert!(mistake.message.starts_with("transaction 2 "), "{}", mistake.message);
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
            let found = store::verify(&backup, None).unwrap();
            let name = format!("transaction {tx} ");
            assert!(found.problems.iter().any(|problem| problem.starts_with(&name)), "{at}: {found:?}");
            assert_eq!(found.transactions, (tx as u64).saturating_sub(1), "{at}");
            let mistake = Reader::open(&backup).map(drop).unwrap_err();
            assert!(mistake.message.starts_with(&name), "{at}: {}", mistake.message);
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
    assert_eq!(refused(&dir).code, "damaged_journal");
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
        let mistake = refused(&dir);
        assert_eq!(mistake.code, "short_journal");
        assert!(mistake.message.starts_with(&format!("transaction {} is missing", left + 1)), "{mistake:?}");
        assert!(verified(&dir).problems[0].starts_with(&format!("transaction {} is missing", left + 1)));
    }
    put_journal(&dir, b"");
    assert_eq!(refused(&dir).code, "damaged_journal");
    put_journal(&dir, &whole);
    assert_eq!(read(&dir).head.tx, TxId(4));
}

#[test]
fn the_journal_of_another_database_is_refused_beside_this_index() {
    let (_folder, dir) = database(2);
    let (_other_folder, other) = database(0);
    let mut writer = Writer::open(&other).unwrap();
    for number in [7, 8, 9] {
        writer.commit(now(), |_| small(number)).unwrap();
    }
    put_journal(&dir, &journal(&other));
    let mistake = refused(&dir);
    assert_eq!(mistake.code, "foreign_journal");
    assert!(mistake.message.starts_with("transaction 2 "), "{}", mistake.message);
}

#[test]
fn a_journal_of_a_newer_format_is_refused() {
    let (_folder, dir) = database(0);
    let json = r#"{"tx":0,"format":"tierbook journal 2","created_at":"2026-02-07T00:00:00Z"}"#;
    let zeros = "0".repeat(64);
    let hash = tierbook::statement::Sha256::of(&[zeros.as_bytes(), json.as_bytes()]);
    fs::remove_dir_all(dir.join("index")).unwrap();
    put_journal(&dir, format!("{{\"hash\":\"{hash}\",\"transaction\":{json}}}\n").as_bytes());
    assert_eq!(refused(&dir).code, "unknown_format");
}

#[test]
fn a_copy_of_the_journal_is_a_whole_backup() {
    let (_folder, dir) = database(0);
    Writer::open(&dir).unwrap().commit(now(), |_| everything("text")).unwrap();
    let held = read(&dir);
    fs::create_dir(dir.join("backup")).unwrap();
    fs::copy(dir.join("journal.jsonl"), dir.join("backup/journal.jsonl")).unwrap();
    let backup = dir.join("backup");
    assert_eq!(verified(&backup).problems, [] as [String; 0]);
    let (notices, restored) = reopened(&backup);
    assert_eq!(notices, ["the index was made anew from 1 transactions"]);
    assert_eq!(restored, held);
    assert_eq!(reopened(&backup), (vec![], held));
}

/// Damages the index of a database of three transactions; the next reader and the next writer must be right.
fn heals(what: &str, damage: impl Fn(&Path)) {
    for by_writer in [false, true] {
        let (_folder, dir) = database(3);
        let held = read(&dir);
        let_go(&dir);
        damage(&dir.join("index"));
        if by_writer {
            let mut writer = Writer::open(&dir).unwrap();
            assert_eq!(writer.head(), held.head, "{what}");
            assert_eq!(
                writer.sources_with(&held.sources[0].source.sha256).unwrap(),
                [held.sources[0].clone()]
            );
            assert_eq!(writer.commit(now(), |_| small(4)).unwrap().tx, TxId(4));
        } else {
            assert_eq!(reopened(&dir).1, held, "{what}");
        }
        assert_eq!(verified(&dir).problems, [] as [String; 0], "{what}");
        assert_eq!(reopened(&dir).0, [] as [String; 0], "{what}: healed for good");
    }
}

#[test]
fn a_deleted_index_is_made_anew() {
    heals("deleted", |index| fs::remove_dir_all(index).unwrap());
    heals("an empty folder", |index| {
        fs::remove_dir_all(index).unwrap();
        fs::create_dir(index).unwrap();
    });
    heals("a file in its place", |index| {
        fs::remove_dir_all(index).unwrap();
        fs::write(index, "not a folder").unwrap();
    });
}

#[test]
fn an_index_with_garbage_in_its_files_is_made_anew() {
    let garbage: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    heals("db", |index| fs::write(index.join("db"), &garbage).unwrap());
    heals("conf", |index| fs::write(index.join("conf"), &garbage[..100]).unwrap());
    heals("db emptied", |index| fs::write(index.join("db"), "").unwrap());
    heals("db gone", |index| fs::remove_file(index.join("db")).unwrap());
    heals("snapshots", |index| {
        for entry in fs::read_dir(index).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with("snap.") {
                fs::write(path, &garbage[..300]).unwrap();
            }
        }
    });
    heals("an unfinished snapshot", |index| {
        fs::write(index.join("snap.00000000000003E8.generating"), &garbage[..50]).unwrap()
    });
}

/// Flips a bit at `count` places of an index; whatever is answered then must be right.
fn flips_of_the_index(dir: &Path, count: usize) {
    let db = fs::read(dir.join("index/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap();
    let copy = dir.join("copy");
    let mut expected = None;
    for at in (0..used).step_by(used / count + 1) {
        fs::create_dir_all(copy.join("index/blobs")).unwrap();
        fs::copy(dir.join("journal.jsonl"), copy.join("journal.jsonl")).unwrap();
        for entry in fs::read_dir(dir.join("index")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, copy.join("index").join(path.file_name().unwrap())).unwrap();
            }
        }
        let mut flipped = db.clone();
        flipped[at] ^= 0x10;
        fs::write(copy.join("index/db"), &flipped).unwrap();
        match Reader::open(&copy).and_then(|reader| contents(&reader)) {
            Ok(contents) => assert_eq!(contents, *expected.get_or_insert_with(|| contents.clone()), "{at}"),
            Err(mistake) => assert_eq!(mistake.code, "damaged_index", "{at}"),
        }
        let_go(&copy);
        fs::remove_dir_all(&copy).unwrap();
    }
    assert_eq!(expected, Some(read(dir)));
}

#[test]
fn an_index_with_flipped_bytes_is_right_or_is_made_anew_or_refuses() {
    let (_folder, dir) = database(3);
    let places = 40;
    // As a writer leaves it, sled has no snapshot, and loses most; the open of a reader makes one.
    flips_of_the_index(&dir, places);
    let_go(&dir);
    flips_of_the_index(&dir, places);
}

#[test]
fn an_index_behind_the_journal_is_brought_up() {
    let (_folder, dir) = database(3);
    fs::rename(dir.join("index"), dir.join("old")).unwrap();
    fs::create_dir(dir.join("older")).unwrap();
    let_go(&dir);
    let ends = line_ends(&journal(&dir));
    fs::write(dir.join("older/journal.jsonl"), &journal(&dir)[..ends[1]]).unwrap();
    assert_eq!(read(&dir.join("older")).head.tx, TxId(1));
    let_go(&dir.join("older"));
    fs::rename(dir.join("older/index"), dir.join("index")).unwrap();
    assert_eq!(verified(&dir).problems, [] as [String; 0], "an index that is behind is no problem");
    let (notices, held) = reopened(&dir);
    assert_eq!(notices, ["the index was 2 transactions behind the journal and was brought up"]);
    assert_eq!(held.head.tx, TxId(3));
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
}

#[test]
fn a_reader_that_may_not_mend_a_damaged_index_reads_the_journal() {
    let (_folder, dir) = database(2);
    let held = read(&dir);
    let_go(&dir);
    let lock = fs::File::open(dir.join("lock")).unwrap();
    lock.lock().unwrap();
    fs::write(dir.join("index/conf"), "garbage, and more than eight bytes of it").unwrap();
    let (notices, beside) = reopened(&dir);
    assert!(notices[0].contains("the journal was read instead"), "{notices:?}");
    assert_eq!(beside, held);
    drop(lock);
    let (notices, mended) = reopened(&dir);
    assert!(notices[0].contains("kept as index.damaged-1"), "{notices:?}");
    assert_eq!(mended, held);
}

#[test]
fn an_index_of_another_kind_is_set_aside() {
    heals("another format", |index| {
        let db = sled::open(index).unwrap();
        db.insert("0format", "tierbook index 2").unwrap();
    });
    heals("no format", |index| {
        let db = sled::open(index).unwrap();
        db.remove("0format").unwrap();
    });
    heals("no head", |index| {
        let db = sled::open(index).unwrap();
        db.remove("0head").unwrap();
    });
}

#[test]
fn verify_finds_and_names_missing_different_and_surplus_records() {
    let (_folder, dir) = database(2);
    let keys: Vec<(sled::IVec, sled::IVec)> = hold_index(&dir).iter().map(Result::unwrap).collect();
    assert_eq!(keys.len(), 2 + 1 + 1 + 2 + 2 + 2);
    for (key, value) in &keys {
        if key.starts_with(b"0") {
            continue;
        }
        let index = hold_index(&dir);
        index.remove(key).unwrap();
        drop(index);
        let found = verified(&dir).problems;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("the index lacks "), "{found:?}");
        let mut other = value.to_vec();
        *other.last_mut().unwrap() ^= 1;
        let index = hold_index(&dir);
        index.insert(key, other).unwrap();
        drop(index);
        let found = verified(&dir).problems;
        assert!(found.len() == 1 && found[0].ends_with(" otherwise than the journal"), "{found:?}");
        hold_index(&dir).insert(key, value).unwrap();
    }
    hold_index(&dir).insert(b"sbinance:usdm:ACTUSDT\0\0\0\0\0\0\0\0\x09\0\0\0\x01", "x").unwrap();
    let found = verified(&dir).problems;
    let surplus =
        "the index holds a statement about binance:usdm:ACTUSDT of transaction 9, the journal does not";
    assert_eq!(found, [surplus]);
}

#[test]
fn a_record_that_cannot_be_read_is_refused_with_its_name() {
    let (_folder, dir) = database(1);
    let key = hold_index(&dir).scan_prefix("s").next().unwrap().unwrap().0;
    hold_index(&dir).insert(key, b"\x01\x02").unwrap();
    let_go(&dir);
    let mistake = Reader::open(&dir).unwrap().statements(&subject("binance:usdm:ACTUSDT")).unwrap_err();
    assert_eq!(mistake.code, "damaged_index");
    assert!(
        mistake.message.contains("a statement about binance:usdm:ACTUSDT of transaction 1"),
        "{mistake:?}"
    );
    let rule = hold_index(&dir).scan_prefix("r").next().unwrap().unwrap();
    hold_index(&dir).insert(rule.0, [&rule.1[..], &[0]].concat()).unwrap();
    assert_eq!(verified(&dir).problems.len(), 2);
}

#[test]
fn verify_knows_whether_a_head_is_in_the_chain() {
    let (_folder, dir) = database(2);
    let first = read(&dir).transactions[0].0;
    let_go(&dir);
    let found = store::verify(&dir, Some(first)).unwrap();
    assert_eq!((found.transactions, found.statements, found.problems), (2, 2, vec![]));
    let other = tierbook::statement::Sha256::of(&[b"another"]);
    let_go(&dir);
    let found = store::verify(&dir, Some(other)).unwrap();
    assert_eq!(found.problems, [format!("the head {other} is not in the chain")]);
}

#[test]
fn a_journal_longer_than_is_hashed_at_open_is_checked_at_its_head_and_by_verify() {
    let (_folder, dir) = database(0);
    let mut writer = Writer::open(&dir).unwrap();
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
    flip(ends[6] - 500_000);
    assert!(refused(&dir).message.starts_with("transaction 6 "));
    flip(ends[2] + 500_000);
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.head().tx, TxId(6));
    let mistake = reader.transaction(TxId(3)).unwrap_err();
    assert!(mistake.message.starts_with("transaction 3 "), "what is read is checked: {mistake:?}");
    drop(reader);
    assert!(verified(&dir).problems[0].starts_with("transaction 3 "));
    put_journal(&dir, &whole[..ends[5]]);
    assert_eq!(refused(&dir).code, "short_journal");
    put_journal(&dir, &whole);
    assert_eq!(Writer::open(&dir).unwrap().commit(now(), |_| small(7)).unwrap().tx, TxId(7));
}

#[test]
fn a_disk_that_refuses_is_reported_and_nothing_is_recorded() {
    let (_folder, dir) = database(1);
    fs::remove_file(dir.join("lock")).unwrap();
    fs::create_dir(dir.join("lock")).unwrap();
    assert_eq!(Writer::open_within(&dir, Duration::ZERO).map(drop).unwrap_err().code, "disk");
    assert_eq!(read(&dir).head.tx, TxId(1));
    fs::rename(dir.join("journal.jsonl"), dir.join("kept")).unwrap();
    fs::create_dir(dir.join("journal.jsonl")).unwrap();
    assert_eq!(Reader::open(&dir).map(drop).unwrap_err().code, "disk");
}
