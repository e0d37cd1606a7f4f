//! Databases as each landed version left them (`landed/`): they open, verify, answer as they did then, and take what is
//! recorded today. Newer formats are refused by name, or made again where they are made from the journal.
//!
//! `landed-1` was made by 8c90004 (format 1, index 1), `landed-2` by be575bd (format 1 with origins and listings by
//! currency, index 4), `landed-3` by 1bf4086 (format 2, head file, first image), `landed-4` by eb27b1f (the image of
//! today); each with the seed, two tables of the exchange, a retraction and, but for the first, a notice that was
//! unloaded. The file of the index ends where only zeros follow.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::tool::{Tool, copy_folder, root};
use crate::fault::Tally;

const LANDED: [&str; 4] = ["landed-1", "landed-2", "landed-3", "landed-4"];

/// How long sled's file is in all of them.
const INDEX_BYTES: u64 = 524_287;

fn fixture(name: &str) -> PathBuf {
    root().join("tests/it/cli/landed").join(name)
}

/// A database as a landed version left it.
fn landed(name: &str) -> Tool {
    let tool = Tool::empty();
    copy_folder(&fixture(name).join("db"), &tool.dir());
    fs::create_dir_all(tool.dir().join("index/blobs")).unwrap();
    let index = fs::OpenOptions::new().write(true).open(tool.dir().join("index/db")).unwrap();
    index.set_len(INDEX_BYTES).unwrap();
    tool
}

/// What is compared with the answers of then.
fn answers(tool: &Tool) -> Vec<Vec<Value>> {
    let questions = [
        "history of mmr of ACTUSDT at 60000",
        "history of mmr of COIN3USDT at 1k",
        "mmr of COIN51USDT at 1k as of 2026-03-09",
    ];
    let rows = questions.iter().flat_map(|question| tool.rows(question).0);
    rows.map(|row| ["subject", "from", "until", "status", "value"].map(|field| row[field].clone()).to_vec())
        .collect()
}

fn answers_of_then(name: &str) -> Vec<Vec<Value>> {
    let text = fs::read_to_string(fixture(name).join("answers.jsonl")).unwrap();
    let row = |line: &str| -> Vec<Value> {
        let row: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        row.into_iter().map(|(_, value)| value).collect()
    };
    text.lines().map(row).collect()
}

#[test]
fn databases_of_every_landed_version_open_verify_answer_and_take_a_load() {
    let mut tally = Tally::default();
    for name in LANDED {
        let tool = landed(name);
        let head = fs::read_to_string(fixture(name).join("head.txt")).unwrap();
        let verified = |what: &str| {
            let ran = tool.run(["verify", "--head", head.trim()]);
            assert_eq!(ran.code, 0, "{name}, {what}: {}", ran.text());
        };
        verified("as it was");
        let mut check = |what: &str| {
            let (found, then) = (answers(&tool), answers_of_then(name));
            tally.count(false, found != then, || format!("{name}, {what}: {found:?}, then {then:?}"));
        };
        check("as it was");
        let notice = root().join("docs/examples/lives.toml");
        let loaded = tool.run(["load", notice.to_str().unwrap()]);
        assert!(loaded.err.contains(": loaded as "), "{name}: {}", loaded.text());
        verified("after a load");
        check("after a load");
        assert_eq!(tool.run(["rebuild"]).code, 0);
        let backup = tool.dir().with_file_name("backup");
        assert_eq!(tool.run(["backup", backup.to_str().unwrap()]).code, 0);
        assert_eq!(tool.run(["migrate"]).code, 0);
        verified("after a migration");
        check("after a migration");
        assert_eq!(tool.run(["restore", backup.to_str().unwrap(), "--replace"]).code, 0);
        verified("after a restoration");
        check("after a restoration");
    }
    tally.end("databases of landed versions", &format!("{} versions, each asked 4 times", LANDED.len()));
}

/// What a question and a load print where a database is refused, and that neither changes anything.
fn refused(tool: &Tool) -> String {
    let files = || ["head", "journal.zst", "journal.jsonl"].map(|name| fs::read(tool.dir().join(name)).ok());
    let before = files();
    let notice = root().join("docs/examples/lives.toml");
    let (asked, loaded) = (tool.run(["query", "subjects"]), tool.run(["load", notice.to_str().unwrap()]));
    assert!(asked.code != 0 && loaded.code != 0, "{}{}", asked.text(), loaded.text());
    assert_eq!(files(), before);
    assert!(loaded.text().contains(&asked.err), "{}{}", asked.text(), loaded.text());
    asked.err
}

#[test]
fn a_newer_head_file_and_a_newer_journal_are_refused_by_name() {
    let mut tally = Tally::default();
    let mut check = |name: &str, file: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>, words: &str| {
        let tool = landed(name);
        let path = tool.dir().join(file);
        fs::write(&path, change(fs::read(&path).unwrap())).unwrap();
        let err = refused(&tool);
        let is_named = err.starts_with("error[unknown_format]: ")
            && err.contains(words)
            && err.contains("or a newer one");
        if is_named { tally.refuse() } else { tally.count(false, true, || format!("{name}, {file}: {err}")) }
    };
    let newer = |bytes: Vec<u8>| {
        String::from_utf8(bytes).unwrap().replace("tierbook head 1", "tierbook head 2").into_bytes()
    };
    check("landed-4", "head", &newer, "has the form `tierbook head 2`");
    // The first transaction states the format, and its hash is that of a newer one.
    let line = |format: &str| {
        let json = format!(r#"{{"tx":0,"format":"{format}","created_at":"2026-11-29T00:03:26.105333Z"}}"#);
        let hash = tierbook::Sha256::of(&[b"0".repeat(64).as_slice(), json.as_bytes()]);
        format!("{{\"hash\":\"{hash}\",\"transaction\":{json}}}\n").into_bytes()
    };
    check(
        "landed-2",
        "journal.jsonl",
        &|_| line("tierbook journal 3"),
        "has the format `tierbook journal 3`",
    );
    tally.end("a newer format", "head file and journal");
}

#[test]
fn a_newer_index_or_image_is_not_used_and_is_made_again() {
    let tool = landed("landed-4");
    let image = tool.dir().join("image");
    let header = b"\x02what a newer version writes";
    let start =
        [&b"tb image"[..], &(header.len() as u32).to_le_bytes(), &crc32fast::hash(header).to_le_bytes()];
    fs::write(&image, [&start.concat()[..], header].concat()).unwrap();
    let index = sled::open(tool.dir().join("index")).unwrap();
    index.insert("0format", "tierbook index 99").unwrap();
    drop(index);
    let verified = tool.run(["--format", "json", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    for what in ["index", "image"] {
        assert!(verified.out.contains(&format!("the {what} is of another version")), "{}", verified.text());
    }
    assert!(
        tool.run(["query", "subjects"]).err.contains("image is of another version; the journal was read")
    );
    assert_eq!(answers(&tool), answers_of_then("landed-4"));
    assert_eq!(tool.run(["retract", "ee2413a8367c.1", "--reason", "an example"]).code, 0);
    let verified = tool.run(["--format", "json", "verify"]);
    assert!(verified.code == 0 && verified.out.contains("\"notes\":[]"), "{}", verified.text());
    assert!(!tool.run(["query", "subjects"]).err.contains("image"));
}

#[test]
fn a_second_journal_that_an_older_program_began_is_noted() {
    let tool = landed("landed-4");
    fs::copy(fixture("landed-1").join("db/journal.jsonl"), tool.dir().join("journal.jsonl")).unwrap();
    assert_eq!(answers(&tool), answers_of_then("landed-4"));
    let verified = tool.run(["--format", "json", "verify"]);
    assert!(verified.code == 0 && verified.out.contains("nothing reads "), "{}", verified.text());
}
