//! A publication made by somebody else, pulled into a new folder.

use std::fs;
use std::path::Path;

use tierbook::{Database, ErrorKind, JournalOrigin, Sha256};

use super::journal_lines::{Frame, frames};
use super::support::{JOURNAL, check_error, chosen, with_stored};

/// Between two segments, and between head and index.
const BETWEEN: &[u8] = b"\n====\n";

/// Pulls it. The first byte is `h` for a head and an index as they are, `s` for the bytes of one segment; else the lines of the
/// journals of segments follow. What is not given is made so that it belongs to the rest.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let folder = tempfile::tempdir().unwrap();
    let public = folder.path().join("public");
    fs::create_dir_all(public.join("segments")).unwrap();
    match form {
        b'h' => {
            write(&public, &[own()]);
            let (head, index) = split(bytes);
            fs::write(public.join("head"), head).unwrap();
            fs::write(public.join("index"), index).unwrap();
        }
        b's' => write(&public, &[Segment { bytes: bytes.to_vec(), ..own() }]),
        _ => write(&public, &segments(bytes)),
    }
    let replica = Database::at(&folder.path().join("replica"));
    let origin = JournalOrigin::of(&public.display().to_string(), None).unwrap();
    match replica.pull(&origin, &mut |_| ()) {
        Ok(pulled) => {
            let verified = replica.verify(None).unwrap();
            assert_eq!(verified.problems, [""; 0]);
            assert_eq!((verified.head.tx, verified.head.hash), (pulled.tx, pulled.hash));
            assert_eq!(replica.verify_against(&origin, None).unwrap().tx, pulled.tx);
        }
        Err(error) => {
            check_error(&error);
            let is_refused = error.kind() == ErrorKind::Damaged;
            assert!(!is_refused || !replica.dir().exists(), "something is left of what was refused: {error}");
        }
    }
}

struct Segment {
    first: u64,
    last: u64,
    hash: Sha256,
    bytes: Vec<u8>,
}

/// The whole journal of the database as one segment.
fn own() -> Segment {
    let head = with_stored(|stored| stored.rules.head());
    Segment { first: 0, last: head.tx.0, hash: head.hash, bytes: JOURNAL.to_vec() }
}

fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.windows(BETWEEN.len()).position(|part| part == BETWEEN);
    at.map_or((bytes, &[]), |at| (&bytes[..at], &bytes[at + BETWEEN.len()..]))
}

/// The frames of all lines in one chain, in segments that end where the lines are split.
fn segments(bytes: &[u8]) -> Vec<Segment> {
    let (mut lines, mut ends, mut rest) = (Vec::new(), Vec::new(), bytes);
    while !rest.is_empty() {
        let (part, after) = split(rest);
        lines.extend_from_slice(part);
        lines.push(b'\n');
        ends.push(frames_in(&lines));
        rest = after;
    }
    let mut frames = frames(&lines).into_iter();
    let mut from = 0;
    let of = |to: usize| {
        let some: Vec<Frame> = frames.by_ref().take(to - std::mem::replace(&mut from, to)).collect();
        let (first, last) = (some.first()?, some.last()?);
        Some(Segment {
            first: first.tx,
            last: last.tx,
            hash: last.hash,
            bytes: some.iter().flat_map(|frame| frame.bytes.iter().copied()).collect(),
        })
    };
    ends.into_iter().filter_map(of).collect()
}

fn frames_in(lines: &[u8]) -> usize {
    frames(lines).len()
}

/// Writes segments with the index and the head that belong to them.
fn write(public: &Path, segments: &[Segment]) {
    let (mut index, mut line) = (String::new(), String::new());
    for Segment { first, last, hash, bytes } in segments {
        line = format!("{first} {last} {hash} {} {}", bytes.len(), Sha256::of(&[bytes]));
        index += &format!("{line}\n");
        fs::write(public.join(format!("segments/{first:012}.zst")), bytes).unwrap();
    }
    let sha256 = Sha256::of(&[index.as_bytes()]);
    let head = format!("tierbook publication 1: index {} {sha256} last {line}\n", index.len());
    fs::write(public.join("index"), index).unwrap();
    fs::write(public.join("head"), head).unwrap();
}
