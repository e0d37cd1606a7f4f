//! What a publisher writes, and what it never touches.

use std::fs::{self, File};
use std::path::Path;

use tierbook::{Database, ErrorCode, SalvageOptions};

use super::{Published, content, files, origin, pull, table};
use crate::cli::tool::{Tool, root};

#[test]
fn only_what_is_new_is_written_and_nothing_that_is_there_is_changed() {
    let published = Published::with(3);
    let before = files(&published.public());
    let again = published.database.publish(published.public()).unwrap();
    assert_eq!((again.new_transactions, again.new_segments), (0, 0));
    assert_eq!(files(&published.public()), before);
    table(&published.database, 8);
    let newer = published.database.publish(published.public()).unwrap();
    assert_eq!((newer.tx.0, newer.new_transactions, newer.new_segments), (5, 1, 1));
    let after = files(&published.public());
    for (path, bytes) in before.iter().filter(|(path, _)| path.starts_with("segments")) {
        assert_eq!(after.get(path), Some(bytes), "{}", path.display());
    }
    // What was in the index is its beginning.
    assert!(after[Path::new("index")].starts_with(&before[Path::new("index")]));
    assert_eq!(after.len(), before.len() + 1);
}

#[test]
fn a_second_publisher_is_refused_while_the_first_one_works() {
    let published = Published::with(1);
    table(&published.database, 8);
    let before = files(&published.public());
    let first = File::options().write(true).open(published.public().join("lock")).unwrap();
    first.lock().unwrap();
    let error = published.database.publish(published.public()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Locked);
    assert!(error.message().contains("another publisher"), "{error}");
    assert_eq!(files(&published.public()), before);
    drop(first);
    published.publish();
}

#[test]
fn a_segment_that_no_index_has_is_used_if_it_is_right_and_never_overwritten() {
    let published = Published::with(0);
    let before = files(&published.public());
    table(&published.database, 1);
    published.publish();
    let after = files(&published.public());
    // The publisher was stopped before it wrote index and head.
    for name in ["head", "index"] {
        fs::write(published.public().join(name), &before[Path::new(name)]).unwrap();
    }
    table(&published.database, 2);
    let made = published.database.publish(published.public()).unwrap();
    assert_eq!((made.tx.0, made.new_transactions, made.new_segments), (3, 2, 2));
    for (path, bytes) in after.iter().filter(|(path, _)| path.starts_with("segments")) {
        assert_eq!(files(&published.public()).get(path), Some(bytes));
    }
    pull(&published.replica("replica"), &published.origin()).unwrap();

    // Another publisher's, or half of one.
    let name = published.public().join("segments/000000000004.zst");
    let whole = fs::read(published.public().join("segments/000000000003.zst")).unwrap();
    table(&published.database, 3);
    for foreign in [&whole[..], &whole[..whole.len() - 1], b"", b"something else"] {
        fs::write(&name, foreign).unwrap();
        let before = files(&published.public());
        let error = published.database.publish(published.public()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedPublication, "{error}");
        assert!(error.message().contains("000000000004.zst"), "{error}");
        assert_eq!(files(&published.public()), before);
    }
    fs::remove_file(&name).unwrap();
    published.publish();
}

#[test]
fn what_is_published_is_checked_before_anything_is_added() {
    let published = Published::with(6);
    table(&published.database, 8);
    let whole = files(&published.public());
    for (path, bytes) in whole.iter().filter(|(path, _)| !path.ends_with("lock")) {
        let mut damaged = bytes.clone();
        damaged[bytes.len() / 2] ^= 1;
        fs::write(published.public().join(path), &damaged).unwrap();
        let before = files(&published.public());
        let error = published.database.publish(published.public()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedPublication, "{}: {error}", path.display());
        assert_eq!(files(&published.public()), before);
        fs::write(published.public().join(path), bytes).unwrap();
    }
    published.publish();
}

#[test]
fn a_folder_of_something_else_a_shorter_database_and_a_journal_of_format_1_are_refused() {
    let published = Published::with(2);
    let other = published.beside("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("notes.txt"), "mine").unwrap();
    for folder in [&other, published.database.dir()] {
        let before = content(folder);
        let error = published.database.publish(folder).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotAPublication, "{error}");
        assert_eq!(content(folder), before);
    }
    // A folder that looks like one, with a file of somebody else under the name of ours.
    fs::create_dir(other.join("segments")).unwrap();
    fs::write(other.join("head"), "mine\n".repeat(1000)).unwrap();
    let before = content(&other);
    let error = published.database.publish(&other).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DamagedPublication, "{error}");
    assert_eq!(content(&other)[std::path::Path::new("head")], before[std::path::Path::new("head")]);
    let shorter = published.replica("shorter");
    let options = SalvageOptions { up_to: Some(tierbook::TxId(2)), ..SalvageOptions::default() };
    published.database.salvage(shorter.dir(), &options).unwrap().unwrap();
    let error = shorter.publish(published.public()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::HistoryShortened, "{error}");

    let old = Tool::empty();
    crate::cli::tool::copy_folder(&root().join("tests/it/cli/format_1"), &old.dir());
    let error = Database::at(&old.dir()).publish(published.beside("old")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::OldFormat, "{error}");
    assert!(error.hints()[0].contains("tierbook migrate"));
}

#[test]
fn an_origin_that_was_salvaged_goes_on_and_its_replica_keeps_its_own_copy_of_what_is_lost() {
    let published = Published::with(5);
    let replica = published.replica("replica");
    pull(&replica, &published.origin()).unwrap();
    // A transaction of the origin is damaged, and everything beside the journal is lost; its hash was published.
    let journal = published.database.journal();
    let mut bytes = fs::read(&journal).unwrap();
    let starts: Vec<usize> =
        (0..bytes.len() - 8).filter(|at| bytes[*at..].starts_with(b"\x50\x2a\x4d\x18\x04\0\0\0")).collect();
    bytes[starts[4]..starts[5]].fill(b'-');
    let index = String::from_utf8(fs::read(published.public().join("index")).unwrap()).unwrap();
    let known = index.lines().find(|line| line.split(' ').nth(1) == Some("4")).unwrap();
    let known = tierbook::Sha256::parse(known.split(' ').nth(2).unwrap()).unwrap();
    fs::write(&journal, bytes).unwrap();
    fs::remove_dir_all(published.database.dir().join("index")).unwrap();
    fs::remove_file(published.database.dir().join("image")).unwrap();
    let salvaged = published.replica("salvaged");
    let options = SalvageOptions { hashes: vec![(tierbook::TxId(4), known)], ..SalvageOptions::default() };
    let done = published.database.salvage(salvaged.dir(), &options).unwrap().unwrap();
    assert_eq!(done.lost.len(), 1, "{done:?}");
    let lost = done.lost[0].tx;
    table(&salvaged, 20);

    // In the folder of before, all is still there; a new publication has the tombstone.
    salvaged.publish(published.public()).unwrap();
    salvaged.publish(published.beside("new-public")).unwrap();
    for (name, place) in [("a", published.public()), ("b", published.beside("new-public"))] {
        let newcomer = published.replica(name);
        let pulled = pull(&newcomer, &origin(&place)).unwrap();
        let is_said =
            pulled.notices.iter().any(|notice| notice.starts_with("transaction 4 is lost in the origin"));
        assert_eq!(is_said, name == "b", "{:?}", pulled.notices);
        let lost_there = newcomer.verify(None).unwrap().lost.len();
        assert_eq!(lost_there, usize::from(name == "b"), "{name}");
        // Whoever reads it is told what no hash fixes any more.
        let is_told = |texts: &[String], words: &str| texts.iter().any(|text| text.contains(words));
        let what = "transaction 4 is lost, and nothing shows what it followed";
        let noted = salvaged.head().unwrap().hash;
        let compared = newcomer.verify_against(&origin(&place), Some(noted)).unwrap();
        assert_eq!(compared.lost.len(), lost_there);
        assert_eq!(is_told(&compared.notes, what), name == "b", "{:?}", compared.notes);
        assert_eq!(is_told(&newcomer.verify(Some(noted)).unwrap().notes, what), name == "b");
        assert_eq!(newcomer.verify(Some(known)).unwrap().notes.is_empty(), name == "a");
    }
    let pulled = pull(&replica, &origin(&published.beside("new-public"))).unwrap();
    assert_eq!(pulled.new_transactions, 1);
    assert!(pulled.notices.iter().all(|notice| !notice.contains("lost")), "{:?}", pulled.notices);
    let verified = replica.verify(None).unwrap();
    assert!(verified.problems.is_empty() && verified.lost.is_empty(), "{verified:?}");
    assert_eq!(replica.head().unwrap().hash, salvaged.head().unwrap().hash);
    let rate = replica.snapshot().unwrap().query("sources").unwrap();
    assert!(rate.len() as u64 > lost.0);
}
