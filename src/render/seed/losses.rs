//! What a document states and is not stored, as a seed to complete.

use super::figures::time_span_text;
use super::toml_text::{joined, quoted};
use crate::rule::RuleKind;
use crate::statement::{Loss, LostRow};
use crate::time::{PublishedTime, TimeSpan};

/// A seed with a `?` for each figure that cannot be read; `published_at` is the publication of the document.
///
/// ```
/// use tierbook::render::seed_of_losses;
/// assert_eq!(seed_of_losses(&[], "a title", None), "");
/// ```
pub fn seed_of_losses(losses: &[Loss], title: &str, published_at: Option<PublishedTime>) -> String {
    if losses.is_empty() {
        return String::new();
    }
    let published_at = published_at.map_or(String::new(), |at| format!("published_at = \"{at}\"\n"));
    let entries: String = losses.iter().map(|loss| entry(loss, !published_at.is_empty())).collect();
    format!("[source]\ntitle = {}\n{published_at}{entries}", quoted(title))
}

fn entry(loss: &Loss, has_publication: bool) -> String {
    let subjects: Vec<String> = loss.subjects.iter().map(|subject| quoted(&subject.to_string())).collect();
    let rollout = match loss.rollout {
        TimeSpan::ZERO => String::new(),
        span => format!("rollout = \"{}\"\n", time_span_text(span)),
    };
    let (header, time) = match (loss.is_change, has_publication) {
        (true, _) => ("change", format!("effective_at = \"{}\"\n{rollout}", loss.effective_at)),
        (false, true) => ("observation", String::new()),
        (false, false) => ("observation", format!("seen_at = \"{}\"\n", loss.effective_at.0.just_before())),
    };
    format!("\n[[{header}]]\nsubjects = {}\n{time}{}", joined(&subjects), rows(loss))
}

fn rows(loss: &Loss) -> String {
    let (list, rate) = match loss.kind {
        RuleKind::Flat => {
            return loss.rows.iter().map(|row| format!("ratio = \"{}\"\n", percent(&row.rate))).collect();
        }
        RuleKind::Collateral => ("collateral", "ratio"),
        RuleKind::Class => return String::new(),
        RuleKind::Contract => ("tiers", "mmr"),
    };
    let row = |row: &LostRow| {
        let leverage =
            row.leverage.as_ref().map_or(String::new(), |text| format!("leverage = {}, ", quoted(text)));
        let (floor, cap) = (quoted(&row.floor), quoted(&row.cap));
        format!("  {{ {leverage}floor = {floor}, cap = {cap}, {rate} = \"{}\" }},\n", percent(&row.rate))
    };
    let rank = loss.rank.map_or(String::new(), |rank| format!("rank = {rank}\n"));
    let rows: String = loss.rows.iter().map(row).collect();
    format!("{rank}{list} = [\n{rows}]\n")
}

/// A rate with its sign, unless it is not read.
fn percent(rate: &str) -> String {
    if rate == "?" { rate.to_string() } else { format!("{rate}%") }
}
