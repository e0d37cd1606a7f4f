//! Markup that is made of constants and of escaped text only: there is no way to put a name or a document into a page as
//! markup.

use crate::text::markup::escaped;

/// A part of a page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Html(String);

/// The elements without content.
const VOID: [&str; 5] = ["br", "hr", "input", "link", "meta"];

/// The attributes of an element.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// A drawing: [`crate::render::chart`] escapes what is written in it.
    pub fn drawing(rows: &[crate::Row], sheet: crate::render::chart::Sheet) -> Html {
        Html(crate::render::chart::part(rows, sheet))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The same with more after it.
    pub fn and(mut self, more: Html) -> Html {
        self.0 += &more.0;
        self
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Html {
        Html(parts.into_iter().map(|part| part.0).collect())
    }
}

impl<const N: usize> From<[Html; N]> for Html {
    fn from(parts: [Html; N]) -> Html {
        parts.into_iter().collect()
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Html {
        Html(escaped(text))
    }
}

impl From<String> for Html {
    fn from(text: String) -> Html {
        Html(escaped(&text))
    }
}

/// A text.
pub fn text(text: impl AsRef<str>) -> Html {
    Html(escaped(text.as_ref()))
}

/// An element with attributes; those with an empty value stand alone, as `hidden` does.
pub fn element(name: &'static str, attributes: Attributes, inner: impl Into<Html>) -> Html {
    let mut markup = format!("<{name}");
    for (attribute, value) in attributes {
        markup += &match value.is_empty() {
            true => format!(" {attribute}"),
            false => format!(" {attribute}=\"{}\"", escaped(value)),
        };
    }
    markup.push('>');
    if !VOID.contains(&name) {
        markup += &format!("{}</{name}>", inner.into().0);
    }
    Html(markup)
}

/// An element without attributes.
pub fn tag(name: &'static str, inner: impl Into<Html>) -> Html {
    element(name, &[], inner)
}

/// An element of a class.
pub fn classed(name: &'static str, class: &str, inner: impl Into<Html>) -> Html {
    element(name, &[("class", class)], inner)
}

/// A link.
pub fn link(address: &str, inner: impl Into<Html>) -> Html {
    element("a", &[("href", address)], inner)
}

/// A name that others chose: its direction does not change that of what is beside it.
pub fn name(text: &str) -> Html {
    tag("bdi", text)
}

/// A time of day and its machine form.
pub fn time(at: &str) -> Html {
    element("time", &[("datetime", at)], shown_time(at))
}

/// A time without the seconds where they are 0, with a blank in place of the `T`.
pub fn shown_time(at: &str) -> String {
    let plain = at.trim_end_matches('Z');
    let plain = plain.split_once('.').map_or(plain, |(seconds, _)| seconds);
    let plain = plain.strip_suffix(":00").filter(|rest| rest.len() == 16).unwrap_or(plain);
    plain.replacen('T', "\u{a0}", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_never_markup() {
        let hostile = "\"><script>alert('1')</script>";
        let made = element("a", &[("href", hostile)], hostile).and(name(hostile)).into_string();
        assert!(!made.contains("<script") && !made.contains("href=\"\""), "{made}");
        assert_eq!(made.matches("&lt;script&gt;").count(), 3);
    }

    #[test]
    fn times_lose_what_is_zero_and_nothing_else() {
        assert_eq!(shown_time("2026-02-06T06:30:00Z"), "2026-02-06\u{a0}06:30");
        assert_eq!(shown_time("2026-02-06T06:30:46Z"), "2026-02-06\u{a0}06:30:46");
        assert_eq!(shown_time("2026-02-06T06:30:00.123Z"), "2026-02-06\u{a0}06:30");
    }

    #[test]
    fn elements_without_content_have_no_end() {
        let input = element("input", &[("name", "q"), ("required", "")], "");
        assert_eq!(input.into_string(), "<input name=\"q\" required>");
    }
}
