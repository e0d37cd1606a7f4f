//! The interactive prompt: the one home of rustyline. Input that is not a terminal is read line by line without it.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper, Highlighter, Hinter};

use crate::cli::arguments::user_dir;
use crate::cli::session::Session;
use crate::cli::terminal::{self, Worst};
use crate::limits;
use crate::mistake::Mistake;
use crate::query::measure::Measure;
use crate::query::parse;
use crate::statement::Program;

const PROMPT: &str = "tierbook> ";

const HELP: &str = "\
a measure of subjects, at notionals, at an instant; statements are parted by `;`
  mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z
  margin of ACTUSDT, IPUSDT at 1k, 60k        max position of ACTUSDT at 10x
  tiers of ACTUSDT                            limit of ACT*
  ratio of LTC on pm                          collateral of STRK at 500000 on pm-pro
  explain mmr of ACTUSDT at 60000             why, and by which words
measures: mmr, margin, amount, max leverage, tier, tiers, limit, max position, ratio, collateral
clauses:  as of, known at, recorded by, on usdm|coinm|pm|pm-pro, as published
lists:    subjects [matching \"ACT*\"], sources, source ID, findings [of ACTUSDT | in ID]
exit with Ctrl-D or `exit`; Ctrl-C drops the line; Tab completes
";

/// Answers what is typed until the end of input. Only the exit codes of piped input are told.
pub fn run(session: &Session) -> Worst {
    if io::stdin().is_terminal() { interactive(session) } else { piped(session) }
}

fn interactive(session: &Session) -> Worst {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .history_ignore_space(true)
        .auto_add_history(true)
        .build();
    let mut editor: Editor<Prompt, DefaultHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(error) => return no_terminal(session, &error),
    };
    let history = history_file();
    if let Some(history) = &history {
        // A first session has no history yet, and a session without one is still a session.
        let _ = editor.load_history(history);
    }
    terminal::print(&greeting(session));
    loop {
        editor.set_helper(Some(Prompt { words: words(session) }));
        match editor.readline(PROMPT) {
            Ok(line) if is_farewell(&line) => break,
            // The exit code of a session is not that of a question asked in it.
            Ok(line) => drop(answer(session, &line)),
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return no_terminal(session, &error),
        }
        if let Some(history) = &history {
            let _ = editor.append_history(history);
        }
    }
    Worst::default()
}

fn no_terminal(session: &Session, error: &ReadlineError) -> Worst {
    let mistake = Mistake::question("no_terminal", format!("the terminal cannot be read: {error}"))
        .hint("pipe statements in, or use `tierbook query`");
    Worst::of(session.complain(&mistake, None))
}

fn greeting(session: &Session) -> String {
    match session.database.subjects() {
        Ok(subjects) if subjects.is_empty() => {
            "nothing is loaded yet; load announcements with: tierbook load PATH\n".to_string()
        }
        Ok(subjects) => format!("{} subjects are held; `help` shows what to ask\n", subjects.len()),
        Err(mistake) => format!("{}\n{}\n", mistake.message, mistake.hints.join("\n")),
    }
}

fn answer(session: &Session, text: &str) -> Worst {
    match text.trim() {
        "" => Worst::default(),
        word if word.trim_end_matches(';').trim_end().eq_ignore_ascii_case("help") => {
            terminal::print(HELP);
            Worst::default()
        }
        _ => session.ask(text),
    }
}

fn is_farewell(text: &str) -> bool {
    let word = text.trim().trim_end_matches(';').trim_end();
    ["exit", "quit"].iter().any(|farewell| word.eq_ignore_ascii_case(farewell))
}

/// Statements from a pipe or file: a line is added to the next until a statement is whole; the end of input makes
/// whole what is left.
fn piped(session: &Session) -> Worst {
    let mut worst = Worst::default();
    let mut text = String::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = line.map(|bytes| String::from_utf8(bytes).ok());
        let Ok(Some(line)) = line else {
            let mistake = Mistake::question("not_text", "standard input is not UTF-8 text");
            worst.note(session.complain(&mistake, None));
            break;
        };
        text.push_str(&line);
        if is_farewell(&text) {
            return worst;
        }
        if is_whole(&text) || text.len() > limits::QUERY_BYTES {
            worst = worst.also(answer(session, &text));
            text.clear();
        } else {
            text.push('\n');
        }
    }
    worst.also(answer(session, &text))
}

/// Whether a text can be answered, or be refused, as it is: nothing is missing at its end.
fn is_whole(text: &str) -> bool {
    let trimmed = text.trim_end();
    if trimmed.ends_with(',') || trimmed.matches('"').count() % 2 == 1 {
        return false;
    }
    match parse(text) {
        Ok(_) => true,
        Err(mistake) => mistake.span.is_none_or(|span| span.start < trimmed.len()) || trimmed.is_empty(),
    }
}

fn history_file() -> Option<PathBuf> {
    let dir = user_dir().ok()?;
    std::fs::create_dir_all(&dir).ok()?;
    Some(dir.join("history"))
}

/// Everything that completion offers: the words of the language and the names held.
fn words(session: &Session) -> Vec<String> {
    let language = Measure::ALL.iter().map(|measure| format!("{} of ", measure.words()));
    let others = [
        "subjects",
        "subjects matching ",
        "sources",
        "source ",
        "findings",
        "findings of ",
        "explain ",
        "help",
        "exit",
    ];
    let clauses = ["at ", "as of ", "known at ", "recorded by ", "as published"];
    let programs = Program::ALL.iter().map(|program| format!("on {}", program.name()));
    let subjects = session.database.subjects().unwrap_or_default();
    let mut names: Vec<String> = subjects.iter().map(|subject| format!("{} ", subject.name())).collect();
    names.dedup();
    let fixed = others.into_iter().chain(clauses).map(str::to_string);
    language.chain(fixed).chain(programs).chain(names).collect()
}

/// What the line editor asks while a line is typed.
#[derive(Helper, Highlighter, Hinter)]
struct Prompt {
    words: Vec<String>,
}

impl Completer for Prompt {
    type Candidate = String;

    /// The words that start as the last word of the line does, in any case.
    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..at];
        let start = typed.rfind([' ', ',', ';', '\n']).map_or(0, |space| space + 1);
        let begun = typed[start..].to_lowercase();
        let fits = |word: &&String| !begun.is_empty() && word.to_lowercase().starts_with(&begun);
        Ok((start, self.words.iter().filter(fits).cloned().collect()))
    }
}

impl Validator for Prompt {
    /// More lines are asked for until a statement is whole; an empty line ends the asking.
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let done = text.trim().is_empty() || text.ends_with('\n') || is_whole(text);
        Ok(if done { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_whole_when_nothing_is_missing_at_its_end() {
        for whole in ["mmr of ACTUSDT at 60000", "mmr of ACTUSDT at 1;", "sources", "mrr of X", "mmr ACTUSDT"]
        {
            assert!(is_whole(whole), "{whole}");
        }
        for begun in
            ["mmr of", "mmr of ACTUSDT at", "mmr of ACTUSDT,", "mmr of A at 1 as of", "explain", "mmr of \"A"]
        {
            assert!(!is_whole(begun), "{begun}");
        }
    }
}
