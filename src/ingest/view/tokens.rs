//! The tags and texts of HTML with their places, as the HTML standard splits them.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Error, Tokenizer};

use super::elements;
use crate::text::Span;

/// A piece of HTML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Token {
    /// Text, its entities not decoded.
    Text(Span),
    /// The start tag of an element.
    Open(Tag),
    /// The end tag of an element, by name in small letters.
    Close(String, Span),
    /// A comment, or what counts as one.
    Comment(Span),
    /// The source ends inside a tag or a comment.
    Cut,
}

/// A start tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    /// The name in small letters.
    pub name: String,
    /// Names in small letters and decoded values.
    attributes: Vec<(String, String)>,
    /// Its bytes.
    pub span: Span,
}

impl Tag {
    /// The value of an attribute; `None` where the tag lacks it.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Gives the tokens of a part of a source one after the other, with places in the whole source, for as long
/// as `take` wants more. What is no element (`0 <Position`) is text.
pub fn each(source: &str, part: Span, mut take: impl FnMut(Token) -> bool) {
    let masked = with_masked_signs(part.of(source));
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let place = |span: html5gum::Span<usize>| Span::new(part.start + span.start, part.start + span.end);
    for Ok(token) in Tokenizer::new_with_emitter(masked.as_ref(), emitter) {
        let token = match token {
            html5gum::Token::String(text) => Token::Text(place(text.span)),
            html5gum::Token::StartTag(tag) => Token::Open(Tag {
                name: words(&tag.name),
                attributes: tag.attributes.iter().map(|(name, value)| (words(name), words(value))).collect(),
                span: place(tag.span),
            }),
            html5gum::Token::EndTag(tag) => Token::Close(words(&tag.name), place(tag.span)),
            html5gum::Token::Comment(comment) => Token::Comment(place(comment.span)),
            html5gum::Token::Error(error) if is_cut(error.value) => Token::Cut,
            _ => continue,
        };
        if !take(token) {
            return;
        }
    }
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_cut(error: Error) -> bool {
    matches!(
        error,
        Error::EofInTag
            | Error::EofInComment
            | Error::EofInDoctype
            | Error::EofBeforeTagName
            | Error::EofInCdata
    )
}

/// Longest name of an element that is looked for, in bytes.
const NAME_BYTES: usize = 40;

/// The same bytes with a letter in place of every `<` that is not followed by the name of an element.
fn with_masked_signs(html: &str) -> Cow<'_, str> {
    let is_no_tag = |at: &usize| {
        let after = &html.as_bytes()[at + 1..];
        let starts = after.first().is_some_and(u8::is_ascii_alphabetic);
        starts && !elements::is_element(&name_at(after).to_ascii_lowercase())
    };
    let mut signs = html.match_indices('<').map(|(at, _)| at).filter(is_no_tag).peekable();
    if signs.peek().is_none() {
        return Cow::Borrowed(html);
    }
    let mut masked = String::with_capacity(html.len());
    for at in signs {
        masked.push_str(&html[masked.len()..at]);
        masked.push('x');
    }
    masked.push_str(&html[masked.len()..]);
    Cow::Owned(masked)
}

/// The name at the start of a tag, after its `<`; empty where it is too long.
pub fn name_at(after: &[u8]) -> &str {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
    let end = after.iter().take(NAME_BYTES).position(ends);
    let length = end.unwrap_or(if after.len() < NAME_BYTES { after.len() } else { 0 });
    std::str::from_utf8(&after[..length]).unwrap_or("")
}

/// Longest entity that is looked for, in bytes; the longest name has 33.
const ENTITY_BYTES: usize = 40;

/// The character of the entity at the start of a text, and how many bytes the entity has; `None` where there
/// is none.
pub fn entity(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('&')?;
    let sign = usize::from(body.starts_with('#'));
    let letters = body.bytes().skip(sign).take(ENTITY_BYTES).take_while(u8::is_ascii_alphanumeric).count();
    if letters == 0 {
        return None;
    }
    let end = 1 + sign + letters;
    let length = end + usize::from(text[end..].starts_with(';'));
    let mut decoded = String::new();
    let emitter = DefaultEmitter::<()>::default();
    for Ok(token) in Tokenizer::new_with_emitter(&text[..length], emitter) {
        if let html5gum::Token::String(piece) = token {
            decoded.push_str(&words(&piece));
        }
    }
    if decoded == text[..length] {
        return None;
    }
    // `&lt5`: what follows an entity without its semicolon is left as it is.
    let most = decoded.len().saturating_sub(1);
    let same = text[1..length].bytes().rev().zip(decoded.bytes().rev().take(most));
    let rest = same.take_while(|(printed, kept)| printed == kept && *printed != b';').count();
    decoded.truncate(decoded.len() - rest);
    Some((decoded, length - rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        let mut shown = Vec::new();
        each(html, Span::new(0, html.len()), |token| {
            shown.push(match token {
                Token::Text(span) => span.of(html).to_string(),
                Token::Open(tag) => format!("<{}>{}", tag.name, tag.span.of(html).len()),
                Token::Close(name, _) => format!("</{name}>"),
                Token::Comment(span) => format!("comment of {}", span.of(html).len()),
                Token::Cut => "cut".to_string(),
            });
            true
        });
        shown
    }

    #[test]
    fn tags_and_texts_are_distinguished_and_a_sign_before_a_word_is_text() {
        assert_eq!(shown("a<TD class=x>0 <Position ≤ 5</td>"), ["a", "<td>12", "0 <Position ≤ 5", "</td>"]);
        assert_eq!(shown("<script>if (a<b) x</script>"), ["<script>8", "if (a<b) x", "</script>"]);
        assert_eq!(shown("<!-- <td> -->b<t"), ["comment of 13", "b<t"]);
        assert_eq!(shown("<!-->a<!-- b --!>c"), ["comment of 5", "a", "comment of 11", "c"]);
        for cut in ["a<td", "a<td class='", "a<!-- b"] {
            assert!(
                shown(cut).contains(&"cut".to_string()) && shown(cut).contains(&"a".to_string()),
                "{cut}"
            );
        }
    }

    #[test]
    fn an_entity_is_decoded_with_or_without_its_semicolon() {
        for (text, decoded, length) in [
            ("&le;5", "≤", 4),
            ("&lt5,000", "<", 3),
            ("&nbsp;", "\u{a0}", 6),
            ("&#8804; 5", "≤", 7),
            ("&#x2264;", "≤", 8),
            ("&amp;amp;", "&", 5),
            ("&semi;", ";", 6),
        ] {
            assert_eq!(entity(text), Some((decoded.to_string(), length)), "{text}");
        }
        for text in ["& Margin", "&", "&unknown;", "&#;", "Leverage"] {
            assert_eq!(entity(text), None, "{text}");
        }
    }
}
