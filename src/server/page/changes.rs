//! The view of what is announced and of what changed.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::basis;
use super::drawing::data;
use super::frame::{Place, View};
use super::html::{Html, classed, element, link, name, tag, text, time};
use super::links::{Address, contract, source};
use super::parts::{Cell, Record, badge, kept_times, nothing, section, table};
use crate::query::rows::over_time::{ChangeRow, RuleSummary};
use crate::query::rows::{Certainty, CertaintyKind, Row};
use crate::render::over_time::{largest, leverage, limit, verdict};
use crate::time::{DAY, TimeSpan};

/// Most rows of each list.
const ROWS: usize = 200;

/// How many days back the changes are shown where nothing else is asked for; more where there are few.
const DAYS: [i64; 4] = [30, 120, 480, 100_000];

/// As many changes are enough for a first look.
const ENOUGH: usize = 25;

/// What is announced for after the time of the question, and what changed before it.
///
/// # Errors
/// A time cannot be read, or the database is damaged.
pub fn view(asked: &Asked) -> Result<View, Problem> {
    let of = asked.request.parameter("of").map(str::trim).filter(|of| !of.is_empty());
    let about = |words: &str| match of {
        Some(of) => Question::plain(words).with("of", "of", of),
        None => Question::plain(words),
    };
    let ahead = about("upcoming");
    let upcoming = changes(asked, &ahead)?;
    let (past, question) = past(asked, &about)?;
    let path = Address::open(&["changes"]);
    let given = |name: &'static str| asked.request.parameter(name).unwrap_or_default();
    let keep = [("of", given("of")), ("since", given("since")), ("until", given("until"))];
    let body = basis::form(asked, &path, &keep, None).and(form(asked));
    let announced = match upcoming.is_empty() {
        true => nothing("Nothing that takes effect after this time is announced."),
        false => list(asked, "Announced changes, the next first", upcoming.iter()).and(data(asked, &ahead)),
    };
    let happened = match past.is_empty() {
        true => nothing("Nothing changed in this time."),
        false => list(asked, "Changes, the newest first", past.iter().rev()).and(data(asked, &question)),
    };
    let body = body.and(section("upcoming", "Upcoming", announced)).and(section("past", "Changes", happened));
    Ok(View::new(Place::Changes, "Changes", body))
}

/// What changed before the time of the question, and the question that gives it.
fn past(asked: &Asked, about: &dyn Fn(&str) -> Question) -> Result<(Vec<ChangeRow>, Question), Problem> {
    let given = |name| asked.request.parameter(name).map(str::trim).filter(|time: &&str| !time.is_empty());
    let now = asked.at.valid_at;
    let until = given("until").map_or_else(|| now.to_string(), str::to_string);
    let question =
        |since: &str| about("changes").with("since", "since", since).with("until", "until", &until);
    if let Some(since) = given("since") {
        let question = question(since);
        return Ok((changes(asked, &question)?, question));
    }
    if given("until").is_some() {
        let question = about("changes").with("until", "until", &until);
        return Ok((changes(asked, &question)?, question));
    }
    let mut found = (Vec::new(), question(&now.to_string()));
    for days in DAYS {
        let since = now.0.minus(TimeSpan::from_micros(DAY.micros() * days));
        let question = question(&since.to_string());
        found = (changes(asked, &question)?, question);
        if found.0.len() >= ENOUGH {
            break;
        }
    }
    Ok(found)
}

fn changes(asked: &Asked, question: &Question) -> Result<Vec<ChangeRow>, Problem> {
    let rows = question.rows(asked)?.into_iter();
    Ok(rows.filter_map(|row| if let Row::Change(row) = row { Some(*row) } else { None }).collect())
}

fn form(asked: &Asked) -> Html {
    let field = |id: &'static str, label: &'static str, placeholder: &'static str| {
        let value = asked.request.parameter(id).unwrap_or_default();
        let mut attributes =
            vec![("id", id), ("name", id), ("placeholder", placeholder), ("autocomplete", "off")];
        if !value.is_empty() {
            attributes.push(("value", value));
        }
        tag("div", [element("label", &[("for", id)], label), element("input", &attributes, "")])
    };
    let fields = [
        field("of", "of (a name, or a pattern)", "*USDT"),
        field("since", "since", "2026-02-01"),
        field("until", "until", "2026-03-01"),
    ];
    let button = element("button", &[("type", "submit")], "Filter");
    let inner: Html = fields.into_iter().chain([kept_times(asked), button]).collect();
    element("form", &[("method", "get"), ("action", "/changes"), ("class", "filter")], inner)
}

fn list<'a>(asked: &Asked, caption: &str, rows: impl ExactSizeIterator<Item = &'a ChangeRow>) -> Html {
    let titles =
        ["effective", "name", "effect", "#leverage or ratio", "#limit", "#largest change", "published"];
    let all = rows.len();
    let shown = table(caption, &titles, rows.take(ROWS).map(|row| record(asked, row)));
    match all > ROWS {
        true => shown.and(nothing(&format!("The first {ROWS} of {all} are shown; the data below has all."))),
        false => shown,
    }
}

fn record(asked: &Asked, row: &ChangeRow) -> Record {
    let both = |of: &dyn Fn(&RuleSummary) -> String| {
        let (before, after) = (row.before.as_ref().map(of), row.after_rule.as_ref().map(of));
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                tag("del", before).and(text(" → ")).and(tag("ins", after))
            }
            (Some(before), None) => tag("del", before),
            (_, after) => text(after.unwrap_or_default()),
        }
    };
    let effect = match (row.verdict, &row.after_rule) {
        (Some(found), _) => verdict(found),
        (None, Some(_)) => "new".to_string(),
        (None, None) if ["launch", "postponed"].contains(&row.kind) => "launched".to_string(),
        (None, None) => "ends".to_string(),
    };
    let doubts = row.certainty.iter().flat_map(Certainty::kinds);
    let doubts = doubts.filter(|kind| ![CertaintyKind::Settled, CertaintyKind::Unconfirmed].contains(kind));
    let doubts: Html = doubts.map(|kind| text(" ").and(badge(kind))).collect();
    let seen =
        if row.kind == "observation" { classed("span", "badge seen", "seen") } else { Html::default() };
    let id = row.statement.source.as_str().to_string();
    let view = contract(asked, &row.subject).valid_at(row.effective_at.0).to_string();
    Record::from(vec![
        Cell::Words(time(&row.effective_at.to_string()).and(text(" ")).and(seen)),
        Cell::Head(
            link(&view, name(row.subject.name())).and(text(format!(" {}", row.subject.program().name()))),
        ),
        Cell::Words(
            classed("span", &format!("verdict {}", row.verdict.map_or("none", |it| it.name())), effect)
                .and(doubts),
        ),
        Cell::Figure(both(&leverage)),
        Cell::Figure(both(&limit)),
        Cell::figure(row.effect.as_ref().map(largest).unwrap_or_default()),
        Cell::Words(link(&source(asked, &id, &[]), time(&row.published_at.to_string()))),
    ])
}
