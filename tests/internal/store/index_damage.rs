//! Damage to the index: what heals by itself, what is refused, and what `verify` names.

use std::fs;
use std::path::Path;

use tierbook::snapshot::records::curves;
use tierbook::statement::TxId;
use tierbook::store::Writer;
use tierbook::store::faults::{EIO, ENOSPC, Failure, during};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{database, now, small};
use crate::tests::store::look::{contents, open_index, read, reopened, verified, wait_until_free};

/// Damages the index of a database of three transactions: readers do not need it, and the next writer makes it again.
fn heals(what: &str, damage: impl Fn(&Path)) {
    let (_folder, dir) = database(3);
    let stored = read(&dir);
    wait_until_free(&dir);
    damage(&dir.join("index"));
    assert_eq!(reopened(&dir), (vec![], stored.clone()), "{what}");
    let mut writer = Writer::open(&dir, curves).unwrap();
    assert_eq!(writer.head(), stored.head, "{what}");
    assert_eq!(writer.sources_with(&stored.sources[0].source.sha256).unwrap(), [stored.sources[0].clone()]);
    assert_eq!(writer.commit(now(), |_| small(4)).unwrap().tx, TxId(4));
    drop(writer);
    assert_eq!(verified(&dir).problems, [] as [String; 0], "{what}");
    wait_until_free(&dir);
    assert_eq!(Writer::open(&dir, curves).unwrap().notices(), [] as [String; 0], "{what}: healed for good");
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

/// Flips a bit at `count` places of an index; the next writer must be right.
fn flips_of_the_index(dir: &Path, count: usize) {
    let db = fs::read(dir.join("index/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap();
    let copy = dir.join("copy");
    let expected = read(dir);
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
        let writer = Writer::open(&copy, curves).unwrap_or_else(|error| panic!("{at}: {error:?}"));
        assert_eq!(contents(writer.reader()).unwrap(), expected, "{at}");
        drop(writer);
        wait_until_free(&copy);
        fs::remove_dir_all(&copy).unwrap();
    }
}

#[test]
fn an_index_with_flipped_bytes_is_right_or_is_rebuilt() {
    let (_folder, dir) = database(3);
    wait_until_free(&dir);
    flips_of_the_index(&dir, 40);
}

#[test]
fn an_index_that_lacks_transactions_is_updated() {
    let (_folder, dir) = database(1);
    wait_until_free(&dir);
    fs::create_dir(dir.join("older")).unwrap();
    for entry in fs::read_dir(dir.join("index")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), dir.join("older").join(entry.file_name())).unwrap();
        }
    }
    let mut writer = Writer::open(&dir, curves).unwrap();
    (2..=3).for_each(|number| {
        writer.commit(now(), |_| small(number)).unwrap();
    });
    drop(writer);
    wait_until_free(&dir);
    fs::remove_dir_all(dir.join("index")).unwrap();
    fs::rename(dir.join("older"), dir.join("index")).unwrap();
    assert_eq!(verified(&dir).problems, [] as [String; 0], "an index that lacks transactions is no problem");
    wait_until_free(&dir);
    let notices = Writer::open(&dir, curves).unwrap().notices();
    assert_eq!(notices, ["the index lacked 2 transactions of the journal and was updated"]);
    assert_eq!(read(&dir).head.tx, TxId(3));
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
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
    assert_eq!(keys.len(), 2 + 1 + 2, "format and head, one table, two transactions");
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
    open_index(&dir).insert(b"t\0\0\0\0\0\0\0\x09", "x").unwrap();
    let found = verified(&dir).problems;
    let surplus = "the index has transaction 9, the journal does not";
    assert_eq!(found, [surplus]);
}

#[test]
fn a_disk_that_refuses_while_an_index_is_set_aside_or_the_lock_is_made_loses_nothing() {
    let (_folder, dir) = database(3);
    let stored = read(&dir);
    let spoil = || {
        wait_until_free(&dir);
        fs::remove_file(dir.join("lock")).unwrap();
        fs::remove_dir_all(dir.join("index")).unwrap();
        fs::write(dir.join("index"), "no index").unwrap();
    };
    let open = || Writer::open(&dir, curves).map(drop);
    spoil();
    let (opened, calls, count) = during(None, open);
    opened.unwrap();
    for expected in ["lock", "index"] {
        assert!(calls.iter().any(|call| call.path == dir.join(expected)), "{expected}: {calls:?}");
    }
    let mut tally = Tally::default();
    for at in 0..count {
        for errno in [EIO, ENOSPC] {
            spoil();
            let (opened, ..) = during(Some(Failure { at, count: 1, errno }), open);
            match opened {
                Ok(()) => tally.kept += 1,
                Err(error) => {
                    assert_eq!(
                        (error.code().as_str(), error.hints().is_empty()),
                        ("disk", false),
                        "{error:?}"
                    );
                    tally.refused += 1;
                }
            }
            assert_eq!(read(&dir), stored);
            drop(Writer::open(&dir, curves).unwrap());
            if verified(&dir).problems != [] as [String; 0] || read(&dir) != stored {
                tally.lost.push(format!("call {at}"));
            }
        }
    }
    tally.end("disk errors while a damaged index is set aside", &format!("{count} calls, each twice"));
}
