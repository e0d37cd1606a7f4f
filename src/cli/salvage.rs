//! The command `salvage`, and what is lost in words.

use serde_json::{Value, json};

use super::recovery_options::SalvageArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{Database, LostTransaction, SalvageOptions, Salvaged, TxId};

/// `salvage TO [--with BACKUP]… [--hash TX=DIGITS]… [--up-to TX]`. Exit code 1 where anything is lost.
pub fn run(session: &Session, arguments: &SalvageArguments) -> ExitStatus {
    let options = SalvageOptions {
        with: arguments.with.clone(),
        hashes: arguments.hash.clone(),
        up_to: arguments.up_to.map(TxId),
    };
    let is_text = session.format == Format::Table;
    match session.database.salvage(&arguments.to, &options) {
        Ok(None) => {
            let from = session.database.dir().display();
            let text = format!(
                "nothing is wrong with the journal in {from}: nothing was written\n\
                 to copy it: tierbook --db {from} backup {}\n",
                arguments.to.display()
            );
            let object = json!({ "salvaged": false });
            session.print(&if is_text { text } else { format!("{object}\n") });
            ExitStatus::OK
        }
        Ok(Some(salvaged)) => {
            session.notices(&salvaged.notices);
            let database = Database::at(&arguments.to);
            let text =
                if is_text { in_words(&salvaged, &database) } else { format!("{}\n", as_json(&salvaged)) };
            session.print(&text);
            ExitStatus::of(u8::from(!salvaged.lost.is_empty() || !salvaged.without_text.is_empty()))
        }
        Err(error) => session.report(&error),
    }
}

fn in_words(salvaged: &Salvaged, database: &Database) -> String {
    let Salvaged { journal, head, kept, from_backups, without_text, lost, .. } = salvaged;
    let from = if *from_backups > 0 { format!(", {from_backups} from backups") } else { String::new() };
    let loss = if lost.is_empty() && without_text.is_empty() { ": nothing is lost" } else { "" };
    format!(
        "salvaged {}{from}, all of them read again{loss}\n{}\
         head     tx {} hash {}\n\
         journal  {}\n\
         to use it: tierbook --db {} verify\n",
        counted(kept + from_backups, "transaction"),
        losses(lost, without_text),
        head.tx,
        head.hash,
        journal.display(),
        database.dir().display(),
    )
}

fn as_json(salvaged: &Salvaged) -> Value {
    let Salvaged { journal, head, kept, from_backups, without_text, lost, notices } = salvaged;
    json!({
        "salvaged": true,
        "journal": journal,
        "transactions": kept + from_backups,
        "from_backups": from_backups,
        "tx": head.tx.0,
        "hash": head.hash.to_string(),
        "lost": lost,
        "without_text": without_text,
        "notices": notices,
    })
}

/// What is lost, a line each.
pub fn losses(lost: &[LostTransaction], without_text: &[TxId]) -> String {
    let mut text: String = lost.iter().map(|it| format!("{}\n", sentence(it))).collect();
    if !without_text.is_empty() {
        let numbers: Vec<String> = without_text.iter().map(TxId::to_string).collect();
        text +=
            &format!("lost: the text of the document of tx {}, and nothing else of it\n", numbers.join(", "));
    }
    text
}

fn sentence(lost: &LostTransaction) -> String {
    let recorded = lost.recorded_at.map_or(String::new(), |at| format!(", recorded {at}"));
    let source = match &lost.source {
        Some((id, file)) => format!(", {id} {file}"),
        None => ", nothing is known of its source".to_string(),
    };
    let shown = match lost.is_confirmed {
        true => "was confirmed by the chain when it was salvaged",
        false => "was not confirmed",
    };
    format!("lost: tx {}{recorded}{}; its hash (by {}) {shown}", lost.tx, source.trim_end(), lost.hash_from)
}
