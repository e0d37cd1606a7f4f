//! What it means that a document is loaded again: nothing new, another posting of it, or a correction of when
//! it was published.

use crate::ingest::{Draft, DraftRetraction};
use crate::rulebook::{Knowledge, Rulebook, Visibility};
use crate::statement::{
    Precision, RecordedSource, Retraction, RetractionKind, Sha256, Source, SourceId, TxId,
};
use crate::text::Span;
use crate::time::PublishedTime;

/// What a document is to the recordings of the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posting {
    /// Nothing of it is recorded, or all of it was unloaded.
    First,
    /// It is recorded as it is by this transaction.
    Known(TxId),
    /// The same bytes, published at another time.
    Again,
    /// The same announcement; the user states when it was published.
    Correction,
}

/// What a document is to what is recorded; `is_explicit` where the user gave its publication as an option.
///
/// Of an announcement a later posting changes no answer, and only an explicit time corrects the publication.
/// An observation that states another time is an observation of its own.
pub fn posting(draft: &Draft, is_explicit: bool, book: &Rulebook) -> Posting {
    let id = SourceId::of(&draft.sha256);
    let now = Knowledge::default();
    let live: Vec<&RecordedSource> = book
        .recordings(&id)
        .iter()
        .filter(|it| !matches!(book.counting(&id, it.tx, now), Visibility::Unloaded(_)))
        .collect();
    let Some(last) = live.last() else { return Posting::First };
    let Some((published_at, precision)) = draft.publication else { return Posting::Known(last.tx) };
    let stated =
        |it: &&&RecordedSource| (it.source.published_at, it.source.precision) == (published_at, precision);
    if is_explicit && !last.observes {
        let counts = |it: &&&RecordedSource| book.counting(&id, it.tx, now) == Visibility::Visible;
        let counting = live.iter().find(counts).filter(stated);
        return counting.map_or(Posting::Correction, |it| Posting::Known(it.tx));
    }
    let day = |published_at, precision| Source::stated_from(published_at, precision).start_of_day();
    let says_less = |it: &&&RecordedSource| {
        precision == Precision::Day
            && it.source.precision == Precision::Exact
            && day(it.source.published_at, it.source.precision) == day(published_at, precision)
    };
    let known = live.iter().find(|it| stated(it) || (!it.observes && says_less(it)));
    known.map_or(Posting::Again, |it| Posting::Known(it.tx))
}

/// The recording of a source that counts and was published at exactly that time.
pub fn published_at(id: &SourceId, at: PublishedTime, book: &Rulebook) -> Option<TxId> {
    let counts = |it: &&RecordedSource| {
        (it.source.published_at, it.source.precision) == (at, Precision::Exact)
            && !matches!(book.counting(id, it.tx, Knowledge::default()), Visibility::Unloaded(_))
    };
    book.recordings(id).iter().find(counts).map(|it| it.tx)
}

/// Marks a document as the correction of what is recorded of it.
pub fn mark_as_correction(draft: &mut Draft, target: Option<TxId>, reason: &str) {
    draft.retractions.push(DraftRetraction {
        retraction: Retraction {
            source: SourceId::of(&draft.sha256),
            ordinal: None,
            kind: RetractionKind::Correct(target),
            reason: reason.to_string(),
        },
        span: Span::new(0, 0),
    });
}

/// The byte-order mark.
const MARK: &str = "\u{feff}";

/// The bytes of a document as they are stored, where a copy of it differs only in its byte-order mark or its
/// line ends; else as they are.
pub fn as_stored(bytes: Vec<u8>, book: &Rulebook) -> Vec<u8> {
    let is_stored = |bytes: &[u8]| {
        let hash = Sha256::of(&[bytes]);
        book.recordings(&SourceId::of(&hash)).iter().any(|recorded| recorded.source.sha256 == hash)
    };
    if is_stored(&bytes) {
        return bytes;
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return bytes };
    let plain = text.strip_prefix(MARK).unwrap_or(text).replace("\r\n", "\n");
    let other_ends = plain.replace('\n', "\r\n");
    let copies = [format!("{MARK}{plain}"), format!("{MARK}{other_ends}"), other_ends, plain];
    copies.into_iter().map(String::into_bytes).find(|copy| is_stored(copy)).unwrap_or(bytes)
}
