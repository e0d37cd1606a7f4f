//! An announcement as a page of HTML: the page is turned into plain text, which is read as an announcement,
//! and every place is that of the page.

mod article;
mod other;

use super::announcement::{self, Document, End, VENUE};
use super::draft::{Draft, Input};
use super::view::html;
use crate::error::Error;
use crate::text::Span;

/// Reads a page.
///
/// # Errors
/// `document_too_large` (the text on the page, or the number of its tags), `login_page`, `empty_table`, and
/// those of an announcement.
pub(super) fn read_page(input: &Input, source: &str) -> Result<Draft, Error> {
    let page = html::read_html(source, Span::new(0, source.len()))?;
    let article = article::find(&page, &announcement::table_spans(page.view.text()));
    let end = match (page.is_whole, article.title.is_empty()) {
        (true, _) => End::Tags,
        (false, false) => End::Email,
        (false, true) => End::Open,
    };
    let document = Document {
        text: article.view.text().to_string(),
        body: 0,
        title: article.title,
        venue: VENUE.to_string(),
        published_at: article.published_at,
        end,
    };
    let draft = announcement::read_document(input, document);
    let has_rule = draft.as_ref().is_ok_and(|draft| !draft.statements.is_empty());
    if let Some(error) = other::no_announcement(&page).filter(|_| !has_rule) {
        return Err(error);
    }
    let draft = draft.map_err(other::with_hint)?;
    let mut draft = draft.of_source(source, |span| article.view.source(span));
    if page.is_cut {
        draft.findings.push(announcement::cut(source.len()));
    }
    draft.findings.extend(page.unseen.findings());
    draft.findings.sort_by_key(|finding| (finding.span, finding.code));
    Ok(draft)
}
