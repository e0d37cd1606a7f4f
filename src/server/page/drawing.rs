//! A drawing in a view: wide and narrow, with links to it as SVG and as data.

use super::super::asked::Asked;
use super::ask::Question;
use super::html::{Html, classed, element, link, tag, text};
use super::links::Address;
use crate::query::rows::Row;
use crate::render::chart::Sheet;

/// Rows of a drawing as a figure, in two widths: beside a screen's text, and on a phone.
pub fn figure(
    asked: &Asked,
    id: &'static str,
    rows: &[Row],
    question: &Question,
    widths: [u32; 2],
    caption: Html,
) -> Html {
    let drawn = |(width_name, width): (&str, u32)| {
        let id = format!("{id}-{width_name}");
        let drawing = Html::drawing(rows, Sheet { width, margin: 4, id: &id });
        classed("div", width_name, drawing)
    };
    let [wide, narrow] = [("wide", widths[0]), ("narrow", widths[1])].map(drawn);
    let caption = tag("figcaption", caption.and(saved(asked, question)));
    element("figure", &[("class", &format!("drawing {id}"))], [wide, narrow, caption])
}

/// Links to an answer as SVG and as data.
fn saved(asked: &Asked, question: &Question) -> Html {
    let words = question.words(asked);
    let form = |form: &str| {
        Address::open(&["v1", "query"]).with("q", words.as_str()).with("format", form).to_string()
    };
    let download = |kind: &str, label: &str| {
        element("a", &[("href", &form(kind)), ("download", &format!("tierbook.{kind}"))], label)
    };
    classed(
        "span",
        "saved",
        [download("svg", "SVG"), text(", "), download("json", "JSON"), text(", "), download("csv", "CSV")],
    )
}

/// Links to an answer that is no drawing, as data.
pub fn data(asked: &Asked, question: &Question) -> Html {
    let words = question.words(asked);
    let form = |form: &str| {
        Address::open(&["v1", "query"]).with("q", words.as_str()).with("format", form).to_string()
    };
    classed(
        "p",
        "saved",
        [text("As data: "), link(&form("json"), "JSON"), text(", "), link(&form("csv"), "CSV")],
    )
}
