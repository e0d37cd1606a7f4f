//! The versions of a table, the newest first, each with the statement that set it.

use super::super::asked::Asked;
use super::ask::Question;
use super::drawing::data;
use super::html::{Html, classed, link, name, text, time};
use super::links::{contract, source};
use super::parts::{Cell, Record, certainty, nothing, section as part, table};
use crate::query::rows::over_time::VersionRow;
use crate::render::over_time::{leverage, limit, verdict};
use crate::statement::Subject;
use crate::time::ValidTime;

/// The section.
pub fn section(asked: &Asked, subject: &Subject, versions: &[VersionRow]) -> Html {
    if versions.is_empty() {
        let words = "No version of its table is known at this state of knowledge.";
        return part("history", "Versions", nothing(words));
    }
    let figure = if subject.program().has_contracts() { "#leverage" } else { "#first ratio" };
    let titles = ["from", figure, "#limit", "#tiers", "effect", "source", "certainty"];
    let caption = format!("Versions of the table of {}, the newest first", subject.name());
    let records = versions.iter().rev().map(|version| record(asked, subject, version));
    let question = Question::about("history of", subject);
    part("history", "Versions", table(&caption, &titles, records).and(data(asked, &question)))
}

fn record(asked: &Asked, subject: &Subject, version: &VersionRow) -> Record {
    let at = |at: ValidTime| {
        let address = contract(asked, subject).valid_at(at.0).to_string();
        link(&address, time(&at.to_string()))
    };
    let none = || match version.kind {
        "launch" | "postponed" => "launched, no table",
        _ => "no rule",
    };
    let rule = version.rule.as_ref();
    let document = version.source.as_ref().map(|it| {
        let file = &it.recorded.source.file;
        let kind = text(format!("{} in ", version.kind));
        kind.and(link(&source(asked, it.recorded.source.id.as_str(), &[it.span]), name(file)))
    });
    let is_now =
        version.from <= asked.at.valid_at && version.until.is_none_or(|until| asked.at.valid_at < until);
    let cells = vec![
        Cell::Head(at(version.from)),
        Cell::figure(rule.map_or_else(|| none().to_string(), leverage)),
        Cell::figure(rule.map_or(String::new(), limit)),
        Cell::figure(rule.map_or(String::new(), |rule| rule.tiers.to_string())),
        Cell::words(version.verdict.map(verdict).unwrap_or_default()),
        Cell::Words(classed(
            "span",
            "document",
            document.unwrap_or_else(|| text(version.statement.to_string())),
        )),
        Cell::words(version.certainty.as_ref().map(certainty).unwrap_or_default()),
    ];
    Record { class: if is_now { "now" } else { "" }, cells }
}
