//! Documents that are not UTF-8 text, named for what they are by their first bytes.

use crate::error::{Error, ErrorCode};

/// Most bytes that are looked at to tell UTF-16 without a mark from other bytes.
const SAMPLE: usize = 64 * 1024;

/// First bytes, what a file with them is, and what to do with it.
const OTHER_FORMATS: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a ZIP archive, or a document of Word or Excel", SAVE_AS_TEXT),
    (b"\xd0\xcf\x11\xe0", "a document of an old version of Word or Excel", SAVE_AS_TEXT),
    (b"{\\rtf", "an RTF document", SAVE_AS_TEXT),
    (b"\x89PNG", "a PNG image", COPY_TEXT),
    (b"\xff\xd8\xff", "a JPEG image", COPY_TEXT),
    (b"GIF8", "a GIF image", COPY_TEXT),
];

const SAVE_AS_TEXT: &str = "save it as plain text in UTF-8";
const COPY_TEXT: &str = "copy the text of the announcement into a .txt file, or save its page as HTML";

/// The error of a document that is not UTF-8 text; `None` where nothing shows what it is instead.
pub fn other_format(bytes: &[u8]) -> Option<Error> {
    let is_pdf = bytes.trim_ascii_start().starts_with(b"%PDF-");
    if is_pdf {
        return Some(Error::new(ErrorCode::PdfFile, "the document is a PDF, not text").hint(COPY_TEXT));
    }
    if let Some((_, what, hint)) = OTHER_FORMATS.iter().find(|(first, ..)| bytes.starts_with(first)) {
        return Some(Error::new(ErrorCode::NotText, format!("the document is {what}")).hint(*hint));
    }
    let (name, long) = match bytes {
        [0xff, 0xfe, 0, 0, ..] => ("UTF-32LE", "UTF-32 text (little-endian)"),
        [0, 0, 0xfe, 0xff, ..] => ("UTF-32BE", "UTF-32 text (big-endian)"),
        _ => match utf16_order(bytes)? {
            ByteOrder::Little => ("UTF-16LE", "UTF-16 text (little-endian)"),
            ByteOrder::Big => ("UTF-16BE", "UTF-16 text (big-endian)"),
        },
    };
    let message = format!("the document is {long}, not UTF-8");
    Some(
        Error::new(ErrorCode::OtherEncoding, message)
            .hint("save it again with the encoding UTF-8")
            .hint(format!("or convert it: iconv -f {name} -t UTF-8 FILE > NEW_FILE")),
    )
}

/// The order of the two bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByteOrder {
    Little,
    Big,
}

/// The byte order of UTF-16: that of its mark, else the one by which more than half of the first units are
/// ASCII characters. Announcements are mostly that; other bytes are not, and UTF-8 never is.
fn utf16_order(bytes: &[u8]) -> Option<ByteOrder> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(ByteOrder::Little),
        [0xfe, 0xff, ..] => return Some(ByteOrder::Big),
        _ => {}
    }
    let (units, _) = bytes[..bytes.len().min(SAMPLE)].as_chunks::<2>();
    let is_ascii = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let count = |order: ByteOrder| {
        let is_character = |unit: &&[u8; 2]| match order {
            ByteOrder::Little => unit[1] == 0 && is_ascii(unit[0]),
            ByteOrder::Big => unit[0] == 0 && is_ascii(unit[1]),
        };
        units.iter().filter(is_character).count()
    };
    [ByteOrder::Little, ByteOrder::Big].into_iter().find(|order| count(*order) * 2 > units.len())
}
