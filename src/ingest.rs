//! Reads documents into statements: bytes → form → draft with statements and findings.
//!
//! Nothing here looks at a clock, a file or a store. What cannot be read becomes a finding and reading goes
//! on; only bytes that contain no rule at all are refused. Each form of document has a reader of its own.

mod draft;
mod encoding;
mod form;
mod own_output;
mod usual;
mod invariants;
mod lookalikes;
mod conflicts;
mod scan;
mod view;
mod announcement;
mod families;
mod exchange;
mod page;
mod seed;

pub use draft::{Draft, DraftClaim, DraftRetraction, DraftStatement, Input, Postponement};
pub use exchange::Fragments;
pub use families::recognised::OtherTopic;

use crate::error::{Error, ErrorCode};
use crate::statement::Market;
use crate::text::terminal;
use form::DocumentForm;
pub use form::stamp;

/// Whether a document has the form of tables as an exchange or a tool gives them, which only show what was in
/// force.
pub fn is_exchange_table(input: &Input) -> bool {
    form::text(input).is_ok_and(|text| form::of(input.file, text) == DocumentForm::Exchange)
}

/// Reads a document of any form. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large`, `pdf_file`, `other_encoding`, `not_text` (NUL bytes, not UTF-8), `document_empty`, `own_output`, and those of the
/// reader of its form.
pub fn read(input: &Input) -> Result<Draft, Error> {
    read_of(input, &Market::default())
}

/// As [`read`], for a document of tables whose venue or program the user states.
///
/// # Errors
/// As [`read`], and `program_not_taken`: the document names its contracts itself.
pub fn read_of(input: &Input, market: &Market) -> Result<Draft, Error> {
    read_among(input, &Fragments::none(market))
}

/// As [`read_of`] the market of `fragments`; what they have is not read again.
///
/// # Errors
/// As [`read_of`].
pub fn read_among(input: &Input, fragments: &Fragments) -> Result<Draft, Error> {
    let market = fragments.market();
    own_output::refuse_columns(input.bytes)?;
    let text = form::text(input)?;
    own_output::refuse(text)?;
    let form = form::of(input.file, text);
    if market.is_stated() && form != DocumentForm::Exchange {
        let what = if form == DocumentForm::Seed { "a seed" } else { "an announcement" };
        let message = format!("the document is {what}, which names its contracts and their programs itself");
        return Err(
            Error::new(ErrorCode::ProgramNotTaken, message).hint("load it without `--venue` and `--program`")
        );
    }
    let mut draft = match form {
        DocumentForm::Announcement => announcement::read(input, text),
        DocumentForm::Page => page::read_page(input, text),
        DocumentForm::Exchange => exchange::read_exchange(input, fragments, text),
        DocumentForm::Seed => seed::read(input, text),
    }?;
    lookalikes::find(&mut draft);
    // What is in the place of a name may be anything, and findings are printed.
    for finding in &mut draft.findings {
        for text in finding.subjects.iter_mut().chain([&mut finding.message]) {
            *text = terminal::message(std::mem::take(text));
        }
    }
    Ok(draft)
}
