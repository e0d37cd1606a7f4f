//! The main screens of the prompt, as an emulated terminal shows them: kept as text in `docs/prompt.md`, and
//! compared with what is shown now. With `TIERBOOK_BLESS=1` they are written anew.
#![cfg(unix)]

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use expectrl::session::OsSession;

use super::tool::{Tool, root};

/// What is typed before a screen is looked at, under the name that the screen has in the document.
const SCREENS: &[(&str, &[&str])] = &[
    ("completion", &["mmr of ACTUSDT \t"]),
    ("when a subject changes", &["mmr of ACTUSDT at 60000 as of \t"]),
    ("a past day", &["set as of 2026-02-06 06:00 (UTC)\r", "mmr of ACTUSDT at 60000\r", "unset\r"]),
    ("an error", &["mrr of ACTUSDT at 60000\r"]),
    ("before and after", &["diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z\r"]),
    ("a chart", &["chart margin of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z\r"]),
    ("help on a word", &["help times\r"]),
];

const COLUMNS: u16 = 100;
const ROWS: u16 = 45;

/// Reads what is shown until nothing more comes for a while.
fn settle(session: &mut OsSession, screen: &mut vt100::Parser, quiet: Duration) {
    let mut last = Instant::now();
    let mut bytes = [0; 65536];
    while last.elapsed() < quiet {
        match session.try_read(&mut bytes) {
            Ok(count) if count > 0 => {
                screen.process(&bytes[..count]);
                last = Instant::now();
            }
            _ => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// The screen as lines without blanks at their ends.
fn lines(screen: &vt100::Parser) -> String {
    let shown = screen.screen().contents();
    // How old the newest source is depends on the day.
    let dateless = |line: &str| match line.rsplit_once(", ") {
        Some((start, _)) if line.starts_with("newest source: ") => format!("{start}, … days ago"),
        _ => line.trim_end().to_string(),
    };
    let lines: Vec<String> = shown.lines().map(dateless).collect();
    lines.join("\n").trim_end().to_string()
}

/// The screen after some keys, where the program is never quiet for longer than `quiet` before it has
/// answered.
fn shown(tool: &Tool, keys: &[&str], quiet: Duration) -> String {
    let mut command = tool.command();
    command.arg("repl").env("TERM", "xterm-256color").env("PAGER", "cat").env("COLUMNS", "100");
    let mut session = OsSession::spawn(command).unwrap();
    session.get_process_mut().set_window_size(COLUMNS, ROWS).unwrap();
    let [rows, columns] = [ROWS, COLUMNS].map(|size| size.try_into().unwrap());
    let mut screen = vt100::Parser::new(rows, columns, 0);
    settle(&mut session, &mut screen, quiet);
    for keys in keys {
        session.write_all(keys.as_bytes()).unwrap();
        settle(&mut session, &mut screen, quiet);
    }
    let lines = lines(&screen);
    session.write_all(b"\x03").unwrap();
    settle(&mut session, &mut screen, quiet);
    session.write_all(b"\x04").unwrap();
    let _ = session.read(&mut [0; 1024]);
    lines
}

#[test]
fn the_screens_are_as_the_document_shows_them() {
    let path = root().join("docs/prompt.md");
    let mut document = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    for (name, keys) in SCREENS {
        let is_right =
            |screen: &String| document.lines().collect::<Vec<_>>().join("\n").contains(screen.as_str());
        let quick = shown(&Tool::seeded(), keys, Duration::from_millis(250));
        // A busy machine may take longer.
        let slow = || shown(&Tool::seeded(), keys, Duration::from_millis(1500));
        let screen = if is_right(&quick) { quick } else { slow() };
        let opening = format!("```screen {name}\n");
        let start = document.find(&opening).unwrap_or_else(|| panic!("no screen `{name}`")) + opening.len();
        let end = start + document[start..].find("\n```").unwrap();
        if document[start..end] != screen {
            wrong.push(format!("{name}:\n{screen}\n"));
            document.replace_range(start..end, &screen);
        }
    }
    if std::env::var_os("TIERBOOK_BLESS").is_some() {
        std::fs::write(&path, document).unwrap();
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
