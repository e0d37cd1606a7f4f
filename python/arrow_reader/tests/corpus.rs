//! The corpus of the fuzz target `stream`, given to the reader again: what was found once stays found.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/producer.rs"]
mod producer;
#[path = "../../../fuzz/src/stream.rs"]
mod stream;
#[path = "../../../fuzz/src/structs.rs"]
mod structs;
#[allow(dead_code, reason = "other targets use the rest")]
#[path = "../../../fuzz/src/support.rs"]
mod support;

#[test]
fn structs_that_lie_are_refused_and_honest_ones_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/stream");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3);
    for file in files {
        // A failure is reported beside the name of the file.
        eprintln!("{}", file.display());
        let is_read = stream::is_read(&fs::read(&file).unwrap());
        let is_honest = file.file_name().unwrap().to_string_lossy().starts_with("honest");
        assert!(is_read || !is_honest);
    }
}
