//! The bounds of the journal, on files of their size that take no room on the disk.

use std::fs::{self, File};
use std::path::Path;

use tierbook::{Database, limits};

/// Why a database is refused whose journal in format 1 has one line, of so many bytes with its end.
fn refused(dir: &Path, bytes: u64) -> String {
    let file = File::create(dir.join("journal.jsonl")).unwrap();
    file.set_len(bytes - 1).unwrap();
    std::os::unix::fs::FileExt::write_at(&file, b"\n", bytes - 1).unwrap();
    Database::at(dir).head().unwrap_err().message().to_string()
}

#[test]
fn a_line_of_the_most_bytes_is_looked_at_and_a_longer_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let most = limits::JOURNAL_LINE_BYTES as u64;
    let over = format!("the line is longer than the limit of {most} bytes");
    let [at, above] = [most, most + 1].map(|bytes| refused(folder.path(), bytes));
    assert!(at.contains("journal.jsonl") && !at.contains(&over), "{at}");
    assert!(above.contains(&over), "{above}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
