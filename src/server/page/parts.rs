//! What views are made of: tables in a box of their own, labelled facts, badges of certainty.

use super::super::asked::Asked;
use super::html::{Html, classed, element, tag, text, time};
use super::links::TIMES;
use crate::query::rows::{Certainty, CertaintyKind};
use crate::time::{Timestamp, ValidTime};

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

/// How certain an answer is: a badge for each kind that applies, with what there is to know of it.
pub fn certainty(certainty: &Certainty) -> Html {
    let line = |kind: CertaintyKind| classed("span", "certain", badge(kind).and(details(certainty, kind)));
    certainty.kinds().map(line).collect()
}

fn details(certainty: &Certainty, kind: CertaintyKind) -> Html {
    let at = |words: &str, at: ValidTime| text(words).and(time(&at.to_string()));
    match kind {
        CertaintyKind::RollingOut => certainty.until.map_or(Html::default(), |until| at(" until ", until)),
        CertaintyKind::UnseenChange => {
            let span = certainty.after.zip(certainty.by);
            span.map_or(Html::default(), |(after, by)| at(" between ", after).and(at(" and ", by)))
        }
        CertaintyKind::Contradicted => {
            let others = certainty.others.iter().map(|other| other.statement.to_string());
            text(format!(" otherwise by {}", others.collect::<Vec<_>>().join(", ")))
        }
        CertaintyKind::Doubtful => {
            let because = certainty.because.iter().map(|warning| warning.message.as_str());
            text(format!(" {}", because.collect::<Vec<_>>().join("; ")))
        }
        CertaintyKind::Unconfirmed | CertaintyKind::Settled => Html::default(),
    }
}

/// Something that is not there, in a sentence.
pub fn nothing(words: &str) -> Html {
    classed("p", "nothing", words)
}
