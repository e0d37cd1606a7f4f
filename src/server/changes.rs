//! What changed: `/v1/changes`, as rows and as an Atom feed.

use super::asked::Asked;
use super::problem::{Problem, Refusal};
use super::query;
use super::response::{Freshness, Response};
use crate::limits;
use crate::query::rows::Row;
use crate::query::rows::over_time::ChangeRow;
use crate::text::markup::escaped;

/// The changes of the contracts and the time that the parameters name.
///
/// # Errors
/// A parameter cannot be read.
pub fn rows(asked: &Asked) -> Result<Response, Problem> {
    let (statement, values) = statement(asked)?;
    query::filled(asked, &statement, &values)
}

/// The same as a feed, the newest first.
///
/// # Errors
/// As [`rows`].
pub fn feed(asked: &Asked) -> Result<Response, Problem> {
    let (statement, values) = statement(asked)?;
    let (rows, _) = query::rows(asked, &statement, &values)?;
    let change = |row: Row| if let Row::Change(row) = row { Some(*row) } else { None };
    let mut changes: Vec<ChangeRow> = rows.filter_map(change).collect();
    changes.sort_by(|a, b| (b.published_at, &a.subject).cmp(&(a.published_at, &b.subject)));
    let (count, most) = (changes.len(), limits::FEED_ENTRIES);
    let cut = match count > most {
        true => format!("<subtitle>the newest {most} of {count} changes</subtitle>\n"),
        false => String::new(),
    };
    changes.truncate(most);
    let updated = changes.iter().map(|change| change.recorded_at.0).max().unwrap_or(asked.at.valid_at.0);
    let entries: String = changes.iter().map(entry).collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>urn:tierbook:changes</id>\n<title>Changes of margin rules</title>\n{cut}<updated>{updated}</updated>\n\
         <author><name>tierbook</name></author>\n<link rel=\"self\" href=\"/v1/changes.atom\"/>\n\
         <link rel=\"alternate\" href=\"/\"/>\n{entries}</feed>\n"
    );
    let response =
        Response::new(200, "application/atom+xml; charset=utf-8", body).fresh(Freshness::Revalidated);
    Ok(asked.with_head(response))
}

/// The statement, with parameters in the place of what the request names.
fn statement(asked: &Asked) -> Result<(String, Vec<(String, String)>), Problem> {
    let (mut text, mut values) = ("changes".to_string(), Vec::new());
    let mut add = |word: &str, name: String, value: &str, text: &mut String| {
        *text += &format!("{word}${name}");
        values.push((name, value.to_string()));
    };
    if let Some(subjects) = asked.request.parameter("of") {
        for (place, subject) in subjects.split(',').map(str::trim).enumerate() {
            let word = if place == 0 { " of " } else { ", " };
            add(word, format!("subject{place}"), subject, &mut text);
        }
    }
    for (name, word) in [("since", " since "), ("until", " until ")] {
        if let Some(time) = asked.request.parameter(name) {
            add(word, name.to_string(), time, &mut text);
        }
    }
    match asked.request.parameter("by") {
        None => {}
        Some(order @ ("effective" | "published" | "recorded")) => text += &format!(" by {order}"),
        Some(other) => {
            let detail = format!("changes are not ordered by `{other}`");
            return Err(Problem::of(Refusal::BadRequest, detail).hint("by effective, published or recorded"));
        }
    }
    Ok((text, values))
}

fn entry(change: &ChangeRow) -> String {
    let (subject, statement) = (&change.subject, change.statement);
    let verdict = match change.verdict {
        Some(verdict) => verdict.name(),
        None if change.after_rule.is_none() => "ends",
        None => "begins",
    };
    let title = format!("{} {verdict} at {}", subject.name(), change.effective_at);
    let side = |rule: &Option<crate::query::rows::over_time::RuleSummary>| match rule {
        None => "no rule".to_string(),
        Some(rule) => {
            let leverage = rule.max_leverage.map_or(String::new(), |leverage| format!(", up to {leverage}x"));
            let limit = rule.limit.map_or(String::new(), |limit| format!(", limit {limit} {}", rule.unit));
            format!("{} tiers{leverage}{limit}", rule.tiers)
        }
    };
    let summary = format!("{subject}: {} → {}", side(&change.before), side(&change.after_rule));
    format!(
        "<entry>\n<id>urn:tierbook:change:{}:{}</id>\n<title>{}</title>\n<published>{}</published>\n\
         <updated>{}</updated>\n<link href=\"/v1/sources/{}\"/>\n<category term=\"{}\"/>\n<summary>{}</summary>\n</entry>\n",
        statement,
        escaped(&subject.to_string()),
        escaped(&title),
        change.published_at,
        change.recorded_at,
        statement.source,
        escaped(&subject.to_string()),
        escaped(&summary),
    )
}
