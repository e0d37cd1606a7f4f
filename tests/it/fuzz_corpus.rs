//! The corpus of the fuzz targets, given to each of them again: what was found once stays found. fuzz/README.md has the rest.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::cli::tool::root;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Most bytes of all corpora together.
const CORPUS_BYTES: u64 = 1_700_000;

/// The names in a folder of `fuzz`, without what is after a dot.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("fuzz").join(folder)).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.map(|name| name.split('.').next().unwrap().to_string()).collect()
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("fuzz/corpus").join(target)).unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_target_has_a_program_and_a_small_corpus() {
    // `stream` is replayed by `python/arrow_reader/tests/corpus.rs`: it has `unsafe` code, which is forbidden here.
    let known = targets::TARGETS.iter().map(|(name, _)| *name).chain(["stream"]);
    let known: BTreeSet<String> = known.map(str::to_string).collect();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("corpus"), known);
    let files: Vec<PathBuf> = known.iter().flat_map(|name| corpus(name)).collect();
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes <= CORPUS_BYTES, "{bytes} bytes in {} files", files.len());
}

fn replay(target: &str) {
    let mut files = corpus(target);
    assert!(files.len() >= 3, "{target} has {} files", files.len());
    files.sort();
    // Completing a query is slow without optimisation, and there are 1,700 of them: the long run takes all.
    let step = if target == "query" && std::env::var("TIERBOOK_EVERY_BYTE").is_err() { 4 } else { 1 };
    for file in files.into_iter().step_by(step) {
        // A failure is reported beside the name of the file.
        eprintln!("{}", file.display());
        targets::run(target, &fs::read(&file).unwrap());
    }
}

macro_rules! replayed {
    ($($test:ident $target:literal)*) => { $(#[test] fn $test() { replay($target); })* };
}

replayed! {
    announcements "announcement"
    pages_and_mails "page"
    tables_of_the_exchange "exchange"
    seeds "seed"
    recorded_documents "record"
    archives "archive"
    files_of_questions "columns"
    queries "query"
    positions_files "positions"
    logs "log"
    requests "request"
    certificates "certificate"
    journals "journal"
    images "image"
    publications "publication"
}
