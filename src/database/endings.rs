//! Which files of a folder, or members of an archive, may be documents: by their endings and, for Markdown, by
//! their content.

use std::path::Path;

use crate::database::unpack::uncompressed_name;
use crate::error::ErrorCode;
use crate::ingest::{self, Input};
use crate::limits;

/// The endings of the files that are read from a folder, in upper or lower case.
pub const EXTENSIONS: [&str; 7] = ["txt", "md", "html", "htm", "eml", "json", "toml"];

/// Whether a name has the ending of a document, compressed or not.
pub fn has_document_ending(name: &str) -> bool {
    let name = uncompressed_name(name).unwrap_or(name);
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("");
    EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a name is one of Markdown that may be about its folder.
pub fn may_be_about_folder(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".md") && ingest::stamp(name).is_none()
}

/// Whether Markdown is about its folder, as a README is: it states no rule, and nothing states when it was
/// published. An announcement that cannot be read must not be taken for one, so the time in its name counts.
pub fn is_about_folder(file: &str, bytes: &[u8]) -> bool {
    let input = Input { file, bytes, published_at: None, complete: None };
    bytes.len() <= limits::ABOUT_FOLDER_BYTES
        && ingest::stamp(file).is_none()
        && match ingest::read(&input) {
            Ok(draft) => draft.statements.is_empty() && draft.publication.is_none(),
            Err(error) => matches!(error.code, ErrorCode::NoTable | ErrorCode::DocumentEmpty),
        }
}
