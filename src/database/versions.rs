//! The versions of a file that its history has: what the time of the commit means for a document.

use crate::database::files::LoadInput;
use crate::database::postings;
use crate::error::Error;
use crate::finding::FindingCode;
use crate::ingest::{self, Draft, DraftClaim, Fragments, Input};
use crate::rulebook::Rulebook;
use crate::statement::{Origin, Precision, Sha256, SourceId, TxId};
use crate::time::{PublishedTime, Timestamp, ValidTime};

/// Reads a version that was committed at a time.
///
/// Tables of an exchange were public from their commit on. They were seen then too, unless they state when they
/// were seen. An announcement keeps the publication that it states. The name of the file is that of all its
/// versions, so that a time in it says nothing about one of them.
pub fn read(input: &Input, fragments: &Fragments, committed_at: Timestamp) -> Result<Draft, Error> {
    let plain = input.file.rsplit_once('@').map_or(input.file, |(plain, _)| plain);
    let as_plain = Input { file: plain, ..*input };
    let draft = ingest::read_among(&as_plain, fragments)?;
    let stated = draft.publication.filter(|_| draft.origin != Origin::FileName);
    let mut draft = match stated {
        _ if input.published_at.is_some() => draft,
        stated if ingest::is_exchange_table(&as_plain) => {
            committed(draft, stated.map(|(PublishedTime(at), _)| at), committed_at)
        }
        Some(_) => draft,
        None => {
            let given = Input { published_at: Some(committed_at), ..as_plain };
            Draft { origin: Origin::Commit, ..ingest::read_among(&given, fragments)? }
        }
    };
    if draft.file == plain {
        draft.file = input.file.to_string();
    }
    Ok(draft)
}

/// Tables of an exchange, public since the commit; `seen_at` is the time that they state. A commit that is
/// earlier than that has a wrong clock.
fn committed(mut draft: Draft, seen_at: Option<Timestamp>, committed_at: Timestamp) -> Draft {
    let place = |at: &mut Option<ValidTime>| *at = at.or(seen_at.map(ValidTime));
    for statement in &mut draft.statements {
        if let DraftClaim::Observation { seen_at, .. } = &mut statement.claim {
            place(seen_at);
        }
    }
    draft.complete_snapshots.iter_mut().for_each(|snapshot| place(&mut snapshot.seen_at));
    if seen_at.is_none_or(|seen_at| seen_at <= committed_at) {
        draft.publication = Some((PublishedTime(committed_at), Precision::Exact));
        draft.origin = Origin::Commit;
    }
    draft.findings.retain(|finding| finding.code != FindingCode::NoPublication);
    draft
}

/// The recording of a version, where the same bytes are recorded with the time of its commit: a long history
/// that is loaded again is not read again.
pub fn known(document: &LoadInput, stored: &Rulebook) -> Result<Option<(SourceId, TxId)>, Error> {
    let Some(committed_at) = document.committed_at().filter(|_| stored.has_sources()) else {
        return Ok(None);
    };
    let (_, bytes) = document.contents()?;
    let source = SourceId::of(&Sha256::of(&[&bytes]));
    let tx = postings::published_at(&source, PublishedTime(committed_at), stored);
    Ok(tx.map(|tx| (source, tx)))
}
