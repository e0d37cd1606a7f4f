//! The commands `head` and `init`.

use serde_json::json;

use super::session::Session;
use super::status::ExitStatus;
use tierbook::Database;
use tierbook::render::Format;

/// `head`: the newest transaction and its hash, as a line to publish or to sign.
pub fn run(session: &Session) -> ExitStatus {
    let head = match session.database.head() {
        Ok(head) => head,
        Err(error) => return session.report(&error),
    };
    let hash = head.hash.to_string();
    session.print(&match session.format {
        Format::Table => {
            let name = session.database.dir().file_name().unwrap_or_default().to_string_lossy();
            let recorded = head.recorded_at.map_or(String::new(), |at| format!(" recorded {at}"));
            format!("{name} tx {} hash {hash}{recorded}\n", head.tx)
        }
        _ => {
            let recorded_at = head.recorded_at.map(|at| at.to_string());
            format!("{}\n", json!({"tx": head.tx.0, "hash": hash, "recorded_at": recorded_at}))
        }
    });
    ExitStatus::OK
}

/// `init`: an empty database.
pub fn init(session: &Session) -> ExitStatus {
    if let Err(error) = Database::create(session.database.dir()) {
        return session.report(&error);
    }
    session.print(&format!(
        "created an empty database in {}; load announcements with: tierbook load PATH\n",
        session.database.dir().display()
    ));
    ExitStatus::OK
}
