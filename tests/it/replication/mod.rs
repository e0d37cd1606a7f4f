//! Publishing and pulling: what a replica is, and what it refuses.

mod auditing;
mod documented;
mod edits;
#[cfg(feature = "replicate")]
mod hostile;
#[cfg(feature = "replicate")]
mod interrupted;
mod publishing;
mod pulling;
#[cfg(all(feature = "server", feature = "replicate"))]
mod served;
#[cfg(feature = "replicate")]
mod web;
mod witness;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::{Database, Error, JournalOrigin, LoadInput, LoadOptions, Pulled, Sha256};

use crate::cli::tool::seed;

/// A database with what it published, in folders that are removed with it.
struct Published {
    folder: TempDir,
    database: Database,
}

impl Published {
    /// The seed, and so many tables of the exchange; published after every third one, so that there are several segments.
    fn with(tables: usize) -> Published {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path().join("db")).unwrap();
        database.writer().unwrap().load(seed(), LoadOptions::default()).unwrap().into_result().unwrap();
        let published = Published { folder, database };
        published.publish();
        for number in 0..tables {
            table(&published.database, number);
            if number % 3 == 2 {
                published.publish();
            }
        }
        published.publish();
        published
    }

    fn publish(&self) {
        self.database.publish(self.public()).unwrap();
    }

    fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn origin(&self) -> JournalOrigin {
        origin(&self.public())
    }

    /// A new folder beside.
    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A database that need not be there yet.
    fn replica(&self, name: &str) -> Database {
        Database::at(&self.beside(name))
    }
}

/// Loads a table that nobody else has: contracts with a rate that the number makes.
fn table(database: &Database, number: usize) {
    let of = |coin: usize| {
        format!(
            "{{\"symbol\":\"COIN{coin}USDT\",\"brackets\":[{{\"bracket\":1,\"initialLeverage\":5,\"notionalCap\":100000,\
             \"notionalFloor\":0,\"maintMarginRatio\":0.{:04},\"cum\":0.0}}]}}",
            number + 100
        )
    };
    let text = format!("[{}]", (0..12).map(of).collect::<Vec<_>>().join(","));
    let name = format!("seen-202603{:02}T{:02}0000Z.json", 1 + number / 24, number % 24);
    let input = LoadInput::bytes(&name, text.as_bytes());
    database.writer().unwrap().load(input, LoadOptions::default()).unwrap().into_result().unwrap();
}

fn origin(place: &Path) -> JournalOrigin {
    JournalOrigin::of(&place.display().to_string(), None).unwrap()
}

fn pull(replica: &Database, from: &JournalOrigin) -> Result<Pulled, Error> {
    replica.pull(from, &mut |_| ())
}

/// The files of a folder, by their names in it.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).into_iter().flatten().map(Result::unwrap) {
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            all.extend(files(&entry.path()).into_iter().map(|(path, bytes)| (name.join(path), bytes)));
        } else {
            all.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// What of a database is its own content: neither the lock nor what is made of the journal.
fn content(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = files(dir);
    all.retain(|path, _| ["head", "journal.zst", "replica"].iter().any(|name| path.ends_with(name)));
    all
}

fn write(dir: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    fs::create_dir_all(dir.join("segments")).unwrap();
    for (path, bytes) in files {
        fs::write(dir.join(path), bytes).unwrap();
    }
}

/// A publication by hand: its segments, each with its first and last transaction and the hash of the last one.
fn by_hand(segments: &[(u64, u64, Sha256, Vec<u8>)]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut index = String::new();
    let mut last = String::new();
    for (first, to, hash, bytes) in segments {
        last = format!("{first} {to} {hash} {} {}", bytes.len(), Sha256::of(&[bytes]));
        index += &format!("{last}\n");
        files.insert(PathBuf::from(format!("segments/{first:012}.zst")), bytes.clone());
    }
    let sha256 = Sha256::of(&[index.as_bytes()]);
    let head = format!("tierbook publication 1: index {} {sha256} last {last}\n", index.len());
    files.insert("index".into(), index.into_bytes());
    files.insert("head".into(), head.into_bytes());
    files
}
