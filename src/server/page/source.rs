//! The views of sources: all of them, and one with its words, its statements and its findings.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::frame::{Place, View};
use super::html::{Html, classed, link, name, tag, text, time};
use super::links::{Address, contract, source};
use super::parts::{Cell, Record, facts, nothing, section, table};
use super::words::{self, spans};
use crate::finding::Severity;
use crate::query::rows::{FindingRow, Row, SourceRow, StatementRow};

/// Most rows of each list.
const ROWS: usize = 300;

/// All sources, the newest first.
///
/// # Errors
/// The database is damaged.
pub fn all(asked: &Asked) -> Result<View, Problem> {
    let rows = Question::plain("sources").rows(asked)?.into_iter();
    let mut sources: Vec<SourceRow> =
        rows.filter_map(|row| if let Row::Source(row) = row { Some(row) } else { None }).collect();
    sources.sort_by_key(|row| std::cmp::Reverse(row.recorded.source.published_at));
    let record = |row: &SourceRow| {
        let document = &row.recorded.source;
        Record::from(vec![
            Cell::Head(link(&source(asked, document.id.as_str(), &[]), name(&document.file))),
            Cell::Words(time(&document.published_at.to_string())),
            Cell::Words(time(&row.recorded.recorded_at.to_string())),
            Cell::figure(row.statements.to_string()),
            Cell::figure(row.findings.to_string()),
            Cell::words(row.state.name),
        ])
    };
    let titles = ["file", "published", "recorded", "#statements", "#findings", "state"];
    let body = match sources.is_empty() {
        true => nothing("No source is loaded: tierbook load DIR"),
        false => table("Sources, the newest first", &titles, sources.iter().map(record)),
    };
    Ok(View::new(Place::Sources, "Sources", body))
}

/// One source.
///
/// # Errors
/// There is none of that id, or the database is damaged.
pub fn view(asked: &Asked, id: &str) -> Result<View, Problem> {
    let rows =
        Question::plain("source").with("", "id", id).rows(asked).map_err(|problem| match problem.code {
            "unknown_source" => Problem { status: 404, ..problem },
            _ => problem,
        })?;
    let findings = Question::plain("findings in").with("", "id", id).rows(asked)?;
    let marked = spans(asked.request.parameter("span").unwrap_or_default());
    let mut body = Html::default();
    let mut title = id.to_string();
    let (mut statements, mut found) = (Vec::new(), Vec::new());
    for row in rows.into_iter().chain(findings) {
        match row {
            Row::Source(row) => {
                title.clone_from(&row.recorded.source.file);
                body = body.and(about(asked, &row));
                let document = asked.rules.text_of(row.recorded.tx)?;
                body = body.and(section("text", "Text", words::shown(&document, &marked)));
            }
            Row::Statement(row) => statements.push(row),
            Row::Finding(row) => found.push(row),
            _ => {}
        }
    }
    body = body.and(section("findings", "Findings", finding_list(asked, &found)));
    body = body.and(section("statements", "Statements", statement_list(asked, &statements)));
    Ok(View::new(Place::Sources, title, body))
}

fn about(asked: &Asked, row: &SourceRow) -> Html {
    let document = &row.recorded.source;
    let state = match row.state.reason.as_str() {
        "" => text(row.state.name),
        reason => text(format!("{}: {reason}", row.state.name)),
    };
    let data = Address::open(&["v1", "sources", document.id.as_str()]).to_string();
    let title = if document.title == document.file { Html::default() } else { name(&document.title) };
    let newer = row
        .state
        .newer
        .map_or(Html::default(), |newer| link(&source(asked, newer.as_str(), &[]), newer.as_str()));
    facts([
        ("title", title),
        ("published", time(&document.published_at.to_string())),
        (
            "recorded",
            time(&row.recorded.recorded_at.to_string())
                .and(text(format!(" in transaction {}", row.recorded.tx))),
        ),
        ("state", state),
        ("newer edition", newer),
        ("SHA-256", classed("code", "hash", document.sha256.to_string())),
        ("as data", link(&data, "JSON")),
    ])
}

fn finding_list(asked: &Asked, rows: &[FindingRow]) -> Html {
    if rows.is_empty() {
        return nothing("Nothing was wrong or unexpected in it.");
    }
    let record = |row: &FindingRow| {
        let finding = &row.finding;
        let severity = match finding.code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place =
            link(&source(asked, row.source.as_str(), &[finding.span]), format!("bytes {}", finding.span));
        Record::from(vec![
            Cell::Words(classed("span", &format!("badge {severity}"), severity)),
            Cell::words(finding.message.as_str()),
            Cell::Words(tag("code", finding.code.as_str())),
            Cell::Words(place),
        ])
    };
    table("Findings", &["severity", "what", "code", "place"], rows.iter().take(ROWS).map(record))
}

fn statement_list(asked: &Asked, rows: &[Box<StatementRow>]) -> Html {
    if rows.is_empty() {
        return nothing("It states no rule.");
    }
    let record = |row: &StatementRow| {
        let recorded = &row.recorded;
        let (statement, claim) = (&recorded.statement, &recorded.statement.claim);
        let view = contract(asked, &statement.subject).valid_at(claim.valid_at().0).to_string();
        let place = source(asked, recorded.id.source.as_str(), &[statement.span]);
        Record::from(vec![
            Cell::Head(link(&view, name(&statement.subject.to_string()))),
            Cell::words(claim.kind()),
            Cell::Words(time(&claim.valid_at().to_string())),
            Cell::Words(link(&place, format!("bytes {}", statement.span))),
        ])
    };
    let shown = table(
        "Statements",
        &["subject", "kind", "in force from", "place"],
        rows.iter().take(ROWS).map(|row| record(row)),
    );
    match rows.len() > ROWS {
        true => {
            shown.and(nothing(&format!("The first {ROWS} of {} are shown; the data has all.", rows.len())))
        }
        false => shown,
    }
}
