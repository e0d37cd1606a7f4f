//! The first two lines of a frame: its place in the chain, and what it is.

use super::format_1;
use super::lost::{LOST, LostV1};
use super::parts::{DOCUMENT, FormerV2, HeaderV2, KindV2, LinkV2};
use crate::store::schema::HeaderV1;

/// What is wrong with a frame.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It is damaged, in words.
    Damaged(String),
    /// It has something that this program does not know, in words.
    Unknown(String),
}

/// The second line.
pub(super) enum Header {
    First(HeaderV1, Option<FormerV2>),
    Document(Box<HeaderV2>),
    /// The transaction is lost.
    Lost(Box<LostV1>),
}

/// Reads the first line of a frame; `None` where it is another one.
pub(super) fn link(text: &[u8]) -> Option<LinkV2> {
    serde_json::from_slice(text.split(|byte| *byte == b'\n').next()?).ok()
}

/// Reads the second line of the frame of transaction `tx`.
pub(super) fn header(tx: u64, line: &[u8]) -> Result<Header, Wrong> {
    let unknown = |error: serde_json::Error| Wrong::Unknown(error.to_string());
    let kind = match serde_json::from_slice::<KindV2>(line) {
        Ok(KindV2 { kind }) => Some(kind),
        // The first transaction has none.
        Err(_) if tx == 0 => None,
        Err(error) => return Err(unknown(error)),
    };
    let (header, stated) = match kind.as_deref() {
        None => {
            let header: HeaderV1 = serde_json::from_slice(line).map_err(unknown)?;
            let tx = header.tx;
            (Header::First(header, None), tx)
        }
        Some(DOCUMENT) if tx > 0 => {
            let header: HeaderV2 = serde_json::from_slice(line).map_err(unknown)?;
            let tx = header.tx;
            (Header::Document(Box::new(header)), tx)
        }
        Some(LOST) => {
            let lost: LostV1 = serde_json::from_slice(line).map_err(unknown)?;
            let tx = lost.tx;
            (Header::Lost(Box::new(lost)), tx)
        }
        Some(kind) => return Err(Wrong::Unknown(format!("`{kind}`"))),
    };
    if stated != tx {
        return Err(Wrong::Damaged("it has the number of another transaction".to_string()));
    }
    Ok(header)
}

/// Whether a frame is that of a lost transaction.
pub(super) fn is_lost(text: &[u8]) -> bool {
    let kind = text.split(|byte| *byte == b'\n').nth(1).map(serde_json::from_slice::<KindV2>);
    matches!(kind, Some(Ok(KindV2 { kind })) if kind == LOST)
}

/// The number of the transaction that a frame states.
pub(super) fn stated_tx(text: &[u8]) -> Option<u64> {
    format_1::stated_tx(text.split(|byte| *byte == b'\n').nth(1)?)
}
