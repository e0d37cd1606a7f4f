//! Files of commands and what they print, run and compared; with `TIERBOOK_BLESS=1` what they print is
//! written back.

use std::path::Path;

use super::tool::Tool;

/// One command and its recorded output, with its line in the file.
struct Case {
    line: usize,
    command: String,
    printed: String,
}

/// Runs every `$ tierbook …` of the `console` blocks of a Markdown file.
pub fn check_markdown(path: &Path, tool: &Tool) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let mut fresh: Vec<String> = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        match (inside, line.strip_prefix("$ ")) {
            (true, Some(command)) => {
                fresh.push(line.to_string());
                fresh.push(format!("\u{0}{}", cases.len()));
                cases.push(Case { line: number + 1, command: command.to_string(), printed: String::new() });
            }
            (true, None) if !line.starts_with("```") && !cases.is_empty() => {
                let case = cases.last_mut().unwrap();
                case.printed += &format!("{line}\n");
            }
            _ => fresh.push(line.to_string()),
        }
    }
    compare(path, &cases, tool, |outputs| {
        let placed = fresh.iter().map(|line| match line.strip_prefix('\u{0}') {
            Some(case) => outputs[case.parse::<usize>().unwrap()].clone(),
            None => format!("{line}\n"),
        });
        placed.collect()
    })
}

/// Runs every `> query` of a corpus file; below each is its output with the exit code, up to an empty line.
pub fn check_corpus(path: &Path, tool: &Tool) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let mut head = String::new();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("> "), cases.last_mut()) {
            (Some(query), _) => {
                cases.push(Case { line: number + 1, command: query.to_string(), printed: String::new() });
            }
            (None, Some(case)) => case.printed += &format!("{line}\n"),
            (None, None) => head += &format!("{line}\n"),
        }
    }
    for case in &mut cases {
        case.printed = format!("{}\n", case.printed.trim_end());
    }
    let commands: Vec<String> = cases.iter().map(|case| case.command.clone()).collect();
    compare(path, &cases, tool, |outputs| {
        let blocks = commands.iter().zip(outputs).map(|(query, output)| format!("> {query}\n{output}\n"));
        format!("{head}{}", blocks.collect::<String>().trim_end()) + "\n"
    })
}

/// Runs the cases and compares; returns how many there were.
fn compare(path: &Path, cases: &[Case], tool: &Tool, updated: impl Fn(&[String]) -> String) -> usize {
    let is_corpus = path.extension().is_some_and(|extension| extension == "txt");
    let outputs: Vec<String> =
        cases.iter().map(|case| steady(&output(&case.command, is_corpus, tool))).collect();
    if std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(path, updated(&outputs)).unwrap();
        return cases.len();
    }
    for (case, output) in cases.iter().zip(&outputs) {
        assert_eq!(
            output.trim_end(),
            case.printed.trim_end(),
            "\n{}:{}: `{}` prints (left) what is not written there (right)\n",
            path.display(),
            case.line,
            case.command
        );
    }
    cases.len()
}

/// The text without what differs from run to run: recording times, which alone have fractions of seconds, and
/// the hashes that depend on them. Such times change the width of a table, so its blanks and lines are
/// shortened.
fn steady(text: &str) -> String {
    let text = hashes_left_out(&ages_left_out(text));
    let is_instant = |word: &str| {
        word.starts_with("20") && word.contains(':') && word.ends_with('Z') && word.matches('.').count() == 1
    };
    if !text.split([' ', ',', '\n']).any(is_instant) {
        return text;
    }
    let short = |line: &str| {
        let words = line.split(' ').map(|word| {
            let fields = word.split(',').map(|field| if is_instant(field) { "…" } else { field });
            fields.collect::<Vec<_>>().join(",")
        });
        let line = words.collect::<Vec<_>>().join(" ").replace('─', "");
        let cells = line.split("   ").map(str::trim).filter(|cell| !cell.is_empty());
        format!("{}\n", cells.collect::<Vec<_>>().join("   "))
    };
    text.lines().map(short).filter(|line| line != "\n").collect()
}

/// `newest source: published 2026-02-03T06:00:46Z, … ago`: it is another day tomorrow.
fn ages_left_out(text: &str) -> String {
    let without = |line: &str| match (line.starts_with("newest source: "), line.rsplit_once(", ")) {
        (true, Some((published, _))) => format!("{published}, … ago\n"),
        _ => line.to_string(),
    };
    text.split_inclusive('\n').map(without).collect()
}

fn hashes_left_out(text: &str) -> String {
    let mut steady = String::new();
    let mut rest = text;
    while let Some((at, word)) =
        ["recorded 20", "hash "].into_iter().filter_map(|word| Some((rest.find(word)?, word))).min()
    {
        let start = at + word.trim_end_matches("20").len();
        let end = start + rest[start..].find([',', ')', ' ', '\n']).unwrap_or(rest.len() - start);
        let varies = word == "recorded 20" || end - start == 64;
        steady += &rest[..start];
        steady += if varies { "…" } else { &rest[start..end] };
        rest = &rest[end..];
    }
    steady + rest
}

fn output(command: &str, is_query: bool, tool: &Tool) -> String {
    if is_query {
        // `mmr of ACTUSDT at $n <- n=60000`: what parameters are bound to.
        let mut parts = command.split(" <- ");
        let mut arguments = vec!["query", parts.next().unwrap()];
        parts.for_each(|binding| arguments.extend(["--set", binding]));
        let ran = tool.run(arguments);
        return format!("{}[exit {}]\n", ran.text(), ran.code);
    }
    let words = shell_words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (["tierbook", arguments @ ..] | ["cargo", "run", "--release", "--", arguments @ ..]) =
        words.as_slice()
    else {
        panic!("`{command}` does not run tierbook");
    };
    // A terminal shows messages, such as that a file was loaded, before the answer.
    let ran = tool.run(arguments);
    format!("{}{}", ran.err, ran.out)
}

/// Splits a command as a shell does, as far as the documentation needs it: blanks part words, quotes keep
/// them.
pub fn shell_words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (c, quote) {
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
