//! Damage to the index: what heals by itself, what is refused, and what `verify` names.

use std::fs;
use std::path::Path;

use tierbook::statement::TxId;
use tierbook::store::{Reader, Writer};

use crate::tests::store::build::{database, now, small, subject};
use crate::tests::store::look::{
    contents, journal, line_ends, open_index, read, reopened, verified, wait_until_free, wait_until_unlocked,
};

/// Damages the index of a database of three transactions; the next reader and the next writer must be right.
fn heals(what: &str, damage: impl Fn(&Path)) {
    for by_writer in [false, true] {
        let (_folder, dir) = database(3);
        let stored = read(&dir);
        wait_until_free(&dir);
        damage(&dir.join("index"));
        if by_writer {
            let mut writer = Writer::open(&dir).unwrap();
            assert_eq!(writer.head(), stored.head, "{what}");
            assert_eq!(
                writer.sources_with(&stored.sources[0].source.sha256).unwrap(),
                [stored.sources[0].clone()]
            );
            assert_eq!(writer.commit(now(), |_| small(4)).unwrap().tx, TxId(4));
        } else {
            assert_eq!(reopened(&dir).1, stored, "{what}");
            // Another test that starts a process has all locks between its fork and its exec: a reader that
            // comes then reads the journal, and the next one repairs the index.
            for _ in 0..5 {
                if !verified(&dir).problems.is_empty() {
                    assert_eq!(reopened(&dir).1, stored, "{what}");
                }
            }
        }
        assert_eq!(verified(&dir).problems, [] as [String; 0], "{what}");
        assert_eq!(reopened(&dir).0, [] as [String; 0], "{what}: healed for good");
    }
}

#[test]
fn a_deleted_index_is_rebuilt() {
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
fn an_index_with_garbage_in_its_files_is_rebuilt() {
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
        fs::write(index.join("snap.00000000000003E8.generating"), &garbage[..50]).unwrap();
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
            Err(error) => assert_eq!(error.code().as_str(), "damaged_index", "{at}"),
        }
        wait_until_free(&copy);
        fs::remove_dir_all(&copy).unwrap();
    }
    assert_eq!(expected, Some(read(dir)));
}

#[test]
fn an_index_with_flipped_bytes_is_right_or_is_rebuilt_or_refuses() {
    let (_folder, dir) = database(3);
    let places = 40;
    // As a writer leaves it, sled has no snapshot, and loses most; the open of a reader makes one.
    flips_of_the_index(&dir, places);
    wait_until_free(&dir);
    flips_of_the_index(&dir, places);
}

#[test]
fn an_index_that_lacks_transactions_is_updated() {
    let (_folder, dir) = database(3);
    fs::rename(dir.join("index"), dir.join("old")).unwrap();
    fs::create_dir(dir.join("older")).unwrap();
    wait_until_free(&dir);
    let ends = line_ends(&journal(&dir));
    fs::write(dir.join("older/journal.jsonl"), &journal(&dir)[..ends[1]]).unwrap();
    assert_eq!(read(&dir.join("older")).head.tx, TxId(1));
    wait_until_free(&dir.join("older"));
    fs::rename(dir.join("older/index"), dir.join("index")).unwrap();
    assert_eq!(verified(&dir).problems, [] as [String; 0], "an index that lacks transactions is no problem");
    let (notices, stored) = reopened(&dir);
    assert_eq!(notices, ["the index lacked 2 transactions of the journal and was updated"]);
    assert_eq!(stored.head.tx, TxId(3));
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
}

#[test]
fn a_reader_that_may_not_rebuild_a_damaged_index_reads_the_journal() {
    let (_folder, dir) = database(2);
    let stored = read(&dir);
    wait_until_free(&dir);
    let lock = fs::File::open(dir.join("lock")).unwrap();
    lock.lock().unwrap();
    fs::write(dir.join("index/conf"), "garbage, and more than eight bytes of it").unwrap();
    let (notices, beside) = reopened(&dir);
    assert!(notices[0].contains("the journal was read instead"), "{notices:?}");
    assert_eq!(beside, stored);
    drop(lock);
    wait_until_unlocked(&dir.join("lock"));
    let (notices, rebuilt) = reopened(&dir);
    assert!(notices[0].contains("moved to index.damaged-1"), "{notices:?}");
    assert_eq!(rebuilt, stored);
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
    let keys: Vec<(sled::IVec, sled::IVec)> = open_index(&dir).iter().map(Result::unwrap).collect();
    assert_eq!(keys.len(), 2 + 1 + 1 + 2 + 2 + 2);
    for (key, value) in &keys {
        if key.starts_with(b"0") {
            continue;
        }
        let index = open_index(&dir);
        index.remove(key).unwrap();
        drop(index);
        let found = verified(&dir).problems;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("the index lacks "), "{found:?}");
        for at in [0, value.len() / 3, value.len() / 2, value.len() - 1] {
            let mut other = value.to_vec();
            other[at] ^= 1;
            let index = open_index(&dir);
            index.insert(key, other).unwrap();
            drop(index);
            let found = verified(&dir).problems;
            assert!(found.len() == 1 && found[0].starts_with("index and journal differ in "), "{found:?}");
        }
        open_index(&dir).insert(key, value).unwrap();
    }
    open_index(&dir).insert(b"sbinance:usdm:ACTUSDT\0\0\0\0\0\0\0\0\x09\0\0\0\x01", "x").unwrap();
    let found = verified(&dir).problems;
    let surplus =
        "the index has a statement about binance:usdm:ACTUSDT of transaction 9, the journal does not";
    assert_eq!(found, [surplus]);
}

#[test]
fn a_record_that_cannot_be_read_is_refused_with_its_name() {
    let (_folder, dir) = database(1);
    let key = open_index(&dir).scan_prefix("s").next().unwrap().unwrap().0;
    open_index(&dir).insert(key, b"\x01\x02").unwrap();
    wait_until_free(&dir);
    let error =
        Reader::open(&dir).unwrap().statements(&subject("binance:usdm:ACTUSDT")).unwrap_err();
    assert_eq!(error.code().as_str(), "damaged_index");
    assert!(error.message().contains("a statement about binance:usdm:ACTUSDT of transaction 1"), "{error:?}");
    let rule = open_index(&dir).scan_prefix("r").next().unwrap().unwrap();
    open_index(&dir).insert(rule.0, [&rule.1[..], &[0]].concat()).unwrap();
    assert_eq!(verified(&dir).problems.len(), 2);
}
