//! The disk format, frozen: these bytes are in the databases of users. A test that fails here means that a
//! stored type was changed; give the new form a new name and a new schema byte instead, and keep reading the
//! old one.

use std::fs;
use std::path::Path;
use std::process::Command;

use tierbook::snapshot::records::curves;
use tierbook::statement::{Origin, Precision, Sha256, Subject, TxId};
use tierbook::store::{self, Writer};

use crate::tests::store::build::{currency_snapshot, everything, now, place, small, snapshot};
use crate::tests::store::look::{open_index, read, read_by_journal};

/// One transaction with every kind of record and every variant, and two small ones.
fn sample(dir: &Path) {
    store::create(dir, now()).unwrap();
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
    store::create(dir, now()).unwrap();
    Writer::open(dir, curves).unwrap().commit(now(), |_| snapshot(1)).unwrap();
}

fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/internal/store/golden").join(name)
}

/// Compares with the committed file. `TIERBOOK_WRITE_GOLDEN=1` writes one that is missing, never one that is
/// there.
fn assert_golden(name: &str, found: &str) {
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
    assert_golden("image-1.txt", &image.chunks(48).map(hex).collect::<String>());
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
    store::create(&dir, now()).unwrap();
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
    expected.sources.iter_mut().for_each(|recorded| recorded.source.origin = Origin::NotStored);
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
fn block_of_the_docs(first_line: &str) -> String {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/store.md")).unwrap();
    let after = docs.split_once(&format!("```\n{first_line}")).or(docs.split_once(first_line)).unwrap().1;
    format!("{first_line}{}", after.split_once("\n```").unwrap().0)
}

/// Runs a checker of the documentation; gives whether it was content, and what it printed.
fn run(program: &str, script: &str, journal: &Path) -> Option<(bool, String)> {
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
