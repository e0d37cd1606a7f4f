//! Answers for programs on a terminal: it acts on nothing of what others wrote. Files and pipes get it as it is.
#![cfg(unix)]

use std::fs;
use std::time::Duration;

use expectrl::Expect;
use expectrl::session::OsSession;

use super::tool::{Tool, seed};

/// Runs a command on a terminal, and gives what it shows.
fn shown(tool: &Tool, words: &[&str]) -> String {
    let program = tool.command().get_program().to_owned();
    let mut command = tool.command_of("sh");
    command.args(["-c", "exec \"$@\" 2>/dev/null", "sh"]).arg(program).args(words);
    command.env("TERM", "xterm-256color");
    let mut session = OsSession::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    let found = session.expect(expectrl::Eof).unwrap();
    String::from_utf8_lossy(found.as_bytes()).into_owned()
}

const HOSTILE: &str = "a\u{1b}]0;own\u{7}\u{1b}[31mb\u{9b}2Jc\u{202e}d";

/// How it is shown, letter by letter.
const HARMLESS: &str = "a�]0;own��[31mb�2Jc[U+202E]d";

#[test]
fn no_answer_for_programs_writes_to_a_terminal() {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("documents");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(seed(), folder.join(format!("{HOSTILE}.txt"))).unwrap();
    assert_eq!(tool.run(["load", folder.to_str().unwrap()]).code, 0);
    let place = |name: &str, text: String| {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_string()
    };
    let positions = place("p.csv", format!("symbol,side,notional,note\nACTUSDT,long,5000,{HOSTILE}\n"));
    let questions = place("q.csv", format!("subject,notional,time,note\nACTUSDT,5,2026-02-07,{HOSTILE}\n"));
    assert_eq!(tool.run(["positions", "save", "own", &positions]).code, 0);
    for words in [
        &["positions", "show", "own"][..],
        &["eval", &questions],
        &["eval", "--to", "jsonl", &questions],
        &["--format", "csv", "query", "sources"],
        &["--format", "jsonl", "query", "sources"],
        &["--format", "csv", "query", "statements of source ee2413a8367c"],
        &["export", "sources"],
    ] {
        let text = shown(&tool, words);
        let acted = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        assert_eq!(text.chars().filter(acted).count(), 0, "{words:?}: {text:?}");
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{words:?}: {text:?}");
    }
    assert!(shown(&tool, &["positions", "show", "own"]).contains(HARMLESS));
    assert!(shown(&tool, &["eval", &questions]).contains(HARMLESS));
    // What is no terminal gets every byte.
    assert!(tool.run(["positions", "show", "own"]).out.contains(HOSTILE));
    assert!(tool.run(["eval", &questions]).out.contains(HOSTILE));
}
