//! Documents that come from elsewhere than a plain file: standard input, compressed files and archives.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::tool::{Tool, seed};

const ANSWER: &str = "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z";

fn loads(tool: &Tool, path: &Path) -> String {
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    ran.err
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn in_folder(tool: &Tool, name: &str, bytes: &[u8]) -> PathBuf {
    let path = tool.dir().with_file_name(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_document_is_loaded_from_standard_input_compressed_or_not() {
    let text = fs::read(seed()).unwrap();
    for bytes in [text.clone(), gzip(&text), zstd::encode_all(text.as_slice(), 1).unwrap()] {
        let tool = Tool::empty();
        let ran = tool.run_with_input(["load", "-", "--published-at", "2026-02-03T06:00:46Z"], &bytes);
        assert!(
            ran.code == 0 && ran.err.contains("standard input: loaded as ee2413a8367c"),
            "{}",
            ran.text()
        );
        assert_eq!(tool.row(ANSWER)["value"], "0.1");
        // The same document from a file is the same source.
        assert!(loads(&tool, &seed()).contains("already loaded as ee2413a8367c"));
    }
    let tool = Tool::empty();
    let checked = tool.run_with_input(["check", "-"], &text);
    assert!(checked.err.contains("standard input: readable"), "{}", checked.text());
    let empty = tool.run_with_input(["load", "-"], b"");
    assert!(empty.code == 4 && empty.err.contains("document_empty"), "{}", empty.text());
    assert!(tool.journal().is_none(), "nothing is written");
}

#[test]
fn a_compressed_file_is_the_document_in_it() {
    let text = fs::read(seed()).unwrap();
    let zst = zstd::encode_all(text.as_slice(), 1).unwrap();
    for (name, bytes) in
        [("binance-20260203T060046Z.txt.gz", gzip(&text)), ("b-20260203T060046Z.txt.zst", zst)]
    {
        let tool = Tool::empty();
        let path = in_folder(&tool, name, &bytes);
        assert!(loads(&tool, &path).contains("loaded as ee2413a8367c"));
        let source = &tool.row(ANSWER)["source"];
        assert_eq!(source["file"], name.rsplit_once('.').unwrap().0);
        assert_eq!(source["published_at"], "2026-02-03T06:00:46Z");
        assert!(loads(&tool, &seed()).contains("already loaded"));
        // Cut off anywhere, nothing of it is stored.
        for cut in [bytes.len() - 1, bytes.len() / 2, 20, 5] {
            let tool = Tool::empty();
            let path = in_folder(&tool, name, &bytes[..cut]);
            let ran = tool.run(["load", path.to_str().unwrap()]);
            assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{cut} {}", ran.text());
            assert!(tool.journal().is_none());
        }
    }
}

#[test]
fn the_members_of_an_archive_are_documents_of_their_own() {
    let text = fs::read(seed()).unwrap();
    let mut later = text.clone();
    later.push(b'\n');
    let bytes = zip(&[
        ("more/later-20260203T060047Z.txt", &later),
        ("binance-20260203T060046Z.txt", &text),
        ("__MACOSX/._binance.txt", b"x"),
        ("more/.hidden.txt", b"x"),
        ("../../outside.txt", b"an announcement of nothing"),
        ("data.csv", b"x"),
    ]);
    let tool = Tool::empty();
    let path = in_folder(&tool, "all.zip", &bytes);
    let ran = tool.run(["load", path.to_str().unwrap()]);
    let reported: Vec<&str> = ran.err.lines().filter(|line| line.contains("loaded as")).collect();
    assert!(
        reported.len() == 2 && reported[0].contains("all.zip/binance-20260203T060046Z.txt"),
        "{}",
        ran.err
    );
    assert_eq!(tool.row(ANSWER)["source"]["file"], "all.zip/binance-20260203T060046Z.txt");
    assert!(!path.with_file_name("outside.txt").exists() && !Path::new("/outside.txt").exists());
    let again = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(again.err.matches("already loaded").count(), 2, "{}", again.err);
    let tool = Tool::empty();
    let cut = in_folder(&tool, "cut.zip", &bytes[..bytes.len() - 30]);
    let ran = tool.run(["load", cut.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("damaged_archive"), "{}", ran.text());
    let none = in_folder(&tool, "none.zip", &zip(&[("data.csv", b"x")]));
    let ran = tool.run(["load", none.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("no document is in"), "{}", ran.text());
    assert!(tool.journal().is_none());
}

#[test]
fn what_would_unpack_to_more_than_a_document_may_have_is_refused() {
    let tool = Tool::empty();
    let bomb = vec![b' '; tierbook::limits::DOCUMENT_BYTES as usize + 1];
    for (name, bytes) in [("bomb.txt.gz", gzip(&bomb)), ("bomb.zip", zip(&[("bomb.txt", &bomb)]))] {
        assert!(bytes.len() < 100_000, "it is small on the disk");
        let path = in_folder(&tool, name, &bytes);
        let ran = tool.run(["load", path.to_str().unwrap()]);
        assert!(ran.code == 4 && ran.err.contains("too_large"), "{name} {}", ran.text());
    }
    let path = in_folder(&tool, "all.tar.gz", &gzip(&[&[b'x'; 257][..], b"ustar", &[0; 300]].concat()));
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("unpack it into a folder"), "{}", ran.text());
}
