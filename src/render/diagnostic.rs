//! Mistakes as drawn: the one function that turns a mistake into text.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::mistake::Mistake;
use crate::render::surface::Surface;

/// A mistake with its line, caret and hints; `query` is the text that its span counts in.
pub fn mistake(mistake: &Mistake, query: Option<&str>, surface: Surface) -> String {
    mistake_in(mistake, None, query, surface)
}

/// As [`mistake`], with the place as `FILE:LINE:COLUMN`, counted from 1, where the text is that of a file.
pub fn mistake_in(mistake: &Mistake, file: Option<&str>, text: Option<&str>, surface: Surface) -> String {
    let title = Level::ERROR.primary_title(mistake.message.as_str()).id(mistake.code);
    let mut group = match (mistake.span, text) {
        (Some(span), Some(text)) => {
            let place = AnnotationKind::Primary.span(span.range()).label(mistake.label.as_str());
            let snippet = Snippet::source(text).annotation(place);
            title.element(match file {
                Some(file) => snippet.path(file),
                None => snippet,
            })
        }
        _ => Group::with_title(title),
    };
    for hint in &mistake.hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if surface.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(surface.width.unwrap_or(140));
    format!("{}\n", renderer.render(&[group]))
}
