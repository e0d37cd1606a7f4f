//! Which form a document has, decided by its content; and the time in the name of its file.

use std::path::Path;

use super::draft::Input;
use super::encoding;
use super::view::elements;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::time::Timestamp;

const NOT_SO_LARGE: &str =
    "an announcement has a few thousand bytes, a table of an exchange a few million: check that this is one";

/// The forms of documents, each with a reader of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentForm {
    /// Text of an announcement, plain or Markdown.
    Announcement,
    /// An announcement as a page of HTML.
    Page,
    /// Tables as an exchange or a public tool gives them, in JSON.
    Exchange,
    /// Statements written by hand, in TOML.
    Seed,
}

/// The document as text.
///
/// # Errors
/// It has more bytes than a document may have (`document_too_large`), is a PDF (`pdf_file`), UTF-16 (`other_encoding`) or otherwise not UTF-8 text (`not_text`), or it is blank
/// (`document_empty`).
pub fn text<'a>(input: &Input<'a>) -> Result<&'a str, Error> {
    if input.bytes.len() as u64 > limits::DOCUMENT_BYTES {
        let (has, most) = (input.bytes.len(), limits::DOCUMENT_BYTES);
        let message = format!("the document has {has} bytes; at most {most} are read");
        return Err(Error::new(ErrorCode::DocumentTooLarge, message).hint(NOT_SO_LARGE));
    }
    let not_text = |why: &str| {
        Error::new(ErrorCode::NotText, format!("the document is not text: {why}"))
            .hint("announcements are read as UTF-8 text, exchange tables as JSON")
    };
    if let Some(error) = encoding::other_format(input.bytes) {
        return Err(error);
    }
    match std::str::from_utf8(input.bytes) {
        Ok(text) if text.contains('\0') => Err(not_text("it contains NUL bytes")),
        Ok(text) if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') => {
            Err(Error::new(ErrorCode::DocumentEmpty, "the document is empty").hint("save the document again"))
        }
        Ok(text) => Ok(text),
        Err(error) => Err(not_text(&format!("byte {} is not UTF-8", error.valid_up_to()))),
    }
}

/// The form of a text. Only for a seed the file's name counts too, so that an error in its first line is
/// reported as such.
pub fn of(file: &str, text: &str) -> DocumentForm {
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_comment = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    let first_line = body.lines().find(|line| !is_comment(line)).unwrap_or("").trim_end();
    let is_toml = Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    if is_toml || is_table_name(first_line) {
        DocumentForm::Seed
    } else if body.starts_with(['{', '['])
        || body.starts_with("OrderedDict(")
        || body.starts_with("defaultdict(")
    {
        DocumentForm::Exchange
    } else if is_page(body) {
        DocumentForm::Page
    } else {
        DocumentForm::Announcement
    }
}

/// Whether a line is the name of a TOML table, `[source]` or `[[change]]`.
fn is_table_name(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).unwrap_or("");
    let name = name.strip_prefix('[').and_then(|line| line.strip_suffix(']')).unwrap_or(name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
}

/// Whether a text is HTML: it starts with a tag. Markdown may contain tags farther on.
fn is_page(body: &str) -> bool {
    let tag = body.strip_prefix('<').unwrap_or("");
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
    tag.starts_with(['!', '?']) || elements::is_element(&name.to_ascii_lowercase())
}

/// The stamp `YYYYMMDDTHHMMSSZ` in a file name.
pub fn stamp(file: &str) -> Option<Timestamp> {
    let bytes = file.as_bytes();
    (0..bytes.len()).filter(|at| *at == 0 || !bytes[at - 1].is_ascii_digit()).find_map(|at| {
        let part = file.get(at..at + 16)?;
        let fit = part.bytes().enumerate().all(|(i, b)| match i {
            8 => b == b'T',
            15 => b == b'Z',
            _ => b.is_ascii_digit(),
        });
        let day = format!("{}-{}-{}", part.get(..4)?, part.get(4..6)?, part.get(6..8)?);
        let clock = format!("{}:{}:{}", part.get(9..11)?, part.get(11..13)?, part.get(13..15)?);
        if fit { Timestamp::parse_rfc3339(&format!("{day}T{clock}Z")) } else { None }
    })
}
