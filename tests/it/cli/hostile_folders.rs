//! Folders that somebody else made: no file of one makes the program wait, and none leads it out of the folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::tool::{Tool, seed};

/// How long a command may take; one that waits for a pipe never ends.
const WITHIN: Duration = Duration::from_secs(20);

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Something else in the place of a file.
const KINDS: [&str; 4] = ["pipe", "device", "folder", "loop"];

fn put(kind: &str, path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir_all(path);
    match kind {
        "pipe" => pipe(path),
        "device" => symlink("/dev/zero", path).unwrap(),
        "folder" => fs::create_dir(path).unwrap(),
        // A terabyte that takes no room.
        "long" => fs::File::create(path).and_then(|file| file.set_len(1 << 40)).unwrap(),
        _ => symlink(path, path).unwrap(),
    }
}

/// Runs the built program, and ends it where it takes too long; gives its exit code and its messages.
#[track_caller]
fn ended(tool: &Tool, words: &[&str]) -> (i32, String) {
    let mut command = tool.command();
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let (mut child, began) = (command.spawn().unwrap(), Instant::now());
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > WITHIN {
            child.kill().unwrap();
            panic!("{words:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{words:?}: {text}");
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn no_file_of_a_database_makes_a_command_wait_or_panic() {
    let tool = Tool::seeded();
    let whole = tool.dir().with_file_name("whole");
    super::tool::copy_folder(&tool.dir(), &whole);
    let document = seed();
    let document = document.to_str().unwrap();
    for file in ["journal.zst", "head", "image", "index", "lock", "replica", "pull"] {
        for kind in KINDS {
            fs::remove_dir_all(tool.dir()).unwrap();
            super::tool::copy_folder(&whole, &tool.dir());
            put(kind, &tool.dir().join(file));
            for words in [&["query", "mmr of ACTUSDT at 60000"][..], &["load", document]] {
                let (code, text) = ended(&tool, words);
                assert!([0, 2, 4].contains(&code), "{file} is a {kind}: {words:?} gives {code}: {text}");
            }
        }
    }
}

#[test]
fn no_file_of_an_index_makes_a_command_wait_or_fill_the_disk() {
    let tool = Tool::seeded();
    let whole = tool.dir().with_file_name("whole");
    super::tool::copy_folder(&tool.dir(), &whole);
    let (document, salvaged) = (seed(), tool.dir().with_file_name("salvaged"));
    let (document, salvaged) = (document.to_str().unwrap(), salvaged.to_str().unwrap());
    for file in ["db", "conf", "snap.0000000000000001", "blobs/1", "blobs/deep/1"] {
        for kind in [&KINDS[..], &["long"]].concat() {
            for words in [&["verify"][..], &["load", document], &["salvage", salvaged]] {
                let _ = fs::remove_dir_all(salvaged);
                fs::remove_dir_all(tool.dir()).unwrap();
                super::tool::copy_folder(&whole, &tool.dir());
                let path = tool.dir().join("index").join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                put(kind, &path);
                if words[0] == "salvage" {
                    let mut journal = fs::read(tool.journal_file()).unwrap();
                    *journal.last_mut().unwrap() ^= 1;
                    fs::write(tool.journal_file(), journal).unwrap();
                }
                let (code, text) = ended(&tool, words);
                assert!([0, 1, 2, 4].contains(&code), "{file} is a {kind}: {words:?} gives {code}: {text}");
            }
        }
    }
}

#[test]
fn no_file_of_a_publication_makes_a_publisher_or_a_replica_wait() {
    let tool = Tool::seeded();
    let public = tool.dir().with_file_name("public");
    let name = public.to_str().unwrap();
    for file in ["head", "index", "segments", "segments/000000000000.zst"] {
        for kind in KINDS {
            let _ = fs::remove_dir_all(&public);
            assert_eq!(ended(&tool, &["publish", name]).0, 0);
            put(kind, &public.join(file));
            let replica = tool.dir().with_file_name("replica");
            for words in [&["publish", name][..], &["--db", replica.to_str().unwrap(), "pull", name]] {
                let (code, text) = ended(&tool, words);
                assert!([0, 4].contains(&code), "{file} is a {kind}: {words:?} gives {code}: {text}");
                let _ = fs::remove_dir_all(&replica);
            }
        }
    }
}

#[test]
fn a_link_in_a_database_leads_no_command_to_a_file_outside() {
    let tool = Tool::seeded();
    let outside = tool.dir().with_file_name("outside");
    let precious = outside.join("precious");
    fs::create_dir(&outside).unwrap();
    let whole = tool.dir().with_file_name("whole");
    super::tool::copy_folder(&tool.dir(), &whole);
    let table = tool.dir().with_file_name("leverage-brackets-20260301T000000Z.json");
    let brackets = r#"[{"bracket": 1, "initialLeverage": 5, "notionalCap": 100000, "notionalFloor": 0, "maintMarginRatio": 0.1, "cum": 0.0}]"#;
    fs::write(&table, format!(r#"[{{"symbol": "ACTUSDT", "brackets": {brackets}}}]"#)).unwrap();
    for file in ["lock", "head.new", "image.new", "journal.zst", "index/db", "index/conf"] {
        fs::remove_dir_all(tool.dir()).unwrap();
        super::tool::copy_folder(&whole, &tool.dir());
        let there = tool.dir().join(file);
        // What is outside is what was there, and a bit more: a writer cuts it off.
        let bytes = [fs::read(&there).unwrap_or_default(), b"precious".to_vec()].concat();
        fs::write(&precious, &bytes).unwrap();
        let _ = fs::remove_file(&there);
        symlink(&precious, &there).unwrap();
        let (code, text) = ended(&tool, &["load", table.to_str().unwrap()]);
        assert!([0, 4].contains(&code), "{file}: {text}");
        assert_eq!(fs::read(&precious).unwrap(), bytes, "{file}: {text}");
    }
    // A link to what is missing makes nothing there.
    let missing = outside.join("missing");
    for file in ["lock", "head.new"] {
        fs::remove_dir_all(tool.dir()).unwrap();
        super::tool::copy_folder(&whole, &tool.dir());
        let _ = fs::remove_file(tool.dir().join(file));
        symlink(&missing, tool.dir().join(file)).unwrap();
        ended(&tool, &["load", table.to_str().unwrap()]);
        assert!(!missing.exists(), "{file}");
    }
}

#[test]
fn a_link_in_the_place_of_the_index_or_of_what_is_pulled_is_not_followed() {
    let tool = Tool::seeded();
    let public = tool.dir().with_file_name("public");
    assert_eq!(ended(&tool, &["publish", public.to_str().unwrap()]).0, 0);
    let outside = tool.dir().with_file_name("outside");
    fs::create_dir_all(outside.join("new")).unwrap();
    for file in ["precious", "new/head", "new/journal.zst"] {
        fs::write(outside.join(file), "precious").unwrap();
    }
    fs::remove_dir_all(tool.dir().join("index")).unwrap();
    symlink(&outside, tool.dir().join("index")).unwrap();
    ended(&tool, &["unload", "ee2413a8367c", "--reason", "a mistake"]);
    let replica = tool.dir().with_file_name("replica");
    fs::create_dir(&replica).unwrap();
    symlink(&outside, replica.join("pull")).unwrap();
    let (code, text) = ended(&tool, &["--db", replica.to_str().unwrap(), "pull", public.to_str().unwrap()]);
    assert_eq!(code, 4, "{text}");
    let mut there: Vec<_> = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["new", "precious"]);
    assert_eq!(fs::read_dir(outside.join("new")).unwrap().count(), 2);
}

#[test]
fn a_log_of_heads_and_a_file_of_tokens_may_be_endless_and_end_all_the_same() {
    let tool = Tool::seeded();
    let public = tool.dir().with_file_name("public");
    let public = public.to_str().unwrap();
    assert_eq!(ended(&tool, &["publish", public]).0, 0);
    let log = tool.dir().with_file_name("heads.jsonl");
    for kind in KINDS {
        put(kind, &log);
        let (code, text) = ended(&tool, &["witness", public, "--log", log.to_str().unwrap()]);
        assert_eq!(code, 4, "{kind}: {text}");
    }
    let (code, text) = ended(&tool, &["pull", "http://127.0.0.1:9/", "--token-file", "/dev/zero"]);
    assert!(code == 4 && text.contains("it has more than 1048576 bytes"), "{text}");
}

#[test]
fn a_configuration_that_nobody_named_is_a_file() {
    let tool = Tool::seeded();
    let folder = tool.dir().with_file_name(".config").join("tierbook");
    fs::create_dir_all(&folder).unwrap();
    for kind in KINDS {
        put(kind, &folder.join("config.toml"));
        let (code, text) = ended(&tool, &["query", "mmr of ACTUSDT at 60000"]);
        assert!(code == 4 || kind == "loop", "{kind}: {text}");
    }
}
