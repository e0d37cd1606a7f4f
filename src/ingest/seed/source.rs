//! `[source]`: who said so and when; in an export, which document it stands for.

use super::errors::{ErrorList, quoted};
use super::fields::Fields;
use crate::error::ErrorCode;
use crate::ingest::draft::Input;
use crate::statement::{Precision, Program, Sha256, Subject};
use crate::text::Span;
use crate::time::PublishedTime;

/// Where statements come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The exchange that is meant where a name says none.
    pub venue: String,
    /// The title, or an empty text.
    pub title: String,
    /// The name of the file, or of the file that an export stands for.
    pub file: String,
    /// When it was published and how exactly that is known.
    pub publication: Option<(PublishedTime, Precision)>,
    /// The document that an export stands for.
    pub stands_for: Option<Sha256>,
    /// The bytes of its header.
    pub header: Span,
    export: bool,
}

impl Source {
    /// Whether the seed was written by `export`, and stands for a document that was read elsewhere.
    pub fn is_export(&self) -> bool {
        self.export
    }
}

/// Reads it; the publication that the user gives goes before the one that is written.
pub fn read(fields: Option<&Fields>, input: &Input, errors: &mut ErrorList) -> Source {
    let given = input.published_at.map(|timestamp| (PublishedTime(timestamp), Precision::Timestamp));
    let mut source = Source {
        venue: "binance".to_string(),
        title: String::new(),
        file: input.file.to_string(),
        publication: given,
        stands_for: None,
        header: fields.map_or(Span::new(0, 0), |fields| fields.header),
        export: false,
    };
    let Some(fields) = fields else {
        let hint = "write [source] with a title, and published_at if it is known";
        errors.add(source.header, ErrorCode::SeedMissing, "there is no [source] that says who said so", hint);
        return source;
    };
    fields.only(&["title", "published_at", "venue", "note", "sha256", "file", "precision"], errors);
    fields.text("note", errors);
    source.title = fields.text("title", errors).map_or(String::new(), |words| words.text.into_owned());
    read_venue(fields, &mut source, errors);
    let written = written_publication(fields, errors);
    source.publication = source.publication.or(written);
    source.export = fields.get("sha256").is_some();
    if let Some(field) = fields.get("sha256")
        && let Some(words) = field.text(errors)
    {
        source.stands_for = Sha256::parse(&words.text.to_lowercase());
        if source.stands_for.is_none() {
            let what = format!("{} is not a SHA-256", quoted(&words.text));
            field.wrong(&what, "only `export` writes it, 64 hexadecimal digits; leave it out", errors);
        }
    }
    for key in ["file", "precision"] {
        if let Some(field) = fields.get(key).filter(|_| !source.export) {
            field.wrong("only an export has it, beside sha256", "leave it out", errors);
        }
    }
    if let Some(words) = fields.text("file", errors) {
        source.file = words.text.into_owned();
    }
    source
}

fn read_venue(fields: &Fields, source: &mut Source, errors: &mut ErrorList) {
    let Some(field) = fields.get("venue") else { return };
    let Some(words) = field.text(errors) else { return };
    let venue = words.text.to_lowercase();
    if Subject::new(&venue, Program::Usdm, "X").is_some() {
        source.venue = venue;
    } else {
        let what = format!("{} cannot be the name of a venue", quoted(&words.text));
        field.wrong(&what, "write one word, like binance", errors);
    }
}

/// The publication as written: a date alone is known to the day.
fn written_publication(fields: &Fields, errors: &mut ErrorList) -> Option<(PublishedTime, Precision)> {
    let precision = match fields.get("precision") {
        None => None,
        Some(field) => {
            let words = field.text(errors)?;
            let known = [Precision::Timestamp, Precision::Day, Precision::Recorded];
            let found = known.into_iter().find(|precision| precision.name() == words.text);
            if found.is_none() {
                let what = format!("{} is no precision", quoted(&words.text));
                field.wrong(&what, "known: instant, day, recorded", errors);
                return None;
            }
            fields.need("published_at", "precision says how exactly it is known", errors)?;
            found
        }
    };
    let (timestamp, is_date) = fields.get("published_at")?.timestamp(errors)?;
    let usual = if is_date { Precision::Day } else { Precision::Timestamp };
    Some((PublishedTime(timestamp), precision.unwrap_or(usual)))
}
