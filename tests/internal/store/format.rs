//! The disk format, frozen: these bytes are in the databases of users. A test that fails here means that a
//! stored type was changed; give the new form a new name and a new schema byte instead, and keep reading the
//! old one.

use std::fs;
use std::path::Path;
use std::process::Command;

use tierbook::snapshot::records::curves;
use tierbook::statement::{Origin, Precision, Sha256, Subject, TxId};
use tierbook::store::{self, Reader, Writer};

use crate::tests::store::build::{currency_snapshot, everything, now, place, small, snapshot};
use crate::tests::store::frames::snapshot as observation;
use crate::tests::store::look::{contents, open_index, read, read_by_journal};

/// One transaction with every kind of record and every variant, and two small ones.
fn sample(dir: &Path) {
    store::create_in_format_1(dir, now()).unwrap();
    let mut writer = Writer::open(dir, curves).unwrap();
    writer.commit(now(), |_| everything("every \"kind\"\n龙虾")).unwrap();
    for (number, precision) in [(2, Precision::Day), (3, Precision::Recorded)] {
        let mut batch = small(number);
        batch.source.precision = precision;
        writer.commit(now(), |_| batch).unwrap();
    }
}

/// One transaction with a complete snapshot beside its statement.
fn listing_sample(dir: &Path) {
    store::create_in_format_1(dir, now()).unwrap();
    Writer::open(dir, curves).unwrap().commit(now(), |_| snapshot(1)).unwrap();
}

pub fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/internal/store/golden").join(name)
}

/// Compares with the committed file. `TIERBOOK_WRITE_GOLDEN=1` writes one that is missing, never one that is
/// there.
pub fn assert_golden(name: &str, found: &str) {
    let path = golden(name);
    if !path.exists() && std::env::var_os("TIERBOOK_WRITE_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
    }
    assert_eq!(
        found,
        fs::read_to_string(&path).unwrap(),
        "the disk format has changed: see the head of this file"
    );
}

/// Transactions of every kind in format 2, among them snapshots that refer to one another.
fn sample_in_format_2(dir: &Path) {
    store::create(dir, now()).unwrap();
    let mut writer = Writer::open(dir, curves).unwrap();
    let order: Vec<usize> = (0..12).collect();
    let snapshots = [0, 1, 2].map(|day| observation(day, &order));
    let all = [everything("every \"kind\"\n龙虾"), small(2), snapshot(3), currency_snapshot(4)];
    for batch in all.into_iter().chain(snapshots) {
        writer.commit(now(), |_| batch).unwrap();
    }
}

/// The frames of a journal as text.
pub fn text_of(journal: &Path) -> String {
    String::from_utf8(zstd::decode_all(&fs::read(journal).unwrap()[..]).unwrap()).unwrap()
}

#[test]
fn the_frames_of_format_2_are_frozen_and_still_read() {
    let (_folder, fresh) = place();
    sample_in_format_2(&fresh);
    assert_golden("journal-2.txt", &text_of(&fresh.join("journal.zst")));
    // How they are compressed may change with the library: the file is only read.
    if !golden("journal-2.zst").exists() && std::env::var_os("TIERBOOK_WRITE_GOLDEN").is_some() {
        fs::copy(fresh.join("journal.zst"), golden("journal-2.zst")).unwrap();
    }
    let (_folder, frozen) = place();
    fs::create_dir(&frozen).unwrap();
    fs::copy(golden("journal-2.zst"), frozen.join("journal.zst")).unwrap();
    assert_eq!(read(&frozen), read(&fresh));
}

#[test]
fn the_frames_of_a_migrated_journal_are_frozen() {
    let (_folder, dir) = place();
    fs::create_dir(&dir).unwrap();
    fs::copy(golden("journal-with-origins.jsonl"), dir.join("journal.jsonl")).unwrap();
    let before = read(&dir).head.hash;
    store::migrate(&dir).unwrap().unwrap();
    let text = text_of(&dir.join("journal.zst"));
    assert_golden("migrated-2.txt", &text);
    assert!(text.lines().nth(2).unwrap().contains(&before.to_string()));
}

#[test]
fn the_checker_of_format_2_in_the_documentation_checks_the_chain_and_prints_a_document() {
    let (_folder, dir) = place();
    sample_in_format_2(&dir);
    let journal = dir.join("journal.zst");
    if Command::new("zstdcat").arg("--version").output().is_err() {
        return eprintln!("zstdcat is not on this machine: the checker of format 2 was not tried");
    }
    let script = block_of_the_docs("import hashlib, json, subprocess, sys");
    let checked = |journal: &Path, tx: &[&str]| {
        let arguments = ["-c", &script, journal.to_str().unwrap()];
        let output = Command::new("python3").args(arguments).args(tx).output().ok()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Some((output.status.success(), output.stdout, said))
    };
    let Some((content, printed, errors)) = checked(&journal, &[]) else {
        return eprintln!("python3 is not on this machine: the checker of format 2 was not tried");
    };
    let stored = read(&dir);
    assert!(content, "{errors}");
    let head = format!("the head is transaction 7, {}\n", stored.head.hash);
    assert_eq!(String::from_utf8(printed).unwrap(), head);
    for (place, (_, text)) in stored.transactions.iter().enumerate() {
        let (content, printed, errors) = checked(&journal, &[&(place + 1).to_string()]).unwrap();
        assert!(content && printed == text.as_bytes(), "{place}: {errors}");
    }
    // A change that leaves each frame whole.
    let bytes = fs::read(&journal).unwrap();
    let mut forged = Vec::new();
    let mut at = 0;
    for number in 0..8 {
        let end = at + 12 + u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        let text = String::from_utf8(zstd::decode_all(&bytes[at + 12..end]).unwrap()).unwrap();
        let text = if number == 5 { text.replace("COIN7USDT", "COIN8USDT") } else { text };
        forged.extend(zstd::encode_all(text.as_bytes(), 3).unwrap());
        at = end;
    }
    fs::write(dir.join("forged.zst"), forged).unwrap();
    let (content, _, errors) = checked(&dir.join("forged.zst"), &[]).unwrap();
    assert!(!content && errors.contains("transaction 5 is broken"), "{errors}");
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| byte.escape_ascii().to_string()).collect()
}

#[test]
fn the_bytes_of_the_journal_are_frozen() {
    let (_folder, dir) = place();
    sample(&dir);
    assert_golden("journal-with-origins.jsonl", &fs::read_to_string(dir.join("journal.jsonl")).unwrap());
}

#[test]
fn the_bytes_of_every_kind_of_index_record_are_frozen() {
    let (_folder, dir) = place();
    sample(&dir);
    let dump = open_index(&dir).iter().map(|record| {
        let (key, value) = record.unwrap();
        let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}\n    {hex}\n", printable(&key))
    });
    assert_golden("index-4.txt", &dump.collect::<String>());
}

/// Where this fails although the format is as it was, the same journal gives another image: `RULES_VERSION` in
/// `src/store/image.rs` must be raised with the name of the file here, so that older images are not used.
#[test]
fn the_bytes_of_the_image_are_frozen() {
    let (_folder, dir) = place();
    sample(&dir);
    let image = fs::read(dir.join("image")).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    assert_golden("image-2.txt", &image.chunks(48).map(hex).collect::<String>());
}

#[test]
fn an_image_of_an_older_version_is_not_used_and_the_next_writer_makes_a_new_one() {
    let (_folder, dir) = place();
    sample(&dir);
    let (expected, new) = (read(&dir), fs::read(dir.join("image")).unwrap());
    let text = fs::read_to_string(golden("image-1.txt")).unwrap().replace('\n', "");
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    fs::write(dir.join("image"), (0..text.len()).step_by(2).map(byte).collect::<Vec<_>>()).unwrap();
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(contents(&reader).unwrap(), expected);
    assert!(reader.notices()[0].contains("image is of another version"), "{:?}", reader.notices());
    drop(Writer::open(&dir, curves).unwrap());
    assert_eq!(fs::read(dir.join("image")).unwrap(), new);
}

#[test]
fn the_bytes_of_a_listing_are_frozen_and_still_read() {
    let (_folder, dir) = place();
    listing_sample(&dir);
    assert_golden("listing-with-origins.jsonl", &fs::read_to_string(dir.join("journal.jsonl")).unwrap());
    let stored = read(&dir);
    assert_eq!(stored, read_by_journal(&dir));
    assert_eq!(stored.complete_snapshots[0].snapshot, snapshot(1).complete_snapshots[0]);
    assert_eq!(
        (stored.complete_snapshots[0].tx, &stored.complete_snapshots[0].source),
        (TxId(1), &snapshot(1).source.id)
    );
}

#[test]
fn the_bytes_of_a_listing_by_currency_are_frozen_and_an_older_program_refuses_them() {
    let (_folder, dir) = place();
    store::create_in_format_1(&dir, now()).unwrap();
    Writer::open(&dir, curves).unwrap().commit(now(), |_| currency_snapshot(1)).unwrap();
    let journal = fs::read_to_string(dir.join("journal.jsonl")).unwrap();
    assert_golden("listing-by-currency.jsonl", &journal);
    // A list that it does not know, in a transaction, which has no fields that it does not know.
    assert!(journal.contains("\"listings_by_currency\":[{") && !journal.contains("\"listings\":"));
    let stored = read(&dir);
    assert_eq!(stored, read_by_journal(&dir));
    assert_eq!(stored.complete_snapshots[0].snapshot, currency_snapshot(1).complete_snapshots[0]);
}

#[test]
fn a_listing_without_currencies_is_of_the_whole_program() {
    let (_folder, dir) = place();
    fs::create_dir(&dir).unwrap();
    fs::copy(golden("listing-with-origins.jsonl"), dir.join("journal.jsonl")).unwrap();
    let snapshot = &read(&dir).complete_snapshots[0].snapshot;
    for (subject, covered) in [
        ("binance:usdm:OLDUSDT", true),
        ("binance:usdm:OLDUSDC", true),
        ("binance:usdm:nonsense", true),
        ("binance:coinm:BTCUSD", false),
        ("other:usdm:OLDUSDT", false),
    ] {
        assert_eq!(snapshot.covers(&Subject::parse(subject).unwrap()), covered, "{subject}");
    }
}

#[test]
fn a_journal_line_with_a_list_of_a_newer_program_is_refused() {
    let (_folder, dir) = place();
    listing_sample(&dir);
    let journal = fs::read_to_string(dir.join("journal.jsonl")).unwrap();
    let first = journal.lines().next().unwrap();
    let json =
        journal.lines().nth(1).unwrap()[89..].strip_suffix('}').unwrap().replace("listings", "novelties");
    let json = format!("{json}}}");
    let json = json.as_str();
    let hash = Sha256::of(&[&first.as_bytes()[9..73], json.as_bytes()]);
    let line = journal.lines().nth(1).unwrap();
    let forged = format!("{first}\n{}{hash}{}{json}}}\n", &line[..9], &line[73..89]);
    fs::write(dir.join("journal.jsonl"), forged).unwrap();
    fs::remove_dir_all(dir.join("index")).unwrap();
    fs::remove_file(dir.join("head")).unwrap();
    let error = store::Reader::open(&dir).err().unwrap();
    assert!(error.message().contains("novelties"), "{}", error.message());
}

#[test]
fn the_frozen_journals_are_still_read() {
    let (_folder, fresh) = place();
    sample(&fresh);
    let fresh = read(&fresh);
    let frozen = |name: &str| {
        let (_folder, dir) = place();
        fs::create_dir(&dir).unwrap();
        fs::copy(golden(name), dir.join("journal.jsonl")).unwrap();
        read(&dir)
    };
    assert_eq!(frozen("journal-with-origins.jsonl"), fresh);
    // The first journals do not state where a publication comes from.
    let mut expected = fresh;
    let sources = expected.sources.iter_mut().chain(&mut expected.recordings);
    sources.for_each(|recorded| recorded.source.origin = Origin::NotStored);
    let old = frozen("journal.jsonl");
    (expected.head.hash, expected.transactions) = (old.head.hash, old.transactions.clone());
    assert_eq!(old, expected);
}

#[test]
fn a_line_has_its_hash_and_its_json_at_fixed_places() {
    let journal = fs::read(golden("journal.jsonl")).unwrap();
    let mut previous = "0".repeat(64);
    for line in journal.split_inclusive(|byte| *byte == b'\n') {
        let hash = std::str::from_utf8(&line[9..73]).unwrap();
        let json = &line[89..line.len() - 2];
        assert!(json.starts_with(b"{\"tx\":") && json.ends_with(b"}"));
        assert_eq!(Sha256::of(&[previous.as_bytes(), json]).to_string(), hash);
        previous = hash.to_string();
    }
}

/// The block of docs/store.md that begins with this line, without its fences.
pub fn block_of_the_docs(first_line: &str) -> String {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/store.md")).unwrap();
    let after = docs.split_once(&format!("```\n{first_line}")).or(docs.split_once(first_line)).unwrap().1;
    format!("{first_line}{}", after.split_once("\n```").unwrap().0)
}

/// Runs a checker of the documentation; gives whether it was content, and what it printed.
pub fn run(program: &str, script: &str, journal: &Path) -> Option<(bool, String)> {
    // `bash -c` takes the first word after the script for its name, `python3 -c` does not.
    let name: &[&str] = if program == "bash" { &["check"] } else { &[] };
    let output = Command::new(program).args(["-c", script]).args(name).arg(journal).output().ok()?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), text))
}

#[test]
fn the_checkers_of_the_documentation_accept_the_journal_and_find_a_flipped_byte() {
    let whole = fs::read(golden("journal.jsonl")).unwrap();
    let head =
        std::str::from_utf8(whole.split(|byte| *byte == b'\n').nth(3).unwrap()).unwrap()[9..73].to_string();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("journal.jsonl");
    for (program, first_line) in [("python3", "import hashlib, sys"), ("bash", "previous=")] {
        let script = block_of_the_docs(first_line);
        let Some((content, text)) = run(program, &script, &golden("journal.jsonl")) else {
            eprintln!("{program} is not on this machine: its checker was not tried");
            continue;
        };
        assert!(content && text.contains(&head) && text.contains("transaction 3"), "{program}: {text}");
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs::write(&copy, flipped).unwrap();
        let (content, text) = run(program, &script, &copy).unwrap();
        assert!(!content && text.contains("transaction 1"), "{program}: {text}");
    }
}
