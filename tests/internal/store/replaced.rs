//! An older copy of the journal, or a fork of it, in the place of the journal; an older head file; an index or an image
//! of another moment, of another database, or made by hand. Each is refused by name with a hint that helps, or what is
//! acknowledged is answered.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::snapshot::records::curves;
use tierbook::store::{self, Reader, Writer};
use tierbook::{Error, ErrorCode};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{database, database_in_format_2, now, small};
use crate::tests::store::look::{Contents, contents, verified, wait_until_free};
use crate::tests::store::script::memory;

/// A database of four transactions, a copy of it as it was at two, and a fork of that with three others.
struct Forked {
    _folder: TempDir,
    new: PathBuf,
    old: PathBuf,
    fork: PathBuf,
}

fn record(dir: &Path, numbers: std::ops::RangeInclusive<u64>) {
    let mut writer = Writer::open(dir, curves).unwrap();
    for number in numbers {
        writer.commit(now(), |_| small(number)).unwrap();
    }
    drop(writer);
    wait_until_free(dir);
}

/// Copies a folder, without the lock and what is in folders of sled's index.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

impl Forked {
    fn new((folder, new): (TempDir, PathBuf)) -> Forked {
        let [old, fork] = ["old", "fork"].map(|name| new.with_file_name(name));
        copy(&new, &old);
        copy(&new, &fork);
        record(&new, 3..=4);
        record(&fork, 13..=15);
        Forked { _folder: folder, new, old, fork }
    }

    fn both() -> [Forked; 2] {
        [database(2), database_in_format_2(2)].map(Forked::new)
    }

    /// A copy of the new database.
    fn copy(&self) -> (TempDir, PathBuf) {
        let folder = memory();
        let dir = folder.path().join("db");
        copy(&self.new, &dir);
        (folder, dir)
    }
}

fn read(dir: &Path) -> Result<Contents, Error> {
    wait_until_free(dir);
    contents(&Reader::open(dir)?)
}

fn write(dir: &Path) -> Result<Contents, Error> {
    wait_until_free(dir);
    contents(Writer::open(dir, curves)?.reader())
}

/// Puts a file of one database in the place of that of another.
fn put(file: &Path, into: &Path) {
    fs::copy(file, into.join(file.file_name().unwrap())).unwrap();
}

/// The code, where a hint says how to go on: what it says to delete is deleted.
fn code_and_way_out<T>(result: Result<T, Error>, dir: &Path, case: &str) -> ErrorCode {
    let error = result.err().unwrap_or_else(|| panic!("{case}: it was not refused"));
    assert!(error.hints()[0].contains("backup"), "{case}: {error:?}");
    let hint = error.hints().iter().find(|hint| hint.contains("on purpose")).unwrap();
    for made in ["head", "index"] {
        let path = dir.join(made);
        if hint.contains(&path.display().to_string()) {
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
    }
    error.code()
}

/// Follows the hint until a writer opens; gives what it refused with.
fn refusals(dir: &Path, case: &str) -> Vec<ErrorCode> {
    let mut codes = Vec::new();
    while codes.len() < 3 && write(dir).is_err() {
        codes.push(code_and_way_out(write(dir), dir, case));
    }
    assert_eq!(verified(dir).problems, [] as [String; 0], "{case}");
    codes
}

#[test]
fn an_older_copy_or_a_fork_in_the_place_of_the_journal_is_refused_by_name() {
    for made in Forked::both() {
        let mut tally = Tally::default();
        for (other, code) in [(&made.old, ErrorCode::ShortJournal), (&made.fork, ErrorCode::ForeignJournal)] {
            let (stored, journal) = (read(other).unwrap(), store::journal_file(other));
            // Beside the newer head file: everybody refuses.
            let (_folder, dir) = made.copy();
            put(&journal, &dir);
            let case = format!("{} beside the newer head", journal.display());
            let backup = store::backup(&dir, &dir.with_file_name("backup")).map(drop);
            for result in [read(&dir).map(drop), write(&dir).map(drop), backup] {
                assert_eq!(result.unwrap_err().code(), code, "{case}");
                tally.refused += 1;
            }
            wait_until_free(&dir);
            assert!(!store::verify(&dir, None, curves).unwrap().problems.is_empty());
            assert_eq!(refusals(&dir, &case), [code], "{case}");
            assert!(read(&dir).unwrap() == stored, "{case}");
            // With its own head file, or without one: the image tells readers, the index tells a writer.
            for with_head in [true, false] {
                let (_folder, dir) = made.copy();
                put(&journal, &dir);
                match with_head {
                    true => put(&other.join("head"), &dir),
                    false => fs::remove_file(dir.join("head")).unwrap(),
                }
                let case = format!("{}, head {with_head}", journal.display());
                let reader = Reader::open(&dir).unwrap();
                let notices = reader.notices();
                assert!(notices[0].contains("from a newer state of this one"), "{case}: {notices:?}");
                assert!(contents(&reader).unwrap() == stored, "{case}");
                assert!(!verified(&dir).problems.is_empty(), "{case}");
                assert_eq!(refusals(&dir, &case), [code], "{case}");
                assert!(read(&dir).unwrap() == stored, "{case}");
                tally.refused += 1;
                tally.kept += 1;
            }
        }
        tally.end(
            "journal replaced by an older copy or a fork",
            "with the newer, its own or no head file, by readers, writers, verify and backup",
        );
    }
}

#[test]
fn a_backup_with_more_or_other_transactions_is_not_overwritten() {
    for made in Forked::both() {
        let mut tally = Tally::default();
        for (from, there, code) in [
            (&made.old, &made.new, ErrorCode::ShortJournal),
            (&made.old, &made.fork, ErrorCode::ShortJournal),
            (&made.new, &made.fork, ErrorCode::ShortJournal),
            (&made.fork, &made.new, ErrorCode::DatabaseExists),
        ] {
            let folder = memory();
            let backup = folder.path().join("backup");
            store::backup(there, &backup).unwrap();
            let before = fs::read(store::journal_file(&backup)).unwrap();
            let error = store::backup(from, &backup).unwrap_err();
            assert_eq!(error.code(), code, "{error:?}");
            assert!(error.hints().iter().any(|hint| hint.contains("another folder")), "{error:?}");
            assert!(fs::read(store::journal_file(&backup)).unwrap() == before);
            assert!(read(&backup).unwrap() == read(there).unwrap());
            tally.refused += 1;
        }
        tally.end("backup of an older copy or a fork over a newer backup", "each over each");
    }
}

#[test]
fn an_older_head_file_shows_an_older_moment_until_the_next_writer() {
    for made in Forked::both() {
        let mut tally = Tally::default();
        let (_folder, dir) = made.copy();
        let (older, newer) = (read(&made.old).unwrap(), read(&made.new).unwrap());
        put(&made.old.join("head"), &dir);
        let reader = Reader::open(&dir).unwrap();
        assert!(reader.notices()[0].contains("from a newer state of this one"), "{:?}", reader.notices());
        assert!(contents(&reader).unwrap() == older);
        assert!(!verified(&dir).notes.is_empty());
        assert!(write(&dir).unwrap() == newer);
        assert!(read(&dir).unwrap() == newer);
        assert_eq!(verified(&dir).problems, [] as [String; 0]);
        tally.kept += 1;
        tally.end("head file of an older moment", "a writer acknowledges what follows it");
    }
}

#[test]
fn an_index_or_image_of_another_moment_or_database_or_made_by_hand_is_never_believed() {
    for made in Forked::both() {
        let mut tally = Tally::default();
        let newer = read(&made.new).unwrap();
        let (_other_folder, other) = database_in_format_2(7);
        for from in [&made.old, &made.fork, &other] {
            let (_folder, dir) = made.copy();
            fs::remove_dir_all(dir.join("index")).unwrap();
            copy(&from.join("index"), &dir.join("index"));
            put(&from.join("image"), &dir);
            let case = from.display().to_string();
            assert!(read(&dir).unwrap() == newer, "{case}");
            let codes = refusals(&dir, &case);
            let expected = if from == &made.old { vec![] } else { vec![codes.first().copied()] };
            assert_eq!(codes.first().into_iter().map(|code| Some(*code)).collect::<Vec<_>>(), expected);
            tally.refused += codes.len();
            tally.kept += 1;
            assert!(read(&dir).unwrap() == newer, "{case}");
        }
        for hostile in hostile(&fs::read(made.new.join("image")).unwrap()) {
            let (_folder, dir) = made.copy();
            fs::write(dir.join("image"), &hostile).unwrap();
            assert!(read(&dir).unwrap() == newer);
            fs::write(dir.join("index/db"), &hostile).unwrap();
            assert!(write(&dir).unwrap() == newer);
            // What is damaged where nothing was read is found by `verify`, and made anew by `rebuild`.
            wait_until_free(&dir);
            store::rebuild(&dir, curves).unwrap();
            assert!(read(&dir).unwrap() == newer);
            assert_eq!(verified(&dir).problems, [] as [String; 0]);
            tally.kept += 1;
        }
        tally.end("index and image stale, foreign or hostile", "readers answer; writers make both anew");
    }
}

#[test]
fn a_head_file_made_by_hand_is_refused_or_says_what_is_true() {
    for made in Forked::both() {
        let mut tally = Tally::default();
        let newer = read(&made.new).unwrap();
        let head = fs::read_to_string(made.new.join("head")).unwrap();
        let (name, rest) = head.strip_prefix("tierbook head 1: ").unwrap().split_once(' ').unwrap();
        let (start, length) = head.trim_end().rsplit_once(' ').unwrap();
        let other = made.fork.join(name);
        let hostile = [
            String::new(),
            "\n".repeat(1 << 16),
            head.repeat(2),
            head.replace("head 1", "head 2"),
            head.replace(" tx 4 ", " tx 18446744073709551615 "),
            head.replace(" tx 4 ", " tx 18446744073709551616 "),
            head.replace(" tx 4 ", " tx 0 "),
            head.replace(" tx 4 ", " tx 04 "),
            format!("{start} 18446744073709551615\n"),
            format!("{start} 0\n"),
            format!("{start} {}\n", length.parse::<u64>().unwrap() + 1),
            format!("tierbook head 1: {} {rest}", other.display()),
            format!("tierbook head 1: ../fork/{name} {rest}"),
            format!("tierbook head 1: ./{name} {rest}"),
            format!("tierbook head 1: image {rest}"),
        ];
        for text in hostile {
            let (_folder, dir) = made.copy();
            fs::write(dir.join("head"), &text).unwrap();
            for found in [read(&dir), write(&dir)] {
                match found {
                    Ok(found) if found == newer => tally.kept += 1,
                    Ok(_) => tally.wrong.push(text.clone()),
                    Err(error) if error.hints().is_empty() => tally.wrong.push(format!("{text}: {error:?}")),
                    Err(_) => tally.refused += 1,
                }
            }
            wait_until_free(&dir);
            // As the hint says: without it the whole journal counts.
            fs::remove_file(dir.join("head")).unwrap();
            assert!(read(&dir).unwrap() == newer && write(&dir).unwrap() == newer, "{text}");
        }
        tally.end("head file made by hand", "15 of them, by readers and writers");
    }
}

/// Bytes that somebody might put in the place of an image to do harm: huge lengths and counts, with right checksums
/// where that is easy, and nothing at all.
fn hostile(image: &[u8]) -> Vec<Vec<u8>> {
    let header = |length: u32, checksum: u32, rest: &[u8]| {
        [&image[..8], &length.to_le_bytes(), &checksum.to_le_bytes(), rest].concat()
    };
    let length = u32::from_le_bytes(image[8..12].try_into().unwrap()) as usize;
    let mut all = vec![
        Vec::new(),
        image[..8].to_vec(),
        header(u32::MAX, 0, &[]),
        header(1 << 20, 0, &vec![0xff; 1 << 20]),
        header(0, 0, &[]),
        vec![0; 1 << 20],
        vec![0xff; 4096],
    ];
    // A header of which a part is the largest number, and the checksum is right.
    for at in 0..length {
        let mut bytes = image[16..16 + length].to_vec();
        bytes[at..].iter_mut().take(9).for_each(|byte| *byte = 0xfd);
        let checksum = crc32fast::hash(&bytes);
        all.push(header(length as u32, checksum, &[&bytes, &image[16 + length..]].concat()));
    }
    all.truncate(if crate::tests::store::script::is_long() { usize::MAX } else { 40 });
    // Entries of records that are anywhere, and as long as can be.
    for entry in (16 + length..image.len() - 16).step_by(16).take(8) {
        let mut bytes = image.to_vec();
        bytes[entry..entry + 12].fill(0xff);
        all.push(bytes);
    }
    all
}
