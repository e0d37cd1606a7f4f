//! A difference for people: both sides in a line, then tier by tier, then what it does to the margin.

use std::cmp::Ordering;

use crate::decimal::Decimal;
use crate::query::rows::diff::{DiffRow, DiffSide, DiffTier, DiffValue};
use crate::query::rows::{CertaintyKind, TierKind, TierView, Warning};
use crate::render::card;
use crate::render::columns::{Column, drawn};
use crate::render::figures;
use crate::render::over_time::{difference, largest, leverage, limit, signed, verdict};
use crate::render::style::OutputStyle;
use crate::rule::effect::{Direction, Effect, Interval};

/// One subject at two bases.
pub fn text(row: &DiffRow, style: OutputStyle) -> String {
    let mut text = card::heading(&format!("diff of {}: {}", row.subject, headline(row)), style);
    text += &card::detail("before", &side(&row.before), style);
    text += &card::detail("after", &side(&row.after), style);
    if let Some(effect) = &row.effect {
        text += &card::detail("effect", &in_words(effect), style);
        if !effect.intervals.is_empty() {
            let what = if effect.higher_is_looser { "value" } else { "maintenance margin" };
            let words: Vec<String> = effect.intervals.iter().map(|s| interval(s, what)).collect();
            let label = if effect.higher_is_looser { "value" } else { "margin" };
            text += &card::detail(label, &words.join("; "), style);
        }
    }
    // A flat ratio is in the headline.
    if row.tiers.iter().any(|tier| tier.before.is_some() || tier.after.is_some()) {
        let columns = if is_contract(row) { &CONTRACT_COLUMNS[..] } else { &COLLATERAL_COLUMNS[..] };
        let records = row.tiers.iter().map(|each| tier(each, is_contract(row)));
        text += &drawn(columns, records.collect(), style);
    }
    if !row.values.is_empty() {
        let what = if row.effect.as_ref().is_some_and(|effect| effect.higher_is_looser) {
            "value"
        } else {
            "maintenance margin"
        };
        let columns =
            [Column::Figure("at"), Column::Figure(what), Column::Figure("then"), Column::Figure("change")];
        text += &drawn(&columns, row.values.iter().map(value).collect(), style);
    }
    let words = |side: &DiffSide, name: &str| -> Vec<Warning> {
        let named =
            |warning: &Warning| Warning { message: format!("{name}: {}", warning.message), ..*warning };
        side.warnings.iter().map(named).collect()
    };
    text + &card::warnings(&[words(&row.before, "before"), words(&row.after, "after")].concat(), style)
}

/// `20x → 10x, limit 5,000,000 → 800,000, 7 tiers → 6`.
fn headline(row: &DiffRow) -> String {
    let (Some(before), Some(after)) = (&row.before.rule, &row.after.rule) else {
        let word = |side: &DiffSide| match &side.rule {
            Some(rule) => format!("{}, limit {}", leverage(rule), limit(rule)),
            None => side.status.name().replace('_', " "),
        };
        return format!("{} → {}", word(&row.before), word(&row.after));
    };
    if let (Some(_), Some(_)) = (before.class, after.class) {
        return format!("{} → {}", leverage(before), leverage(after));
    }
    if before.tiers == 1
        && after.tiers == 1
        && !is_contract(row)
        && before.limit.is_none()
        && after.limit.is_none()
    {
        return format!("{} → {}", leverage(before), leverage(after));
    }
    let pair = |one: String, other: String| if one == other { other } else { format!("{one} → {other}") };
    format!(
        "{}, limit {}, {} tiers",
        pair(leverage(before), leverage(after)),
        pair(limit(before), limit(after)),
        pair(before.tiers.to_string(), after.tiers.to_string())
    )
}

fn side(side: &DiffSide) -> String {
    let mut text = format!("as of {}", side.basis.valid_at);
    if let Some(known_at) = side.basis.known_at {
        text += &format!(", known at {known_at}");
    }
    if let Some(recorded_by) = side.basis.recorded_by {
        text += &format!(", recorded by {recorded_by}");
    }
    let in_force = side.in_force_since.map(|since| format!("in force since {since}"));
    let since = in_force.or(side.seen_since.map(|since| format!("seen since {since}")));
    match (&side.statement, since) {
        (Some(statement), Some(since)) => {
            text += &format!(": by {statement}, {since}");
            match side.certainty.as_ref().filter(|certainty| certainty.kind != CertaintyKind::Settled) {
                Some(certainty) => text + &format!("; {}", card::certainty_line(certainty, None)),
                None => text,
            }
        }
        _ => text + &format!(": {}", side.status.name().replace('_', " ")),
    }
}

fn in_words(effect: &Effect) -> String {
    let largest = largest(effect);
    let largest = if largest.is_empty() { largest } else { format!("; largest change {largest}") };
    let leverage = match effect.higher_is_looser {
        true => String::new(),
        false => format!(", leverage {}", effect.leverage.name()),
    };
    format!("{} (limit {}{leverage}{largest})", verdict(effect.verdict()), effect.limit().name())
}

fn interval(interval: &Interval, what: &str) -> String {
    let about = if interval.from.exact && interval.to.is_none_or(|to| to.exact) { "" } else { "about " };
    let moves = match interval.direction {
        Direction::Up => "rises",
        Direction::Down => "falls",
        Direction::Mixed => "rises and falls",
        Direction::Same => "stays",
    };
    let from = figures::grouped(interval.from.at);
    match interval.to {
        Some(to) => format!("{what} {moves} from {about}{from} to {}", figures::grouped(to.at)),
        None => format!("{what} {moves} above {about}{from}"),
    }
}

const CONTRACT_COLUMNS: [Column; 7] = [
    Column::Figure("tier"),
    Column::Figure("up to"),
    Column::Figure("mmr"),
    Column::Figure("leverage"),
    Column::Figure("then up to"),
    Column::Figure("then mmr"),
    Column::Figure("then leverage"),
];

const COLLATERAL_COLUMNS: [Column; 5] = [
    Column::Figure("tier"),
    Column::Figure("up to"),
    Column::Figure("ratio"),
    Column::Figure("then up to"),
    Column::Figure("then ratio"),
];

fn is_contract(row: &DiffRow) -> bool {
    row.subject.program().has_contracts()
}

fn tier(row: &DiffTier, is_contract: bool) -> Vec<String> {
    let number = match (&row.before, &row.after) {
        (Some(before), Some(after)) if before.number != after.number => {
            format!("{} → {}", before.number, after.number)
        }
        (Some(view), _) => view.number.to_string(),
        (None, Some(view)) => format!("→ {}", view.number),
        (None, None) => String::new(),
    };
    let differs = row.before.is_none() || row.after.is_none() || !row.fields.is_empty();
    let mut record = vec![format!("{number}{}", if differs { " *" } else { "" })];
    let both = row.before.as_ref().zip(row.after.as_ref());
    let moves = both.map_or([Ordering::Equal; 3], |(before, after)| moves(before, after));
    record.extend(figures_of(row.before.as_ref(), is_contract));
    let after = figures_of(row.after.as_ref(), is_contract).into_iter().zip(moves);
    record.extend(after.map(|(figure, moves)| marked(figure, moves)));
    record
}

/// How cap, rate and highest leverage move from one tier to the other.
fn moves(before: &TierView, after: &TierView) -> [Ordering; 3] {
    let cap = match (before.cap, after.cap) {
        (Some(before), Some(after)) => after.cmp(&before),
        // No cap is higher than any.
        (before, after) => before.is_some().cmp(&after.is_some()),
    };
    let leverage = match (&before.kind, &after.kind) {
        (TierKind::Contract { max_leverage: before, .. }, TierKind::Contract { max_leverage: after, .. }) => {
            after.cmp(before)
        }
        _ => Ordering::Equal,
    };
    [cap, after.rate.cmp(&before.rate), leverage]
}

/// A figure with an arrow where it moved, and as much room where it did not.
fn marked(figure: String, moves: Ordering) -> String {
    match moves {
        _ if figure.is_empty() => figure,
        Ordering::Greater => figure + " ↑",
        Ordering::Less => figure + " ↓",
        Ordering::Equal => figure + "  ",
    }
}

/// Cap and rate, and the leverages of a contract; empty where the side lacks the tier.
fn figures_of(view: Option<&TierView>, is_contract: bool) -> Vec<String> {
    let count = if is_contract { 3 } else { 2 };
    let Some(view) = view else { return vec![String::new(); count] };
    let mut figures =
        vec![view.cap.map_or("no limit".to_string(), figures::grouped), figures::percent(view.rate)];
    if let TierKind::Contract { min_leverage, max_leverage, .. } = &view.kind {
        figures.push(card::leverages(*min_leverage, *max_leverage));
    }
    figures
}

fn value(value: &DiffValue) -> Vec<String> {
    let shown = |value: Option<Decimal>| value.map_or("above limit".to_string(), figures::grouped);
    vec![
        figures::grouped(value.at),
        shown(value.before),
        shown(value.after),
        difference(value.before, value.after).map(signed).unwrap_or_default(),
    ]
}
