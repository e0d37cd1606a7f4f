//! Texts and lists as TOML writes them.

/// Items of a list in a line; beyond that they go into lines of their own.
const ITEMS_IN_A_LINE: usize = 6;

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A list of items that are written already.
pub fn joined(items: &[String]) -> String {
    if items.len() <= ITEMS_IN_A_LINE {
        return format!("[{}]", items.join(", "));
    }
    let lines: Vec<String> =
        items.chunks(ITEMS_IN_A_LINE).map(|line| format!("  {},\n", line.join(", "))).collect();
    format!("[\n{}]", lines.concat())
}

/// A field that is written once (`row = 3`) or as a list (`rows = [1, 3]`); nothing without items.
pub fn one_or_list(key: &str, items: &[String]) -> String {
    match items {
        [] => String::new(),
        [item] => format!("{key} = {item}\n"),
        items => format!("{key}s = {}\n", joined(items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_backslashes_and_control_characters_are_escaped_and_other_letters_are_not() {
        assert_eq!(quoted("U本位 \"x\" \\ \n\u{7f}\u{1}"), "\"U本位 \\\"x\\\" \\\\ \\n\\u007F\\u0001\"");
    }

    #[test]
    fn a_long_list_goes_into_lines() {
        let items: Vec<String> = (1..=7).map(|number| number.to_string()).collect();
        assert_eq!(joined(&items[..6]), "[1, 2, 3, 4, 5, 6]");
        assert_eq!(joined(&items), "[\n  1, 2, 3, 4, 5, 6,\n  7,\n]");
    }
}
