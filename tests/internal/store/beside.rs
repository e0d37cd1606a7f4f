//! Readers beside a writer: what they read, and that they read no more than they need.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, Sha256};
use tierbook::store::{self, Reader, Writer};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{database_in_format_2, now, small, source, timestamp};
use crate::tests::store::frames::snapshot;
use crate::tests::store::look::{read, read_by_journal, wait_until_free};

/// A small batch of which the document has so many bytes, which nothing makes much shorter.
fn long(number: u64, bytes: usize) -> Batch {
    let mut text = format!("announcement {number}\n");
    while text.len() < bytes {
        text += &Sha256::of(&[text.as_bytes()]).to_string();
    }
    Batch { source: source(&text, timestamp("2026-02-03T06:00:46Z")), text, ..small(number) }
}

fn image(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("image")).unwrap()
}

#[test]
fn the_image_has_what_a_writer_acknowledges_first() {
    let (_folder, dir) = database_in_format_2(2);
    let before = image(&dir);
    let mut writer = Writer::open(&dir, curves).unwrap();
    writer.append(now(), |_| small(3)).unwrap();
    writer.append(now(), |_| small(4)).unwrap();
    assert_eq!(image(&dir), before);
    writer.acknowledge().unwrap();
    let acknowledged = image(&dir);
    assert_ne!(acknowledged, before);
    drop(writer);
    assert_eq!(image(&dir), acknowledged, "nothing is left to do");
}

#[test]
fn the_image_is_made_again_after_as_many_bytes_of_documents_and_not_for_each() {
    let (_folder, dir) = database_in_format_2(2);
    let mut writer = Writer::open(&dir, curves).unwrap();
    writer.commit(now(), |_| small(3)).unwrap();
    let first = image(&dir);
    writer.commit(now(), |_| small(4)).unwrap();
    assert_eq!(image(&dir), first);
    assert_eq!(Reader::open(&dir).unwrap().head(), writer.head());
    writer.commit(now(), |_| long(5, first.len())).unwrap();
    let second = image(&dir);
    assert_ne!(second, first);
    drop(writer);
    assert_eq!(image(&dir), second);
}

#[test]
fn a_reader_reads_only_those_frames_to_which_the_newest_ones_refer() {
    let (_folder, dir) = database_in_format_2(1);
    let order: Vec<usize> = (0..40).collect();
    let mut writer = Writer::open(&dir, curves).unwrap();
    let start = fs::metadata(dir.join("journal.zst")).unwrap().len() as usize;
    writer.commit(now(), |_| snapshot(0, &order)).unwrap();
    // So much that the damage is not in what an image is compared with.
    writer.commit(now(), |_| long(3, 400_000)).unwrap();
    drop(writer);
    wait_until_free(&dir);
    let old = image(&dir);
    let with = |batch: Batch| {
        Writer::open(&dir, curves).unwrap().commit(now(), |_| batch).unwrap();
        wait_until_free(&dir);
        fs::write(dir.join("image"), &old).unwrap();
        let whole = fs::read(dir.join("journal.zst")).unwrap();
        let mut damaged = whole.clone();
        damaged[start + 100] ^= 1;
        fs::write(dir.join("journal.zst"), damaged).unwrap();
        let found = Reader::open(&dir).map(|reader| (reader.head(), reader.notices()));
        fs::write(dir.join("journal.zst"), whole).unwrap();
        found
    };
    let (head, notices) = with(Batch { statements: Vec::new(), ..small(4) }).unwrap();
    assert_eq!((head.tx.0, notices.len()), (4, 0));
    assert_eq!(read(&dir), read_by_journal(&dir));
    let error = with(snapshot(1, &order)).unwrap_err();
    assert_eq!(error.code().as_str(), "damaged_journal");
}

#[test]
fn readers_never_meet_an_image_that_does_not_match() {
    let (_folder, dir) = database_in_format_2(1);
    let is_writing = AtomicBool::new(true);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut last = 0;
                while is_writing.load(Ordering::Relaxed) {
                    let reader = Reader::open(&dir).unwrap();
                    let head = reader.head().tx.0;
                    assert!(head >= last);
                    assert_eq!(reader.sources().unwrap().len() as u64, head);
                    assert_eq!(reader.notices(), Vec::<String>::new());
                    last = head;
                }
            });
        }
        let mut writer = Writer::open(&dir, curves).unwrap();
        for number in 2..60 {
            writer.commit(now(), |_| long(number, 40_000)).unwrap();
        }
        is_writing.store(false, Ordering::Relaxed);
    });
}

#[test]
fn readers_beside_restorations_find_the_one_database_or_the_other() {
    let (_folder, dir) = database_in_format_2(2);
    let (_other_folder, other) = database_in_format_2(1);
    Writer::open(&other, curves).unwrap().commit(now(), |_| long(3, 40_000)).unwrap();
    let backups = [&dir, &other].map(|of| {
        let folder = of.with_file_name("backup");
        store::backup(of, &folder).unwrap();
        folder
    });
    let sources = [&dir, &other].map(|of| read(of).sources);
    let seconds = std::env::var("TIERBOOK_READERS_SECONDS").map_or(1, |text| text.parse().unwrap());
    let (is_over, start) = (AtomicBool::new(false), Instant::now());
    let (mut tally, mut restorations) = (Tally::default(), 0);
    std::thread::scope(|scope| {
        let read = || {
            let mut counted = Tally::default();
            while !is_over.load(Ordering::Relaxed) {
                let found = Reader::open(&dir).and_then(|reader| reader.sources());
                let is_right = found.as_ref().is_ok_and(|found| sources.contains(found));
                counted.count(false, !is_right, || format!("{found:?}"));
            }
            counted
        };
        let readers = [scope.spawn(read), scope.spawn(read)];
        while start.elapsed() < Duration::from_secs(seconds) {
            for from in &backups {
                let restored = store::restore(from, &dir, true).unwrap();
                fs::remove_dir_all(restored.kept.unwrap()).unwrap();
                restorations += 1;
            }
        }
        is_over.store(true, Ordering::Relaxed);
        readers.into_iter().for_each(|reader| tally.add(reader.join().unwrap()));
    });
    tally.end("readers beside a restoration", &format!("2 readers beside {restorations} restorations"));
}
