//! The year at a glance: the drawing of whole tables over valid time.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::drawing::figure;
use super::html::{Html, classed, element, tag, text};
use super::links::{Address, TIMES};
use super::parts::{nothing, section as part};
use crate::statement::Subject;

/// The section; `address` is that of the view at no time.
///
/// # Errors
/// The database is damaged.
pub fn section(asked: &Asked, subject: &Subject, address: &Address) -> Result<Html, Problem> {
    let by = asked.request.parameter("by").filter(|by| *by == "leverage");
    let mut question = Question::about("chart tiers of", subject);
    if by.is_some() {
        question = question.and("by leverage");
    }
    for (name, words) in [("since", "since"), ("until", "until")] {
        if let Some(time) = asked.request.parameter(name).filter(|time| !time.is_empty()) {
            question = question.with(words, name, time);
        }
    }
    let rows = question.rows(asked)?;
    let caption =
        text("Each area is a tier while it is in force; the table of versions below has the same changes. ");
    let drawn = match rows.is_empty() {
        true => nothing("Nothing is known of its tables in this time."),
        false => figure(asked, "year", &rows, &question, [960, 380], caption),
    };
    let shades = if subject.program().has_contracts() {
        switch(asked, address, by.is_some())
    } else {
        Html::default()
    };
    Ok(part("year", "The year at a glance", shades.and(drawn)))
}

/// What shades the areas, as two links.
fn switch(asked: &Asked, address: &Address, is_leverage: bool) -> Html {
    let mut here = address.clone();
    for ((_, time), name) in asked.basis.clauses().into_iter().zip(TIMES) {
        if let Some(time) = time {
            here = here.with(name, time.to_string());
        }
    }
    let item = |address: Address, words: &str, is_this: bool| {
        let address = format!("{address}#year");
        let mut attributes = vec![("href", address.as_str())];
        if is_this {
            attributes.push(("aria-current", "true"));
        }
        tag("li", element("a", &attributes, words))
    };
    let rate = item(here.clone(), "rate", !is_leverage);
    let leverage = item(here.with("by", "leverage"), "leverage", is_leverage);
    classed("div", "switch", text("Shaded by ").and(tag("ul", [rate, leverage])))
}
