//! `status`: which database is used, what named it, and how new it is.

use serde_json::{Value, json};

use super::tool::{Ran, Tool, seed};

fn object(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.text()))
}

#[test]
fn it_names_the_folder_its_head_and_its_newest_source() {
    let tool = Tool::seeded();
    let older =
        std::fs::read_to_string(seed()).unwrap().replace("2026-02-03T06:00:46Z", "2026-01-03T06:00:46Z");
    let path = tool.dir().with_file_name("older.txt");
    std::fs::write(&path, older).unwrap();
    assert_eq!(tool.run(["load", path.to_str().unwrap()]).code, 0);
    let ran = tool.run(["status"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let folder = format!("database       {}\n               named by TIERBOOK_DB\n", tool.dir().display());
    assert!(ran.out.starts_with(&folder), "{}", ran.out);
    for line in [
        "exists         yes\n",
        "head           tx 2, recorded 2",
        "subjects       34\n",
        "sources        2\n",
        "newest source  ee2413a8367c binance-2026-02-03.txt, published 2026-02-03T06:00:46Z, ",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    let status = object(&tool.run(["--format", "json", "status"]));
    let head = object(&tool.run(["--format", "json", "head"]));
    for field in ["tx", "hash", "recorded_at"] {
        assert_eq!(status[field], head[field], "{field}");
    }
    let newest = json!({"id": "ee2413a8367c", "file": "binance-2026-02-03.txt", "published_at": "2026-02-03T06:00:46Z"});
    assert_eq!(
        (&status["newest_source"], &status["subjects"], &status["sources"]),
        (&newest, &json!(34), &json!(2))
    );
    // A command is no source.
    tool.retract("ee2413a8367c");
    let status = object(&tool.run(["--format", "jsonl", "status"]));
    assert_eq!((&status["tx"], &status["sources"]), (&json!(3), &json!(2)));
}

#[test]
fn it_tells_what_named_the_folder_and_the_configuration() {
    let tool = Tool::empty();
    let config = tool.dir().with_file_name("own.toml");
    std::fs::write(&config, "").unwrap();
    let json = |output: &std::process::Output| -> Value { serde_json::from_slice(&output.stdout).unwrap() };
    let run = |prepare: &dyn Fn(&mut std::process::Command)| {
        let mut command = tool.command();
        command.args(["--format", "json", "status"]);
        prepare(&mut command);
        json(&command.output().unwrap())
    };
    let home = tool.dir().parent().unwrap().to_path_buf();
    let default = run(&|command| {
        command.env_remove("TIERBOOK_DB");
    });
    assert_eq!(default["database"], home.join(".local/share/tierbook").to_str().unwrap());
    assert_eq!(default["config"], home.join(".config/tierbook/config.toml").to_str().unwrap());
    assert_eq!((&default["named_by"], &default["config_named_by"]), (&json!("default"), &json!("default")));
    assert_eq!((&default["exists"], &default["config_exists"]), (&json!(false), &json!(false)));
    let environment = run(&|command| {
        command.env("TIERBOOK_CONFIG", &config);
    });
    assert_eq!(
        (&environment["named_by"], &environment["config_named_by"]),
        (&json!("environment"), &json!("environment"))
    );
    assert_eq!((&environment["config"], &environment["config_exists"]), (&json!(config), &json!(true)));
    let option = run(&|command| {
        command.arg("--db").arg("rules.db").arg("--config").arg(&config);
    });
    assert_eq!((&option["named_by"], &option["config_named_by"]), (&json!("option"), &json!("option")));
    let whole = super::tool::root().join("rules.db");
    assert_eq!(option["database"], whole.to_str().unwrap(), "the whole path of a relative one");
}

#[test]
fn no_database_is_an_answer_and_a_damaged_one_an_error() {
    let tool = Tool::empty();
    let ran = tool.run(["status"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("exists         no; `tierbook load PATH` makes it\n"), "{}", ran.out);
    assert!(!tool.dir().exists(), "it is not made by asking");
    assert_eq!(tool.run(["init"]).code, 0);
    let empty = object(&tool.run(["--format", "json", "status"]));
    assert_eq!(
        (&empty["exists"], &empty["tx"], &empty["newest_source"]),
        (&json!(true), &json!(0), &Value::Null)
    );
    assert_eq!(tool.run(["load", seed().to_str().unwrap()]).code, 0);
    let mut damaged = tool.journal().unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(tool.journal_file(), damaged).unwrap();
    let ran = tool.run(["status"]);
    assert!(ran.code == 4 && ran.err.contains("damaged_journal"), "{}", ran.text());
    assert!(ran.out.contains("exists         yes, but it cannot be read\n"), "{}", ran.out);
}

#[test]
fn it_is_a_command_of_the_prompt() {
    let tool = Tool::seeded();
    let asked = tool.run_with_input(["repl"], b"status\nhelp status\n");
    assert_eq!(asked.code, 0, "{}", asked.text());
    assert!(asked.out.starts_with(&tool.run(["status"]).out), "{}", asked.out);
    assert!(asked.out.contains("Show which database and configuration are used"), "{}", asked.out);
}
