//! `[source]`: who said so and when; in an export, which document it stands for.

use super::fields::Fields;
use super::mistakes::{Mistakes, quoted};
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
pub fn read(fields: Option<&Fields>, input: &Input, mistakes: &mut Mistakes) -> Source {
    let given = input.published_at.map(|instant| (PublishedTime(instant), Precision::Instant));
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
        mistakes.add(source.header, "seed_missing", "there is no [source] that says who said so", hint);
        return source;
    };
    fields.only(&["title", "published_at", "venue", "note", "sha256", "file", "precision"], mistakes);
    fields.text("note", mistakes);
    source.title = fields.text("title", mistakes).map_or(String::new(), |words| words.text.into_owned());
    read_venue(fields, &mut source, mistakes);
    let written = written_publication(fields, mistakes);
    source.publication = source.publication.or(written);
    source.export = fields.get("sha256").is_some();
    if let Some(field) = fields.get("sha256")
        && let Some(words) = field.text(mistakes)
    {
        source.stands_for = Sha256::parse(&words.text.to_lowercase());
        if source.stands_for.is_none() {
            let what = format!("{} is not a SHA-256", quoted(&words.text));
            field.wrong(&what, "only `export` writes it, 64 hexadecimal digits; leave it out", mistakes);
        }
    }
    for key in ["file", "precision"] {
        if let Some(field) = fields.get(key).filter(|_| !source.export) {
            field.wrong("only an export has it, beside sha256", "leave it out", mistakes);
        }
    }
    if let Some(words) = fields.text("file", mistakes) {
        source.file = words.text.into_owned();
    }
    source
}

fn read_venue(fields: &Fields, source: &mut Source, mistakes: &mut Mistakes) {
    let Some(field) = fields.get("venue") else { return };
    let Some(words) = field.text(mistakes) else { return };
    let venue = words.text.to_lowercase();
    if Subject::new(&venue, Program::Usdm, "X").is_some() {
        source.venue = venue;
    } else {
        let what = format!("{} cannot be the name of a venue", quoted(&words.text));
        field.wrong(&what, "write one word, like binance", mistakes);
    }
}

/// The publication as written: a date alone is known to the day.
fn written_publication(fields: &Fields, mistakes: &mut Mistakes) -> Option<(PublishedTime, Precision)> {
    let precision = match fields.get("precision") {
        None => None,
        Some(field) => {
            let words = field.text(mistakes)?;
            let known = [Precision::Instant, Precision::Day, Precision::Recorded];
            let found = known.into_iter().find(|precision| precision.name() == words.text);
            if found.is_none() {
                let what = format!("{} is no precision", quoted(&words.text));
                field.wrong(&what, "known: instant, day, recorded", mistakes);
                return None;
            }
            fields.need("published_at", "precision says how exactly it is known", mistakes)?;
            found
        }
    };
    let (instant, is_date) = fields.get("published_at")?.instant(mistakes)?;
    let usual = if is_date { Precision::Day } else { Precision::Instant };
    Some((PublishedTime(instant), precision.unwrap_or(usual)))
}
