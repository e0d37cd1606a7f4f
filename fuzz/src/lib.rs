//! The bodies of the fuzz targets: plain functions of bytes, which libFuzzer calls here and `cargo test` calls with every file
//! of the corpus.
//!
//! Each states what is true of every input of an entrance: it is read or refused with an error that has a message, nothing
//! panics, nothing takes longer than [`SECONDS`], and what was read comes back the same. Only the public API is used.

mod support;
mod journal_lines;
mod announcement;
mod page;
mod exchange;
mod seed;
mod document;
mod record;
mod archive;
mod columns;
mod query;
mod positions;
mod log;
mod request;
mod certificate;
mod journal;
mod image;
mod publication;

use std::time::{Duration, Instant};

/// How long an input may take. An unoptimised build is given more.
const SECONDS: u64 = if cfg!(test) { 15 } else { 1 };

/// What checks an input.
pub type Check = fn(&[u8]);

/// Every target with its name.
pub const TARGETS: [(&str, Check); 15] = [
    ("announcement", announcement::check),
    ("page", page::check),
    ("exchange", exchange::check),
    ("seed", seed::check),
    ("record", record::check),
    ("archive", archive::check),
    ("columns", columns::check),
    ("query", query::check),
    ("positions", positions::check),
    ("log", log::check),
    ("request", request::check),
    ("certificate", certificate::check),
    ("journal", journal::check),
    ("image", image::check),
    ("publication", publication::check),
];

/// Gives an input to a target.
///
/// # Panics
/// Something that the target states is not true, or it took too long: twice, since the machine may be busy.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, check) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target of that name");
    timed(name, *check, bytes);
}

/// Gives an input to a check; `stream`, which has structs of C and so no place in [`TARGETS`], calls it itself.
///
/// # Panics
/// As [`run`].
pub fn timed(name: &str, check: Check, bytes: &[u8]) {
    let took = || {
        let began = Instant::now();
        check(bytes);
        began.elapsed()
    };
    let most = Duration::from_secs(SECONDS);
    assert!(took() <= most || took() <= most, "{name}: {} bytes took more than {most:?}", bytes.len());
}
