//! The grammar as people read it: EBNF made from `grammar/query.pest`, so that the two cannot differ.

/// The grammar of the language in the EBNF of W3C: `A - B` is A where it is not B, a text in quotes may be written in any
/// case. Keywords stand in their places rather than as rules of their own.
pub fn ebnf() -> String {
    let rules = rules(include_str!("../../../grammar/query.pest"));
    let shown = rules.iter().filter(|rule| !rule.is_keyword());
    let width = shown.clone().map(|rule| rule.name.len()).max().unwrap_or_default();
    let lines = shown.map(|rule| wrapped(rule.name, width, &rule.body, &rules));
    lines.collect()
}

/// The longest line that is written.
const COLUMNS: usize = 116;

/// A rule of the pest file.
struct Rule<'a> {
    name: &'a str,
    body: Expr<'a>,
}

/// What stands behind the `=` of a rule.
enum Expr<'a> {
    Text(&'a str),
    Name(&'a str),
    All(Vec<Expr<'a>>),
    Any(Vec<Expr<'a>>),
    Repeated(Box<Expr<'a>>, &'a str),
    Not(Box<Expr<'a>>),
    Before(Box<Expr<'a>>),
}

impl Rule<'_> {
    fn is_keyword(&self) -> bool {
        self.name.starts_with("kw_")
    }
}

/// The rules in the order of the file.
fn rules(source: &str) -> Vec<Rule<'_>> {
    let mut tokens = Tokens { rest: source };
    let mut rules = Vec::new();
    while let Some(name) = tokens.next() {
        // `name = @{ body }`: whether blanks may stand inside is said in words elsewhere.
        while tokens.next().is_some_and(|token| token != "{") {}
        rules.push(Rule { name, body: choice(&mut tokens) });
        tokens.next();
    }
    rules
}

/// The tokens of a pest file: names, texts, marks; comments are passed over.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn peek(&self) -> Option<&'a str> {
        Tokens { rest: self.rest }.next()
    }

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        while self.rest.starts_with("//") {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        }
        let first = self.rest.chars().next()?;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '"' => {
                let bytes = self.rest.as_bytes();
                let closes = |at: &usize| bytes[*at] == b'"' && bytes[*at - 1] != b'\\';
                (1..bytes.len()).find(closes).map_or(self.rest.len(), |at| at + 1)
            }
            c if is_word(c) => self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()),
            c => c.len_utf8(),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(token)
    }

    fn take(&mut self, token: &str) -> bool {
        let is_next = self.peek() == Some(token);
        if is_next {
            self.next();
        }
        is_next
    }
}

fn choice<'a>(tokens: &mut Tokens<'a>) -> Expr<'a> {
    let mut parts = vec![sequence(tokens)];
    while tokens.take("|") {
        parts.push(sequence(tokens));
    }
    one_or(parts, Expr::Any)
}

fn sequence<'a>(tokens: &mut Tokens<'a>) -> Expr<'a> {
    let mut parts = vec![item(tokens)];
    while tokens.take("~") {
        parts.push(item(tokens));
    }
    one_or(parts, Expr::All)
}

fn one_or<'a>(mut parts: Vec<Expr<'a>>, many: fn(Vec<Expr<'a>>) -> Expr<'a>) -> Expr<'a> {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn item<'a>(tokens: &mut Tokens<'a>) -> Expr<'a> {
    let mut item = match tokens.next().unwrap_or_default() {
        "!" => return Expr::Not(Box::new(item(tokens))),
        "&" => return Expr::Before(Box::new(item(tokens))),
        "^" => Expr::Text(tokens.next().unwrap_or_default()),
        "(" => {
            let inner = choice(tokens);
            tokens.next();
            inner
        }
        text if text.starts_with('"') => Expr::Text(text),
        name => Expr::Name(name),
    };
    while let Some(mark @ ("*" | "+" | "?")) = tokens.peek() {
        tokens.next();
        item = Expr::Repeated(Box::new(item), mark);
    }
    // `{1,2}`, the only counted repetition of the grammar, is one or two.
    if tokens.take("{") {
        while tokens.next().is_some_and(|token| token != "}") {}
        item = Expr::Repeated(Box::new(item), "{1,2}");
    }
    item
}

/// A rule on one line, or with each of its choices on its own.
fn wrapped(name: &str, width: usize, body: &Expr, rules: &[Rule]) -> String {
    let line = format!("{name:width$} ::= {}\n", words(body, rules));
    match body {
        Expr::Any(parts) if line.chars().count() > COLUMNS => {
            let mark =
                |at: usize| if at == 0 { format!("{name:width$} ::=") } else { format!("{:width$}   |", "") };
            parts
                .iter()
                .enumerate()
                .map(|(at, part)| format!("{} {}\n", mark(at), words(part, rules)))
                .collect()
        }
        _ => line,
    }
}

fn words(expr: &Expr, rules: &[Rule]) -> String {
    match expr {
        Expr::Text(text) => text.to_string(),
        Expr::Name(name) => match rules.iter().find(|rule| rule.name == *name && rule.is_keyword()) {
            Some(keyword) => spoken(&keyword.body),
            None => builtin(name).to_string(),
        },
        Expr::Any(parts) => parts.iter().map(|part| words(part, rules)).collect::<Vec<_>>().join(" | "),
        Expr::All(parts) => all(parts, rules),
        Expr::Repeated(inner, "{1,2}") => format!("{0} {0}?", inside(inner, rules)),
        Expr::Repeated(inner, mark) => format!("{}{mark}", inside(inner, rules)),
        // A whole rule of either is not written.
        Expr::Not(inner) => format!("/* not {} */", words(inner, rules)),
        Expr::Before(inner) => format!("/* before {} */", words(inner, rules)),
    }
}

/// A sequence: what must not be there is taken from what follows.
fn all(parts: &[Expr], rules: &[Rule]) -> String {
    let mut said: Vec<(String, bool)> = Vec::new();
    let mut parts = parts.iter();
    while let Some(part) = parts.next() {
        match part {
            // The end of a keyword is that of its word.
            Expr::Not(inner) if matches!(**inner, Expr::Name("word_char")) => {}
            Expr::Not(refused) => match parts.next() {
                Some(next) => {
                    said.push((format!("{} - {}", inside(next, rules), inside(refused, rules)), true))
                }
                None => said.push((words(part, rules), false)),
            },
            Expr::Name("SOI" | "EOI") => {}
            Expr::Any(_) => said.push((inside(part, rules), false)),
            part => said.push((words(part, rules), false)),
        }
    }
    let is_alone = said.len() == 1;
    let bracketed = |(text, is_difference): (String, bool)| match is_difference && !is_alone {
        true => format!("({text})"),
        false => text,
    };
    said.into_iter().map(bracketed).collect::<Vec<_>>().join(" ")
}

/// In brackets, where it is more than one thing.
fn inside(expr: &Expr, rules: &[Rule]) -> String {
    let text = words(expr, rules);
    let is_one = match expr {
        Expr::Text(_) | Expr::Repeated(..) => true,
        Expr::Name(_) => !text.contains(' '),
        _ => text.starts_with('(') && text.ends_with(')') && text.matches('(').count() == 1,
    };
    if is_one { text } else { format!("({text})") }
}

/// The words of a keyword: its texts, without what parts and ends them.
fn spoken(body: &Expr) -> String {
    match body {
        Expr::Text(text) => text.to_string(),
        Expr::All(parts) => {
            parts.iter().map(spoken).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
        }
        Expr::Any(parts) => format!("({})", parts.iter().map(spoken).collect::<Vec<_>>().join(" | ")),
        _ => String::new(),
    }
}

/// The names that pest brings with it.
fn builtin(name: &str) -> &str {
    match name {
        "ANY" => "any",
        "ASCII_DIGIT" => "[0-9]",
        "ASCII_ALPHA" => "[A-Za-z]",
        "WHITE_SPACE" => "white_space",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_on_a_right_side_has_a_rule() {
        let text = ebnf();
        let rules: Vec<&str> =
            text.lines().filter_map(|line| Some(line.split_once(" ::= ")?.0.trim())).collect();
        assert!(rules.len() > 40 && !rules.iter().any(|rule| rule.starts_with("kw_")), "{text}");
        for line in text.lines() {
            let right = line.split_once("::=").map_or(line, |(_, right)| right);
            let bare: String = right.split('"').step_by(2).collect::<Vec<_>>().join(" ");
            let bare =
                bare.replace("[0-9]", "").replace("[A-Za-z]", "").replace("/* before", "").replace("*/", "");
            for name in
                bare.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| !name.is_empty())
            {
                assert!(
                    rules.contains(&name) || ["any", "white_space"].contains(&name),
                    "`{name}` in: {line}"
                );
            }
        }
    }

    #[test]
    fn keywords_exclusions_and_repetitions_are_written_as_people_write_them() {
        let source = "// a list\nlist = { kw_as_of ~ !(end | \"x\") ~ item{1,2} ~ (item ~ \",\")* }\n\
                      kw_as_of = @{ ^\"as\" ~ blank+ ~ ^\"of\" ~ !word_char }";
        let rules = rules(source);
        assert_eq!(words(&rules[0].body, &rules), "\"as\" \"of\" (item item? - (end | \"x\")) (item \",\")*");
    }
}
