//! A database that an earlier version made (`format_1/`, with a head and certificates of then), and `migrate`:
//! what was noted before is still found after it.

use std::fs;
use std::path::{Path, PathBuf};

use super::auditor::script;
use super::tool::{Tool, root, seed};

fn fixture(name: &str) -> PathBuf {
    root().join("tests/it/cli/format_1").join(name)
}

/// A database with the journal of then.
fn old() -> Tool {
    let tool = Tool::empty();
    fs::create_dir(tool.dir()).unwrap();
    fs::copy(fixture("journal.jsonl"), tool.dir().join("journal.jsonl")).unwrap();
    tool
}

const QUESTION: &str = "history of mmr of ACTUSDT at 60000";

/// That the head and the certificates of then are accepted.
fn assert_old_evidence_is_accepted(tool: &Tool) {
    let (head, certificates) =
        (fs::read_to_string(fixture("head.txt")).unwrap(), fixture("certificates.jsonl"));
    let ran = tool.run(["verify", "--head", &head, "--certificate", certificates.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.out.contains("the head is in the chain: tx 2, "), "{}", ran.out);
    assert!(ran.out.contains("all its evidence are in the journal"), "{}", ran.out);
}

#[test]
fn heads_and_certificates_of_before_are_accepted_before_and_after_a_migration() {
    let tool = old();
    assert_old_evidence_is_accepted(&tool);
    let before = tool.rows(QUESTION).0;
    let migrated = tool.run(["migrate"]);
    assert_eq!(migrated.code, 0, "{}", migrated.text());
    for words in
        ["migrated 3 transactions: 60120 bytes before, ", "head before  tx 3 hash ", "to go back", "rm -r "]
    {
        assert!(migrated.out.contains(words), "{}", migrated.out);
    }
    assert_eq!(tool.rows(QUESTION).0, before);
    assert_old_evidence_is_accepted(&tool);
    let again = tool.run(["migrate"]);
    assert_eq!((again.code, again.out.as_str()), (0, "nothing to do: the journal has the newest format\n"));
    // What is recorded from now on changes nothing about that.
    assert_eq!(tool.run(["retract", "ee2413a8367c.1", "--reason", "an example"]).code, 0);
    assert_old_evidence_is_accepted(&tool);
    // A forged one is still rejected.
    let forged = fs::read_to_string(fixture("certificates.jsonl")).unwrap().replace("\"0.1\"", "\"0.2\"");
    let file = tool.dir().with_file_name("forged.jsonl");
    fs::write(&file, forged).unwrap();
    assert_eq!(tool.run(["verify", "--certificate", file.to_str().unwrap()]).code, 1);
}

#[test]
fn the_script_accepts_certificates_of_before_with_the_journal_of_either_format() {
    let tool = old();
    let certificates = fixture("certificates.jsonl");
    let accepts = |journal: &Path, file: &Path| {
        let output = script(&[Path::new("--journal"), journal, file])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // The history among them is not recomputed.
        Some((output.status.code() == Some(3) && text.matches(": accepted").count() == 2, text))
    };
    let Some((content, text)) = accepts(&tool.dir().join("journal.jsonl"), &certificates) else { return };
    assert!(content, "{text}");
    assert_eq!(tool.run(["migrate"]).code, 0);
    if std::process::Command::new("zstdcat").arg("--version").output().is_err() {
        return eprintln!("zstdcat is not on this machine: the migrated journal was not tried");
    }
    let (content, text) = accepts(&tool.journal_file(), &certificates).unwrap();
    assert!(content, "{text}");
    let forged = fs::read_to_string(&certificates).unwrap().replacen("5d", "6d", 1);
    let file = tool.dir().with_file_name("forged.jsonl");
    fs::write(&file, forged).unwrap();
    let (content, text) = accepts(&tool.journal_file(), &file).unwrap();
    assert!(!content, "{text}");
}

#[test]
fn load_mentions_the_migration_once_and_never_does_it() {
    let tool = old();
    let journal = || fs::read(tool.dir().join("journal.jsonl")).unwrap();
    let before = journal();
    let ran = tool.run([
        "load",
        seed().to_str().unwrap(),
        root().join("docs/examples/notice.toml").to_str().unwrap(),
    ]);
    assert_eq!((ran.code, ran.err.matches("`tierbook migrate`").count()), (0, 1), "{}", ran.text());
    assert!(!ran.out.contains("migrate"));
    assert!(journal().starts_with(&before) && !tool.journal_file().exists());
    assert!(!tool.run(["query", QUESTION]).text().contains("migrate"));
    let new = Tool::seeded();
    assert!(!new.run(["load", seed().to_str().unwrap()]).err.contains("migrate"));
}
