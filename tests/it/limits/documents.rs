//! How large a document may be, in bytes and lines.

use std::fs::File;
use std::io::{Read, Write, repeat};

use tierbook::{Document, Error, ErrorCode, LoadInput, ReadOptions, limits, read};

use crate::cli::tool::Tool;

pub fn read_as(file: &str, text: &str) -> Result<Document, Error> {
    read(text.as_bytes(), &ReadOptions { file: file.to_string(), ..ReadOptions::default() })
}

/// The table of one contract, as the exchange gives it.
const TABLE: &str = r#"[{"symbol":"ABCUSDT","brackets":[{"bracket":1,"initialLeverage":20,"notionalCap":70,"notionalFloor":0,"maintMarginRatio":0.01,"cum":0}]}]"#;

/// A short announcement, with nothing after its table.
const ANNOUNCEMENT: &str = "The assets & ratios change on 2026-05-08 06:00 (UTC):\n\nAssets | Collateral Ratio (Before) | \
    Collateral Ratio (After)\nLTC | 85% | 80%\n";

/// A text with blanks at its end, so that it has so many bytes.
fn padded(text: &str, bytes: usize) -> String {
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

#[test]
fn a_document_of_the_most_bytes_is_read_and_one_more_is_refused_in_every_form() {
    let most = limits::DOCUMENT_BYTES as usize;
    let document = read_as("x-20260505T060000Z.json", &padded(TABLE, most)).unwrap();
    assert_eq!(document.statements().len(), 1);
    let page = format!("<p>{}<!--", ANNOUNCEMENT.replace('\n', "<br>"));
    let whole = page.clone() + &"x".repeat(most - page.len() - 3) + "-->";
    assert_eq!(read_as("x.html", &whole).unwrap().statements().len(), 2);
    for (file, text) in [("x.json", TABLE), ("x.html", page.as_str()), ("x.txt", "a"), ("x.toml", "#")] {
        let error = read_as(file, &padded(text, most + 1)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DocumentTooLarge, "{file}");
        assert_eq!(error.message(), format!("the document has {} bytes; at most {most} are read", most + 1));
        assert!(error.hints()[0].contains("check that this is one"), "{:?}", error.hints());
    }
}

#[test]
fn no_more_bytes_than_a_document_may_have_are_taken_from_a_reader() {
    let most = limits::DOCUMENT_BYTES;
    assert!(LoadInput::of_reader("a pipe", repeat(b' ').take(most)).is_ok());
    let error = LoadInput::of_reader("a pipe", repeat(b' ')).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    assert_eq!(error.message(), format!("a pipe has more than {most} bytes; at most {most} are read"));
}

#[test]
fn a_file_of_the_most_bytes_is_read_and_one_more_is_refused_packed_or_not() {
    let tool = Tool::empty();
    let path = tool.dir().with_file_name("large.txt");
    let check = |bytes: u64| {
        File::create(&path).unwrap().set_len(bytes).unwrap();
        tool.run(["check", path.to_str().unwrap()]).err
    };
    // The bytes are NUL, so that a file that is not refused is no text.
    assert!(check(limits::DOCUMENT_BYTES).contains("[not_text]"));
    let refused = check(limits::DOCUMENT_BYTES + 1);
    let message =
        format!("has {} bytes; at most {} are read", limits::DOCUMENT_BYTES + 1, limits::DOCUMENT_BYTES);
    assert!(refused.contains("[too_large]") && refused.contains(&message), "{refused}");
    let packed = tool.dir().with_file_name("large.txt.gz");
    for (bytes, code) in
        [(limits::DOCUMENT_BYTES, "[document_empty]"), (limits::DOCUMENT_BYTES + 1, "[too_large]")]
    {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&vec![b' '; bytes as usize]).unwrap();
        std::fs::write(&packed, gzip.finish().unwrap()).unwrap();
        let ran = tool.run(["check", packed.to_str().unwrap()]);
        assert!(ran.err.contains(code), "{bytes}: {}", ran.err);
    }
}

#[test]
fn an_announcement_of_the_most_bytes_is_read_and_one_more_is_refused() {
    let most = limits::ANNOUNCEMENT_BYTES;
    let document = read_as("x.txt", &padded(ANNOUNCEMENT, most)).unwrap();
    assert_eq!(document.statements().len(), 2);
    let error = read_as("x.txt", &padded(ANNOUNCEMENT, most + 1)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DocumentTooLarge);
    let message = format!("the document has {} bytes; at most {most} are read as an announcement", most + 1);
    assert_eq!(error.message(), message);
    assert!(error.hints()[0].contains("split it"), "{:?}", error.hints());
}

/// In a table of Markdown absent cells are written out as marks, so that its text is longer than its source.
#[test]
fn a_table_that_is_too_long_when_it_is_written_out_is_refused_and_not_cut() {
    let row = format!("A{}5%\n", "|".repeat(40));
    let table = format!("a{}b\n{}-\n{}", "|".repeat(40), "-|".repeat(40), row.repeat(100));
    let text = |before: usize| format!("{}\n\n{table}\n{ANNOUNCEMENT}", "x".repeat(before));
    let most = limits::ANNOUNCEMENT_BYTES - text(0).len();
    let error = read_as("x.md", &text(most)).unwrap_err();
    let message = format!(
        "the document has more than {} bytes when its tables are written out",
        limits::ANNOUNCEMENT_BYTES
    );
    assert_eq!((error.code(), error.message()), (ErrorCode::DocumentTooLarge, message.as_str()));
    // With room for the marks the table at the end is there.
    assert!(!read_as("x.md", &text(most - 20_000)).unwrap().statements().is_empty());
}

/// Once each blank line at the end looked at all that are above it.
#[test]
fn an_announcement_may_end_in_any_number_of_blank_lines() {
    let blank = "\n".repeat(limits::ANNOUNCEMENT_BYTES / 4 - ANNOUNCEMENT.len());
    let started = std::time::Instant::now();
    assert_eq!(read_as("x.txt", &(ANNOUNCEMENT.to_string() + &blank)).unwrap().statements().len(), 2);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn an_announcement_of_the_most_lines_is_read_and_one_more_is_refused() {
    let (most, own) = (limits::DOCUMENT_LINES, 1);
    let lines = |count: usize| format!("{}{ANNOUNCEMENT}", "Hi.\n".repeat(count - own));
    assert_eq!(read_as("x.txt", &lines(most)).unwrap().statements().len(), 2);
    let error = read_as("x.txt", &lines(most + 1)).unwrap_err();
    let message = format!("{} lines; at most {most} are read", most + 1);
    assert_eq!((error.code(), error.message()), (ErrorCode::TooManyLines, message.as_str()));
    assert!(error.hints()[0].contains("split it"), "{:?}", error.hints());
}
