//! The prompt in a real terminal: a pseudo-terminal, with what a person types and sees.
#![cfg(unix)]

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use expectrl::Expect;
use expectrl::session::OsSession;

use super::tool::Tool;

const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";

/// A session at the prompt of a terminal of some size.
struct Typist {
    session: OsSession,
}

impl Typist {
    fn at(tool: &Tool, columns: u16, prepare: impl FnOnce(&mut std::process::Command)) -> Typist {
        let mut command = tool.command();
        command.arg("repl").env("TERM", "xterm-256color").env("NO_COLOR", "1").env("PAGER", "cat");
        prepare(&mut command);
        let mut session = OsSession::spawn(command).unwrap();
        session.get_process_mut().set_window_size(columns, 30).unwrap();
        session.set_expect_timeout(Some(Duration::from_mins(1)));
        let mut typist = Typist { session };
        typist.sees("tierbook> ");
        typist
    }

    /// Waits until a text is shown, and gives what was shown before it.
    fn sees(&mut self, text: &str) -> String {
        match self.session.expect(text) {
            Ok(found) => String::from_utf8_lossy(found.before()).into_owned(),
            Err(error) => panic!("`{text}` is not shown: {error}"),
        }
    }

    fn types(&mut self, text: &str) {
        self.session.send(text).unwrap();
    }

    /// Types a line and gives what is shown until the next prompt.
    fn asks(&mut self, line: &str) -> String {
        self.types(line);
        self.types("\r");
        self.sees("\n");
        self.sees("tierbook")
    }

    /// Drops the line, and waits for the next prompt: what is typed before it is lost. It is drawn anew with each key, but
    /// pasted text is asked for once.
    fn drops(&mut self) {
        self.types(CTRL_C);
        self.sees("\u{1b}[?2004h");
        std::thread::sleep(Duration::from_millis(200));
    }

    fn leaves(mut self) {
        std::thread::sleep(Duration::from_millis(200));
        self.types(CTRL_D);
        self.session.expect(expectrl::Eof).unwrap();
    }
}

#[test]
fn tab_shows_what_can_come_next_and_names_complete_by_any_part() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |_| {});
    typist.types("mmr of CTUSD\t");
    typist.sees("ACTUSDT ");
    typist.types("a\t");
    let offered = typist.sees("as published");
    assert!(offered.contains("as of"), "{offered}");
    typist.types("s of \t");
    typist.sees("2026-02-06T06:30:00Z");
    typist.sees("limit");
    typist.drops();
    typist.leaves();
}

#[test]
fn completion_puts_no_time_into_the_line_that_the_user_did_not_begin() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |_| {});
    typist.types("changes since \t");
    let offered = typist.sees("yesterday");
    assert!(offered.contains("now") && !offered.contains("2026-"), "{offered}");
    typist.types("yes\t");
    typist.sees("yesterday ");
    typist.drops();
    // Of a subject the times are those of its changes.
    typist.types("mmr of ACTUSDT at 1k as of \t");
    let offered = typist.sees("yesterday");
    assert!(offered.contains("2026-02-06T06:30:00Z") && !offered.contains("07:00Z"), "{offered}");
    typist.drops();
    typist.leaves();
    // The grey text of what is expected is no time either.
    let mut typist = Typist::at(&tool, 100, |command| _ = command.env_remove("NO_COLOR"));
    typist.types("mmr of ACTUSDT at 1k as of ");
    typist.sees("TIME");
    typist.drops();
    typist.leaves();
}

#[test]
fn help_is_about_a_stored_contract_that_any_keyboard_can_write() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |_| {});
    for topic in ["mmr", "limit", "explain", "times", "history"] {
        let help = typist.asks(&format!("help {topic}"));
        let question = help.lines().find(|line| line.contains("USDT")).unwrap_or_else(|| panic!("{help}"));
        assert!(question.is_ascii(), "{help}");
        let words = question.split(|c: char| !c.is_ascii_alphanumeric());
        let name = words.into_iter().find(|word| word.ends_with("USDT")).unwrap().to_string();
        let (rows, _) = tool.rows(&format!("subjects matching {name}"));
        assert_eq!(rows.len(), 1, "{name}");
    }
    typist.leaves();
}

#[test]
fn pinned_times_are_shown_in_the_prompt_and_in_the_answers_until_they_are_unset() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 120, |_| {});
    typist.asks("set as of 2026-02-06 06:00 (UTC)");
    typist.sees("[as of 2026-02-06T06:00:00Z]> ");
    let answer = typist.asks("limit of ACTUSDT");
    assert!(
        answer.contains("pinned: as of 2026-02-06T06:00:00Z") && answer.contains("5,000,000"),
        "{answer}"
    );
    let own = typist.asks("limit of ACTUSDT as of 2026-02-07");
    assert!(own.contains("800,000") && !own.contains("pinned"), "{own}");
    typist.asks("set as of yesterdy");
    typist.asks("unset");
    typist.sees("> ");
    let free = typist.asks("limit of ACTUSDT");
    assert!(free.contains("800,000"), "{free}");
    typist.leaves();
}

#[test]
fn an_error_is_drawn_and_the_session_continues_in_any_width() {
    let tool = Tool::seeded();
    for columns in [40, 80, 250] {
        let mut typist = Typist::at(&tool, columns, |_| {});
        let error = typist.asks("mrr of ACTUSDT");
        assert!(error.contains("did you mean `mmr`?"), "{error}");
        let answer = typist.asks("tiers of ACTUSDT as of 2026-02-07");
        // A cite is one word, and is never broken.
        let widest = answer
            .lines()
            .skip(1)
            .filter(|line| !line.contains("cite") && !line.contains('@'))
            .map(|line| line.trim_end().chars().count())
            .max()
            .unwrap_or(0);
        assert!(answer.contains("800,000") && widest <= usize::from(columns), "{columns}: {answer}");
        typist.leaves();
    }
}

#[test]
fn commands_of_the_program_run_inside_and_answers_follow_what_others_write() {
    let tool = Tool::empty();
    assert_eq!(tool.run(["init"]).code, 0);
    let mut typist = Typist::at(&tool, 100, |_| {});
    // A relative path: that of the checkout may contain the word that the prompt starts with.
    let loaded = typist.asks("load seed/binance-2026-02-03.txt");
    assert!(loaded.contains("in tx 1"), "{loaded}");
    typist.asks("limit of ACTUSDT as of 2026-02-07");
    // Another process writes: the next prompt reports it.
    let other = write(tool.dir().parent().unwrap(), "other.toml");
    assert_eq!(tool.run([std::ffi::OsStr::new("load"), other.as_os_str()]).code, 0);
    typist.types("\r");
    typist.sees("answers now include tx 2");
    typist.sees("tierbook> ");
    let answer = typist.asks("ratio of 龙虾 on pm as of 2026-03-02");
    assert!(answer.contains("35 %"), "{answer}");
    typist.leaves();
}

/// A seed with one ratio of an asset with a wide name.
fn write(folder: &Path, name: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    let text = "[source]\ntitle = \"By hand\"\npublished_at = \"2026-03-01T00:00:00Z\"\n\n\
                [[change]]\nsubjects = [\"pm:龙虾\"]\neffective_at = \"2026-03-01T06:00:00Z\"\nratio = \"35%\"\n";
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_form_of_answers_can_be_changed_and_the_last_one_shown_again() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |_| {});
    typist.asks("timing on");
    let timed = typist.asks("limit of ACTUSDT as of 2026-02-07");
    assert!(timed.contains("1 row, answered in"), "{timed}");
    typist.asks("set format json");
    let again = typist.asks("last");
    assert!(again.contains("\"value\": \"800000\""), "{again}");
    let file = tool.dir().parent().unwrap().join("answers.csv");
    typist.asks("set format csv");
    typist.asks(&format!("output {}", file.display()));
    typist.asks("limit of ACTUSDT as of 2026-02-07");
    typist.asks("output");
    assert!(std::fs::read_to_string(&file).unwrap().contains("800000"));
    let help = typist.asks("help mmr");
    assert!(help.contains("explain mmr of"), "{help}");
    typist.leaves();
}

#[test]
fn the_file_that_answers_go_to_is_shown_in_the_prompt_and_help_stays_on_the_terminal() {
    let tool = Tool::seeded();
    let file = tool.dir().with_file_name("answers.txt");
    let mut typist = Typist::at(&tool, 120, |_| {});
    typist.asks("set on usdm");
    typist.asks(&format!("output {}", file.display()));
    typist.sees(" [on usdm, output answers.txt]> ");
    typist.asks("unset");
    typist.sees(" [output answers.txt]> ");
    assert!(!typist.asks("limit of ACTUSDT as of 2026-02-07").contains("800,000"));
    assert!(typist.asks("set").contains(&format!("output to {}", file.display())));
    assert!(typist.asks("help mmr").contains("explain mmr of"));
    typist.asks("output /nowhere/at/all");
    typist.sees(" [output answers.txt]> ");
    typist.asks("output");
    typist.sees("> ");
    assert!(typist.asks("set").contains("output to the terminal"));
    typist.leaves();
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.contains("800,000") && !written.contains("explain"), "{written}");
}

/// A line without the codes that move the cursor.
fn without_codes(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    let rest =
        parts.map(|part| part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, rest)| rest));
    first + &rest.collect::<String>()
}

#[test]
fn help_and_errors_break_between_words_at_the_width_of_the_terminal() {
    let tool = Tool::seeded();
    let lines = [
        "help",
        "help commands",
        "help diff",
        "help times",
        "help nothing",
        "limit of NOPE",
        "set",
        "reconcile nofile",
    ];
    let shown = |columns: u16| -> Vec<Vec<String>> {
        let mut typist = Typist::at(&tool, columns, |_| {});
        let shown = lines.map(|line| {
            let text = typist.asks(line);
            text.lines().map(|line| without_codes(line).trim_matches('\r').to_string()).collect()
        });
        typist.leaves();
        shown.into()
    };
    let words = |lines: &[String]| -> Vec<String> {
        // Errors have a frame; the contract of the examples is that of the newest change, once it is read.
        let words = lines.iter().flat_map(|line| line.split_whitespace());
        words.filter(|word| *word != "|" && !word.ends_with("USDT")).map(str::to_string).collect()
    };
    let wide = shown(200);
    for columns in [44, 60, 90] {
        for ((line, narrow), wide) in lines.iter().zip(shown(columns)).zip(&wide) {
            assert_eq!(words(&narrow), words(wide), "{line} at {columns}");
            for shown in &narrow {
                let width = textwrap::core::display_width(shown);
                assert!(width <= usize::from(columns), "{line} at {columns}: {shown}");
            }
        }
    }
}

#[test]
fn ctrl_c_ends_a_long_answer_and_not_the_session() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |_| {});
    typist.asks("set pager off");
    let many = "tiers of *; ".repeat(400);
    typist.types(&many);
    typist.types("\r");
    typist.sees("binance:usdm:");
    typist.types(CTRL_C);
    typist.sees("tierbook> ");
    let answer = typist.asks("limit of ACTUSDT as of 2026-02-07");
    assert!(answer.contains("800,000"), "{answer}");
    typist.leaves();
}

#[test]
fn nothing_typed_breaks_the_session() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 60, |command| {
        command.env_remove("HOME").env_remove("XDG_DATA_HOME");
    });
    typist.session.write_all(b"\xff").unwrap();
    typist.sees("not UTF-8");
    typist.sees("tierbook> ");
    typist.session.write_all(b"mmr \x1b[200~").unwrap();
    typist.session.write_all("limit of é́́ 龙虾,\u{202e}".repeat(200).as_bytes()).unwrap();
    typist.session.write_all(b"\x1b[201~").unwrap();
    typist.drops();
    typist.session.get_process_mut().set_window_size(200, 50).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    typist.types("limit of ACTUSDT as of 2026-02-07\r");
    typist.sees("800,000");
    typist.sees("tierbook> ");
    typist.leaves();
}

#[test]
fn colours_show_the_words_and_underline_an_error() {
    let tool = Tool::seeded();
    let mut typist = Typist::at(&tool, 100, |command| {
        command.env_remove("NO_COLOR");
    });
    typist.types("mrr of ACTUSDT ");
    typist.sees("\u{1b}[4;31mmrr");
    typist.drops();
    typist.types("mmr of ACTUSDT at ");
    typist.sees("\u{1b}[2mNOTIONAL");
    typist.drops();
    typist.leaves();
}
