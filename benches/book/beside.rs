//! Six readers beside two writers.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tierbook::{Database, LoadInput, LoadOptions};

use crate::data::{REAL, Size, documents};
use crate::work::Book;

const READERS: usize = 6;
const WRITERS: usize = 2;

/// Documents that each writer records, one after another.
const DOCUMENTS: usize = 8;

/// Milliseconds that readers wait for their answers: the median, and what one in a hundred exceeds.
#[derive(Clone, Copy)]
pub struct Waits {
    pub p50: f64,
    pub p99: f64,
}

/// Each question and each document is a process of its own.
pub fn processes(database: &Database) -> Waits {
    beside(database, ask_by_process, |dir, file, _| {
        let load = || run(dir, &["load", &file.display().to_string()]);
        // 4: the other one writes for longer than a writer waits.
        while load() == Some(4) {}
    })
}

/// The same of readers of another database, which nobody writes: so much is the machine alone.
pub fn processes_of_another(database: &Database) -> Waits {
    let other = database.dir().to_path_buf();
    beside(
        database,
        move |_| ask_by_process(&other),
        |dir, file, _| {
            while run(dir, &["load", &file.display().to_string()]) == Some(4) {}
        },
    )
}

/// Each question opens the database in a thread; so does each document.
pub fn threads(database: &Database) -> Waits {
    let ask = |dir: &Path| {
        let rows = Database::open(dir).unwrap().snapshot().unwrap().query(Book::COLD).unwrap();
        assert_eq!(rows.len(), 1);
    };
    beside(database, ask, |dir, file, bytes| {
        let input = || LoadInput::bytes(file.display().to_string(), bytes.to_vec());
        let load = || Database::open(dir).unwrap().writer().unwrap().load(input(), LoadOptions::default());
        while load().is_err() {}
    })
}

fn ask_by_process(dir: &Path) {
    assert_eq!(run(dir, &["query", Book::COLD]), Some(0));
}

fn run(dir: &Path, arguments: &[&str]) -> Option<i32> {
    let mut command = Command::new(Book::program());
    command.arg("--db").arg(dir).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().code()
}

/// Asks until everything is recorded, in a copy of the database.
fn beside(
    database: &Database,
    ask: impl Fn(&Path) + Sync,
    record: impl Fn(&Path, &Path, &[u8]) + Sync,
) -> Waits {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("rules.db");
    let copied = Command::new("cp").arg("-r").args([database.dir(), &dir]).status().unwrap();
    assert!(copied.success());
    let known = documents(REAL).count();
    let more = Size { observations: REAL.observations + WRITERS * DOCUMENTS, ..REAL };
    let new: Vec<_> = documents(more).skip(known).take(WRITERS * DOCUMENTS).collect();
    new.iter().for_each(|(file, text)| std::fs::write(folder.path().join(file), text).unwrap());
    let (waits, writing) = (Mutex::new(Vec::new()), AtomicUsize::new(WRITERS));
    std::thread::scope(|scope| {
        for number in 0..WRITERS {
            let (dir, new, writing, record, folder) = (&dir, &new, &writing, &record, folder.path());
            scope.spawn(move || {
                for (file, text) in new.iter().skip(number).step_by(WRITERS) {
                    record(dir, &folder.join(file), text);
                }
                writing.fetch_sub(1, Ordering::Relaxed);
            });
        }
        for _ in 0..READERS {
            scope.spawn(|| {
                while writing.load(Ordering::Relaxed) > 0 {
                    let start = Instant::now();
                    ask(&dir);
                    waits.lock().unwrap().push(1e3 * start.elapsed().as_secs_f64());
                }
            });
        }
    });
    let mut waits = waits.into_inner().unwrap();
    waits.sort_by(f64::total_cmp);
    Waits { p50: waits[waits.len() / 2], p99: waits[waits.len() * 99 / 100] }
}
