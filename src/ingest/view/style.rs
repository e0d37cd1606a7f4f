//! Styles that hide text: those of an element, and those that the style sheets of a page give to classes.

use std::collections::{HashMap, HashSet};

use super::tokens::{self, Tag, Token};
use crate::text::Span;

/// Whether the style of an element hides all that is in it.
pub fn hides(style: &str) -> bool {
    declarations(style).iter().any(|(name, value)| match name.as_str() {
        "display" => value == "none",
        "visibility" => value == "hidden" || value == "collapse",
        "content-visibility" => value == "hidden",
        "opacity" => is_zero(value) || value.starts_with('-'),
        _ => false,
    })
}

/// Whether the letters of an element have no size by its style; `None` where it states no size. What is in it may have
/// another size.
pub fn is_sizeless(style: &str) -> Option<bool> {
    let declared = declarations(style);
    let mut sizes = declared.iter().filter_map(|(name, value)| match name.as_str() {
        "font-size" => Some(is_zero(value)),
        "font" => {
            let mut words =
                value.split([' ', '/']).filter(|word| word.contains(|c: char| c.is_ascii_digit()));
            words.next().map(is_zero)
        }
        _ => None,
    });
    sizes.next_back()
}

/// Names and values in small letters, without comments and `!important`.
fn declarations(style: &str) -> Vec<(String, String)> {
    let style = without_escapes(&without_comments(style).to_ascii_lowercase());
    let pairs = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    let value = |value: &str| value.split('!').next().unwrap_or("").trim().to_string();
    pairs.map(|(name, text)| (name.trim().to_string(), value(text))).collect()
}

fn without_comments(style: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(style.len()), style);
    while let Some((before, comment)) = rest.split_once("/*") {
        kept += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// `d\69splay` is `display`.
fn without_escapes(style: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(style.len()), style);
    while let Some((before, escape)) = rest.split_once('\\') {
        plain += before;
        let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let code = u32::from_str_radix(&escape[..digits], 16).ok().and_then(char::from_u32);
        plain.extend(code.map(|c| c.to_ascii_lowercase()));
        rest = &escape[digits..];
        if digits > 0 {
            rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
        }
    }
    plain + rest
}

/// Whether a number, a percentage or a length is zero.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let number = number.trim_start_matches(['+', '-']);
    number.contains('0') && number.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// Whether a style sheet hides an element.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Hiding {
    /// By a rule with a condition, such as the width of the window or where the element is.
    Perhaps,
    /// By a rule about all elements of the class, identifier or name.
    Surely,
}

/// What a rule is about: `.class`, `#identifier`, or the name of an element; in small letters.
type Key = String;

/// What the style sheets in a page hide.
#[derive(Default, Debug)]
pub struct Sheets {
    hidden: HashMap<Key, Hiding>,
    shown: HashSet<Key>,
}

impl Sheets {
    /// Those of a part of a source.
    pub fn of(source: &str, part: Span) -> Sheets {
        let mut sheets = Sheets::default();
        let bytes = part.of(source).as_bytes();
        if !bytes.windows(6).any(|word| word.eq_ignore_ascii_case(b"<style")) {
            return sheets;
        }
        let mut is_inside = false;
        tokens::each(source, part, |token| {
            match token {
                Token::Open(tag) => is_inside = tag.name == "style",
                Token::Text(span) if is_inside => sheets.take(span.of(source)),
                _ => is_inside = false,
            }
            true
        });
        for key in &sheets.shown {
            sheets.hidden.entry(key.clone()).and_modify(|hiding| *hiding = Hiding::Perhaps);
        }
        sheets
    }

    /// Whether they hide an element.
    pub fn hiding(&self, tag: &Tag) -> Option<Hiding> {
        if self.hidden.is_empty() {
            return None;
        }
        let words = |name: &str| tag.attribute(name).unwrap_or("").to_ascii_lowercase();
        let classes = words("class");
        let classes = classes.split_ascii_whitespace().map(|class| format!(".{class}"));
        let keys = classes.chain([format!("#{}", words("id").trim()), tag.name.clone()]);
        keys.filter_map(|key| self.hidden.get(&key)).max().copied()
    }

    /// Takes the rules of a style sheet. A rule in a block, such as that of a condition, is one with a condition.
    fn take(&mut self, sheet: &str) {
        let sheet = without_comments(sheet).to_ascii_lowercase();
        let (mut rest, mut blocks) = (sheet.as_str(), 0_usize);
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, is_end) = (&rest[..brace], rest[brace..].starts_with('}'));
            rest = &rest[brace + 1..];
            if is_end {
                blocks = blocks.saturating_sub(1);
                continue;
            }
            let selectors = before.rsplit(';').next().unwrap_or("").trim();
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            let is_closed = !rest[end..].starts_with('{');
            // What is before the selector of a rule in this one are declarations of its own.
            let own = if is_closed { end } else { rest[..end].rfind(';').map_or(0, |at| at + 1) };
            self.rule(selectors, &rest[..own], blocks > 0);
            rest = rest.get(own + usize::from(is_closed)..).unwrap_or("");
            blocks += usize::from(!is_closed);
        }
    }

    fn rule(&mut self, selectors: &str, style: &str, is_conditional: bool) {
        let (hides, sizeless) = (hides(style), is_sizeless(style) == Some(true));
        let shows = style.contains("display") || style.contains("visibility") || style.contains("opacity");
        if selectors.starts_with('@') || !(hides || sizeless || shows) {
            return;
        }
        for selector in selectors.split(',') {
            let Some((key, is_whole)) = key(selector.trim()) else { continue };
            if !hides && !sizeless {
                self.shown.insert(key);
                continue;
            }
            let surely = is_whole && hides && !is_conditional;
            let hiding = if surely { Hiding::Surely } else { Hiding::Perhaps };
            let known = self.hidden.entry(key).or_insert(hiding);
            *known = hiding.max(*known);
        }
    }
}

/// What a selector is about, and whether it is about every element of that kind; `None` where it is about what
/// is generated, or cannot be told.
fn key(selector: &str) -> Option<(Key, bool)> {
    let last = selector.rsplit([' ', '>', '+', '~', '\n', '\t']).next()?;
    let generated = [":before", ":after", ":first-l", "::"];
    if generated.iter().any(|part| last.contains(part)) {
        return None;
    }
    let ends = |(at, c): &(usize, char)| matches!(c, ':' | '[') && !last[..*at].ends_with('\\');
    let end = last.char_indices().find(ends).map_or(last.len(), |(at, _)| at);
    let (plain, condition) = last.split_at(end);
    let start = plain.rfind(['.', '#']).unwrap_or(0);
    let key = plain[start..].replace('\\', "");
    let is_name = start == 0 && !plain.starts_with(['.', '#']);
    // `p:empty`, `li:last-child` and the like are in many style sheets, and hide no row.
    let of_table = matches!(key.as_str(), "table" | "tbody" | "tr" | "td" | "th") && condition != ":empty";
    let is_told = key.len() > 1 && key != "*" && (!is_name || condition.is_empty() || of_table);
    is_told.then_some((key, start == 0 && condition.is_empty() && last == selector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_hides_by_what_it_says_and_not_by_how_it_is_written() {
        for style in [
            "display:none",
            "color:red; DISPLAY : None !important",
            "display:/**/none",
            "d\\69 splay:none",
            "visibility:hidden",
            "visibility: collapse",
            "opacity:0",
            "opacity: .00%",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in ["", "display:block", "opacity:0.5", "width:0", "/* display:none */", "font-size:0"] {
            assert!(!hides(style), "{style}");
        }
        for (style, sizeless) in [
            ("font-size:0", Some(true)),
            ("font-size: 0.0px", Some(true)),
            ("font:0/0 a", Some(true)),
            ("font-size:10px", Some(false)),
            ("font-size:0;font-size:9px", Some(false)),
            ("font: bold 12px/0 serif", Some(false)),
            ("width:0", None),
        ] {
            assert_eq!(is_sizeless(style), sizeless, "{style}");
        }
    }

    #[test]
    fn a_style_sheet_hides_what_its_rules_are_about_surely_or_under_a_condition() {
        use Hiding::{Perhaps, Surely};
        for (sheet, hiding) in [
            (".x{display:none}", Some(Surely)),
            (".a, tr { color: red; display: none }", Some(Surely)),
            ("#I{opacity:0}", Some(Surely)),
            ("@import 'a'; /* } */ .X{display:none", Some(Surely)),
            ("@media print{.x{display:none}}", Some(Perhaps)),
            (".x{display:none} @media screen{.x{display:table-row}}", Some(Perhaps)),
            (".a .x{display:none}", Some(Perhaps)),
            ("tr:nth-child(2){display:none}", Some(Perhaps)),
            (".a{color:red; .x{display:none}}", Some(Perhaps)),
            (".x{font-size:0}", Some(Perhaps)),
            (".x::before{display:none} .y{display:none} tr{color:red}", None),
            ("tr:empty{display:none} .x{display:block} [hidden]{display:none}", None),
        ] {
            let page = format!("<style>{sheet}</style><tr id=i class='b x'>");
            let sheets = Sheets::of(&page, Span::new(0, page.len()));
            let mut found = None;
            tokens::each(&page, Span::new(0, page.len()), |token| {
                if let Token::Open(tag) = token {
                    found = sheets.hiding(&tag).or(found);
                }
                true
            });
            assert_eq!(found, hiding, "{sheet}");
        }
    }
}
