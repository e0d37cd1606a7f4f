//! A published folder that somebody edits at random: every edit is refused, and named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tierbook::{Database, ErrorKind};

use super::{Published, content, files, origin, pull, write};
use crate::fault::Tally;

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Edits in all, of each way as many; `TIERBOOK_CASES` names more.
const EDITS: usize = 300;

/// A source of numbers that gives the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The ways to edit a folder.
const WAYS: [fn(&mut Files, &mut Random); 12] = [
    |files, random| change(files, random, |bytes, at, random| bytes[at] ^= 1 << random.below(8)),
    |files, random| change(files, random, |bytes, at, random| bytes[at] = random.below(256) as u8),
    |files, random| change(files, random, |bytes, at, random| bytes.insert(at, random.below(256) as u8)),
    |files, random| change(files, random, |bytes, at, _| _ = bytes.remove(at)),
    |files, random| change(files, random, |bytes, at, _| bytes.truncate(at)),
    |files, random| change(files, random, |bytes, _, random| bytes.push(random.below(256) as u8)),
    // A part is copied over another one.
    |files, random| {
        change(files, random, |bytes, at, random| {
            let length = 1 + random.below((bytes.len() - at).min(200));
            let from = random.below(bytes.len() - length + 1);
            bytes.copy_within(from..from + length, at);
        });
    },
    // Missing.
    |files, random| {
        let path = random.of(&files.keys().cloned().collect::<Vec<_>>()).clone();
        files.remove(&path);
    },
    // Swapped, and put under the name of another one.
    |files, random| {
        let (one, other) = two(files, random);
        let (a, b) = (files[&one].clone(), files[&other].clone());
        files.insert(one, b);
        files.insert(other, a);
    },
    |files, random| {
        let (one, other) = two(files, random);
        let bytes = files.remove(&one).unwrap();
        files.insert(other, bytes);
    },
    // Renamed to another transaction.
    |files, random| {
        let segments: Vec<PathBuf> =
            files.keys().filter(|path| path.starts_with("segments")).cloned().collect();
        let bytes = files.remove(random.of(&segments)).unwrap();
        files.insert(PathBuf::from(format!("segments/{:012}.zst", 100 + random.below(1000))), bytes);
    },
    // The lines of the index in another order.
    |files, random| {
        let index = String::from_utf8(files[Path::new("index")].clone()).unwrap();
        let mut lines: Vec<&str> = index.lines().collect();
        let (from, to) = (random.below(lines.len()), random.below(lines.len()));
        lines.swap(from, to);
        files.insert("index".into(), format!("{}\n", lines.join("\n")).into_bytes());
    },
];

fn change(files: &mut Files, random: &mut Random, edit: impl Fn(&mut Vec<u8>, usize, &mut Random)) {
    let path = random.of(&files.keys().cloned().collect::<Vec<_>>()).clone();
    let bytes = files.get_mut(&path).unwrap();
    let at = random.below(bytes.len());
    edit(bytes, at, random);
}

fn two(files: &Files, random: &mut Random) -> (PathBuf, PathBuf) {
    let all: Vec<PathBuf> = files.keys().cloned().collect();
    let one = random.below(all.len());
    let other = (one + 1 + random.below(all.len() - 1)) % all.len();
    (all[one].clone(), all[other].clone())
}

#[test]
fn edits_of_a_published_folder_are_each_refused_and_named() {
    let published = Published::with(9);
    let mut all = files(&published.public());
    all.remove(Path::new("lock"));
    assert_eq!(all.len(), 6, "head, index and four segments");
    let (mut random, mut tally) = (Random(7), Tally::default());
    let folder = tempfile::tempdir().unwrap();
    let wanted = std::env::var("TIERBOOK_CASES").map_or(EDITS, |count| count.parse().unwrap());
    let mut edits = 0;
    while edits < wanted {
        let mut edited = all.clone();
        WAYS[edits % WAYS.len()](&mut edited, &mut random);
        if edited == all {
            // Nothing was changed: another place.
            continue;
        }
        edits += 1;
        let place = folder.path().join(edits.to_string());
        write(&place, &edited);
        let replica = Database::at(&folder.path().join("replica"));
        let what = || format!("edit {edits}, {}", edits % WAYS.len());
        for refused in [
            pull(&replica, &origin(&place)).map(drop),
            published.database.verify_against(&origin(&place), None).map(drop),
        ] {
            match refused {
                Ok(()) => tally.wrong.push(format!("{}: it was taken", what())),
                Err(error) if names_it(&error, &place) => tally.refused += 1,
                Err(error) => tally.wrong.push(format!("{}: {error:?}", what())),
            }
        }
        if replica.dir().exists() {
            tally.lost.push(format!("{}: something is there: {:?}", what(), files(replica.dir()).keys()));
        }
        std::fs::remove_dir_all(&place).unwrap();
    }
    tally.end("edits of a published folder", &format!("{edits} edits, pulled and verified"));
}

/// Whether an error says where the damage is: in the head, the index, a segment or a transaction.
fn names_it(error: &tierbook::Error, place: &Path) -> bool {
    let message = error.message();
    let names = ["`head`", "file `head`", "`index`", "segments/", "transaction", "index has"];
    error.exit_code() == 4
        && !error.hints().is_empty()
        && message.contains(&place.display().to_string())
        && names.iter().any(|name| message.contains(name))
        && (error.kind() == ErrorKind::Damaged || message.contains("it has no file `head`"))
}

#[test]
fn an_edit_of_what_is_new_is_refused_by_a_replica_which_stays_as_it_is() {
    let published = Published::with(3);
    let replica = published.replica("replica");
    pull(&replica, &published.origin()).unwrap();
    let known = files(&published.public());
    let before = content(replica.dir());
    super::table(&published.database, 9);
    published.publish();
    let mut all = files(&published.public());
    all.remove(Path::new("lock"));
    let mut random = Random(11);
    let folder = tempfile::tempdir().unwrap();
    for edit in 0..200 {
        let mut edited = all.clone();
        WAYS[edit % WAYS.len()](&mut edited, &mut random);
        let is_seen = ["head", "index"]
            .iter()
            .any(|name| edited.get(Path::new(name)) != all.get(Path::new(name)))
            || all.iter().any(|(path, bytes)| !known.contains_key(path) && edited.get(path) != Some(bytes));
        let place = folder.path().join(edit.to_string());
        write(&place, &edited);
        // Segments that the replica has are not fetched: `verify --against` reads them.
        if is_seen {
            let error = pull(&replica, &origin(&place)).unwrap_err();
            assert_eq!(error.exit_code(), 4, "{edit}: {error:?}");
            assert_eq!(content(replica.dir()), before, "{edit}");
            assert!(!replica.dir().join("pull").exists(), "{edit}");
        }
    }
    assert_eq!(pull(&replica, &published.origin()).unwrap().new_transactions, 1);
    assert!(replica.verify(None).unwrap().problems.is_empty());
}
