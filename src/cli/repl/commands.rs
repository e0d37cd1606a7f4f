//! The commands of the prompt, which are no statements: `set`, `help`, `load` and the like; read by clap.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Command, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use super::super::arguments::{DatabaseCommand, format_parser};
use super::names::Named;
use tierbook::language::{Clause, Measure, PINNABLE, Word, end_of_words, parse, statement_names};
use tierbook::render::Format;
use tierbook::text::nearest;
use tierbook::{Error, ErrorCode, Span};

/// A line that is a command.
#[derive(Parser, Debug)]
#[command(multicall = true, disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: PromptCommand,
}

/// A command of the prompt.
#[derive(Subcommand, Debug)]
pub enum PromptCommand {
    /// What can be asked, or help on one topic
    Help {
        /// A measure, a statement, a command, or `times`
        #[arg(value_name = "TOPIC")]
        topic: Vec<String>,
    },
    /// Set a clause for every statement that has none, or how answers are shown; alone: show what is set
    #[command(
        override_usage = "set [CLAUSE VALUE | format FORM | timing on|off | pager on|off]",
        after_help = "Examples:\n  set as of 2026-02-06T07:00Z\n  set known at 3 days ago\n  set on usdm\n  \
                      set format json"
    )]
    Set {
        /// What is set
        #[command(subcommand)]
        setting: Option<Setting>,
    },
    /// Remove a clause that `set` has set; alone: all of them
    Unset {
        /// `as of`, `known at`, `recorded by` or `on`
        #[arg(value_name = "CLAUSE")]
        clause: Vec<String>,
    },
    /// Show how long each answer takes
    Timing {
        /// On or off
        #[arg(default_value = "on")]
        switch: Switch,
    },
    /// Show the last answer again, in the form that is set now
    Last,
    /// Write answers to the end of a file; alone: to the terminal again
    Output {
        /// The file
        file: Option<PathBuf>,
    },
    /// End the session
    #[command(visible_alias = "quit")]
    Exit,
    /// A command of the program
    #[command(flatten)]
    Database(DatabaseCommand),
}

/// What `set` sets.
#[derive(Subcommand, Debug)]
pub enum Setting {
    /// The form of answers
    Format {
        /// The form
        #[arg(value_parser = format_parser())]
        format: Format,
    },
    /// Show how long each answer takes
    Timing {
        /// On or off
        switch: Switch,
    },
    /// Show long answers by a pager
    Pager {
        /// On or off
        switch: Switch,
    },
    /// A clause of the language and its value
    #[command(external_subcommand)]
    Clause(Vec<String>),
}

/// On or off.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

static COMMANDS: LazyLock<Command> = LazyLock::new(|| {
    let mut command = Line::command();
    command.build();
    command
});

/// The words that commands start with.
pub fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.get_subcommands().flat_map(Command::get_name_and_visible_aliases)
}

/// What `set` can set.
pub fn settings() -> impl Iterator<Item = &'static str> {
    let set = COMMANDS.find_subcommand("set").into_iter();
    clauses().chain(set.flat_map(Command::get_subcommands).map(Command::get_name))
}

/// The clauses that `set` sets; `program` is another name of `on`.
fn clauses() -> impl Iterator<Item = &'static str> {
    PINNABLE.into_iter().map(Clause::words).chain(["program"])
}

/// The topics of `help`.
pub fn topics() -> impl Iterator<Item = &'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.words());
    ["times", "commands", "explain"].into_iter().chain(measures).chain(statement_names()).chain(names())
}

/// The help on a command, whose example is written as at the prompt.
pub fn help(name: &str) -> Option<String> {
    let help = COMMANDS.find_subcommand(name)?.clone().render_help().to_string();
    Some(help.replace("\n  tierbook ", "\n  ").replace("Usage:  ", "Usage: "))
}

/// Every command with what it does.
pub fn list() -> String {
    let line = |command: &Command| {
        let about = command.get_about().map_or(String::new(), ToString::to_string);
        format!("{:12}{about}\n", command.get_name())
    };
    COMMANDS.get_subcommands().map(line).collect()
}

/// Whether a text is a command of the prompt, not a statement. `head` and `audit` start a command unless the
/// text is a statement. `impact` alone, and before `of`, starts a statement, also one that is not complete.
pub fn is_command(text: &str) -> bool {
    let word = first_word(text);
    let is_shared = DatabaseCommand::has_subcommand(&word);
    let second = text.split([' ', '\t', '\n', '\r', ';']).filter(|word| !word.is_empty()).nth(1);
    let begins_statement = second.is_none_or(|second| second.eq_ignore_ascii_case("of"))
        && statement_names().any(|name| name == word);
    names().any(|name| name == word) && !(is_shared && (begins_statement || parse(text).is_ok()))
}

/// Reads a command.
///
/// # Errors
/// A word of it is missing or unknown; or its help is asked for.
pub fn read(text: &str) -> Result<PromptCommand, clap::Error> {
    let mut words = split(text.trim().trim_end_matches(';'));
    if let Some(first) = words.first_mut() {
        *first = first.to_lowercase();
    }
    Line::try_parse_from(words).map(|line| line.command)
}

/// The word that a text starts with, in lower case.
pub fn first_word(text: &str) -> String {
    let word = text.split([' ', '\t', '\n', '\r', ';']).find(|word| !word.is_empty());
    word.unwrap_or_default().to_lowercase()
}

/// The clause that the words after `set` or `unset` start with, and the value after it with its place in the
/// text.
///
/// # Errors
/// There is no such clause.
pub fn clause(text: &str, words: &[String]) -> Result<(&'static str, Word), Error> {
    let words = words.join(" ");
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || c == ';').len();
    let place = |part: &str| {
        let first = part.split(' ').next().filter(|word| !word.is_empty());
        Span::new(first.and_then(|word| text.find(word)).unwrap_or(end).min(end), end)
    };
    if let Some((name, value)) = leading_clause(&words) {
        let name = if name == "program" { "on" } else { name };
        return Ok((name, Word::new(value, place(value))));
    }
    let unset = text.trim_start().to_lowercase().starts_with("unset");
    let known: Vec<&str> = if unset { clauses().collect() } else { settings().collect() };
    let verb = if unset { "unset" } else { "set" };
    let error = Error::new(ErrorCode::UnknownSetting, format!("`{words}` cannot be {verb}"));
    let error = error.at(place(&words), if unset { "not a clause" } else { "unknown setting" });
    Err(match nearest(words.split(' ').next().unwrap_or_default(), known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("one of: {}", known.join(", "))),
    })
}

/// The clause that a text starts with, and the rest of the text.
fn leading_clause(text: &str) -> Option<(&'static str, &str)> {
    let lower = text.to_lowercase();
    clauses().find_map(|name| {
        let rest = text.get(name.len()..).filter(|_| lower.starts_with(name))?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (name, rest.trim()))
    })
}

/// The words of a line; blanks inside quotes separate none.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What can be written where the last word of a command is being written, and where it starts; `None` where
/// the text is no command.
pub fn choices(typed: &str) -> Option<(usize, Vec<Named>)> {
    let (first, rest) = typed.trim_start().split_once(char::is_whitespace)?;
    let mut command = COMMANDS.find_subcommand(first.to_lowercase())?;
    let mut rest = rest.trim_start();
    while let Some((word, after)) = rest.split_once(char::is_whitespace)
        && let Some(subcommand) = command.find_subcommand(word)
    {
        (command, rest) = (subcommand, after.trim_start());
    }
    let known: Vec<String> = match command.get_name() {
        "help" => topics().map(str::to_string).collect(),
        "set" => settings().map(str::to_string).collect(),
        "unset" => clauses().map(str::to_string).collect(),
        _ => values_and_options(command),
    };
    let begun = rest.to_lowercase();
    let fits = |word: &String| word.starts_with(&begun) && (!word.starts_with('-') || begun.starts_with('-'));
    let fitting = known.into_iter().filter(fits).map(|word| (word, String::new())).collect();
    Some((typed.len() - rest.len(), fitting))
}

fn values_and_options(command: &Command) -> Vec<String> {
    let values = command.get_positionals().flat_map(clap::Arg::get_possible_values);
    let options = command.get_arguments().filter_map(clap::Arg::get_long).map(|option| format!("--{option}"));
    values.map(|value| value.get_name().to_string()).chain(options).collect()
}

/// Where in `set as of …` the clause starts, so that its value is completed as in the language.
pub fn value_start(typed: &str) -> Option<usize> {
    let (first, rest) = typed.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let is_pin = rest.contains(char::is_whitespace) && leading_clause(rest).is_some();
    (first.eq_ignore_ascii_case("set") && is_pin).then(|| typed.len() - rest.len())
}

/// Whether the name of a file is wanted.
pub fn wants_path(typed: &str) -> bool {
    let Some((first, _)) = typed.trim_start().split_once(char::is_whitespace) else { return false };
    let command = COMMANDS.find_subcommand(first.to_lowercase());
    let is_path = |argument: &clap::Arg| argument.get_value_hint() == ValueHint::AnyPath;
    command.is_some_and(|command| command.get_positionals().any(is_path))
}

/// Whether a text can be answered, or be refused, as it is: nothing is missing at its end.
pub fn is_whole(text: &str) -> bool {
    if is_command(text) {
        return true;
    }
    // A comment after the last word leaves a statement as unfinished as a blank does.
    let trimmed = text[..end_of_words(text)].trim_end();
    let trimmed = if trimmed.is_empty() { text.trim_end() } else { trimmed };
    if trimmed.ends_with(',') || trimmed.matches('"').count() % 2 == 1 {
        return false;
    }
    match parse(text) {
        Ok(_) => true,
        Err(error) => error.span().is_none_or(|span| span.start < trimmed.len()) || trimmed.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_whole_when_nothing_is_missing_at_its_end() {
        for whole in
            ["mmr of ACTUSDT at 60000", "mmr of ACTUSDT at 1;", "sources", "mrr of X", "mmr ACTUSDT", "set"]
        {
            assert!(is_whole(whole), "{whole}");
        }
        for begun in
            ["mmr of", "mmr of ACTUSDT at", "mmr of ACTUSDT,", "mmr of A at 1 as of", "explain", "mmr of \"A"]
        {
            assert!(!is_whole(begun), "{begun}");
        }
    }

    fn pinned(text: &str) -> Result<(&'static str, Word), &'static str> {
        match read(text) {
            Ok(PromptCommand::Set { setting: Some(Setting::Clause(words)) }) => {
                clause(text, &words).map_err(|error| error.code().as_str())
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_clause_is_set_with_its_place_in_the_line() {
        let text = "SET as of 2026-02-06 06:30 (UTC)";
        assert_eq!(pinned(text), Ok(("as of", Word::new("2026-02-06 06:30 (UTC)", Span::new(10, 32)))));
        assert_eq!(pinned("set program usdm"), Ok(("on", Word::new("usdm", Span::new(12, 16)))));
        assert_eq!(pinned("set fromat csv").err(), Some("unknown_setting"));
        assert_eq!(
            clause("unset known at", &["known".into(), "at".into()]).map(|(name, _)| name).ok(),
            Some("known at")
        );
    }

    #[test]
    fn commands_are_read_in_any_case_and_wrong_ones_are_refused() {
        let text = |text: &str| format!("{:?}", read(text).map_err(|error| error.kind()));
        assert!(text("set format csv;").contains("Format { format: Csv }"), "{}", text("set format csv;"));
        assert!(text("Timing off").contains("Timing { switch: Off }"));
        assert!(text("load 'a b.txt' c").contains(r#"["a b.txt", "c"]"#), "{}", text("load 'a b.txt' c"));
        assert!(text("quit").contains("Exit"));
        assert!(text("last 5").starts_with("Err"));
        assert!(!is_command("mmr of ACTUSDT at 60000") && !is_command("settings"));
        assert!(is_command("HELP times") && is_command("exit;"));
    }

    #[test]
    fn the_words_of_commands_are_completed() {
        let words = |typed: &str| {
            choices(typed).map(|(_, found)| found.into_iter().map(|(word, _)| word).collect::<Vec<_>>())
        };
        assert_eq!(words("set format j"), Some(vec!["json".to_string(), "jsonl".to_string()]));
        assert_eq!(words("set p"), Some(vec!["program".to_string(), "pager".to_string()]));
        assert_eq!(words("timing o").map(|words| words.len()), Some(2));
        assert_eq!(words("load --dr"), Some(vec!["--dry-run".to_string()]));
        assert_eq!((value_start("set as of 20"), value_start("set as")), (Some(4), None));
        assert!(wants_path("load ") && !wants_path("load") && !wants_path("mmr of "));
    }
}
