//! The three times of a view, to be changed: a form that works alone, and marks that the script makes sliders of.

use super::super::asked::Asked;
use super::html::{Html, classed, element, link, tag, text};
use super::links::Address;
use crate::time::Timestamp;

/// Between which times a slider moves.
pub struct Reach {
    /// The first time, and the last one.
    pub valid: [Timestamp; 2],
    /// When something was published about the subject.
    pub published: Vec<Timestamp>,
    /// When something was recorded about it.
    pub recorded: Vec<Timestamp>,
}

/// The form of the times; `reset` is the same view at no time, and `keep` what else its address has.
pub fn form(asked: &Asked, path: &Address, keep: &[(&str, &str)], reach: Option<&Reach>) -> Html {
    let times = asked.basis.clauses().map(|(_, time)| time.map_or(String::new(), |time| time.to_string()));
    let fields = [
        ("asOf", "as of", "when the rule is in force; empty: now", &times[0]),
        ("knownAt", "known at", "only what was published by then; empty: everything", &times[1]),
        ("recordedBy", "recorded by", "only what this database had by then; empty: everything", &times[2]),
    ];
    let field = |(name, label, hint, value): (&'static str, &'static str, &'static str, &String)| {
        let (id, hint_id) = (format!("basis-{name}"), format!("basis-{name}-hint"));
        let slider = reach.map_or(Html::default(), |reach| slider(name, label, reach));
        let input = element(
            "input",
            &[
                ("id", &id),
                ("name", name),
                ("value", value),
                ("placeholder", if name == "asOf" { "now" } else { "everything" }),
                ("aria-describedby", &hint_id),
                ("autocomplete", "off"),
                ("spellcheck", "false"),
            ],
            "",
        );
        let hint = element("p", &[("id", &hint_id), ("class", "hint")], hint);
        classed("div", "field", [element("label", &[("for", &id)], label), input, slider, hint])
    };
    let kept = keep.iter().map(|(name, value)| {
        element("input", &[("type", "hidden"), ("name", name_of(name)), ("value", value)], "")
    });
    let buttons = classed(
        "div",
        "buttons",
        [
            element("button", &[("type", "submit")], "Show"),
            link(&path.to_string(), "Now, with everything known"),
        ],
    );
    let inner: Html = fields.into_iter().map(field).chain(kept).chain([buttons]).collect();
    let action = path.to_string();
    let action = action.split('?').next().unwrap_or("/");
    let form = element("form", &[("method", "get"), ("action", action), ("class", "basis")], inner);
    let legend = element("summary", &[], text("Times: ").and(text(in_words(asked))));
    let open = asked.basis.clauses().iter().any(|(_, time)| time.is_some());
    let attributes: &[(&str, &str)] =
        if open { &[("class", "times"), ("open", "")] } else { &[("class", "times")] };
    element("details", attributes, legend.and(form))
}

/// The names of parameters that a form keeps.
fn name_of(name: &str) -> &'static str {
    ["by", "since", "until", "q", "of", "span"].into_iter().find(|known| *known == name).unwrap_or("q")
}

/// `as of 2026-02-06 07:00, everything known`.
pub fn in_words(asked: &Asked) -> String {
    let clauses = asked.basis.clauses();
    let as_of = super::html::shown_time(&asked.at.valid_at.to_string());
    let as_of = if clauses[0].1.is_some() { format!("as of {as_of}") } else { format!("now, {as_of}") };
    let others: Vec<String> = clauses[1..]
        .iter()
        .filter_map(|(words, time)| {
            Some(format!("{words} {}", super::html::shown_time(&(*time)?.to_string())))
        })
        .collect();
    match others.as_slice() {
        [] => format!("{as_of}, with everything known"),
        others => format!("{as_of}, {}", others.join(", ")),
    }
}

/// What the script makes a slider of: hidden until then.
fn slider(name: &'static str, label: &str, reach: &Reach) -> Html {
    let stops = match name {
        "asOf" => reach.valid.to_vec(),
        "knownAt" => reach.published.clone(),
        _ => reach.recorded.clone(),
    };
    if stops.is_empty() {
        return Html::default();
    }
    let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
    let label = format!("{label}, slider");
    let attributes = [
        ("type", "range"),
        ("class", "slider"),
        ("hidden", ""),
        ("aria-label", &label),
        ("data-for", name),
        ("data-stops", &stops.join(" ")),
        ("min", "0"),
        ("max", "1000"),
    ];
    tag("div", element("input", &attributes, ""))
}
