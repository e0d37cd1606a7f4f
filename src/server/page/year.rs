//! The year at a glance: the drawing of whole tables over valid time.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::drawing::figure;
use super::html::{Html, classed, element, name, tag, text, time};
use super::links::{Address, TIMES};
use super::parts::{nothing, section as part};
use crate::query::rows::Row;
use crate::query::rows::over_time::VersionRow;
use crate::statement::Subject;
use crate::time::{TimeSpan, Timestamp};

/// How far before the time of the question a drawing of a class starts.
const YEAR: TimeSpan = TimeSpan::from_micros(365 * 24 * 3_600 * 1_000_000);

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
    let caption =
        text("Each area is a tier while it is in force; the table of versions below has the same changes. ");
    let drawn = drawing(asked, &question, caption)?;
    let shades = if subject.program().has_contracts() {
        switch(asked, address, by.is_some())
    } else {
        Html::default()
    };
    Ok(part("year", "The year at a glance", shades.and(drawn)))
}

fn drawing(asked: &Asked, question: &Question, caption: Html) -> Result<Html, Problem> {
    let rows = question.rows(asked)?;
    Ok(match rows.is_empty() {
        true => nothing("Nothing is known of its tables in this time."),
        false => figure(asked, "year", &rows, question, [960, 380], caption),
    })
}

/// The section of an asset that has the tiers of its class: those of the class that it is in, while it is in it. `tiers` are
/// those in force.
///
/// # Errors
/// The database is damaged, or `since` or `until` is no time.
pub fn section_of_class(
    asked: &Asked,
    subject: &Subject,
    tiers: Option<&Row>,
    versions: &[VersionRow],
) -> Result<Html, Problem> {
    let at = asked.at.valid_at;
    let class =
        tiers.and_then(|row| if let Row::Tier(row) = row { row.context.class.as_ref() } else { None });
    let is_in_force =
        |version: &&VersionRow| version.from <= at && version.until.is_none_or(|until| at < until);
    let drawn = match class.zip(versions.iter().find(is_in_force)) {
        Some((class, version)) => while_in_class(asked, subject, &class.subject, version)?,
        None => {
            let words = "Its tiers are those of its class, and no tiers of a class are known to be its own at this time.";
            nothing(words)
        }
    };
    Ok(part("year", "The year at a glance", drawn))
}

fn while_in_class(
    asked: &Asked,
    subject: &Subject,
    class: &Subject,
    version: &VersionRow,
) -> Result<Html, Problem> {
    let given = |name: &str| {
        let text = asked.request.parameter(name).filter(|text| !text.is_empty());
        text.map(|text| Timestamp::read(text, asked.now)).transpose().map_err(Problem::from)
    };
    let since = given("since")?.unwrap_or_else(|| asked.at.valid_at.0.minus(YEAR)).max(version.from.0);
    let until = version.until.map(|until| until.0).into_iter().chain(given("until")?).min();
    if until.is_some_and(|until| until <= since) {
        return Ok(nothing("It is in another class in this time, or in none."));
    }
    let mut question = Question::about("chart tiers of", class).with("since", "since", &since.to_string());
    if let Some(until) = until {
        question = question.with("until", "until", &until.to_string());
    }
    let from = text(" since ").and(time(&version.from.to_string()));
    let to = version.until.map_or(Html::default(), |until| text(" until ").and(time(&until.to_string())));
    let lead =
        [name(subject.name()), text(" is in "), name(class.name()), from, to, text(" and has its tiers. ")];
    let caption = text(
        "Each area is a tier of the class while it is in force, only while the asset is in the class. What is hatched is \
         not certain about the class; how certain it is that the asset is in it, the table of versions below has. ",
    );
    Ok(tag("p", lead).and(drawing(asked, &question, caption)?))
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
