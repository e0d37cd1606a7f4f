//! Migration: the new journal gives the same, the old one is kept, and a crash between any two steps loses
//! nothing.

use std::fs;
use std::path::Path;

use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, TxId};
use tierbook::store::{self, Reader, Writer};

use crate::tests::store::build::{currency_snapshot, database, everything, now, place, small, snapshot};
use crate::tests::store::look::{read, wait_until_free};

/// A database in format 1 with every kind of transaction.
fn old() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, dir) = database(0);
    let mut writer = Writer::open(&dir, curves).unwrap();
    let replaced = Batch { text: "replaced \u{fffd}".to_string(), ..small(9) };
    for batch in [everything("every \"kind\"\n龙虾"), small(2), snapshot(3), currency_snapshot(4), replaced]
    {
        writer.commit(now(), |_| batch).unwrap();
    }
    drop(writer);
    wait_until_free(&dir);
    (folder, dir)
}

fn files(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_migrated_database_has_the_same_contents_and_finds_the_heads_of_before() {
    let (_folder, dir) = old();
    let before = read(&dir);
    let journal = fs::read(dir.join("journal.jsonl")).unwrap();
    assert!(store::has_former_format(&dir));
    let migrated = store::migrate(&dir).unwrap().unwrap();
    assert!(!store::has_former_format(&dir));
    assert_eq!((migrated.transactions, migrated.former_hash), (5, before.head.hash));
    assert_eq!(migrated.bytes.0, journal.len() as u64);
    assert_eq!(files(&dir), ["head", "journal.jsonl.before-migration", "journal.zst", "lock"]);
    assert_eq!(fs::read(&migrated.kept).unwrap(), journal);
    let after = read(&dir);
    assert_eq!((after.head.tx, after.head.hash), (before.head.tx, migrated.head.hash));
    assert_ne!(after.head.hash, before.head.hash);
    for ((_, old), (_, new)) in before.transactions.iter().zip(&after.transactions) {
        assert_eq!(old, new);
    }
    assert_eq!((&after.statements, &after.sources), (&before.statements, &before.sources));
    assert_eq!((&after.findings, &after.retractions), (&before.findings, &before.retractions));
    assert_eq!(after.complete_snapshots, before.complete_snapshots);
    wait_until_free(&dir);
    for (place, (former, _)) in before.transactions.iter().enumerate() {
        for hash in [*former, after.transactions[place].0] {
            let verified = store::verify(&dir, Some(hash), curves).unwrap();
            assert_eq!(verified.problems, [] as [String; 0]);
            assert_eq!(verified.found.unwrap().tx, TxId(place as u64 + 1));
        }
    }
    assert_eq!(store::migrate(&dir).unwrap(), None);
    assert_eq!(Writer::open(&dir, curves).unwrap().commit(now(), |_| small(7)).unwrap().tx, TxId(6));
}

#[test]
fn going_back_as_it_was_printed_gives_the_old_database() {
    let (_folder, dir) = old();
    let before = read(&dir);
    wait_until_free(&dir);
    let migrated = store::migrate(&dir).unwrap().unwrap();
    drop(Writer::open(&dir, curves).unwrap());
    wait_until_free(&dir);
    fs::remove_file(dir.join("head")).unwrap();
    fs::remove_dir_all(dir.join("index")).unwrap();
    let _ = fs::remove_file(dir.join("image"));
    fs::remove_file(&migrated.journal).unwrap();
    fs::rename(&migrated.kept, dir.join("journal.jsonl")).unwrap();
    assert_eq!(read(&dir), before);
    wait_until_free(&dir);
    drop(Writer::open(&dir, curves).unwrap());
    wait_until_free(&dir);
    assert!(store::migrate(&dir).unwrap().is_some(), "and it may be migrated again");
}

/// A copy of `from` in which only these files are.
fn copy(from: &Path, to: &Path, files: &[(&str, &Path)]) {
    fs::create_dir(to).unwrap();
    for (name, of) in files {
        fs::copy(of, to.join(name)).unwrap();
    }
    assert!(from.exists());
}

#[test]
fn a_crash_between_any_two_steps_leaves_a_whole_database_and_the_next_attempt_finishes() {
    let (_folder, dir) = old();
    let before = read(&dir);
    wait_until_free(&dir);
    let keep = dir.with_file_name("keep");
    fs::create_dir(&keep).unwrap();
    fs::copy(dir.join("head"), keep.join("head")).unwrap();
    store::migrate(&dir).unwrap().unwrap();
    let (old, new) = (dir.join("journal.jsonl.before-migration"), dir.join("journal.zst"));
    let (old_head, new_head) = (keep.join("head"), dir.join("head"));
    let torn = keep.join("torn");
    fs::write(&torn, &fs::read(&new).unwrap()[..500]).unwrap();
    let steps: [(&str, &[(&str, &Path)]); 5] = [
        ("no head file", &[("journal.jsonl", &old)]),
        ("draft begun", &[("journal.jsonl", &old), ("head", &old_head), ("journal.zst.new", &torn)]),
        ("draft renamed", &[("journal.jsonl", &old), ("head", &old_head), ("journal.zst", &new)]),
        ("head replaced", &[("journal.jsonl", &old), ("head", &new_head), ("journal.zst", &new)]),
        (
            "head draft",
            &[("journal.jsonl", &old), ("head", &old_head), ("journal.zst", &new), ("head.new", &new_head)],
        ),
    ];
    for (step, files_then) in steps {
        let copied = dir.with_file_name(step);
        copy(&dir, &copied, files_then);
        let stored = read(&copied);
        assert_eq!((&stored.statements, stored.head.tx), (&before.statements, before.head.tx), "{step}");
        // A writer may come first, which goes on with what is in force.
        let written = dir.with_file_name(format!("{step}, written"));
        copy(&dir, &written, files_then);
        assert_eq!(
            Writer::open(&written, curves).unwrap().commit(now(), |_| small(8)).unwrap().tx,
            TxId(6),
            "{step}"
        );
        for (at, statements) in [(&copied, before.statements.len()), (&written, 0)] {
            wait_until_free(at);
            let migrated = store::migrate(at).unwrap();
            assert_eq!(migrated.is_none(), step == "head replaced");
            assert!(files(at).contains(&"journal.jsonl.before-migration".to_string()), "{step}");
            assert!(!files(at).contains(&"journal.jsonl".to_string()), "{step}");
            let stored = read(at);
            assert!(statements == 0 || stored.statements == before.statements, "{step}");
            wait_until_free(at);
            assert_eq!(
                store::verify(at, Some(before.head.hash), curves).unwrap().problems,
                [] as [String; 0],
                "{step}"
            );
        }
    }
}

#[test]
fn another_journal_that_is_there_is_not_overwritten() {
    let (_folder, dir) = old();
    let (_other_folder, other) = place();
    store::create(&other, now()).unwrap();
    fs::copy(other.join("journal.zst"), dir.join("journal.zst")).unwrap();
    assert_eq!(store::migrate(&dir).unwrap_err().code().as_str(), "database_exists");
    assert_eq!(Reader::open(&dir).unwrap().head().tx, TxId(5));
}

#[test]
fn a_damaged_journal_is_not_migrated_and_nothing_is_changed() {
    let (_folder, dir) = old();
    let mut journal = fs::read(dir.join("journal.jsonl")).unwrap();
    let middle = journal.len() / 2;
    journal[middle] ^= 1;
    fs::write(dir.join("journal.jsonl"), &journal).unwrap();
    let before = files(&dir);
    assert_eq!(store::migrate(&dir).unwrap_err().code().as_str(), "damaged_journal");
    assert_eq!(files(&dir), before);
}
