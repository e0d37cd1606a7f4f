//! Two editions of a document for people: what differs in the newer one, subject by subject.

use crate::render::columns::{Column, drawn};
use crate::render::figures;
use crate::render::reconciliation::{figure, name};
use crate::render::style::OutputStyle;
use crate::rule::difference::{AlignedTier, Difference};
use crate::statement::Program;
use crate::statement::editions::{Edited, Stated};

/// A line for each statement that differs.
///
/// ```
/// use tierbook::render::{OutputStyle, editions};
/// use tierbook::{FileOutcome, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC85%75%");
/// let report = database.writer()?.load(LoadInput::bytes("newer.txt", text), LoadOptions::default())?;
/// let FileOutcome::Loaded(document, _) = &report.files[0].outcome else { panic!() };
/// let text = editions::text(&document.editions[0].differences, OutputStyle::PLAIN);
/// assert!(text.contains("80 % → 75 %"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn text(differences: &[Edited], style: OutputStyle) -> String {
    let columns = [
        Column::Name("subject"),
        Column::Name("what"),
        Column::Name("statement"),
        Column::Words("what differs in the newer edition"),
    ];
    drawn(&columns, differences.iter().map(record).collect(), style)
}

fn record(edited: &Edited) -> Vec<String> {
    let statement = edited.newer.or(edited.older);
    vec![
        edited.subject.to_string(),
        edited.how().to_string(),
        statement.map_or(String::new(), |stated| format!("{} {}", stated.kind, stated.valid_at)),
        in_words(edited),
    ]
}

fn in_words(edited: &Edited) -> String {
    let mut words: Vec<String> = Vec::new();
    if let (Some(older), Some(newer)) = (&edited.older, &edited.newer) {
        words.extend(besides_the_rule(older, newer));
    }
    let is_flat = edited.subject.program() == Program::Pm;
    words.extend(edited.tiers.iter().map(|each| if is_flat { figures_of(each) } else { tier(each) }));
    words.join("; ")
}

/// What differs but for the rule.
fn besides_the_rule(older: &Stated, newer: &Stated) -> Vec<String> {
    let mut words = Vec::new();
    if older.kind != newer.kind {
        words.push(format!("{} → {}", older.kind, newer.kind));
    }
    if older.valid_at != newer.valid_at {
        words.push(format!("from {} → {}", older.valid_at, newer.valid_at));
    }
    if older.rollout != newer.rollout {
        words.push(format!("roll-out {} → {}", older.rollout, newer.rollout));
    }
    words
}

fn tier(tier: &AlignedTier) -> String {
    let alone =
        |words: fn(&Difference) -> String| tier.differences.iter().map(words).collect::<Vec<_>>().join(", ");
    match (tier.before, tier.after) {
        (Some(older), Some(newer)) if older != newer => {
            format!("tier {older} → {newer}: {}", figures_of(tier))
        }
        (Some(number), Some(_)) => format!("tier {number}: {}", figures_of(tier)),
        (Some(older), None) => format!("tier {older} is gone: {}", alone(|it| side(it, it.before))),
        (None, newer) => {
            let number = newer.map_or(String::new(), |newer| newer.to_string());
            format!("tier {number} is new: {}", alone(|it| side(it, it.after)))
        }
    }
}

fn figures_of(tier: &AlignedTier) -> String {
    tier.differences.iter().map(difference).collect::<Vec<_>>().join(", ")
}

fn side(difference: &Difference, value: Option<crate::decimal::Decimal>) -> String {
    format!("{} {}", name(difference.field), figure(difference.field, value))
}

fn difference(difference: &Difference) -> String {
    let Difference { field, before, after } = difference;
    let by = difference
        .by()
        .map_or(String::new(), |by| format!(" ({})", figures::signed(by, |by| figure(*field, Some(by)))));
    format!("{} {} → {}{by}", name(*field), figure(*field, *before), figure(*field, *after))
}
