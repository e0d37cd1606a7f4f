//! The commands of the prompt itself, which are no statements: `set`, `help`, `load` and the like.

use std::path::PathBuf;

use super::help;
use super::names::Named;
use tierbook::error::{Error, ErrorCode};
use tierbook::query::parse;
use tierbook::query::plan::pins;
use tierbook::query::syntax::ast::Word;
use tierbook::query::syntax::parse::end_of_words;
use tierbook::render::Format;
use tierbook::text::{Span, nearest};

/// A command of the prompt.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// `help [TOPIC]`.
    Help(String),
    /// `set CLAUSE VALUE`: pins a clause of the language.
    Pin(&'static str, Word),
    /// `unset [CLAUSE]`; `None` for all.
    Unset(Option<&'static str>),
    /// `set`: shows what is set.
    Show,
    /// `set format FORMAT`.
    Format(Format),
    /// `timing on`, `timing off`.
    Timing(bool),
    /// `set pager on`, `set pager off`.
    Pager(bool),
    /// `last`: the last answer once more, in the form that is set now.
    Last,
    /// `output FILE`; `None` for back to the terminal.
    Output(Option<PathBuf>),
    /// A command of the program: `load PATH …`.
    Program(Vec<String>),
    /// `exit`, `quit`.
    Exit,
}

const FORMATS: [(&str, Format); 5] = [
    ("table", Format::Table),
    ("json", Format::Json),
    ("jsonl", Format::Jsonl),
    ("csv", Format::Csv),
    ("svg", Format::Svg),
];

/// The commands of the program that the prompt takes.
const PROGRAM: [&str; 10] =
    ["load", "check", "reconcile", "audit", "export", "retract", "postpone", "verify", "head", "aliases"];

/// The commands of the prompt alone.
const OWN: [&str; 8] = ["help", "set", "unset", "timing", "last", "output", "exit", "quit"];

/// What `set` sets.
const SETTINGS: [&str; 8] =
    ["as of", "known at", "recorded by", "on", "program", "format", "timing", "pager"];

const SWITCH: [&str; 2] = ["on", "off"];

/// The name of a form, as `set format` takes it.
pub fn format_name(format: Format) -> &'static str {
    FORMATS.iter().find(|(_, known)| *known == format).map_or("", |(name, _)| name)
}

/// The words that commands start with.
pub fn words() -> impl Iterator<Item = &'static str> {
    OWN.into_iter().chain(PROGRAM)
}

/// The command in a text; `None` where the text is no command, but a statement.
///
/// # Errors
/// A word behind the command is missing or unknown.
pub fn read(text: &str) -> Option<Result<Command, Error>> {
    let line = text.trim().trim_end_matches(';').trim_end();
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let first = first.to_lowercase();
    let place = |word: &str| text.find(word).map_or(Span::new(0, 0), |at| Span::new(at, at + word.len()));
    let whole =
        |command| if rest.is_empty() { Ok(command) } else { Err(not_taken(&first, rest, place(rest))) };
    Some(match first.as_str() {
        "help" => Ok(Command::Help(rest.to_string())),
        "set" if rest.is_empty() => Ok(Command::Show),
        "set" => set(rest, place(rest)),
        "unset" if rest.is_empty() => Ok(Command::Unset(None)),
        "unset" => setting(rest)
            .map(|(name, _)| Command::Unset(Some(clause(name))))
            .ok_or_else(|| unknown(rest, place(rest), &SETTINGS[..5])),
        "timing" => switch(rest, place(rest)).map(Command::Timing),
        "last" => whole(Command::Last),
        "output" if rest.is_empty() => Ok(Command::Output(None)),
        "output" => Ok(Command::Output(split(rest).first().map(PathBuf::from))),
        "exit" | "quit" => whole(Command::Exit),
        // `head` and `audit` start no statement; a text that is one stays one.
        word if PROGRAM.contains(&word) && parse(text).is_err() => Ok(Command::Program(split(line))),
        _ => return None,
    })
}

fn set(rest: &str, place: Span) -> Result<Command, Error> {
    let Some((name, value)) = setting(rest) else { return Err(unknown(rest, place, &SETTINGS)) };
    let here = Span::new(place.end - value.len(), place.end);
    if value.is_empty() {
        let example = match name {
            "on" | "program" => "set on usdm",
            "format" => "set format json",
            "timing" | "pager" => "set timing on",
            _ => "set as of 2026-02-06T07:00Z",
        };
        return Err(Error::new(ErrorCode::ValueMissing, format!("`set {name}` stands alone"))
            .at(Span::new(place.end, place.end), format!("`{name}` what?"))
            .hint(format!("for example: {example}")));
    }
    match name {
        "format" => {
            let format = FORMATS.iter().find(|(name, _)| name.eq_ignore_ascii_case(value));
            format
                .map(|(_, format)| Command::Format(*format))
                .ok_or_else(|| unknown(value, here, &FORMATS.map(|(name, _)| name)))
        }
        "timing" => switch(value, here).map(Command::Timing),
        "pager" => switch(value, here).map(Command::Pager),
        name => Ok(Command::Pin(clause(name), Word::new(value.trim_matches('"'), here))),
    }
}

/// The setting that a text starts with, and what stands behind it.
fn setting(text: &str) -> Option<(&'static str, &str)> {
    let lower = text.to_lowercase();
    SETTINGS.into_iter().find_map(|name| {
        let rest = text.get(name.len()..).filter(|_| lower.starts_with(name))?;
        (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((name, rest.trim()))
    })
}

/// The clause of the language that a setting pins.
fn clause(name: &'static str) -> &'static str {
    if name == "program" { "on" } else { name }
}

fn switch(text: &str, place: Span) -> Result<bool, Error> {
    match text.to_lowercase().as_str() {
        "on" | "" => Ok(true),
        "off" => Ok(false),
        _ => Err(unknown(text, place, &SWITCH)),
    }
}

fn unknown(text: &str, place: Span, known: &[&'static str]) -> Error {
    let error =
        Error::new(ErrorCode::UnknownSetting, format!("`{text}` is not known here")).at(place, "not known");
    match nearest(text, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("one of: {}", known.join(", "))),
    }
}

fn not_taken(command: &str, rest: &str, place: Span) -> Error {
    Error::new(ErrorCode::NotTaken, format!("`{command}` takes nothing, but `{rest}` follows"))
        .at(place, "not expected here")
        .hint("write it alone")
}

/// The words of a line; blanks inside quotes part none.
pub fn split(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut quote, mut open) = (None, false);
    for c in line.chars() {
        match quote {
            Some(mark) if c == mark => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                if !open {
                    words.push(String::new());
                    open = true;
                }
            }
            None if c.is_whitespace() => open = false,
            _ => {
                if !open {
                    words.push(String::new());
                    open = true;
                }
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words
}

/// What can stand where the last word of a command is being written; `None` where the text is no command, or a value of
/// the language is wanted (see [`value_start`]).
pub fn choices(typed: &str) -> Option<(usize, Vec<Named>)> {
    let (first, rest) = typed.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let start = typed.len() - rest.len();
    let settings_value = || setting(rest).filter(|(name, _)| rest.len() > name.len());
    let (start, known): (usize, Vec<&str>) = match (first.to_lowercase().as_str(), settings_value()) {
        ("help", _) => (start, help::topics().collect()),
        ("unset", _) => (start, SETTINGS[..4].to_vec()),
        ("timing", _) => (start, SWITCH.to_vec()),
        ("set", None) => (start, SETTINGS.to_vec()),
        ("set", Some(("format", value))) => {
            (typed.len() - value.len(), FORMATS.map(|(name, _)| name).to_vec())
        }
        ("set", Some(("timing" | "pager", value))) => (typed.len() - value.len(), SWITCH.to_vec()),
        ("last" | "exit" | "quit", _) => (start, Vec::new()),
        _ => return None,
    };
    let begun = typed[start..].to_lowercase();
    let fits = known.into_iter().filter(|word| word.starts_with(&begun));
    Some((start, fits.map(|word| (word.to_string(), String::new())).collect()))
}

/// Where in `set as of …` the clause starts, so that its value is completed as in the language.
pub fn value_start(typed: &str) -> Option<usize> {
    let (first, rest) = typed.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let pins = pins::PINNABLE.iter().any(|clause| rest.to_lowercase().starts_with(clause.words()));
    (first.eq_ignore_ascii_case("set") && pins).then(|| typed.len() - rest.len())
}

/// Whether the name of a file is wanted.
pub fn wants_path(typed: &str) -> bool {
    let first = typed.split_whitespace().next().unwrap_or_default().to_lowercase();
    let takes_path = ["load", "check", "reconcile", "audit", "export", "output"].contains(&first.as_str());
    takes_path && typed.trim_start().len() > first.len()
}

/// Whether a text can be answered, or be refused, as it is: nothing is missing at its end.
pub fn is_whole(text: &str) -> bool {
    if read(text).is_some() {
        return true;
    }
    // A comment behind the last word leaves a statement as unfinished as a blank does.
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

    #[test]
    fn commands_are_read_in_any_case_and_their_slips_are_named() {
        let command = |text: &str| read(text).expect(text).map_err(|error| error.code().as_str());
        assert_eq!(
            command("SET as of 2026-02-06 06:30 (UTC)"),
            Ok(Command::Pin("as of", Word::new("2026-02-06 06:30 (UTC)", Span::new(10, 32))))
        );
        assert_eq!(command("set program usdm"), Ok(Command::Pin("on", Word::new("usdm", Span::new(12, 16)))));
        assert_eq!(command("set format CSV;"), Ok(Command::Format(Format::Csv)));
        assert_eq!(command("timing off"), Ok(Command::Timing(false)));
        assert_eq!(command("unset known at"), Ok(Command::Unset(Some("known at"))));
        assert_eq!(
            command("load 'a b.txt' c"),
            Ok(Command::Program(vec!["load".into(), "a b.txt".into(), "c".into()]))
        );
        assert_eq!(command("set as of"), Err("value_missing"));
        assert_eq!(command("set fromat csv"), Err("unknown_setting"));
        assert_eq!(command("last 5"), Err("not_taken"));
        assert!(read("mmr of ACTUSDT at 60000").is_none() && read("settings").is_none());
    }

    #[test]
    fn no_alias_takes_the_word_of_a_command() {
        assert!(words().all(|word| tierbook::query::syntax::alias::PROMPT_WORDS.contains(&word)));
    }

    #[test]
    fn the_words_of_commands_are_completed() {
        let words = |typed: &str| {
            choices(typed).map(|(_, found)| found.into_iter().map(|(word, _)| word).collect::<Vec<_>>())
        };
        assert_eq!(words("set format j"), Some(vec!["json".to_string(), "jsonl".to_string()]));
        assert_eq!(words("set p"), Some(vec!["program".to_string(), "pager".to_string()]));
        assert_eq!(words("timing o").map(|words| words.len()), Some(2));
        assert_eq!((words("set as of "), value_start("set as of 20")), (None, Some(4)));
        assert!(wants_path("load ") && !wants_path("load") && !wants_path("mmr of "));
    }
}
