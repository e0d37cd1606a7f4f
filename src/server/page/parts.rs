//! What views are made of: tables in a box of their own, labelled facts, badges of certainty.

use super::super::asked::Asked;
use super::html::{Html, classed, element, tag, text};
use super::links::TIMES;
use crate::query::rows::{Certainty, CertaintyKind};
use crate::render::card;
use crate::time::Timestamp;

/// A cell of a table.
pub enum Cell {
    /// Words.
    Words(Html),
    /// A number, to the right.
    Figure(Html),
    /// What names the row.
    Head(Html),
}

impl Cell {
    /// A number.
    pub fn figure(figure: impl Into<Html>) -> Cell {
        Cell::Figure(figure.into())
    }

    /// Words.
    pub fn words(words: impl Into<Html>) -> Cell {
        Cell::Words(words.into())
    }

    fn html(self) -> Html {
        match self {
            Cell::Words(inner) => tag("td", inner),
            Cell::Figure(inner) => classed("td", "figure", inner),
            Cell::Head(inner) => element("th", &[("scope", "row")], inner),
        }
    }
}

/// A row of a table, with the class of what it is.
pub struct Record {
    pub class: &'static str,
    pub cells: Vec<Cell>,
}

impl From<Vec<Cell>> for Record {
    fn from(cells: Vec<Cell>) -> Record {
        Record { class: "", cells }
    }
}

/// A table with a caption; it scrolls in its own box where it is wider than the page. Titles of columns of figures start
/// with `#`.
pub fn table(caption: &str, titles: &[&str], records: impl IntoIterator<Item = Record>) -> Html {
    let title = |title: &&str| {
        let (class, words) = title.strip_prefix('#').map_or(("words", *title), |words| ("figure", words));
        element("th", &[("scope", "col"), ("class", class)], words)
    };
    let head = tag("thead", tag("tr", titles.iter().map(title).collect::<Html>()));
    let row = |record: Record| {
        let cells: Html = record.cells.into_iter().map(Cell::html).collect();
        if record.class.is_empty() { tag("tr", cells) } else { classed("tr", record.class, cells) }
    };
    let body = tag("tbody", records.into_iter().map(row).collect::<Html>());
    let table = tag("table", [tag("caption", caption), head, body]);
    element(
        "div",
        &[("class", "scroll"), ("role", "group"), ("aria-label", caption), ("tabindex", "0")],
        table,
    )
}

/// Facts with their labels.
pub fn facts(facts: impl IntoIterator<Item = (&'static str, Html)>) -> Html {
    let fact = |(label, fact): (&'static str, Html)| tag("div", [tag("dt", label), tag("dd", fact)]);
    classed("dl", "facts", facts.into_iter().filter(|(_, it)| !it.is_empty()).map(fact).collect::<Html>())
}

/// A part of a view under its heading.
pub fn section(id: &'static str, heading: &str, inner: impl Into<Html>) -> Html {
    let label = format!("{id}-heading");
    let heading = element("h2", &[("id", &label)], heading);
    element("section", &[("id", id), ("aria-labelledby", &label)], heading.and(inner.into()))
}

/// The times that a request fixes, as fields of a form that keeps them.
pub fn kept_times(asked: &Asked) -> Html {
    let times = asked.basis.clauses().into_iter().zip(TIMES);
    let field = |((_, time), name): ((&str, Option<Timestamp>), &str)| {
        let time = time?.to_string();
        Some(element("input", &[("type", "hidden"), ("name", name), ("value", &time)], ""))
    };
    times.filter_map(field).collect()
}

/// How certain an answer is, as a badge with its words.
pub fn badge(kind: CertaintyKind) -> Html {
    classed("span", &format!("badge {}", kind.name()), kind.words())
}

/// How certain an answer is, in words after badges.
pub fn certainty(certainty: &Certainty) -> Html {
    let badges: Html = certainty.kinds().map(|kind| badge(kind).and(text(" "))).collect();
    let line = card::certainty_line(certainty, None);
    if line == certainty.kind.words() { badges } else { badges.and(text(line)) }
}

/// Something that is not there, in a sentence.
pub fn nothing(words: &str) -> Html {
    classed("p", "nothing", words)
}
