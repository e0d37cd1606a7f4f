//! Whole tables over valid time as a picture: a column for each version, an area for each tier, what is not certain
//! hatched, each change marked.

use super::curves::not_certain;
use super::picture::{Caption, Mark, SPAN};
use super::scale::Scale;
use super::shades::Scheme;
use super::times::{months, place, range};
use crate::decimal::{self, Decimal};
use crate::query::rows::over_time::VersionRow;
use crate::query::rows::timeline::{StepPeriod, TierPeriodRow, TimeAxis};
use crate::query::rows::{CertaintyKind, TierKind, TierView};
use crate::render::card;
use crate::render::figures;
use crate::render::over_time::{in_words, verdict, versions_table};
use crate::render::style::OutputStyle;
use crate::rule::Reading;
use crate::time::{Timestamp, ValidTime};

/// A drawing of areas.
#[derive(Clone, PartialEq, Debug)]
pub struct Areas {
    /// What is drawn, of whom.
    pub title: String,
    /// What the axes are.
    pub axes: String,
    /// What the shades are.
    pub scheme: Scheme,
    /// The scale of notionals or amounts upward.
    pub scale: Scale,
    /// The labels of the axis upward, the most needful first.
    pub levels: Vec<(Decimal, String)>,
    /// The first day of each month, or the ends of the axis.
    pub marks: Vec<Mark>,
    /// The areas, from left to right and upward.
    pub drawn: Vec<Area>,
    /// What is not certain, from left to right.
    pub hatches: Vec<Hatch>,
    /// The changes, from left to right.
    pub changes: Vec<ChangeLine>,
    /// The time of the question; `None` where it has none, or is outside, or today.
    pub as_of: Option<u32>,
    /// When it is asked; `None` where that is outside, or does not count.
    pub today: Option<u32>,
    /// A line for each version, and every warning.
    pub captions: Vec<Caption>,
    /// The versions as a table, for a terminal.
    pub listing: String,
}

/// A tier while a version lasts.
#[derive(Clone, PartialEq, Debug)]
pub struct Area {
    /// The places where it starts and ends.
    pub places: [u32; 2],
    /// Its lower bound.
    pub over: Decimal,
    /// Its upper bound; `None` for no limit.
    pub up_to: Option<Decimal>,
    /// Its shade.
    pub shade: usize,
    /// The figure that gives the shade.
    pub label: String,
    /// Its text, for a title.
    pub text: String,
}

/// How an uncertain period is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Doubt {
    /// Another rule may be in force: unseen change, roll-out, contradiction, doubtful cells.
    Other,
    /// Nothing confirms the rule any more.
    Unconfirmed,
}

/// An uncertain period.
#[derive(Clone, PartialEq, Debug)]
pub struct Hatch {
    /// The places where it starts and ends.
    pub places: [u32; 2],
    /// The last cap of its version; `None` for no limit.
    pub up_to: Option<Decimal>,
    /// How it is drawn.
    pub doubt: Doubt,
    /// What makes it uncertain.
    pub kinds: Vec<CertaintyKind>,
    /// Its text, for a title.
    pub text: String,
}

/// What a change was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sign {
    /// Announced, in force at once.
    Announced,
    /// Announced, with a roll-out.
    RollOut,
    /// Seen, and announced by nobody.
    Seen,
}

/// A change from one version to the next.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangeLine {
    /// Where it is.
    pub place: u32,
    /// What it was.
    pub sign: Sign,
    /// Its day.
    pub label: String,
    /// Its text, for a title.
    pub text: String,
}

/// A time that is marked by a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MarkedTime {
    /// Where it is.
    pub place: u32,
    /// What is written at it.
    pub word: &'static str,
    /// The classes of the line and of the word.
    pub classes: [&'static str; 2],
}

impl Sign {
    /// Its character.
    pub fn character(self) -> char {
        match self {
            Sign::Announced => '▼',
            Sign::RollOut => '▽',
            Sign::Seen => '◇',
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Sign::Announced => "announced change",
            Sign::RollOut => "announced change with a roll-out",
            Sign::Seen => "change seen, not announced",
        }
    }
}

impl Areas {
    /// The times that are marked, the one that matters more last.
    pub fn marked(&self) -> Vec<MarkedTime> {
        let as_of = self.as_of.map(|place| MarkedTime { place, word: "as of", classes: ["asked", "then"] });
        let today = self.today.map(|place| MarkedTime { place, word: "today", classes: ["today", "now"] });
        as_of.into_iter().chain(today).collect()
    }

    /// What the hatched periods of a kind are, in words; `None` where there is none.
    pub fn doubt(&self, doubt: Doubt) -> Option<String> {
        let hatches = || self.hatches.iter().filter(|hatch| hatch.doubt == doubt);
        hatches().next()?;
        Some(not_certain(hatches().flat_map(|hatch| hatch.kinds.iter().copied())))
    }

    /// The shades that occur, in order.
    pub fn shades(&self) -> Vec<usize> {
        let mut shades: Vec<usize> = self.drawn.iter().map(|area| area.shade).collect();
        shades.sort_unstable();
        shades.dedup();
        shades
    }

    /// The signs that occur, in order.
    pub fn signs(&self) -> Vec<Sign> {
        let mut signs: Vec<Sign> = self.changes.iter().map(|change| change.sign).collect();
        signs.sort_unstable();
        signs.dedup();
        signs
    }
}

/// The picture of the versions of one subject.
pub fn picture(rows: &[&TierPeriodRow], style: OutputStyle) -> Option<Areas> {
    let first = rows.first()?;
    let (subject, axis) = (&first.version.subject, first.axis);
    let scheme = Scheme::of(first.shade, subject.program().has_contracts());
    let tiers = || rows.iter().flat_map(|row| &row.tiers);
    let scale = scale(tiers());
    let unit = rows.iter().find_map(|row| row.version.rule.as_ref()).map_or("", |rule| rule.unit.as_str());
    let versions: Vec<&VersionRow> = rows.iter().map(|row| &row.version).collect();
    let marked = |at: Option<ValidTime>| at.filter(|at| axis.shows(*at)).map(|at| place(at.0, axis));
    let today = marked(axis.today);
    Some(Areas {
        title: format!("tiers of {subject}"),
        axes: format!(
            "valid time in UTC, {}; {} in {unit}, logarithmic; shaded by {}",
            range(axis),
            figures::position(subject),
            scheme.words(),
        ),
        scheme,
        scale,
        levels: levels(tiers(), &scale),
        marks: months(axis),
        drawn: rows.iter().flat_map(|row| areas(row, axis, scheme)).collect(),
        hatches: rows.iter().flat_map(|row| hatches(row, axis)).collect(),
        changes: rows.iter().filter_map(|row| change(&row.version, axis)).collect(),
        as_of: marked(axis.as_of).filter(|as_of| today != Some(*as_of)),
        today,
        captions: versions.iter().map(|row| caption(row)).collect(),
        listing: versions_table(&versions, style),
    })
}

/// From somewhat below the smallest cap to the largest, or above it where a tier has none.
fn scale<'a>(tiers: impl Iterator<Item = &'a TierView> + Clone) -> Scale {
    let caps = tiers.clone().filter_map(|tier| tier.cap).filter(|cap| *cap > Decimal::ZERO);
    let floors = tiers.clone().map(|tier| tier.floor).filter(|floor| *floor > Decimal::ZERO);
    let is_open = tiers.clone().any(|tier| tier.cap.is_none());
    let ends = (caps.clone().min(), caps.chain(floors).max());
    let logs = (ends.0.and_then(decimal::rounded_log10), ends.1.and_then(decimal::rounded_log10));
    let (Some(low), Some(high)) = logs else { return Scale::Linear { high: Decimal::ONE } };
    // Room for the first tier, which starts at 0, and for the last one where it has no end.
    let room = ((high - low) / Decimal::from(6)).max(Decimal::new(3, 1));
    Scale::Logarithmic { low: low - room, high: if is_open { high + room } else { high } }
}

/// The largest cap, then the powers of ten.
fn levels<'a>(tiers: impl Iterator<Item = &'a TierView>, scale: &Scale) -> Vec<(Decimal, String)> {
    let Some(largest) = tiers.filter_map(|tier| tier.cap).max() else { return Vec::new() };
    let figures = scale.round_figures(largest);
    figures.into_iter().map(|figure| (figure, figures::short(figure))).collect()
}

fn areas(row: &TierPeriodRow, axis: TimeAxis, scheme: Scheme) -> Vec<Area> {
    let places = places(row.version.from.0, row.version.until.map(|until| until.0), axis);
    let area = |tier: &TierView| Area {
        places,
        over: tier.floor,
        up_to: tier.cap,
        shade: scheme.shade(tier),
        label: scheme.label(tier),
        text: format!("{}, {}", in_bounds(tier, &row.version), during(&row.version)),
    };
    // A tier whose cap is the cap before it contains no notional.
    let inside = row.tiers.iter().filter(|tier| tier.cap.is_none_or(|cap| tier.floor < cap));
    inside.filter(|_| places[0] < places[1]).map(area).collect()
}

fn places(from: Timestamp, until: Option<Timestamp>, axis: TimeAxis) -> [u32; 2] {
    [place(from, axis), until.map_or(SPAN, |until| place(until, axis))]
}

fn hatches(row: &TierPeriodRow, axis: TimeAxis) -> Vec<Hatch> {
    let uncertain = row.periods.iter().filter(|period| !period.is_certain() && period.from < period.until);
    let hatch = |period: &StepPeriod| {
        let kinds: Vec<CertaintyKind> = period.certainty.clone();
        let is_old =
            |kind: &CertaintyKind| [CertaintyKind::Unconfirmed, CertaintyKind::Settled].contains(kind);
        let words = not_certain(kinds.iter().copied());
        Hatch {
            places: places(period.from.0, Some(period.until.0), axis),
            up_to: row.tiers.last().and_then(|tier| tier.cap),
            doubt: if kinds.iter().all(is_old) { Doubt::Unconfirmed } else { Doubt::Other },
            kinds,
            text: format!("from {} until {}: {words}", period.from, period.until),
        }
    };
    uncertain.map(hatch).collect()
}

/// The change that begins a version; `None` for the first observation, where knowledge begins, and outside.
fn change(row: &VersionRow, axis: TimeAxis) -> Option<ChangeLine> {
    let is_seen = row.kind == "observation";
    let begins = is_seen && row.number == 1;
    if begins || row.from < axis.since || row.from > axis.until {
        return None;
    }
    let sign = match row.rolled_out_at {
        _ if is_seen => Sign::Seen,
        Some(_) => Sign::RollOut,
        None => Sign::Announced,
    };
    let verdict = row.verdict.map_or(String::new(), |found| format!(", {}", verdict(found)));
    Some(ChangeLine {
        place: place(row.from.0, axis),
        sign,
        label: row.from.to_string()[..10].to_string(),
        text: format!("{}: {}{verdict}, by {}", row.from, sign.meaning(), row.statement),
    })
}

/// `tier 2: 10,000 < notional ≤ 60,000: 10 %, 5x`.
fn in_bounds(tier: &TierView, row: &VersionRow) -> String {
    let cap = tier.cap.map_or("no limit".to_string(), figures::grouped);
    let (floor, position) = (figures::grouped(tier.floor), figures::position(&row.subject));
    let leverage = match tier.kind {
        TierKind::Contract { min_leverage, max_leverage, .. } => {
            format!(", {}", card::leverages(min_leverage, max_leverage))
        }
        TierKind::Collateral { .. } => String::new(),
    };
    let repaired = if tier.reading == Reading::Repaired { ", repaired" } else { "" };
    format!(
        "tier {}: {floor} < {position} ≤ {cap}: {}{leverage}{repaired}",
        tier.number,
        figures::percent(tier.rate)
    )
}

/// `from A until B`.
fn during(row: &VersionRow) -> String {
    let until = row.until.map_or(String::new(), |until| format!(" until {until}"));
    format!("from {}{until}", row.from)
}

fn caption(row: &VersionRow) -> Caption {
    Caption { pen: None, label: "from", text: in_words(row) }
}
