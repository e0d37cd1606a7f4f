//! A transaction of one journal as another one has it: the same content and the same hash, whatever the frames refer to.

use super::encode::{self, Frame};
use super::header::Header;
use super::line::{Content, Line};
use super::stored::Bases;
use crate::error::{Error, ErrorCode, Result};
use crate::statement::Sha256;
use crate::store::errors::too_large;

/// The frame of a transaction of another journal of format 2, after one with the hash `previous`. It may refer to `bases`.
///
/// # Errors
/// The transaction cannot be read (`damaged_journal`), is of a journal of format 1 (`old_format`), is too large
/// (`too_large`), or does not have its hash when it is written again (`damaged_journal`).
pub(super) fn copied(line: &Line, previous: Sha256, bases: &Bases) -> Result<Frame> {
    let Content::Frame(decoded) = &line.content else {
        return Err(Error::new(ErrorCode::OldFormat, "the journal is of format 1, which is not published")
            .hint("`tierbook migrate` writes it anew, and keeps the old one"));
    };
    let hash = line.place.hash.0;
    let frame = match &decoded.content.header {
        Header::First(header, former) => encode::first(header, former.clone()),
        // What had the root is lost: the chain goes on with the hash.
        Header::Lost(lost) => encode::lost(lost, decoded.content.link.root.0, hash, bases),
        Header::Document(_) => {
            let transaction = decoded.transaction().map_err(|why| super::unreadable(line.tx, &why))?;
            encode::frame(previous, &transaction, bases)
        }
    };
    let frame = frame.map_err(too_large)?;
    if frame.hash != hash {
        return Err(super::unreadable(line.tx, "it would have another hash if it were written again"));
    }
    Ok(frame)
}
