//! An error as drawn: the one place that turns an error into text.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::error::Error;
use crate::render::style::OutputStyle;
use crate::render::wrap;
use crate::text::line_number;

/// An error with its line, caret and hints; `query` is the text in which its span is a place.
///
/// ```
/// use tierbook::render::{OutputStyle, diagnostic};
///
/// let text = "mmr of ACTUSDT att 60000";
/// let error = tierbook::language::parse(text).unwrap_err();
/// let drawn = diagnostic::error(&error, Some(text), OutputStyle::PLAIN);
/// assert!(drawn.contains("^^^") && drawn.contains("help: "));
/// ```
pub fn error(error: &Error, query: Option<&str>, style: OutputStyle) -> String {
    error_in(error, None, query, style)
}

/// As [`error`], with the place as `FILE:LINE:COLUMN`, counted from 1, where the text is that of a file.
///
/// ```
/// use tierbook::render::{OutputStyle, diagnostic};
/// let text = "# the margin\nmmr of ACTUSDT att 60000";
/// let error = tierbook::language::parse(text).unwrap_err();
/// let drawn = diagnostic::error_in(&error, Some("margin.tb"), Some(text), OutputStyle::PLAIN);
/// assert!(drawn.contains("margin.tb:2:"));
/// ```
pub fn error_in(error: &Error, file: Option<&str>, text: Option<&str>, style: OutputStyle) -> String {
    let title = Level::ERROR.primary_title(error.message.as_str()).id(error.code.as_str());
    let mut group = match (error.span, text) {
        (Some(span), Some(text)) => {
            let place = AnnotationKind::Primary.span(span.range()).label(error.label.as_str());
            let snippet = Snippet::source(text).annotation(place);
            title.element(match file {
                Some(file) => snippet.path(file),
                None => snippet,
            })
        }
        _ => Group::with_title(title),
    };
    let line = error.span.zip(text).map_or(0, |(span, text)| line_number(text, span.start));
    let gutter = line.checked_ilog10().map_or(0, |digits| digits as usize + 1);
    let hints: Vec<String> = error.hints.iter().map(|hint| wrapped_hint(hint, gutter, style)).collect();
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(style.width.unwrap_or(140));
    let drawn = format!("{}\n", renderer.render(&[group]));
    match (style.width, drawn.split_once('\n')) {
        (Some(width), Some((title, rest))) => format!("{}\n{rest}", wrap::broken(title, width, 2)),
        _ => drawn,
    }
}

/// A hint broken to the width that is left after ` = help: ` and the gutter of line numbers.
fn wrapped_hint(hint: &str, gutter: usize, style: OutputStyle) -> String {
    let left = |width: usize| width.saturating_sub(" = help: ".len() + gutter).max(1);
    style.width.map_or_else(|| hint.to_string(), |width| wrap::broken(hint, left(width), 0))
}
