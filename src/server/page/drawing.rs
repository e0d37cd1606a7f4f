//! A drawing in a view: wide and narrow, with links to it as SVG and as data.

use super::super::asked::Asked;
use super::ask::Question;
use super::html::{Html, classed, element, link, tag, text};
use super::links::Address;
use crate::query::rows::Row;
use crate::render::chart::Sheet;

/// The widths of a drawing in pixels: beside a screen's text, and on a phone.
const WIDTHS: [(&str, u32); 2] = [("wide", 960), ("narrow", 380)];

/// Rows of a drawing as a figure; nothing where there is nothing to draw.
pub fn figure(asked: &Asked, id: &'static str, rows: &[Row], question: &Question, caption: &str) -> Html {
    let drawn = |(width_name, width): (&str, u32)| {
        let id = format!("{id}-{width_name}");
        let drawing = Html::drawing(rows, Sheet { width, margin: 4, id: &id });
        classed("div", width_name, drawing)
    };
    let [wide, narrow] = WIDTHS.map(drawn);
    let caption = tag("figcaption", [text(format!("{caption} ")), saved(asked, question)]);
    element("figure", &[("class", "drawing")], [wide, narrow, caption])
}

/// Links to an answer as SVG and as data.
pub fn saved(asked: &Asked, question: &Question) -> Html {
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
