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
    let recordings = book.recordings(&id);
    // Whether one counts is looked up among all of them, so it is asked of few: there may be thousands.
    let is_live = |it: &&RecordedSource| !matches!(book.counting(&id, it.tx, now), Visibility::Unloaded(_));
    let Some(last) = recordings.iter().rev().find(is_live) else { return Posting::First };
    let Some((published_at, precision)) = draft.publication else { return Posting::Known(last.tx) };
    let stated =
        |it: &&RecordedSource| (it.source.published_at, it.source.precision) == (published_at, precision);
    if is_explicit && !last.observes {
        let counts = |it: &&RecordedSource| book.counting(&id, it.tx, now) == Visibility::Visible;
        let counting = recordings.iter().find(counts).filter(stated);
        return counting.map_or(Posting::Correction, |it| Posting::Known(it.tx));
    }
    let day = |published_at, precision| Source::stated_from(published_at, precision).start_of_day();
    let says_less = |it: &&RecordedSource| {
        precision == Precision::Day
            && it.source.precision == Precision::Exact
            && day(it.source.published_at, it.source.precision) == day(published_at, precision)
    };
    let is_known = |it: &&RecordedSource| (stated(it) || (!it.observes && says_less(it))) && is_live(it);
    let known = recordings.iter().find(is_known);
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

/// Whether a document with this hash is recorded.
pub fn is_stored(hash: &Sha256, book: &Rulebook) -> bool {
    book.recordings(&SourceId::of(hash)).iter().any(|recorded| recorded.source.sha256 == *hash)
}

/// The stored bytes of which a document is a copy, with another byte-order mark or other line ends.
pub fn stored_copy(bytes: &[u8], book: &Rulebook) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| book.has_sources())?;
    let plain = text.strip_prefix(MARK).unwrap_or(text).replace("\r\n", "\n");
    let other_ends = plain.replace('\n', "\r\n");
    let copies = [format!("{MARK}{plain}"), format!("{MARK}{other_ends}"), other_ends, plain];
    let is_other = |copy: &Vec<u8>| copy != bytes && is_stored(&Sha256::of(&[copy]), book);
    copies.into_iter().map(String::into_bytes).find(is_other)
}
