//! The configuration of the user: a TOML file of aliases. An error in an entry is reported with its place,
//! and the entry is ignored; only a file that cannot be read at all stops a question.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::repl;
use tierbook::language::{Alias, Statement, is_alias_name, parse, reserved_words, statement_words};
use tierbook::text::{line_number, nearest};
use tierbook::{Error, ErrorCode, Span, limits};

/// The content of a configuration file.
#[derive(Debug, Default)]
pub struct Config {
    /// The file as messages name it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The aliases in the order of the file, those with a broken query among them.
    pub aliases: Vec<Alias>,
    /// What is wrong, placed in the text.
    pub errors: Vec<Error>,
    /// Whether nothing can be read.
    pub is_unreadable: bool,
}

impl Config {
    /// One line about what is wrong; `None` where nothing is.
    pub fn in_short(&self) -> Option<String> {
        let first = self.errors.first()?;
        let line = line_number(&self.text, first.span().map_or(0, |span| span.start));
        let count = match self.errors.len() {
            1 => "an error".to_string(),
            count => format!("{count} errors, the first"),
        };
        let more = "`tierbook aliases` lists all errors";
        Some(format!("{count} at {}:{line}: {}; {more}", self.file, first.message()))
    }
}

/// Reads a configuration file. One that is not there is empty, unless the user `named` it.
pub fn read(path: &Path, named: bool) -> Config {
    let config = Config { file: path.display().to_string(), ..Config::default() };
    let unreadable = |error: Error| Config {
        file: path.display().to_string(),
        errors: vec![error],
        is_unreadable: true,
        ..Config::default()
    };
    // What the user names may be a pipe; what is found may not, because reading it would wait.
    let is_odd = !named && fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let opened = if is_odd { Err(std::io::Error::other("it is not a file")) } else { fs::File::open(path) };
    let bytes = opened.and_then(|file| {
        let mut bytes = Vec::new();
        file.take(limits::CONFIG_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = match bytes {
        Err(error) if error.kind() == ErrorKind::NotFound && !named => return config,
        Err(error) => {
            let message = format!("the configuration {} cannot be read: {error}", path.display());
            let refused = Error::new(ErrorCode::CannotReadConfig, message)
                .hint("name another with --config FILE or TIERBOOK_CONFIG");
            let is_missing = error.kind() == ErrorKind::NotFound && path.parent().is_some_and(Path::is_dir);
            let empty = "or make an empty one: touch ";
            return unreadable(if is_missing {
                refused.hint(format!("{empty}{}", path.display()))
            } else {
                refused
            });
        }
        Ok(bytes) => bytes,
    };
    if bytes.len() as u64 > limits::CONFIG_BYTES {
        let message = format!("{} is longer than {} bytes", path.display(), limits::CONFIG_BYTES);
        return unreadable(
            Error::new(ErrorCode::ConfigTooLong, message)
                .hint("it is a file of aliases: check that it is the right one"),
        );
    }
    match String::from_utf8(bytes) {
        Ok(text) => of_text(text, config.file),
        Err(_) => {
            let message = format!("the configuration {} is not UTF-8 text", path.display());
            unreadable(Error::new(ErrorCode::NotText, message).hint(FORM))
        }
    }
}

const FORM: &str = "an entry is a line `[alias.act]`, then a line `query = \"mmr of ACTUSDT at 60000\"`";

/// The configuration in a text; `file` is its name in messages.
pub fn of_text(text: String, file: String) -> Config {
    let (mut aliases, mut errors, mut is_unreadable) = (Vec::new(), Vec::new(), false);
    match DeTable::parse(&text) {
        Ok(table) => entries(table.get_ref(), &text, &mut aliases, &mut errors),
        Err(error) => {
            let span = error.span().map_or(Span::new(0, 0), |span| Span::new(span.start, span.end));
            let syntax = Error::new(ErrorCode::ConfigSyntax, "the configuration is not TOML");
            errors.push(syntax.at(span, error.message()).hint(FORM));
            is_unreadable = true;
        }
    }
    errors.sort_by_key(tierbook::Error::span);
    Config { file, text, aliases, errors, is_unreadable }
}

fn entries(table: &DeTable, text: &str, aliases: &mut Vec<Alias>, errors: &mut Vec<Error>) {
    let mut found = Vec::new();
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Table(entries) if key.get_ref() == "alias" => {
                found =
                    entries.iter().map(|(name, entry)| (place(name.span()), name.get_ref(), entry)).collect();
            }
            _ if key.get_ref() == "alias" => {
                errors.push(wrong_type(place(value.span()), "alias", "a table").hint(FORM));
            }
            _ => errors.push(unknown_key(place(key.span()), key.get_ref(), &["alias"])),
        }
    }
    found.sort_by_key(|(place, ..)| *place);
    if let Some((place, ..)) = found.get(limits::CONFIG_ALIASES) {
        let message = format!("there are more than {} aliases", limits::CONFIG_ALIASES);
        errors.push(
            Error::new(ErrorCode::TooManyAliases, message)
                .at(*place, "from here on they are left out")
                .hint("remove those that are not used"),
        );
    }
    let names: Vec<&str> = found.iter().map(|(_, name, _)| name.as_ref()).collect();
    for (place, name, entry) in found.iter().take(limits::CONFIG_ALIASES) {
        match entry.get_ref() {
            DeValue::Table(fields) => aliases.extend(alias(name, *place, fields, &names, text, errors)),
            _ => {
                let wrong = wrong_type(self::place(entry.span()), name, "a table");
                errors.push(wrong.hint(format!("write [alias.{name}] and below it: query = \"…\"")));
            }
        }
    }
}

/// An alias, unless its name or its fields are wrong. One with a wrong query is kept: calling it gives the
/// error.
fn alias(
    name: &str,
    name_place: Span,
    fields: &DeTable,
    names: &[&str],
    text: &str,
    errors: &mut Vec<Error>,
) -> Option<Alias> {
    let (mut query, mut doc) = (None, String::new());
    for (key, value) in fields {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("query", DeValue::String(words)) => query = Some((words.to_string(), place(value.span()))),
            ("doc", DeValue::String(words)) => doc = words.trim().to_string(),
            (known @ ("query" | "doc"), _) => {
                errors.push(wrong_type(place(value.span()), known, "text in quotes").hint(FORM));
                return None;
            }
            (key_name, _) => errors.push(unknown_key(place(key.span()), key_name, &["query", "doc"])),
        }
    }
    if let Some(error) = wrong_name(name) {
        errors.push(error.at(name_place, "not the name of an alias"));
        return None;
    }
    let Some((query, query_place)) = query else {
        let error = Error::new(ErrorCode::AliasIncomplete, format!("the alias `{name}` has no query"));
        errors.push(error.at(name_place, "has no query").hint(FORM));
        return None;
    };
    let statement = match one_statement(&query, names) {
        Ok(statement) => Some(statement),
        Err(error) => {
            errors.push(placed(error, &query, query_place, text));
            None
        }
    };
    Some(Alias { name: name.to_string(), query: query.trim().to_string(), doc, statement })
}

/// Why a name is none for an alias; `None` where it is one.
fn wrong_name(name: &str) -> Option<Error> {
    if !is_alias_name(name) {
        return Some(
            Error::new(ErrorCode::AliasName, format!("`{name}` cannot be the name of an alias"))
                .hint("a name has letters, digits, `_` and `-`, and starts with a letter"),
        );
    }
    let words = statement_words().flat_map(|word| word.split(' '));
    let mut words = words.chain(reserved_words()).chain(repl::command_names());
    words.any(|word| word.eq_ignore_ascii_case(name)).then(|| {
        Error::new(ErrorCode::AliasShadows, format!("`{name}` is a word of the language"))
            .hint("take another name: statements keep their meaning")
    })
}

fn one_statement(query: &str, names: &[&str]) -> Result<Statement, Error> {
    let mut statements = parse(query).map_err(|error| {
        let first = error.span().map_or("", |span| span.of(query));
        let names_alias = error.code() == ErrorCode::UnknownStatement && names.contains(&first);
        if names_alias {
            error.hint("an alias is a name of a statement, not of another alias")
        } else {
            error
        }
    })?;
    match (statements.pop(), statements.len()) {
        (Some(statement), 0) => Ok(statement),
        (_, others) => {
            let message = format!(
                "an alias is a name of one statement, not of {}",
                if others == 0 { 0 } else { others + 1 }
            );
            Err(Error::new(ErrorCode::OneStatement, message)
                .at(Span::new(0, query.len()), "expected one statement")
                .hint("several statements go into a file: tierbook query --file FILE"))
        }
    }
}

/// An error in a query, placed in the text of the file: byte by byte where the query is there unchanged.
fn placed(error: Error, query: &str, whole: Span, text: &str) -> Error {
    let label = error.label().to_string();
    let span = match (whole.of(text).find(query), error.span()) {
        (Some(at), Some(span)) if !query.is_empty() => {
            Span::new(whole.start + at + span.start, whole.start + at + span.end)
        }
        _ => whole,
    };
    error.at(span, label)
}

fn wrong_type(place: Span, name: &str, wanted: &str) -> Error {
    Error::new(ErrorCode::ConfigType, format!("`{name}` is not {wanted}"))
        .at(place, format!("expected {wanted}"))
}

fn unknown_key(place: Span, name: &str, known: &[&str]) -> Error {
    let error = Error::new(ErrorCode::ConfigKey, format!("the configuration has no `{name}`"));
    let error = error.at(place, format!("known here: {}", known.join(", ")));
    match nearest(name, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(FORM),
    }
}

fn place(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}
