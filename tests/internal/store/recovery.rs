//! Backups and their restoration, and what is made of the journal made anew: nothing that was there is lost,
//! whatever is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use tierbook::snapshot::records::curves;
use tierbook::statement::TxId;
use tierbook::store::faults::{Call, Failure, What, during};
use tierbook::store::{self, Writer};
use tierbook::{Error, ErrorCode};

use crate::tests::store::build::{database, database_in_format_2, everything, now, small};
use crate::tests::store::look::{read, refused, verified, wait_until_free};

/// Databases of three transactions, one in each format.
fn databases() -> [(tempfile::TempDir, PathBuf); 2] {
    [database(3), database_in_format_2(3)]
}

fn journal(dir: &Path) -> Vec<u8> {
    fs::read(store::journal_file(dir)).unwrap()
}

fn put_journal(dir: &Path, bytes: &[u8]) {
    fs::write(store::journal_file(dir), bytes).unwrap();
}

fn beside(dir: &Path, name: &str) -> PathBuf {
    dir.with_file_name(name)
}

fn record(dir: &Path, number: u64) {
    wait_until_free(dir);
    Writer::open(dir, curves).unwrap().commit(now(), |_| small(number)).unwrap();
    wait_until_free(dir);
}

fn code<T>(result: Result<T, Error>) -> ErrorCode {
    let error = result.err().unwrap();
    assert!(!error.hints().is_empty(), "{error}");
    error.code()
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "lock").collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), fs::read(dir.join(name)).unwrap_or_default())).collect()
}

#[test]
fn a_backup_is_the_database_and_the_next_one_copies_only_what_is_new() {
    for (_folder, dir) in databases() {
        let backup = beside(&dir, "backup");
        let first = store::backup(&dir, &backup).unwrap();
        assert_eq!((first.head.tx, first.transactions, first.copied), (TxId(3), 3, first.bytes));
        assert_eq!(read(&backup), read(&dir));
        record(&dir, 4);
        let second = store::backup(&dir, &backup).unwrap();
        assert_eq!((second.transactions, second.copied), (1, second.bytes - first.bytes));
        assert_eq!((journal(&backup), read(&backup)), (journal(&dir), read(&dir)));
        assert_eq!(verified(&backup).problems, [] as [String; 0]);
        let third = store::backup(&dir, &backup).unwrap();
        assert_eq!((third.transactions, third.copied), (0, 0));
    }
}

#[test]
fn a_backup_is_made_while_a_writer_is_at_work_and_has_only_what_is_acknowledged() {
    for (_folder, dir) in databases() {
        let stored = read(&dir);
        let mut writer = Writer::open(&dir, curves).unwrap();
        writer.append(now(), |_| everything("not acknowledged")).unwrap();
        let backup = beside(&dir, "backup");
        assert_eq!(store::backup(&dir, &backup).unwrap().head.tx, TxId(3));
        writer.acknowledge().unwrap();
        drop(writer);
        assert_eq!(read(&backup), stored);
        assert_eq!(store::backup(&dir, &backup).unwrap().transactions, 1);
    }
}

#[test]
fn the_rest_of_a_backup_that_was_stopped_is_replaced() {
    for (_folder, dir) in databases() {
        let backup = beside(&dir, "backup");
        store::backup(&dir, &backup).unwrap();
        record(&dir, 4);
        let whole = journal(&dir);
        for length in [1, 30] {
            // The journal is longer than its head file says, with bytes that are no part of it.
            put_journal(&backup, &[journal(&backup), vec![b'x'; length]].concat());
            fs::write(backup.join("head.new"), "torn").unwrap();
        }
        store::backup(&dir, &backup).unwrap();
        assert_eq!((journal(&backup), read(&backup)), (whole, read(&dir)));
        // Stopped before the head file was written: what is whole counts.
        fs::remove_file(backup.join("head")).unwrap();
        record(&dir, 5);
        assert_eq!(store::backup(&dir, &backup).unwrap().transactions, 1);
        assert_eq!(read(&backup), read(&dir));
    }
}

#[test]
fn a_backup_is_never_written_over_another_journal() {
    for (_folder, dir) in databases() {
        let (_other_folder, other) = database_in_format_2(0);
        record(&other, 9);
        let backup = beside(&dir, "backup");
        store::backup(&other, &backup).unwrap();
        let before = files(&backup);
        assert_eq!(code(store::backup(&dir, &backup)), ErrorCode::DatabaseExists);
        assert_eq!(files(&backup), before);
        assert_eq!(code(store::backup(&dir, &dir)), ErrorCode::DatabaseExists);
        assert_eq!(code(store::backup(&dir, &other)), ErrorCode::DatabaseExists);
        assert_eq!(code(store::backup(&beside(&dir, "none"), &backup)), ErrorCode::NoDatabase);
    }
}

#[test]
fn a_backup_that_has_more_than_the_database_is_kept() {
    for (_folder, dir) in databases() {
        let (older, newer) = (beside(&dir, "older"), beside(&dir, "newer"));
        store::backup(&dir, &older).unwrap();
        record(&dir, 4);
        store::backup(&dir, &newer).unwrap();
        let before = files(&newer);
        assert_eq!(code(store::backup(&older, &newer)), ErrorCode::ShortJournal);
        assert_eq!(files(&newer), before);
    }
}

#[test]
fn a_damaged_journal_is_not_backed_up_and_an_older_backup_stays_as_it_was() {
    for (_folder, dir) in databases() {
        let (backup, new) = (beside(&dir, "backup"), beside(&dir, "new"));
        store::backup(&dir, &backup).unwrap();
        let (before, length) = (files(&backup), journal(&dir).len());
        record(&dir, 4);
        let mut bytes = journal(&dir);
        let middle = length + (bytes.len() - length) / 2;
        bytes[middle] ^= 1;
        put_journal(&dir, &bytes);
        assert_eq!(code(store::backup(&dir, &backup)), ErrorCode::DamagedJournal);
        assert_eq!(files(&backup), before);
        assert_eq!(code(store::backup(&dir, &new)), ErrorCode::DamagedJournal);
        assert_eq!(files(&new), []);
        // And damage in the backup is found by the next one.
        let mut bytes = journal(&backup);
        bytes[length / 2] ^= 1;
        put_journal(&backup, &bytes);
        assert_eq!(code(store::backup(&dir, &backup)), ErrorCode::DamagedJournal);
    }
}

#[test]
fn a_restored_database_is_the_one_of_the_backup_and_the_old_one_is_kept() {
    for (_folder, dir) in databases() {
        let (backup, new) = (beside(&dir, "backup"), beside(&dir, "new"));
        store::backup(&dir, &backup).unwrap();
        let saved = read(&dir);
        assert_eq!(store::restore(&backup, &new, false).unwrap().kept, None);
        assert_eq!(read(&new), saved);
        record(&new, 5);
        record(&dir, 4);
        let newest = read(&dir);
        assert_eq!(code(store::restore(&backup, &dir, false)), ErrorCode::DatabaseExists);
        assert_eq!(read(&dir), newest);
        let kept = store::restore(&backup, &dir, true).unwrap().kept.unwrap();
        assert_eq!((read(&dir), read(&kept)), (saved, newest.clone()));
        record(&dir, 6);
        assert_eq!(verified(&dir).problems, [] as [String; 0]);
        assert_eq!(read(&kept), newest, "what is recorded now changes nothing about it");
        let again = store::restore(&backup, &dir, true).unwrap().kept.unwrap();
        assert_ne!(again, kept);
    }
}

#[test]
fn a_database_of_one_format_is_replaced_by_one_of_the_other() {
    let [(_first_folder, first), (_second_folder, second)] = databases();
    record(&second, 4);
    for (from, to) in [(&first, &second), (&second, &first)] {
        let backup = beside(from, "backup");
        store::backup(from, &backup).unwrap();
        let before = read(to);
        let kept = store::restore(&backup, to, true).unwrap().kept.unwrap();
        assert_eq!((read(to), read(&kept)), (read(from), before));
        let journals = files(to).into_iter().filter(|(name, _)| name.starts_with("journal")).count();
        assert_eq!(journals, 1);
        store::restore(&kept, to, true).unwrap();
    }
}

#[test]
fn a_damaged_database_is_replaced_and_a_damaged_backup_changes_nothing() {
    for (_folder, dir) in databases() {
        let backup = beside(&dir, "backup");
        store::backup(&dir, &backup).unwrap();
        let saved = read(&dir);
        let mut bytes = journal(&dir);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        put_journal(&dir, &bytes);
        fs::remove_file(dir.join("image")).ok();
        refused(&dir);
        store::restore(&backup, &dir, true).unwrap();
        assert_eq!(read(&dir), saved);
        put_journal(&backup, &bytes);
        let before = files(&dir);
        let error = store::restore(&backup, &dir, true).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedJournal);
        let from = format!("`tierbook --db {} verify`", backup.display());
        assert!(error.hints().iter().any(|hint| hint.contains(&from)), "{error}");
        assert_eq!(files(&dir), before);
        assert_eq!(code(store::restore(&beside(&dir, "none"), &dir, true)), ErrorCode::NoDatabase);
        assert_eq!(code(store::restore(&dir, &dir, true)), ErrorCode::DatabaseExists);
    }
}

#[test]
fn a_lost_journal_is_restored_beside_what_is_left() {
    for (_folder, dir) in databases() {
        let backup = beside(&dir, "backup");
        store::backup(&dir, &backup).unwrap();
        let saved = read(&dir);
        fs::remove_file(store::journal_file(&dir)).unwrap();
        assert_eq!(code(store::restore(&backup, &dir, false)), ErrorCode::DatabaseExists);
        store::restore(&backup, &dir, true).unwrap();
        assert_eq!(read(&dir), saved);
    }
}

#[test]
fn index_and_image_are_made_anew_whatever_is_wrong_with_them() {
    for (_folder, dir) in databases() {
        let stored = read(&dir);
        fs::remove_dir_all(dir.join("index")).unwrap();
        fs::create_dir(dir.join("index")).unwrap();
        fs::write(dir.join("index/db"), "no index").unwrap();
        fs::write(dir.join("image"), "no image").unwrap();
        let rebuilt = store::rebuild(&dir, curves).unwrap();
        assert_eq!((rebuilt.head, read(&dir)), (stored.head, stored));
        wait_until_free(&dir);
        let verified = verified(&dir);
        assert_eq!((verified.problems, verified.notes), (Vec::new(), Vec::new()));
    }
}

#[test]
fn nothing_is_removed_for_a_damaged_journal() {
    for (_folder, dir) in databases() {
        let mut bytes = journal(&dir);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        put_journal(&dir, &bytes);
        let before = files(&dir);
        assert_eq!(code(store::rebuild(&dir, curves)), ErrorCode::DamagedJournal);
        assert_eq!(files(&dir), before);
    }
}

#[test]
fn a_folder_without_a_backup_is_named_as_what_it_is() {
    for (_folder, dir) in databases() {
        let empty = beside(&dir, "empty");
        fs::create_dir(&empty).unwrap();
        let only_head = beside(&dir, "only head");
        fs::create_dir(&only_head).unwrap();
        fs::copy(dir.join("head"), only_head.join("head")).unwrap();
        let file = beside(&dir, "file");
        fs::write(&file, "no folder").unwrap();
        for (from, code) in [
            (&empty, ErrorCode::NoDatabase),
            (&file, ErrorCode::NoDatabase),
            (&only_head, ErrorCode::JournalMissing),
        ] {
            let error = store::restore(from, &beside(&dir, "to"), false).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.message().contains("backup") && error.message().contains(from.to_str().unwrap()));
            let hints = error.hints().join(" ");
            assert!(hints.contains("name the folder") && !hints.contains("load") && !hints.contains("--db"));
        }
        // A file in the place of the folder that is written.
        for error in [
            store::backup(&dir, &file).unwrap_err(),
            store::restore(&dir, &file, false).unwrap_err(),
            store::create(&file, now()).unwrap_err(),
            store::create(&file.join("below"), now()).unwrap_err(),
        ] {
            assert_eq!(error.code(), ErrorCode::Disk, "{error:?}");
            assert_eq!(error.hints(), ["name a folder: there is a file in its place"], "{error:?}");
        }
    }
}

#[test]
fn a_database_is_kept_as_copies_where_files_have_one_name() {
    const EPERM: i32 = 1;
    for (_folder, dir) in databases() {
        let backup = beside(&dir, "backup");
        store::backup(&dir, &backup).unwrap();
        record(&dir, 4);
        let saved = read(&backup);
        // Which calls link is found in a first run; each is refused once in another.
        let (_, calls, _) = during(None, || store::restore(&backup, &dir, true).unwrap());
        let is_link = |call: &Call| matches!(call.what, What::Link(_));
        let links: Vec<usize> = (0..calls.len()).filter(|at| is_link(&calls[*at])).collect();
        let mut copied = 0;
        for at in links {
            record(&dir, 5 + at as u64);
            let before = read(&dir);
            wait_until_free(&dir);
            let failure = Failure { at, count: 1, errno: EPERM };
            let (restored, calls, _) = during(Some(failure), || store::restore(&backup, &dir, true));
            let kept = restored.unwrap().kept.unwrap();
            let is_copy = |call: &&Call| call.path.starts_with(&kept) && call.what == What::Create;
            copied += calls.iter().filter(is_copy).count();
            assert!((read(&dir), read(&kept)) == (saved.clone(), before));
        }
        assert_eq!(copied, 2, "journal and head file");
    }
}

#[test]
fn what_is_rebuilt_on_purpose_is_no_news() {
    for (_folder, dir) in databases() {
        assert_eq!(store::rebuild(&dir, curves).unwrap().notices, [] as [String; 0]);
    }
}
