//! How to cite a view, and to ask for the same elsewhere.

use serde_json::json;

use super::super::asked::Asked;
use super::ask::Question;
use super::html::{Html, classed, element, link, tag};
use super::links::{Address, contract};
use super::parts::{facts, section as part};
use crate::query::rows::Row;
use crate::statement::{Program, Subject};

/// The section; `answer` is the row whose address names the table.
pub fn section(asked: &Asked, subject: &Subject, answer: Option<&Row>) -> Html {
    let address = match answer {
        Some(Row::Tier(row)) => Some(row.address.to_string()),
        Some(Row::Measure(row)) => Some(row.address.to_string()),
        _ => None,
    };
    let permanent = permalink(asked, subject).to_string();
    let cited = address.as_deref().map(|address| {
        let page = Address::open(&["v1", "cite"]).to_string();
        let parts: Vec<String> = address.split('/').map(super::links::encoded).collect();
        copied("cite", address).and(link(&format!("{page}/{}", parts.join("/")), "as data"))
    });
    let lines =
        [("permalink", Some(link(&permanent, "this view at its three times, for ever"))), ("cite as", cited)];
    let lines = facts(lines.into_iter().filter_map(|(label, line)| Some((label, line?))));
    let program = subject.program();
    if program == Program::Token {
        return part("cite", "Cite and copy", lines);
    }
    let words = if program == Program::Pm { "ratio of" } else { "tiers of" };
    let query = Question::about(words, subject).words(asked);
    let forms = [
        ("query", format!("tierbook query {}", for_shell(&query))),
        ("curl", format!("curl {}", for_shell(&url(asked, &query)))),
        ("Python", python(&query)),
    ];
    let copies =
        forms.iter().map(|(label, code)| tag("div", [tag("dt", *label), tag("dd", copied(label, code))]));
    let heading = tag("h3", "Copy as");
    part("cite", "Cite and copy", lines.and(heading).and(classed("dl", "copies", copies.collect::<Html>())))
}

/// The view at its three times: what is recorded or published later does not change it.
pub fn permalink(asked: &Asked, subject: &Subject) -> Address {
    let mut address = contract(asked, subject).valid_at(asked.at.valid_at.0);
    if let Some(by) = asked.request.parameter("by") {
        address = address.with("by", by);
    }
    if asked.at.known_at.is_none() {
        address = address.with("knownAt", asked.now.to_string());
    }
    match (asked.at.recorded_by, asked.rules.head().recorded_at) {
        (None, Some(head)) => address.with("recordedBy", head.to_string()),
        _ => address,
    }
}

/// Code with a button that copies it, where scripts run.
fn copied(label: &str, code: &str) -> Html {
    let button = element(
        "button",
        &[("type", "button"), ("class", "copy"), ("hidden", ""), ("aria-label", &format!("Copy {label}"))],
        "Copy",
    );
    classed("div", "copied", [tag("pre", element("code", &[("tabindex", "0")], code)), button])
}

/// The address of the answer as JSON.
fn url(asked: &Asked, query: &str) -> String {
    let host = asked.request.header("host").unwrap_or("127.0.0.1:8787");
    format!("http://{host}{}", Address::open(&["v1", "query"]).with("q", query))
}

fn python(query: &str) -> String {
    // A string of JSON is one of Python.
    format!(
        "import tierbook\n\nrules = tierbook.open(\"rules.db\").snapshot()\nrules.query({})",
        json!(query)
    )
}

/// One word for a shell.
fn for_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
