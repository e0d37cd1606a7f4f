//! A measure over the notional as a picture. Caps run over orders of magnitude, so that every interval
//! between two bounds is drawn equally wide, whatever its size: each tier can be seen, and its bounds are
//! written below it.

use std::collections::BTreeSet;

use super::picture::{Caption, Curve, LegendLine, Mark, Pen, Picture, Piece, SPAN, Sample, Stroke};
use super::scale::Scale;
use crate::decimal::{self, Decimal};
use crate::query::rows::segments::{Segment, SegmentRow, Side};
use crate::query::rows::{Certainty, CertaintyKind};
use crate::query::syntax::measure::Measure;
use crate::render::card;
use crate::render::figures;
use crate::rule::Reading;
use crate::statement::Subject;

/// The picture of the segments of one subject at one basis or at two, or of two subjects at one.
pub fn picture(rows: &[&SegmentRow]) -> Option<Picture> {
    let first = rows.first()?;
    let stepped = !first.measure.is_line();
    let segments = || rows.iter().filter_map(|row| row.segment.as_ref());
    let bounds: BTreeSet<Decimal> = segments().flat_map(|segment| [segment.over, end_of(segment)]).collect();
    let bounds: Vec<Decimal> = bounds.into_iter().collect();
    let open = segments().any(|segment| segment.up_to.is_none());
    let groups: Vec<&[&SegmentRow]> = rows.chunk_by(|a, b| key(a) == key(b)).collect();
    let strokes = if groups.len() > 1 { &[Stroke::Broken, Stroke::Heavy][..] } else { &[Stroke::Plain] };
    let curves: Vec<Curve> =
        groups.iter().zip(strokes).map(|(rows, stroke)| curve(rows, *stroke, &bounds)).collect();
    let drawn: Vec<Decimal> = curves
        .iter()
        .flat_map(|curve| &curve.pieces)
        .flat_map(|piece| &piece.points)
        .map(|(_, f)| *f)
        .collect();
    let scale = Scale::of(&drawn);
    let position = figures::position(&first.context.subject);
    let axes = format!(
        "{position} in {}, every interval between two caps equally wide; {}, {}",
        first.bounds_unit,
        first.measure.words(),
        scale.name(),
    );
    let figures = |curve: &Curve| -> Vec<_> {
        curve.pieces.iter().map(|piece| (piece.points.clone(), piece.text.clone())).collect()
    };
    let same = matches!(&curves[..], [one, other] if figures(one) == figures(other));
    let axes = if same { format!("{axes}; both are the same") } else { axes };
    let mark = |(index, bound): (usize, &Decimal)| {
        let label =
            if open && index + 1 == bounds.len() { "no limit".to_string() } else { figures::grouped(*bound) };
        Mark { place: place(index, bounds.len()), label }
    };
    Some(Picture {
        title: title(first, rows),
        axes: if drawn.is_empty() { String::new() } else { axes },
        marks: bounds.iter().enumerate().map(mark).collect(),
        levels: levels(drawn, stepped, &scale).into_iter().map(|f| (f, figure(f, first))).collect(),
        scale,
        stepped,
        today: None,
        legend: legend(rows, &curves),
        curves,
        captions: groups
            .iter()
            .enumerate()
            .flat_map(|(place, rows)| captions(rows, place, strokes))
            .collect(),
        listing: String::new(),
    })
}

/// What distinguishes curves: the subject and the side.
fn key(row: &SegmentRow) -> (&Subject, Option<Side>) {
    (&row.context.subject, row.side)
}

/// `mmr of binance:usdm:ACTUSDT`, or of two subjects.
fn title(first: &SegmentRow, rows: &[&SegmentRow]) -> String {
    let title = format!("{} of {}", first.measure.words(), first.context.subject);
    match rows.iter().find(|row| row.context.subject != first.context.subject) {
        Some(other) => format!("{title} and {}", other.context.subject),
        None => title,
    }
}

/// The figures to label, the most needful first: the largest, the smallest, then the others downwards.
pub fn levels(mut drawn: Vec<Decimal>, stepped: bool, scale: &Scale) -> Vec<Decimal> {
    drawn.sort();
    drawn.dedup();
    let Some(largest) = drawn.last().copied() else { return Vec::new() };
    let mut levels: Vec<Decimal> =
        if stepped { drawn.into_iter().rev().collect() } else { scale.round_figures(largest) };
    if levels.len() > 2
        && let Some(smallest) = levels.pop()
    {
        levels.insert(1, smallest);
    }
    levels
}

/// Where a segment ends on the axis; one without end at twice its start.
fn end_of(segment: &Segment) -> Decimal {
    let without_end = || match segment.over.is_zero() {
        true => Decimal::from(1_000_000),
        false => segment.over.checked_add(segment.over).unwrap_or(segment.over),
    };
    segment.up_to.unwrap_or_else(without_end)
}

fn place(index: usize, bounds: usize) -> u32 {
    let slots = bounds.saturating_sub(1).max(1) as u64;
    u32::try_from(index as u64 * u64::from(SPAN) / slots).unwrap_or(SPAN)
}

fn curve(rows: &[&SegmentRow], stroke: Stroke, bounds: &[Decimal]) -> Curve {
    let piece = |row: &&SegmentRow| {
        let segment = row.segment.as_ref()?;
        let end = end_of(segment);
        let inside = bounds.iter().enumerate().filter(|(_, bound)| segment.over <= **bound && **bound <= end);
        let points: Option<Vec<(u32, Decimal)>> = inside
            .map(|(index, bound)| {
                Some((place(index, bounds.len()), figure_at(segment, *bound, row.measure)?))
            })
            .collect();
        Some(Piece {
            points: points?,
            text: text(segment, row),
            is_certain: is_certain(row),
            others: Vec::new(),
        })
    };
    Curve { stroke, pieces: rows.iter().filter_map(piece).collect() }
}

/// The measure at a bound inside a segment: of a line what it is at the start and what it rises
/// by, of the initial margin as much of it as the bound is of the notional.
fn figure_at(segment: &Segment, bound: Decimal, measure: Measure) -> Option<Decimal> {
    match measure {
        Measure::Margin | Measure::Collateral => {
            let above = decimal::subtract(bound, segment.over)?;
            decimal::add(segment.value_over?, decimal::multiply(above, segment.rate?)?)
        }
        Measure::Room => decimal::subtract(segment.value_over?, decimal::subtract(bound, segment.over)?),
        Measure::InitialMargin => match (segment.value_up_to, segment.up_to) {
            (Some(value), Some(up_to)) => decimal::rounded_part(value, bound, up_to),
            _ => decimal::rounded_part(segment.value_over?, bound, segment.over),
        },
        _ => segment.value_over,
    }
}

/// Whether nothing makes the answers of a subject uncertain at its basis.
fn is_certain(row: &SegmentRow) -> bool {
    row.certainty.as_ref().is_none_or(|certainty| certainty.kind == CertaintyKind::Settled)
}

/// What a dashed curve means.
fn legend(rows: &[&SegmentRow], curves: &[Curve]) -> Vec<LegendLine> {
    let is_dashed = |curve: &&Curve| curve.pieces.iter().any(|piece| !piece.is_certain);
    let kinds = rows.iter().filter_map(|row| row.certainty.as_ref()).flat_map(Certainty::kinds);
    let text = not_certain(kinds);
    let line = |curve: &Curve| {
        let pen = Pen { stroke: curve.stroke, is_certain: false };
        LegendLine { sample: Sample::Dashed(pen), text: text.clone() }
    };
    // Where there are two curves, the caption of each says how certain it is.
    match curves {
        [curve] => Some(curve).filter(is_dashed).map(line).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `not certain: unseen change, unconfirmed`.
pub fn not_certain(kinds: impl Iterator<Item = CertaintyKind>) -> String {
    let kinds: BTreeSet<CertaintyKind> = kinds.filter(|kind| *kind != CertaintyKind::Settled).collect();
    let words: Vec<&str> = kinds.into_iter().map(CertaintyKind::words).collect();
    format!("not certain: {}", words.join(", "))
}

/// `tier 2: 10,000 < notional ≤ 60,000: 10 %`.
fn text(segment: &Segment, row: &SegmentRow) -> String {
    let tier = segment.number.map_or(String::new(), |number| format!("tier {number}: "));
    let cap = segment.up_to.map_or("no limit".to_string(), figures::grouped);
    let bounds = format!(
        "{tier}{} < {} ≤ {cap}",
        figures::grouped(segment.over),
        figures::position(&row.context.subject)
    );
    let shown = |value: Option<Decimal>| value.map_or("no value".to_string(), |value| figure(value, row));
    let value = if segment.value_over == segment.value_up_to {
        shown(segment.value_over)
    } else {
        format!("{} to {}", shown(segment.value_over), shown(segment.value_up_to))
    };
    let repaired = if segment.reading == Reading::Repaired { ", repaired" } else { "" };
    format!("{bounds}: {value}{repaired}")
}

fn figure(value: Decimal, row: &SegmentRow) -> String {
    figures::value(value, row.measure, "").trim_end().to_string()
}

/// The captions of a curve: the times, how certain it is, where it comes from, and every warning. Where there
/// are two, its stroke is named first.
fn captions(rows: &[&SegmentRow], place: usize, strokes: &[Stroke]) -> Vec<Caption> {
    let Some(first) = rows.first() else { return Vec::new() };
    let plain = |(label, text): (&'static str, String)| Caption { pen: None, label, text };
    let mut lines = card::provenance_lines(&first.context, first.certainty.as_ref(), None);
    lines.push(("cite", first.address.to_string()));
    lines.extend(first.message.iter().map(|message| (first.status.name(), message.clone())));
    let mut warnings: Vec<_> = rows.iter().flat_map(|row| &row.warnings).collect();
    warnings.dedup();
    lines.extend(warnings.iter().map(|w| ("warning", format!("{} ({})", w.message, w.code))));
    let stroke = strokes.get(place).copied().filter(|_| strokes.len() > 1);
    let heading = stroke.map(|stroke| {
        let (label, whose) = match (first.side, place) {
            (Some(side), _) => (side.name(), String::new()),
            (None, 0) => ("first", format!("{}, ", first.context.subject)),
            (None, _) => ("second", format!("{}, ", first.context.subject)),
        };
        Caption {
            pen: Some(Pen { stroke, is_certain: is_certain(first) }),
            label,
            text: format!("{whose}{}", extent(rows)),
        }
    });
    heading.into_iter().chain(lines.into_iter().map(plain)).collect()
}

/// `7 tiers, up to 5,000,000`.
fn extent(rows: &[&SegmentRow]) -> String {
    let drawn: Vec<&Segment> = rows.iter().filter_map(|row| row.segment.as_ref()).collect();
    let end = drawn.last().map_or("nothing to draw".to_string(), |last| {
        last.up_to.map_or("no limit".to_string(), |end| format!("up to {}", figures::grouped(end)))
    });
    match drawn.iter().filter(|segment| segment.number.is_some()).count() {
        0 => end,
        1 => format!("1 tier, {end}"),
        count => format!("{count} tiers, {end}"),
    }
}
