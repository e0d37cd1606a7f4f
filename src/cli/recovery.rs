//! The commands `backup`, `restore` and `rebuild`.

use std::path::Path;

use serde_json::{Value, json};

use super::recovery_options::{BackupArguments, RestoreArguments};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{BackedUp, Error, Rebuilt, Restored};

/// `backup`.
pub fn backup(session: &Session, arguments: &BackupArguments) -> ExitStatus {
    show(session, session.database.backup(&arguments.folder), |made| {
        let BackedUp { journal, head, transactions, copied, bytes } = made;
        let words = format!(
            "backed up {}: {copied} of {bytes} bytes copied, all of them read again\n\
             head     tx {} hash {}\n\
             journal  {}\n\
             to put it back: tierbook restore {}\n",
            counted(*transactions, "new transaction"),
            head.tx,
            head.hash,
            journal.display(),
            arguments.folder.display(),
        );
        let object = json!({
            "journal": journal,
            "transactions": transactions,
            "bytes_copied": copied,
            "bytes": bytes,
            "tx": head.tx.0,
            "hash": head.hash.to_string(),
        });
        (words, object)
    })
}

/// `restore`.
pub fn restore(session: &Session, arguments: &RestoreArguments) -> ExitStatus {
    show(session, session.database.restore(&arguments.backup, arguments.replace), |restored| {
        let Restored { journal, head, bytes, kept } = restored;
        let mut words = format!(
            "restored {}: {bytes} bytes, all of them read again\n\
             head     tx {} hash {}\n\
             journal  {}\n",
            counted(head.tx.0, "transaction"),
            head.tx,
            head.hash,
            journal.display(),
        );
        if let Some(kept) = kept {
            words += &undo_text(session.database.dir(), journal, kept);
        }
        let object = json!({
            "journal": journal,
            "transactions": head.tx.0,
            "bytes": bytes,
            "tx": head.tx.0,
            "hash": head.hash.to_string(),
            "kept": kept,
        });
        (words, object)
    })
}

/// How to go back to the database that was replaced.
fn undo_text(dir: &Path, journal: &Path, kept: &Path) -> String {
    let (folder, journal, kept) = (dir.display(), journal.display(), kept.display());
    format!(
        "the database that was there is kept in {kept}; you may delete it\n\
         to go back, without what is recorded from now on:\n  \
         rm -rf {folder}/head {folder}/index {folder}/image {journal} && mv {kept}/* {folder} && rmdir {kept}\n"
    )
}

/// `rebuild`.
pub fn rebuild(session: &Session) -> ExitStatus {
    show(session, session.database.rebuild(), |rebuilt| {
        let Rebuilt { head, notices } = rebuilt;
        session.notices(notices);
        let words = format!(
            "the index and the image were made anew from the journal ({})\n\
             head     tx {} hash {}\n",
            counted(head.tx.0, "transaction"),
            head.tx,
            head.hash,
        );
        let object = json!({ "transactions": head.tx.0, "tx": head.tx.0, "hash": head.hash.to_string() });
        (words, object)
    })
}

/// Prints what was done, in words or as an object, or reports the error.
fn show<T>(
    session: &Session,
    done: Result<T, Error>,
    describe: impl FnOnce(&T) -> (String, Value),
) -> ExitStatus {
    match done {
        Ok(done) => {
            let (words, object) = describe(&done);
            let is_text = session.format == Format::Table;
            session.print(&if is_text { words } else { format!("{object}\n") });
            ExitStatus::OK
        }
        Err(error) => session.report(&error),
    }
}
