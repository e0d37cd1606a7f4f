//! An announcement as a page of HTML: the page is turned into plain text, which is read as an announcement, and
//! every place is that of the page.

mod email;

use super::announcement::{self, Document, End, VENUE};
use super::draft::{Draft, Input};
use super::view::html;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::Span;

/// Reads a page.
///
/// # Errors
/// `document_too_large` (the page, the text on it or the number of its tags), and those of an announcement.
pub(super) fn read(input: &Input, source: &str) -> Result<Draft, Error> {
    if source.len() as u64 > limits::DOCUMENT_BYTES {
        let message =
            format!("the page has {} bytes; at most {} are read", source.len(), limits::DOCUMENT_BYTES);
        return Err(Error::new(ErrorCode::DocumentTooLarge, message));
    }
    let page = html::read(source, Span::new(0, source.len()))?;
    let email = email::find(&page, &announcement::table_spans(page.view.text()));
    let end = match (page.is_whole, email.title.is_empty()) {
        (true, _) => End::Tags,
        (false, false) => End::Email,
        (false, true) => End::Open,
    };
    let document = Document {
        text: email.view.text().to_string(),
        body: 0,
        title: email.title,
        venue: VENUE.to_string(),
        published_at: email.published_at,
        end,
    };
    let draft = announcement::read_document(input, document)?;
    let mut draft = draft.of_source(source, |span| email.view.source(span));
    if page.is_cut {
        draft.findings.push(announcement::cut(source.len()));
    }
    draft.findings.sort_by_key(|finding| (finding.span, finding.code));
    Ok(draft)
}
