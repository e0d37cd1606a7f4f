//! The view of all contracts and assets, with a filter.

use std::collections::BTreeSet;

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::basis;
use super::frame::{Place, View};
use super::html::{Html, element, link, name, time};
use super::links::{Address, contract};
use super::parts::{Cell, Record, kept_times, nothing, table};
use crate::query::rows::{Context, Row, Status, TierKind};
use crate::render::figures;
use crate::statement::{Program, Subject};

/// Most rows of the list.
const ROWS: usize = 60;

/// The subjects whose names contain what is searched for.
///
/// # Errors
/// The database is damaged.
pub fn view(asked: &Asked) -> Result<View, Problem> {
    let wanted = asked.request.parameter("q").unwrap_or("").trim();
    let mut found = found(asked.rules.subjects(), wanted);
    if wanted.is_empty() {
        let changing = changing(asked)?;
        found.sort_by_key(|subject| !changing.contains(subject));
    }
    let shown = found.iter().take(ROWS);
    let records = shown.map(|subject| record(asked, subject)).collect::<Result<Vec<_>, Problem>>()?;
    let count = match (found.len(), records.len()) {
        (0, _) => format!("No name contains “{wanted}”."),
        (all, shown) if all > shown => format!("{all} names, of which the first {shown} are shown."),
        (1, _) => "1 name.".to_string(),
        (all, _) => format!("{all} names."),
    };
    let titles = ["name", "market", "#leverage or ratio", "#limit", "#tiers", "next change"];
    let list = match records.is_empty() {
        true => nothing("Search for a part of a name: ACT, BTC, USDC."),
        false => table("Contracts and assets, as of the time above", &titles, records),
    };
    let status = element("p", &[("role", "status")], count);
    let list = element("div", &[("id", "answer")], status.and(list));
    let path = Address::open(&[]);
    let body = form(asked, wanted).and(basis::form(asked, &path, &[("q", wanted)], None)).and(list);
    Ok(View::new(Place::Contracts, "Margin rules, as of any time", body))
}

fn form(asked: &Asked, wanted: &str) -> Html {
    let label = element("label", &[("for", "q")], "Contract or asset");
    let mut attributes = vec![("id", "q"), ("name", "q"), ("type", "search"), ("placeholder", "ACTUSDT")];
    attributes.extend([("autocomplete", "off"), ("spellcheck", "false"), ("autocapitalize", "off")]);
    if !wanted.is_empty() {
        attributes.push(("value", wanted));
    }
    let input = element("input", &attributes, "");
    let button = element("button", &[("type", "submit")], "Search");
    let inner: Html = [label, input].into_iter().chain([kept_times(asked), button]).collect();
    element("form", &[("role", "search"), ("method", "get"), ("action", "/"), ("class", "search")], inner)
}

/// The subjects that are meant, those that start with the text first.
fn found<'a>(subjects: &'a [Subject], wanted: &str) -> Vec<&'a Subject> {
    let wanted = wanted.to_lowercase();
    let place = |subject: &&Subject| {
        let name = subject.name().to_lowercase();
        let whole = || subject.to_string().to_lowercase();
        name.find(&wanted).or_else(|| whole().contains(&wanted).then_some(usize::MAX))
    };
    let is_wanted = |subject: &&Subject| subject.program() != Program::Token && place(subject).is_some();
    let mut found: Vec<&Subject> = subjects.iter().filter(is_wanted).collect();
    // Contracts come first, and of equal ones the shorter name.
    found.sort_by_key(|subject| {
        let starts = place(subject).map_or(2, |place| usize::from(place > 0));
        (
            starts,
            !subject.program().has_contracts(),
            subject.name().chars().count().min(40) * usize::from(!wanted.is_empty()),
        )
    });
    found
}

/// The subjects with announced changes.
fn changing(asked: &Asked) -> Result<BTreeSet<Subject>, Problem> {
    let rows = Question::plain("upcoming").rows(asked)?.into_iter();
    Ok(rows.filter_map(|row| if let Row::Change(row) = row { Some(row.subject) } else { None }).collect())
}

fn record(asked: &Asked, subject: &Subject) -> Result<Record, Problem> {
    let row = match subject.program() {
        Program::Pm => Question::about("ratio of", subject).rows(asked)?,
        _ => Question::about("tiers of", subject).rows(asked)?,
    };
    let mut cells = vec![
        Cell::Head(link(&contract(asked, subject).to_string(), name(subject.name()))),
        Cell::words(format!("{} {}", subject.venue(), subject.program().name())),
    ];
    cells.extend(summary(&row));
    Ok(Record::from(cells))
}

/// The highest leverage or the first ratio, the limit, the number of tiers, and when the next change comes.
fn summary(rows: &[Row]) -> Vec<Cell> {
    let without = |status: Status, context: &Context| {
        vec![Cell::figure(status.name().replace('_', " ")), Cell::figure(""), Cell::figure(""), next(context)]
    };
    match rows {
        [Row::Measure(row)] => match row.value {
            Some(ratio) => {
                vec![
                    Cell::figure(figures::percent(ratio)),
                    Cell::figure(""),
                    Cell::figure(""),
                    next(&row.context),
                ]
            }
            None => without(row.status, &row.context),
        },
        [Row::Tier(first), ..] => {
            let tiers = || {
                rows.iter().filter_map(|row| if let Row::Tier(row) = row { row.tier.as_ref() } else { None })
            };
            let Some(last) = tiers().next_back() else { return without(first.status, &first.context) };
            let leverage = |kind: &TierKind| match kind {
                TierKind::Contract { max_leverage, .. } => Some(*max_leverage),
                TierKind::Collateral { .. } => None,
            };
            let highest = tiers().filter_map(|tier| leverage(&tier.kind)).max();
            let ratio = || tiers().next().map_or(String::new(), |tier| figures::percent(tier.rate));
            vec![
                Cell::figure(highest.map_or_else(ratio, |leverage| format!("{leverage}x"))),
                Cell::figure(last.cap.map_or("no limit".to_string(), figures::grouped)),
                Cell::figure(tiers().count().to_string()),
                next(&first.context),
            ]
        }
        _ => Vec::new(),
    }
}

fn next(context: &Context) -> Cell {
    Cell::Words(context.next_change_at.map_or(Html::default(), |at| time(&at.to_string())))
}
