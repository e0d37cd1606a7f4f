//! The lines of a journal, as `zstdcat` prints them, made into frames with the hashes that belong to them: what a fuzzer
//! changes in them would else be refused by the chain alone. docs/store.md has the format.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tierbook::Sha256;

/// A transaction as a journal has it.
pub struct Frame {
    pub tx: u64,
    pub hash: Sha256,
    pub bytes: Vec<u8>,
}

/// What later transactions may refer to: the fragments of a transaction, and where its frame is.
#[derive(Default)]
struct Base {
    offset: u64,
    fragments: Vec<(Value, String)>,
}

/// The frames of these lines; a line that begins with a hash begins one.
pub fn frames(text: &[u8]) -> Vec<Frame> {
    let text = String::from_utf8_lossy(text);
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some(group) if !line.starts_with("{\"hash\":") => group.push(line),
            _ => groups.push(vec![line]),
        }
    }
    let (mut bases, mut frames, mut offset) = (BTreeMap::new(), Vec::<Frame>::new(), 0);
    for group in groups {
        let previous = frames.last().map_or(Sha256([0; 32]), |frame| frame.hash);
        let frame = framed(&group, previous, offset, &mut bases);
        offset += frame.bytes.len() as u64;
        frames.push(frame);
    }
    frames
}

fn framed(lines: &[&str], previous: Sha256, offset: u64, bases: &mut BTreeMap<u64, Base>) -> Frame {
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_default();
    let mut link = read(lines[0]);
    let parts: Vec<Value> = lines.iter().skip(2).map(|line| read(line)).collect();
    let own: Vec<(Value, String)> =
        parts.iter().filter_map(|part| part.get("fragment")).map(fragment).collect();
    let mut of_bases = Vec::new();
    for base in link["bases"].as_array_mut().into_iter().flatten() {
        let known = base["tx"].as_u64().and_then(|tx| bases.get(&tx));
        base["offset"] = json!(known.map_or(0, |base| base.offset));
        of_bases.push(known.map(|base| base.fragments.clone()).unwrap_or_default());
    }
    of_bases.push(own.clone());
    let (text, placed) = document(&parts, &of_bases);
    let header = lines.get(1).map(|line| with_text(line, &text)).unwrap_or_default();
    let mut leaves = vec![leaf(&header)];
    let mut placed = placed.into_iter();
    for (part, line) in parts.iter().zip(&lines[lines.len().min(2)..]) {
        let kind = part.as_object().and_then(|part| part.keys().next()).map_or("", String::as_str);
        match kind {
            "table" | "table_of" | "fragment" | "document" | "lost_document" => {}
            "sightings" => {
                let count = part["sightings"]["count"].as_u64().unwrap_or_default().min(1000) as usize;
                let seen_at = &part["sightings"]["seen_at"];
                leaves.extend(placed.by_ref().take(count).map(|(it, span)| sighting(&it, span, seen_at)));
            }
            _ => leaves.push(leaf(line)),
        }
    }
    let root = root(&leaves);
    let hash = Sha256::of(&[&previous.0[..], &root.0]);
    (link["hash"], link["root"]) = (json!(hash.to_string()), json!(root.to_string()));
    let mut content = format!("{link}\n{header}\n");
    lines.iter().skip(2).for_each(|line| content += &format!("{line}\n"));
    let tx = read(&header)["tx"].as_u64().unwrap_or_default();
    bases.insert(tx, Base { offset, fragments: own });
    Frame { tx, hash, bytes: compressed(content.as_bytes()) }
}

fn fragment(part: &Value) -> (Value, String) {
    (part.clone(), part["text"].as_str().unwrap_or_default().to_string())
}

/// The text of a document, and each fragment in it with its place.
fn document(parts: &[Value], bases: &[Vec<(Value, String)>]) -> (String, Vec<(Value, [usize; 2])>) {
    let (mut text, mut placed) = (String::new(), Vec::new());
    for piece in parts.iter().filter_map(|part| part["document"].as_array()).flatten() {
        if let Some(words) = piece.as_str() {
            text += words;
        }
        let number = |at: usize| piece[at].as_u64().and_then(|number| usize::try_from(number).ok());
        let (Some(base), Some(first), Some(count)) = (number(0), number(1), number(2)) else { continue };
        let run = bases.get(base).into_iter().flatten().skip(first).take(count);
        for (place, (fragment, words)) in run.enumerate() {
            if place > 0 {
                text += piece[3].as_str().unwrap_or_default();
            }
            placed.push((fragment.clone(), [text.len(), text.len() + words.len()]));
            text += words;
        }
    }
    (text, placed)
}

/// A header that names its text.
fn with_text(header: &str, text: &str) -> String {
    let known: Value = serde_json::from_str(header).unwrap_or_default();
    let sha256 = Sha256::of(&[text.as_bytes()]).to_string();
    match known["text_sha256"].as_str() {
        Some(old) if old.len() == 64 && old.is_ascii() => {
            header.replace(old, &sha256).replace(&old[..12], &sha256[..12])
        }
        _ => header.to_string(),
    }
}

fn sighting(fragment: &Value, span: [usize; 2], seen_at: &Value) -> Sha256 {
    let claim = json!({"sighting": {"seen_at": seen_at, "rule": fragment["rule"]}});
    let statement = json!({"subject": fragment["subject"], "claim": claim, "span": span});
    leaf(&json!({"statement": statement}).to_string())
}

fn leaf(line: &str) -> Sha256 {
    Sha256::of(&[b"\0", line.as_bytes()])
}

fn root(leaves: &[Sha256]) -> Sha256 {
    match leaves {
        [] => Sha256([0; 32]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256::of(&[b"\x01", &root(left).0, &root(right).0])
        }
    }
}

/// A zstd frame with a checksum, and its length before it.
fn compressed(content: &[u8]) -> Vec<u8> {
    let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
    compressor.include_checksum(true).unwrap();
    let frame = compressor.compress(content).unwrap();
    let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
    [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], &length, &frame].concat()
}
