//! How fast the book answers: one question, columns of them, statements of the language, histories, changes, planes, a
//! whole process, and readers beside writers.
//!
//! `cargo bench --bench book` prints a table; with `-- --summary` one line, with `-- --only NAME` one row of it.
//! `-- --at FOLDER` keeps the database there for the next run.
//! `-- --instructions` prints instructions instead, by valgrind.
//! `-- --cpu` counts the time on the processor instead of that of the clock, for a busy machine and one thread.
//! Nothing here is a test: what a machine does beside it shows in the figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "book/beside.rs"]
mod beside;
#[path = "book/data.rs"]
mod data;
#[path = "book/instructions.rs"]
mod instructions;
#[path = "book/work.rs"]
mod work;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tierbook::{Database, LoadInput, LoadOptions};

use data::{REAL, documents};
use work::Book;

/// The least time of several runs of `run`, a second in all, over the number of answers that it gives.
pub fn seconds_each(mut run: impl FnMut() -> usize) -> f64 {
    let deadline = Instant::now() + Duration::from_millis(800);
    let mut least = f64::INFINITY;
    loop {
        let start = now();
        let count = run();
        #[allow(clippy::cast_precision_loss, reason = "a count of answers")]
        let each = (now() - start) / count as f64;
        least = least.min(each);
        if Instant::now() > deadline {
            return least;
        }
    }
}

/// The seconds of the clock since some time, or those that this thread was on a processor.
fn now() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let clock = START.get_or_init(Instant::now).elapsed().as_secs_f64();
    if !std::env::args().any(|it| it == "--cpu") {
        return clock;
    }
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|it| it.parse::<f64>().ok()).map_or(clock, |nanos| nanos / 1e9)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let only = arguments.iter().position(|it| it == "--only").and_then(|at| arguments.get(at + 1));
    let folder = tempfile::tempdir().unwrap();
    let kept = arguments.iter().position(|it| it == "--at").and_then(|at| arguments.get(at + 1));
    let path = kept.map_or_else(|| folder.path().join("rules.db"), Into::into);
    let is_made = path.exists();
    let database = Database::open_or_create(&path).unwrap();
    let mut loading = Duration::ZERO;
    let mut bytes = 0;
    if !is_made {
        let mut writer = database.writer().unwrap();
        for (file, text) in documents(REAL) {
            bytes += text.len();
            let start = Instant::now();
            writer.load(LoadInput::bytes(file, text), LoadOptions::default()).unwrap().into_result().unwrap();
            loading += start.elapsed();
        }
    }
    if arguments.iter().any(|it| it == "--instructions") {
        instructions::report(&path);
        return;
    }
    let book = Book::open(database);
    if let Some(at) = arguments.iter().position(|it| it == "--ask") {
        book.ask(&arguments[at + 1], arguments[at + 2].parse().unwrap());
        return;
    }
    if arguments.iter().any(|it| it == "--summary") {
        println!("{}", book.summary());
        return;
    }
    #[allow(clippy::cast_precision_loss, reason = "a count of bytes")]
    let megabytes = bytes as f64 / 1e6;
    if !is_made {
        println!(
            "load one by one                         {megabytes:>12.1} MB in {:.2} s",
            loading.as_secs_f64()
        );
    }
    for (name, unit, measure) in work::ALL {
        if only.is_none_or(|only| name.starts_with(only.as_str())) {
            println!("{name:<40}{:>12} {unit}", work::shown(measure(&book)));
        }
    }
}
