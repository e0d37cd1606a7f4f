//! Reading a short journal without the index: the same contents, and the same refusals.

use std::fs;

use tierbook::statement::TxId;
use tierbook::store::{Reader, Writer};

use crate::tests::store::build::{database, now, place, small, timestamp};
use crate::tests::store::look::{contents, journal, line_ends, put_journal, read, wait_until_free};

#[test]
fn a_short_journal_gives_the_same_contents_without_the_index() {
    let (_folder, dir) = database(4);
    let by_index = read(&dir);
    wait_until_free(&dir);
    // StoredRules by another, the index cannot have been asked.
    let stored = sled::open(dir.join("index")).unwrap();
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.notices(), [] as [String; 0]);
    assert_eq!(contents(&reader).unwrap(), by_index);
    drop(stored);
}

#[test]
fn a_journal_cut_by_whole_lines_is_refused_without_the_index() {
    let (_folder, dir) = database(3);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    for kept in 0..ends.len() - 1 {
        put_journal(&dir, &whole[..ends[kept]]);
        let error = Reader::open(&dir).map(drop).unwrap_err();
        assert_eq!(error.code().as_str(), "short_journal", "{error:?}");
        assert!(error.message().contains(&format!("transaction {} ", kept + 1)), "{error:?}");
    }
    put_journal(&dir, &whole);
    assert!(Reader::open(&dir).is_ok());
}

#[test]
fn another_journal_is_refused_without_the_index() {
    let (_folder, dir) = database(2);
    let (_other_folder, other) = place();
    tierbook::store::create(&other, timestamp("2020-01-01T00:00:00Z")).unwrap();
    let mut writer = Writer::open(&other).unwrap();
    (1..=3).for_each(|number| drop(writer.commit(now(), |_| small(number))));
    drop(writer);
    put_journal(&dir, &journal(&other));
    assert_eq!(Reader::open(&dir).map(drop).unwrap_err().code().as_str(), "foreign_journal");
}

#[test]
fn an_anchor_that_is_old_or_missing_or_garbage_changes_nothing() {
    let (_folder, dir) = database(2);
    let anchor = dir.join("index/tierbook.head");
    let old = fs::read(&anchor).unwrap();
    Writer::open(&dir).unwrap().commit(now(), |_| small(9)).unwrap();
    wait_until_free(&dir);
    let stored = read(&dir);
    wait_until_free(&dir);
    for spoilt in [Some(old), Some(b"".to_vec()), Some(b"3 abc\n".to_vec()), None] {
        match spoilt {
            Some(bytes) => fs::write(&anchor, bytes).unwrap(),
            None => fs::remove_file(&anchor).unwrap(),
        }
        let reader = Reader::open(&dir).unwrap();
        assert_eq!(reader.head().tx, TxId(3));
        assert_eq!(contents(&reader).unwrap(), stored);
        drop(reader);
        wait_until_free(&dir);
    }
}

#[test]
fn the_journal_alone_gives_the_same_contents_without_any_index() {
    let (_folder, dir) = database(3);
    let by_index = read(&dir);
    wait_until_free(&dir);
    fs::remove_dir_all(dir.join("index")).unwrap();
    assert_eq!(contents(&Reader::open_by_journal(&dir).unwrap()).unwrap(), by_index);
    assert!(!dir.join("index").exists());
}
