//! Damage to the image: whatever it is, readers give the same answers, and say so where the journal was read instead.

use std::fs;
use std::path::Path;

use tierbook::snapshot::records::curves;
use tierbook::statement::TxId;
use tierbook::store::{Reader, Writer};

use crate::tests::store::build::{database, everything, now, place, small};
use crate::tests::store::look::{Contents, contents, read, reopened, verified};

/// A database with a transaction of every kind of content, and its image.
fn sample() -> (tempfile::TempDir, std::path::PathBuf, Vec<u8>) {
    let (folder, dir) = database(2);
    Writer::open(&dir, curves).unwrap().commit(now(), |_| everything("text")).unwrap();
    let image = fs::read(dir.join("image")).unwrap();
    (folder, dir, image)
}

/// What a reader reads beside an image of these bytes, and whether it read the journal instead.
fn read_with(dir: &Path, image: &[u8]) -> (Contents, bool) {
    fs::write(dir.join("image"), image).unwrap();
    let reader = Reader::open(dir).unwrap();
    let stored = contents(&reader).unwrap();
    let notices = reader.notices();
    assert!(notices.iter().all(|notice| notice.contains("the journal was read instead")), "{notices:?}");
    (stored, !notices.is_empty())
}

#[test]
fn without_an_image_the_journal_is_read_and_the_next_writer_makes_one() {
    let (_folder, dir, image) = sample();
    let expected = read(&dir);
    fs::remove_file(dir.join("image")).unwrap();
    let (notices, stored) = reopened(&dir);
    assert!(notices[0].contains("image is missing; the journal was read instead"), "{notices:?}");
    assert_eq!(stored, expected);
    drop(Writer::open(&dir, curves).unwrap());
    assert_eq!(fs::read(dir.join("image")).unwrap(), image);
    assert_eq!(reopened(&dir), (vec![], expected));
}

#[test]
fn an_image_that_lacks_transactions_is_used_with_the_rest_of_the_journal() {
    let (_folder, dir, image) = sample();
    Writer::open(&dir, curves).unwrap().commit(now(), |_| small(7)).unwrap();
    let expected = read(&dir);
    assert_eq!(read_with(&dir, &image), (expected, false));
    assert_eq!(verified(&dir).problems, [] as [String; 0]);
}

#[test]
fn an_image_of_another_database_or_of_later_transactions_is_not_used() {
    let (_folder, dir, image) = sample();
    let expected = read(&dir);
    let (_other, other) = database(5);
    assert_eq!(read_with(&dir, &fs::read(other.join("image")).unwrap()), (expected.clone(), true));
    // A journal with its head from before the last transaction, put back beside a newer image.
    let head = fs::read(dir.join("head")).unwrap();
    let journal = fs::read(dir.join("journal.jsonl")).unwrap();
    fs::write(dir.join("image"), &image).unwrap();
    Writer::open(&dir, curves).unwrap().commit(now(), |_| small(7)).unwrap();
    let newer = fs::read(dir.join("image")).unwrap();
    fs::write(dir.join("head"), head).unwrap();
    fs::write(dir.join("journal.jsonl"), journal).unwrap();
    assert_eq!(read_with(&dir, &newer), (expected, true));
    assert!(verified(&dir).problems.iter().any(|problem| problem.contains("image")));
}

#[test]
fn an_image_of_an_empty_database_has_nothing_and_needs_no_file() {
    let (_folder, dir) = place();
    tierbook::store::create(&dir, now()).unwrap();
    assert_eq!(reopened(&dir).0, [] as [String; 0]);
    drop(Writer::open(&dir, curves).unwrap());
    let (notices, stored) = reopened(&dir);
    assert_eq!((notices.len(), stored.head.tx), (0, TxId(0)));
}

#[test]
fn verify_finds_an_image_that_is_whole_but_differs_from_the_journal() {
    let (_folder, dir, image) = sample();
    let (_other, other) = database(2);
    // An image of other statements with the head of this journal would have to be made on purpose: a record and its
    // checksum are replaced here.
    assert_ne!(fs::read(other.join("image")).unwrap(), image);
    let name = image.windows(7).position(|bytes| bytes == b"ACTUSDT").unwrap();
    let mut forged = image.clone();
    forged[name] = b'B';
    fs::write(dir.join("image"), &forged).unwrap();
    assert!(
        verified(&dir)
            .problems
            .iter()
            .any(|problem| problem.contains("it differs from one made from the journal"))
    );
}
