//! A journal made by somebody else: opened, verified, written to, published, salvaged.

use tierbook::{Database, SalvageOptions};

use super::journal_lines::frames;
use super::support::{check_error, chosen, database_of};

/// Opens it. The first byte is `r` for the bytes of a journal, `1` for those of one of format 1; else its lines follow, which
/// get the hashes that belong to them.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("db");
    let journal = match form {
        b'r' | b'1' => bytes.to_vec(),
        _ => frames(bytes).into_iter().flat_map(|frame| frame.bytes).collect(),
    };
    let database = database_of(&dir, &journal);
    if form == b'1' {
        std::fs::rename(dir.join("journal.zst"), dir.join("journal.jsonl")).unwrap();
    }
    let to = folder.path().join("salvaged");
    match database.rebuild() {
        // What is refused can be salvaged, or is refused again.
        Err(error) => {
            check_error(&error);
            match database.salvage(&to, &SalvageOptions::default()) {
                Ok(Some(_)) => {
                    Database::at(&to).rebuild().unwrap();
                    whole(&Database::at(&to));
                }
                Ok(None) => {}
                Err(error) => check_error(&error),
            }
        }
        Ok(_) => {
            whole(&database);
            if form != b'1' {
                database.publish(folder.path().join("public")).unwrap();
            }
        }
    }
}

/// A database that is whole has no problem, and every subject can be asked.
fn whole(database: &Database) {
    let verified = database.verify(None).unwrap();
    assert_eq!(verified.problems, [""; 0]);
    let rules = database.snapshot().unwrap();
    for subject in rules.subjects() {
        let asked = rules.query(&format!("history of \"{subject}\""));
        asked.unwrap_or_else(|error| panic!("{subject}: {error}"));
    }
}
