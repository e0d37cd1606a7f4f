//! What Python prints of a dictionary, which looks like JSON and is none: single quotes, `None`, `True`.

use crate::error::{Error, ErrorCode};

/// Words that only Python writes bare.
const WORDS: [&str; 6] = ["None", "True", "False", "Decimal", "OrderedDict", "defaultdict"];

/// The error that names it, with the way to save as JSON what it contains; `None` for another text.
pub fn named(text: &str, content: &str) -> Option<Error> {
    is_printed(text).then(|| {
        let message = "this is a dictionary as Python prints it (single quotes, None, True), not JSON";
        let save = format!("json.dump({content}, open(\"{content}.json\", \"w\"))");
        Error::new(ErrorCode::PythonText, message).hint(format!("save it as JSON: `import json; {save}`"))
    })
}

/// Whether a text has, outside double quotes and where a value may be, a single quote or a word of Python.
fn is_printed(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\'') || c.is_ascii_alphabetic()) {
        let found = &rest[at..];
        let before = text[..text.len() - found.len()].trim_end();
        // Comments in samples have apostrophes and words too.
        let is_value = before.is_empty() || before.ends_with(['{', '[', '(', ',', ':']);
        let end = found.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(found.len());
        if is_value && (found.starts_with('\'') || WORDS.contains(&&found[..end])) {
            return true;
        }
        rest = found.strip_prefix('"').map_or(&found[end.max(1)..], after_quotes);
    }
    false
}

/// What follows the closing quote.
fn after_quotes(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == '"' && !escaped {
            return &text[at + 1..];
        }
        escaped = c == '\\' && !escaped;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_prints_is_told_from_broken_json() {
        for printed in [
            "{'BTC/USDT:USDT': [{'tier': 1.0}]}",
            "[{\"a\": None}]",
            "{\"a\": True}",
            "OrderedDict([(\"a\", 1)])",
            "{\"it's\": 'x'}",
        ] {
            assert!(named(printed, "tiers").is_some(), "{printed}");
        }
        for broken in [
            "{\"a\": 1,}",
            "{\"None\": 'x",
            "{\"a\": \"None, it's\"",
            "[1, 2",
            "{\"a\": 1 // the user's None\n}",
        ] {
            assert_eq!(named(broken, "tiers").is_some(), broken.contains(": '"), "{broken}");
        }
    }
}
