//! A journal made by somebody else: opened, verified, written to, published, salvaged.

use tierbook::{Database, Error, SalvageOptions, TxId};

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
            salvage(&database, &Database::at(&to));
        }
        Ok(_) => {
            whole(&database);
            if form != b'1' {
                database.publish(folder.path().join("public")).unwrap();
            }
        }
    }
}

/// Salvages it: what is kept is whole. Where a transaction is in the way, what is before it can be had, as the hint says.
fn salvage(database: &Database, to: &Database) {
    let mut options = SalvageOptions::default();
    loop {
        match database.salvage(to.dir(), &options) {
            Ok(kept) => {
                if kept.is_some() {
                    to.rebuild().unwrap();
                    whole(to);
                }
                return;
            }
            Err(error) => {
                check_error(&error);
                let Some(last) = last_kept(&error) else { return };
                assert!(options.up_to.is_none_or(|before| last < before), "{error:?} after {options:?}");
                options.up_to = Some(last);
            }
        }
    }
}

/// The last transaction before what is in the way, as a hint names it.
fn last_kept(error: &Error) -> Option<TxId> {
    let hint = error.hints().iter().find_map(|hint| hint.as_str().strip_prefix("`--up-to "))?;
    Some(TxId(hint.split('`').next()?.parse().unwrap()))
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
