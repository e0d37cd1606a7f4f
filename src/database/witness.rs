//! A witness: who keeps each head that an origin published, with the time when it was seen, in a log of its own.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::against::check_successor;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::origin::JournalOrigin;
use crate::statement::{Sha256, TxId};
use crate::store::LostTransaction;
use crate::time::Timestamp;

/// What a witness saw.
///
/// ```
/// use tierbook::{Database, JournalOrigin, Timestamp, witness};
/// # let folder = tempfile::tempdir()?;
/// # let public = folder.path().join("public");
/// Database::create(folder.path().join("db"))?.publish(&public)?;
/// let origin = JournalOrigin::of(&public.display().to_string(), None)?;
/// let log = folder.path().join("heads.jsonl");
/// assert_eq!(witness(&origin, &log, Timestamp::now())?.before, None);
/// assert_eq!(witness(&origin, &log, Timestamp::now())?.before.unwrap().0, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witnessed {
    /// The last transaction that is published.
    pub tx: TxId,
    /// Its hash.
    pub hash: Sha256,
    /// The last transaction that was seen before; `None` at the first look.
    pub before: Option<TxId>,
    /// Transactions that the origin lost, among those that are new.
    pub lost: Vec<LostTransaction>,
}

/// A line of the log. The names of its fields are those in the file.
#[expect(clippy::struct_field_names, reason = "`seen_at` is the name in the file")]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Seen {
    seen_at: String,
    origin: String,
    tx: u64,
    hash: String,
    /// Why it is no successor of the one before; it was not accepted then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// Looks at the head of an origin and adds it to the log in a file, unless it is the last one there. What is new is read,
/// and its chain checked from the head that was seen before.
///
/// # Errors
/// The head is no successor of the one seen before ([`ErrorCode::HistoryForked`], [`ErrorCode::HistoryShortened`]): the log
/// has it, marked as refused. The origin is damaged or cannot be reached, the log has something else, or it cannot be
/// written: the log is as it was then.
pub fn witness(origin: &JournalOrigin, log: &Path, now: Timestamp) -> Result<Witnessed> {
    let lines = read(log)?;
    let accepted = lines.iter().rposition(|line| line.refused.is_none());
    let before = accepted.map(|place| hash(log, place + 1, &lines[place])).transpose()?;
    let (head, index) = origin.head_and_index()?;
    let (tx, hash) = (TxId(head.tx()), head.hash());
    let mut line = Seen {
        seen_at: now.to_string(),
        origin: origin.place().to_string(),
        tx: tx.0,
        hash: hash.to_string(),
        refused: None,
    };
    let lost = match before {
        Some(seen) if seen == (tx, hash) => {
            return Ok(Witnessed { tx, hash, before: Some(tx), lost: Vec::new() });
        }
        Some((seen, of)) => {
            let checked = check_successor(origin, &index, seen, of);
            let is_another = |code| matches!(code, ErrorCode::HistoryForked | ErrorCode::HistoryShortened);
            match checked {
                Err(error) if is_another(error.code()) => {
                    line.refused = Some(error.message().to_string());
                    if lines.last().is_none_or(|last| (last.tx, &last.hash) != (line.tx, &line.hash)) {
                        add(log, &line)?;
                    }
                    return Err(error.hint(format!("{} has every head that was seen", log.display())));
                }
                checked => checked?,
            }
        }
        None => check_successor(origin, &index, tx, hash)?,
    };
    add(log, &line)?;
    Ok(Witnessed { tx, hash, before: before.map(|(tx, _)| tx), lost })
}

fn read(log: &Path) -> Result<Vec<Seen>> {
    let text = match fs::metadata(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        // A pipe would wait, and a device may never end.
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is not a file")),
        Ok(metadata) if metadata.len() > limits::WITNESS_LOG_BYTES => {
            let (bytes, most) = (metadata.len(), limits::WITNESS_LOG_BYTES);
            Err(io::Error::other(format!("it has {bytes} bytes, and at most {most} are read")))
        }
        Ok(_) => fs::read_to_string(log),
        Err(error) => Err(error),
    };
    let text = text.map_err(|error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", log.display()))
            .hint("name the log that `tierbook witness` writes, or a new file")
    })?;
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| foreign(log, number + 1, &error.to_string()))
    };
    text.lines().enumerate().map(line).collect()
}

fn hash(log: &Path, number: usize, line: &Seen) -> Result<(TxId, Sha256)> {
    let hash = Sha256::parse(&line.hash).ok_or_else(|| foreign(log, number, "a hash has another form"))?;
    Ok((TxId(line.tx), hash))
}

fn foreign(log: &Path, line: usize, why: &str) -> Error {
    Error::new(
        ErrorCode::CannotRead,
        format!("{}, line {line}, is no line of a log of heads: {why}", log.display()),
    )
    .hint("name the log that `tierbook witness` writes, or a new file; nothing was written to this one")
}

/// Adds a line; it is on the disk when this returns.
fn add(log: &Path, line: &Seen) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(log)?;
        file.write_all(format!("{}\n", serde_json::to_string(line)?).as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| {
        Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", log.display()))
            .hint("check that you may write there and that the disk has room")
    })
}
