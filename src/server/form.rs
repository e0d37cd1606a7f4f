//! The form of an answer: by the parameter `format`, or by `Accept`.

use super::problem::{Problem, Refusal};
use super::request::Request;

/// The forms of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnswerForm {
    Json,
    Jsonl,
    Csv,
    Arrow,
    Parquet,
    Svg,
    Text,
}

/// Each form: its names, its media types, of which answers have the first.
const FORMS: [(AnswerForm, &[&str], &[&str]); 7] = [
    (AnswerForm::Json, &["json"], &["application/json"]),
    (
        AnswerForm::Jsonl,
        &["jsonl", "ndjson"],
        &["application/x-ndjson", "application/jsonl", "application/x-jsonlines"],
    ),
    (AnswerForm::Csv, &["csv"], &["text/csv"]),
    (
        AnswerForm::Arrow,
        &["arrow", "arrows"],
        &["application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.file"],
    ),
    (AnswerForm::Parquet, &["parquet"], &["application/vnd.apache.parquet"]),
    (AnswerForm::Svg, &["svg"], &["image/svg+xml"]),
    (AnswerForm::Text, &["table", "text"], &["text/plain"]),
];

impl AnswerForm {
    /// The media type of answers.
    pub fn media_type(self) -> &'static str {
        match self {
            AnswerForm::Csv => "text/csv; charset=utf-8",
            AnswerForm::Text => "text/plain; charset=utf-8",
            _ => FORMS.iter().find(|(form, ..)| *form == self).map_or("", |(.., types)| types[0]),
        }
    }

    /// The form of a body by its media type.
    pub fn of_media_type(media_type: &str) -> Option<AnswerForm> {
        let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        FORMS.iter().find(|(.., types)| types.contains(&plain.as_str())).map(|(form, ..)| *form)
    }

    /// The form that is asked for, of those that the answer can have; the first where it does not matter.
    ///
    /// # Errors
    /// The answer cannot have it.
    pub fn asked(request: &Request, possible: &[AnswerForm]) -> Result<AnswerForm, Problem> {
        let names: Vec<&str> = FORMS
            .iter()
            .filter(|(form, ..)| possible.contains(form))
            .filter_map(|(_, names, _)| names.first().copied())
            .collect();
        let wrong = |asked: &str| {
            Problem::of(Refusal::FormUnknown, format!("the answer cannot have the form `{asked}`"))
                .hint(format!("the forms are: {}", names.join(", ")))
        };
        if let Some(name) = request.parameter("format") {
            let found =
                FORMS.iter().find(|(form, names, _)| names.contains(&name) && possible.contains(form));
            return found.map(|(form, ..)| *form).ok_or_else(|| wrong(name));
        }
        let Some(accepted) = request.header("accept") else { return Ok(possible[0]) };
        let mut ranges: Vec<(u32, &str)> = accepted.split(',').map(weighed).filter(|it| it.0 > 0).collect();
        // The first of those that weigh the same.
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let fits = |range: &str| possible.iter().copied().find(|form| form.fits(range));
        ranges.iter().find_map(|(_, range)| fits(range)).ok_or_else(|| wrong(accepted))
    }

    /// Whether a form has a media type, or is in a range of them.
    fn fits(self, range: &str) -> bool {
        let types = FORMS.iter().find(|(form, ..)| *form == self).map_or(&[][..], |(.., types)| types);
        match range.strip_suffix("/*") {
            Some("*") => true,
            // A browser takes any image; it does not ask for a drawing by that.
            Some(kind) => {
                self != AnswerForm::Svg && types.iter().any(|it| it.split('/').next() == Some(kind))
            }
            None => types.contains(&range),
        }
    }
}

/// A range of `Accept` after its weight in thousandths.
fn weighed(range: &str) -> (u32, &str) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, |text| {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let thousandths = format!("{decimals:0<3}").get(..3).and_then(|it| it.parse().ok()).unwrap_or(0);
        whole.parse::<u32>().unwrap_or(0).min(1) * 1000 + thousandths
    });
    (weight.min(1000), name)
}
