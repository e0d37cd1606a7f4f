//! The command `migrate`: the journal of an older version in the format of this one.

use std::path::Path;

use serde_json::json;

use super::session::Session;
use super::status::ExitStatus;
use tierbook::Migrated;
use tierbook::render::Format;

/// `migrate`.
pub fn run(session: &Session) -> ExitStatus {
    match session.database.migrate() {
        Ok(migrated) => {
            show(session, migrated.as_ref());
            ExitStatus::OK
        }
        Err(error) => session.report(&error),
    }
}

/// What `load` says about it, once a run, to standard error; nothing where there is nothing to migrate.
pub fn mention(session: &Session) {
    if session.database.can_migrate() {
        session.console.message(
            "note: the journal of this database has the format of an older version; `tierbook migrate` makes it\n\
             much smaller, keeps the old file, and is never done by itself\n",
        );
    }
}

fn show(session: &Session, migrated: Option<&Migrated>) {
    let text = match (session.format, migrated) {
        (Format::Table, None) => "nothing to do: the journal has the newest format\n".to_string(),
        (Format::Table, Some(migrated)) => in_words(session.database.dir(), migrated),
        (_, None) => format!("{}\n", json!({ "migrated": false })),
        (_, Some(migrated)) => format!(
            "{}\n",
            json!({
                "migrated": true,
                "journal": migrated.journal,
                "kept": migrated.kept,
                "transactions": migrated.transactions,
                "bytes_before": migrated.bytes.0,
                "bytes_after": migrated.bytes.1,
                "tx": migrated.head.tx.0,
                "hash": migrated.head.hash.to_string(),
                "former_hash": migrated.former_hash.to_string(),
            })
        ),
    };
    session.print(&text);
}

fn in_words(dir: &Path, migrated: &Migrated) -> String {
    let Migrated { journal, kept, transactions, bytes: (before, after), head, former_hash } = migrated;
    let (folder, kept, journal) = (dir.display(), kept.display(), journal.display());
    format!(
        "migrated {transactions} transactions: {before} bytes before, {after} after; each was read back and compared\n\
         head before  tx {tx} hash {former_hash}\n\
         head now     tx {tx} hash {hash}\n\
         `verify --head` finds both, and certificates of before are still accepted\n\
         the old journal is kept in {kept}; you may delete it\n\
         to go back, without what is recorded from now on:\n  \
         rm -r {folder}/head {folder}/index {folder}/image {journal} && mv {kept} {folder}/journal.jsonl\n",
        tx = head.tx,
        hash = head.hash,
    )
}
