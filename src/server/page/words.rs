//! The text of a document with words of it highlighted.

use super::html::{Html, classed, element, tag, text};
use crate::text::Span;

/// A document up to this size is shown whole; of a larger one the parts around the words, because a browser is slow with
/// megabytes.
const WHOLE: usize = 200_000;

/// How much is shown before and after words of a large document.
const AROUND: usize = 3_000;

/// Most words that are highlighted.
const SPANS: usize = 100;

/// The spans of a parameter: `4114-4150,4189-4225`. What cannot be read is no span.
pub fn spans(text: &str) -> Vec<Span> {
    let span = |part: &str| {
        let (start, end) = part.split_once('-')?;
        let (start, end) = (start.trim().parse::<usize>().ok()?, end.trim().parse::<usize>().ok()?);
        (start < end).then(|| Span::new(start, end))
    };
    let mut spans: Vec<Span> = text.split(',').filter_map(span).take(SPANS).collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => *last = last.join(span),
            _ => joined.push(span),
        }
    }
    joined
}

/// The document; the first words have the id `words`.
pub fn shown(document: &str, marked: &[Span]) -> Html {
    if document.is_empty() {
        return classed("p", "nothing", "It has no text.");
    }
    let marked: Vec<Span> = marked.iter().filter_map(|span| inside(document, *span)).collect();
    let parts = parts(document, &marked);
    let is_cut = parts.iter().map(|part| part.end - part.start).sum::<usize>() < document.len();
    let note = match is_cut {
        true => classed(
            "p",
            "nothing",
            format!("The document has {} bytes; parts of it are shown. The data has all.", document.len()),
        ),
        false => Html::default(),
    };
    let first = marked.first().map(|span| span.start);
    let blocks = parts.into_iter().map(|part| block(document, part, &marked, first));
    note.and(blocks.collect())
}

/// A span whose ends are ends of characters of the document; `None` outside of it.
fn inside(document: &str, span: Span) -> Option<Span> {
    let end = document.len();
    if span.start >= end {
        return None;
    }
    Some(Span::new(document.floor_char_boundary(span.start), document.ceil_char_boundary(span.end.min(end))))
}

/// What is shown of a document: all of it, or what is around the words, or its beginning.
fn parts(document: &str, marked: &[Span]) -> Vec<Span> {
    if document.len() <= WHOLE {
        return vec![Span::new(0, document.len())];
    }
    let around = |span: &Span| {
        let start = document.floor_char_boundary(span.start.saturating_sub(AROUND));
        let shown = span.end.min(span.start.saturating_add(WHOLE));
        let end = document.ceil_char_boundary(shown.saturating_add(AROUND).min(document.len()));
        Span::new(start, end)
    };
    let first = [Span::new(0, 0)];
    let wanted = if marked.is_empty() { &first[..] } else { marked };
    let mut parts: Vec<Span> = Vec::new();
    for part in wanted.iter().map(around) {
        match parts.last_mut() {
            Some(last) if part.start <= last.end => *last = last.join(part),
            _ => parts.push(part),
        }
    }
    parts
}

fn block(document: &str, part: Span, marked: &[Span], first: Option<usize>) -> Html {
    let mut inner = Html::default();
    let mut at = part.start;
    for span in marked.iter().filter(|span| part.start <= span.start && span.end <= part.end) {
        inner = inner.and(text(Span::new(at, span.start).of(document)));
        let id: &[(&str, &str)] = if first == Some(span.start) { &[("id", "words")] } else { &[] };
        inner = inner.and(element("mark", id, span.of(document)));
        at = span.end;
    }
    inner = inner.and(text(Span::new(at, part.end).of(document)));
    element(
        "div",
        &[
            ("class", "scroll document"),
            ("role", "group"),
            ("aria-label", "Text of the source"),
            ("tabindex", "0"),
        ],
        tag("pre", inner),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_where_they_are_and_nothing_is_lost() {
        let document = "tier <1>: 我踏 & more";
        let made = shown(document, &spans("5-8,10-13")).into_string();
        assert!(made.contains("<mark id=\"words\">&lt;1&gt;</mark>"), "{made}");
        assert!(made.contains("<mark>我</mark>踏 &amp; more"), "{made}");
    }

    #[test]
    fn spans_that_no_document_has_do_no_harm() {
        assert_eq!(spans("9-3,x-2,,7-9,8-12"), [Span::new(7, 12)]);
        let made = shown("我踏马", &spans("1-2,500-600")).into_string();
        assert!(made.contains("<mark id=\"words\">我</mark>踏马"), "{made}");
    }

    #[test]
    fn of_a_large_document_what_is_around_the_words_is_shown() {
        let document = "x".repeat(WHOLE) + "here" + &"y".repeat(WHOLE);
        let made = shown(&document, &spans(&format!("{WHOLE}-{}", WHOLE + 4))).into_string();
        assert!(made.contains("<mark id=\"words\">here</mark>") && made.len() < 10_000, "{}", made.len());
    }
}
