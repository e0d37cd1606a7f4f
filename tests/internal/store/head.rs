//! Reading a short journal without the index: the same contents, and the same refusals.

use std::fs;
use std::path::Path;

use tierbook::snapshot::records::curves;
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
    tierbook::store::create_in_format_1(&other, timestamp("2020-01-01T00:00:00Z")).unwrap();
    let mut writer = Writer::open(&other, curves).unwrap();
    (1..=3).for_each(|number| drop(writer.commit(now(), |_| small(number))));
    drop(writer);
    put_journal(&dir, &journal(&other));
    assert_eq!(Reader::open(&dir).map(drop).unwrap_err().code().as_str(), "foreign_journal");
}

/// The head file as text.
fn head_file(dir: &Path) -> String {
    fs::read_to_string(dir.join("head")).unwrap()
}

#[test]
fn the_head_file_has_the_length_of_the_journal_and_is_made_again_by_a_writer() {
    let (_folder, dir) = database(2);
    let (head, stored) = (head_file(&dir), read(&dir));
    let expected = format!(
        "tierbook head 1: journal.jsonl tx 2 hash {} length {}\n",
        stored.head.hash,
        journal(&dir).len()
    );
    assert_eq!(head, expected);
    fs::remove_file(dir.join("head")).unwrap();
    assert_eq!(read(&dir), stored, "without it the whole journal counts");
    assert!(!dir.join("head").exists(), "a reader writes nothing");
    wait_until_free(&dir);
    drop(Writer::open(&dir, curves).unwrap());
    assert_eq!(head_file(&dir), head);
}

#[test]
fn a_head_file_with_any_byte_changed_or_cut_off_is_refused_or_says_the_same() {
    let (_folder, dir) = database(1);
    let (head, stored) = (fs::read(dir.join("head")).unwrap(), read(&dir));
    wait_until_free(&dir);
    let flipped = (0..head.len()).flat_map(|at| [1, 4, 16].map(|bit| (at, bit))).map(|(at, bit)| {
        let mut bytes = head.clone();
        bytes[at] ^= bit;
        bytes
    });
    let cut = (0..head.len()).map(|length| head[..length].to_vec());
    for bytes in flipped.chain(cut) {
        fs::write(dir.join("head"), &bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match Reader::open_by_journal(&dir) {
            Ok(reader) => assert_eq!(contents(&reader).unwrap(), stored, "{text}"),
            Err(error) => {
                let code = error.code().as_str();
                // A flip of the version makes it a newer one.
                assert!(
                    ["damaged_journal", "short_journal", "foreign_journal", "unknown_format", "disk"]
                        .contains(&code),
                    "{text}: {error:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_appended_is_seen_by_nobody_until_it_is_acknowledged() {
    let (_folder, dir) = database(1);
    let (before, head) = (journal(&dir), head_file(&dir));
    let mut writer = Writer::open(&dir, curves).unwrap();
    let stamp = tierbook::store::stamp(&dir);
    for number in 2..=4 {
        let appended = writer.append(now(), |_| small(number)).unwrap();
        assert_eq!((appended.tx, writer.head().tx), (TxId(number), TxId(number)));
        assert_eq!(
            writer.sources_with(&small(number).source.sha256).unwrap().len(),
            1,
            "the writer knows it"
        );
        assert_eq!(Reader::open(&dir).unwrap().head().tx, TxId(1));
        assert_eq!(Reader::open_by_journal(&dir).unwrap().head().tx, TxId(1));
    }
    assert!(journal(&dir).len() > before.len());
    assert_eq!((head_file(&dir), tierbook::store::stamp(&dir)), (head, stamp));
    let acknowledged = writer.acknowledge().unwrap();
    assert_ne!(tierbook::store::stamp(&dir), stamp);
    drop(writer);
    let stored = read(&dir);
    assert_eq!((stored.head, stored.sources.len()), (acknowledged, 4));
    assert_eq!(tierbook::store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0]);
}

#[test]
fn what_a_writer_could_not_acknowledge_is_whole_or_absent_for_the_next_one() {
    let (_folder, dir) = database(1);
    let mut writer = Writer::open(&dir, curves).unwrap();
    for number in 2..=4 {
        writer.append(now(), |_| small(number)).unwrap();
    }
    drop(writer);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    // Cut anywhere, or damaged anywhere: what follows the head file was never acknowledged, so it is no damage.
    let mut spoilt = whole.clone();
    spoilt[ends[2] + 300] ^= 1;
    for (bytes, last) in
        [(&whole[..], 4), (&whole[..ends[3] + 50], 3), (&whole[..ends[2] - 1], 1), (&spoilt[..], 2)]
    {
        put_journal(&dir, bytes);
        wait_until_free(&dir);
        let copy = dir.with_file_name(format!("copy {last} {}", bytes.len()));
        fs::create_dir(&copy).unwrap();
        for file in ["head", "journal.jsonl"] {
            fs::copy(dir.join(file), copy.join(file)).unwrap();
        }
        assert_eq!(read(&copy).head.tx, TxId(1));
        wait_until_free(&copy);
        assert_eq!(Writer::open(&copy, curves).unwrap().head().tx, TxId(last));
        assert_eq!(journal(&copy), &whole[..ends[last as usize]]);
        assert_eq!(read(&copy).head.tx, TxId(last));
    }
}

#[test]
fn a_line_before_the_head_that_is_incomplete_is_damage() {
    let (_folder, dir) = database(2);
    let whole = journal(&dir);
    let ends = line_ends(&whole);
    for cut in [ends[1] + 1, ends[1] + 200, whole.len() - 1] {
        put_journal(&dir, &whole[..cut]);
        for by_journal in [Reader::open_by_journal(&dir).map(drop), Writer::open(&dir, curves).map(drop)] {
            let error = by_journal.unwrap_err();
            assert_eq!(error.code().as_str(), "damaged_journal", "{error:?}");
            assert!(error.message().starts_with("transaction 2 "), "{error:?}");
        }
        assert_eq!(journal(&dir).len(), cut, "nothing is cut");
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
