//! `[source]`: who stated it and when; in an export, which document it stands for.

use toml::Spanned;

use super::document::{SourceTable, span_of};
use super::problems::{Checked, both, problem, quoted, wrong};
use super::values::timestamp;
use crate::error::ErrorCode;
use crate::ingest::draft::Input;
use crate::statement::{Origin, Precision, Program, Sha256, Subject};
use crate::text::Span;
use crate::time::PublishedTime;

/// Where statements come from.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The text of the seed.
    pub text: &'a str,
    /// The exchange that is meant where a name does not contain one.
    pub venue: String,
    /// The title, or an empty text.
    pub title: String,
    /// The name of the file, or of the file that an export stands for.
    pub file: String,
    /// When it was published and how exactly that is known.
    pub publication: Option<(PublishedTime, Precision)>,
    /// Where that comes from.
    pub origin: Origin,
    /// The document that an export stands for; `None` where a person wrote the seed.
    pub stands_for: Option<Sha256>,
    /// The bytes of its header.
    pub header: Span,
}

impl Source<'_> {
    /// Whether the seed was written by `export`, and stands for a document that was read elsewhere.
    pub fn is_export(&self) -> bool {
        self.stands_for.is_some()
    }
}

/// Reads it; the publication that the user gives has priority over the one that is written.
pub fn read<'a>(table: Option<&Spanned<SourceTable>>, input: &Input, text: &'a str) -> Checked<Source<'a>> {
    let Some(spanned) = table else {
        let hint = "write [source] with a title, and published_at if it is known";
        return problem(ErrorCode::SeedMissing, Span::new(0, 0), "there is no [source]", hint);
    };
    let (header, table) = (span_of(spanned), spanned.get_ref());
    let names = both(venue(table), stands_for(table));
    let ((venue, stands_for), publication) = both(names, publication(table, header, text))?;
    let given = input.published_at.map(|timestamp| (PublishedTime(timestamp), Precision::Exact));
    Ok(Source {
        text,
        venue,
        title: table.title.clone().unwrap_or_default(),
        file: table.file.as_ref().map_or(input.file, |file| file.get_ref()).to_string(),
        origin: if given.is_some() { Origin::Option } else { origin(table.published_by.as_ref())? },
        publication: given.or(publication),
        stands_for,
        header,
    })
}

fn venue(table: &SourceTable) -> Checked<String> {
    let Some(field) = &table.venue else { return Ok("binance".to_string()) };
    let venue = field.get_ref().to_lowercase();
    if Subject::new(&venue, Program::Usdm, "X").is_none() {
        let what = format!("{} cannot be the name of a venue", quoted(field.get_ref()));
        return wrong("venue", span_of(field), what, "write one word, like binance");
    }
    Ok(venue)
}

/// The hash of the document that an export stands for; the fields that only an export has are refused without
/// it.
fn stands_for(table: &SourceTable) -> Checked<Option<Sha256>> {
    let Some(field) = &table.sha256 else {
        let only =
            [("file", &table.file), ("precision", &table.precision), ("published_by", &table.published_by)];
        let surplus = only.into_iter().find_map(|(key, field)| Some((key, field.as_ref()?)));
        return surplus.map_or(Ok(None), |(key, field)| {
            wrong(key, span_of(field), "only an export has it, together with sha256", "leave it out")
        });
    };
    match Sha256::parse(&field.get_ref().to_lowercase()) {
        Some(hash) => Ok(Some(hash)),
        None => {
            let hint = "only `export` writes it, 64 hexadecimal digits; leave it out";
            wrong("sha256", span_of(field), format!("{} is not a SHA-256", quoted(field.get_ref())), hint)
        }
    }
}

/// The publication as written: a date alone is known to the day.
fn publication(table: &SourceTable, header: Span, text: &str) -> Checked<Option<(PublishedTime, Precision)>> {
    let precision = table.precision.as_ref().map(precision).transpose();
    let published_at = table.published_at.as_ref().map(|value| timestamp(text, "published_at", value));
    match both(precision, published_at.transpose())? {
        (Some(_), None) => problem(
            ErrorCode::SeedMissing,
            header,
            "[source] needs `published_at`",
            "`precision` states how exactly it is known",
        ),
        (precision, Some((timestamp, is_date))) => {
            let usual = if is_date { Precision::Day } else { Precision::Exact };
            let published_at =
                if is_date { PublishedTime::of_day(timestamp) } else { PublishedTime(timestamp) };
            Ok(Some((published_at, precision.unwrap_or(usual))))
        }
        (None, None) => Ok(None),
    }
}

/// Where the publication time comes from: the text of the seed, unless an export states it.
fn origin(field: Option<&Spanned<String>>) -> Checked<Origin> {
    let Some(field) = field else { return Ok(Origin::Text) };
    match Origin::STORED.into_iter().find(|origin| origin.name() == field.get_ref()) {
        Some(origin) => Ok(origin),
        None => {
            let what = format!("{} is not where a publication time comes from", quoted(field.get_ref()));
            wrong("published_by", span_of(field), what, "known: text, file_name, option, clock, command")
        }
    }
}

fn precision(field: &Spanned<String>) -> Checked<Precision> {
    let known = [Precision::Exact, Precision::Day, Precision::Recorded];
    match known.into_iter().find(|precision| precision.name() == field.get_ref()) {
        Some(precision) => Ok(precision),
        None => {
            let what = format!("{} is not a precision", quoted(field.get_ref()));
            wrong("precision", span_of(field), what, "known: instant, day, recorded")
        }
    }
}
