//! Compressed files and archives: whole or not at all, and every member is accounted for.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use zip::write::SimpleFileOptions;

use super::tool::{Ran, Tool, seed};

fn load(tool: &Tool, name: &str, bytes: &[u8]) -> Ran {
    let path = in_folder(tool, name, bytes);
    tool.run(["load", path.to_str().unwrap()])
}

fn in_folder(tool: &Tool, name: &str, bytes: &[u8]) -> PathBuf {
    let path = tool.dir().with_file_name(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A frame with its checksum, of one block that is not compressed.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    let compressed = encoder.finish().unwrap();
    let size = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let block = (u32::try_from(bytes.len()).unwrap() << 3 | 1).to_le_bytes();
    let checksum = &compressed[compressed.len() - 4..];
    [b"\x28\xb5\x2f\xfd\xa4", &size[..], &block[..3], bytes, checksum].concat()
}

#[test]
fn all_frames_of_a_zstandard_file_are_one_document() {
    let text = fs::read(seed()).unwrap();
    let (first, second) = text.split_at(text.len() / 2);
    // A frame that decoders skip, between two that make the document.
    let skipped = [&b"\x50\x2a\x4d\x18\x03\x00\x00\x00"[..], b"abc"].concat();
    let tool = Tool::empty();
    let frames = [zstd(first), skipped, zstd(second)].concat();
    let ran = load(&tool, "b-20260203T060046Z.txt.zst", &frames);
    assert!(ran.code == 0 && ran.err.contains("loaded as ee2413a8367c"), "{}", ran.text());
    let tool = Tool::empty();
    for broken in
        [[zstd(first), b"garbage".to_vec()].concat(), [zstd(first), zstd(second)[..9].to_vec()].concat()]
    {
        let ran = load(&tool, "b-20260203T060046Z.txt.zst", &broken);
        assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{}", ran.text());
    }
    assert!(tool.journal().is_none());
}

#[test]
fn a_digit_that_changed_in_a_compressed_file_is_found_by_its_checksum() {
    let tool = Tool::empty();
    // Stored as it is, so that a changed digit is a changed byte and nothing else.
    let text = fs::read(seed()).unwrap();
    let mut bytes = stored(&text);
    let digit = bytes.windows(9).position(|part| part == b"LTC85%80%").expect("a ratio") + 6;
    bytes[digit] = b'9';
    let ran = load(&tool, "b-20260203T060046Z.txt.zst", &bytes);
    assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{}", ran.text());
    assert!(tool.journal().is_none());
}

#[test]
fn what_is_left_out_of_an_archive_is_named_and_a_broken_member_stops_no_other() {
    let text = fs::read(seed()).unwrap();
    let bytes = zip(&[
        ("README.md", b"# About these files"),
        ("a/binance-20260203T060046Z.txt", &text),
        ("a/broken-20260204T000000Z.json", b"{\"data\": ["),
        ("__MACOSX/a/._binance.txt", b"x"),
        ("b/.hidden.json", b"x"),
        ("/etc/notes.csv", b"x"),
        ("inner.zip", b"PK\x03\x04"),
        ("/absolute-20260205T000000Z.json", b"x"),
    ]);
    let tool = Tool::empty();
    let path = in_folder(&tool, "all.zip", &bytes);
    for (command, outcome) in [("check", "readable"), ("load", "loaded as")] {
        let ran = tool.run([command, path.to_str().unwrap()]);
        let place = path.display();
        assert!(ran.err.contains(&format!("{place}: 5 skipped: ")), "{}", ran.text());
        assert!(
            ran.err.contains(&format!("{place}/a/binance-20260203T060046Z.txt: {outcome}")),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains(&format!("{place}/a/broken-20260204T000000Z.json: not loaded")),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains(&format!("{place}//absolute-20260205T000000Z.json: not loaded")),
            "{}",
            ran.err
        );
        assert_eq!(ran.code, 4);
    }
    assert_eq!(tool.rows("sources").0.len(), 1);
    let folder = path.parent().unwrap().join("inbox");
    fs::create_dir(&folder).unwrap();
    fs::rename(&path, folder.join("all.ZIP")).unwrap();
    let ran = tool.run(["load", folder.to_str().unwrap()]);
    assert!(ran.err.contains("already loaded as ee2413a8367c"), "{}", ran.text());
}

#[test]
fn an_archive_of_many_members_is_opened_once() {
    let text = fs::read_to_string(seed()).unwrap();
    let copies: Vec<(String, String)> =
        (0..40).map(|n| (format!("m/{n:05}.txt"), format!("{text}{}", "\n".repeat(n)))).collect();
    let members: Vec<(&str, &[u8])> =
        copies.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let tool = Tool::empty();
    let path = in_folder(&tool, "many.zip", &zip(&members));
    let ran = tool.run(["check", path.to_str().unwrap()]);
    assert_eq!(ran.err.matches(": readable").count(), 40, "{}", ran.err);
}

#[test]
fn only_the_start_of_markdown_is_unpacked_to_know_whether_it_is_about_an_archive() {
    let tool = Tool::empty();
    let text = fs::read(seed()).unwrap();
    let most = tierbook::limits::ABOUT_FOLDER_BYTES;
    let about = |bytes: usize| [b"# About\n".to_vec(), vec![b' '; bytes - 8]].concat();
    let (short, long) = (about(most), about(most + 1));
    let path =
        in_folder(&tool, "about.zip", &zip(&[("a.txt", &text), ("README.md", &short), ("LONG.md", &long)]));
    let ran = tool.run(["check", path.to_str().unwrap()]);
    assert!(ran.err.contains("1 skipped: README.md\n"), "{}", ran.err);
    assert!(ran.err.contains("LONG.md: not readable") || ran.err.contains("LONG.md: "), "{}", ran.err);
    // A hundred of the largest: no more are unpacked than one document has.
    let large = vec![b' '; tierbook::limits::DOCUMENT_BYTES as usize];
    let names: Vec<String> = (0..100).map(|number| format!("{number}.md")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), large.as_slice())).collect();
    let path = in_folder(&tool, "large.zip", &zip(&members));
    let began = std::time::Instant::now();
    let archive = tierbook::Archive::open(&path).unwrap();
    assert_eq!(archive.documents().len(), 100);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn empty_standard_input_is_named_as_such() {
    let tool = Tool::empty();
    for command in ["load", "check"] {
        let ran = tool.run_with_input([command, "-"], b"");
        assert!(ran.code == 4 && ran.err.contains("standard input is empty"), "{}", ran.text());
    }
    let large = vec![b' '; tierbook::limits::DOCUMENT_BYTES as usize + 1];
    let ran = tool.run_with_input(["load", "-"], &large);
    assert!(ran.code == 4 && ran.err.contains("too_large"), "{}", ran.text());
    assert!(tool.journal().is_none());
}

/// Each member knows its archive, whose list is there once for all of them.
#[test]
fn an_archive_of_thousands_of_members_takes_no_memory_for_each_pair_of_them() {
    let tool = Tool::empty();
    let names: Vec<String> = (0..8_000).map(|number| format!("{number}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let path = in_folder(&tool, "many.zip", &zip(&members));
    // In KB, and only of the process: 3.5 GB were taken once.
    let limited =
        format!("ulimit -v 2000000; exec {} check {}", env!("CARGO_BIN_EXE_tierbook"), path.display());
    let output = tool.command_of("sh").args(["-c", &limited]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", &text[text.len().saturating_sub(500)..]);
    assert_eq!(text.matches("error[no_table]").count(), 8_000);
}
