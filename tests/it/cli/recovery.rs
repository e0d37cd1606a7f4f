//! `backup`, `restore` and `rebuild` as a user runs them.

use serde_json::Value;

use super::tool::Tool;

const QUESTION: &str = "history of mmr of ACTUSDT at 60000";

fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_is_restored_answers_as_before_and_the_undo_text_goes_back() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    let before = tool.rows(QUESTION).0;
    let made = tool.run(["backup", backup]);
    assert_eq!(made.code, 0, "{}", made.text());
    assert!(made.out.starts_with("backed up 1 new transaction: "), "{}", made.out);
    assert!(made.out.contains(&format!("tierbook restore {backup}\n")), "{}", made.out);
    tool.retract("ee2413a8367c");
    let retracted = tool.rows(QUESTION).0;
    assert_ne!(retracted, before);
    let refused = tool.run(["restore", backup]);
    assert_eq!(refused.code, 4, "{}", refused.text());
    assert!(refused.err.contains("--replace"), "{}", refused.err);
    let restored = tool.run(["restore", backup, "--replace"]);
    assert_eq!(restored.code, 0, "{}", restored.text());
    assert_eq!(tool.rows(QUESTION).0, before);
    assert_eq!(tool.run(["verify"]).code, 0);
    let undo = restored.out.lines().find(|line| line.contains("rm -rf ")).unwrap();
    let shell = std::process::Command::new("sh").arg("-c").arg(undo).status().unwrap();
    assert!(shell.success(), "{undo}");
    assert_eq!(tool.rows(QUESTION).0, retracted);
    assert_eq!(tool.run(["verify"]).code, 0);
}

#[test]
fn machines_read_what_was_done() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    let head = object(&tool.run(["--format", "json", "head"]).out);
    let made = object(&tool.run(["--format", "json", "backup", backup]).out);
    assert_eq!((&made["transactions"], &made["bytes_copied"]), (&Value::from(1), &made["bytes"]));
    let again = object(&tool.run(["--format", "json", "backup", backup]).out);
    assert_eq!((&again["transactions"], &again["bytes_copied"]), (&Value::from(0), &Value::from(0)));
    let restored = object(&tool.run(["--format", "json", "restore", backup, "--replace"]).out);
    assert!(restored["kept"].as_str().unwrap().ends_with("before-restore-1"), "{restored}");
    let rebuilt = object(&tool.run(["--format", "json", "rebuild"]).out);
    for done in [made, again, restored, rebuilt] {
        assert_eq!((&done["tx"], &done["hash"]), (&head["tx"], &head["hash"]));
    }
}

#[test]
fn a_backup_can_be_asked_where_it_is() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    assert_eq!(tool.run(["backup", backup]).code, 0);
    let asked = tool.run(["--db", backup, "query", QUESTION]);
    assert_eq!((asked.code, asked.out), (0, tool.run(["query", QUESTION]).out));
    std::fs::write(tool.dir().join("image"), "no image").unwrap();
    assert_eq!(tool.run(["rebuild"]).code, 0);
    assert_eq!(tool.run(["query", QUESTION]).err, "");
}
