//! A measure over valid time as a picture: times are to scale, what is not certain is dashed, and each change
//! is listed below.

use super::curves::{levels, not_certain};
use super::picture::{Caption, Curve, LegendLine, Mark, Pen, Picture, Piece, Sample, Stroke};
use super::scale::Scale;
use super::times::{mark, place, range};
use crate::decimal::Decimal;
use crate::query::rows::CertaintyKind;
use crate::query::rows::over_time::StepRow;
use crate::query::rows::timeline::{StepPeriod, TimeAxis, TimelineRow};
use crate::render::card;
use crate::render::figures;
use crate::render::over_time::{certainty, steps_table, steps_title};
use crate::render::style::OutputStyle;
use crate::time::Timestamp;

/// The picture of the steps of one subject at one notional.
pub fn picture(rows: &[&TimelineRow], style: OutputStyle) -> Option<Picture> {
    let axis = rows.first()?.axis;
    let steps: Vec<&StepRow> = rows.iter().map(|row| &row.step).collect();
    let first = steps.first()?;
    let pieces: Vec<Piece> = rows.iter().flat_map(|row| pieces(row, axis)).collect();
    let drawn: Vec<Decimal> = pieces.iter().flat_map(Piece::possible).collect();
    let scale = Scale::of(&drawn);
    let figure = |value| figures::value(value, first.measure, "").trim_end().to_string();
    let unit = if first.unit == "fraction" || first.unit == "x" {
        String::new()
    } else {
        format!(" in {}", first.unit)
    };
    Some(Picture {
        title: steps_title(first),
        axes: format!(
            "valid time in UTC, {}; {}{unit}, {}",
            range(axis),
            first.measure.words(),
            scale.name()
        ),
        marks: marks(&steps, axis),
        levels: levels(drawn, true, &scale).into_iter().map(|f| (f, figure(f))).collect(),
        scale,
        stepped: true,
        today: axis.today.filter(|today| axis.shows(*today)).map(|today| place(today.0, axis)),
        legend: legend(rows, &pieces),
        curves: vec![Curve { stroke: Stroke::Plain, pieces }],
        captions: captions(&steps),
        listing: steps_table(&steps, style),
    })
}

/// A mark at each time of change and at the ends of the axis: its day, or its minute where all is within
/// three days.
fn marks(steps: &[&StepRow], axis: TimeAxis) -> Vec<Mark> {
    let ends = [axis.since.0, axis.until.0];
    let changes = steps.iter().flat_map(|step| [step.from, step.until]).flatten();
    let mut times: Vec<Timestamp> = changes.filter(|at| ends[0] <= *at && *at <= ends[1]).collect();
    times.extend(ends);
    times.sort();
    times.dedup();
    times.into_iter().map(|at| mark(at, axis)).collect()
}

/// A piece for each period of a step.
fn pieces(row: &TimelineRow, axis: TimeAxis) -> Vec<Piece> {
    let Some(value) = row.step.value else { return Vec::new() };
    let piece = |period: &StepPeriod| Piece {
        points: vec![(place(period.from.0, axis), value), (place(period.until.0, axis), value)],
        text: if period.is_certain() { caption(&row.step).text } else { uncertain(row, value, period) },
        is_certain: period.is_certain(),
        others: period.others.clone(),
    };
    let is_lost = |piece: &Piece, period: &StepPeriod| piece.is_point() && period.from < period.until;
    let pieces = row.periods.iter().map(|period| (piece(period), period));
    // A period that is too short for the axis is no point.
    pieces.filter(|(piece, period)| !is_lost(piece, period)).map(|(piece, _)| piece).collect()
}

/// `from A until B: 12.5 % or 10 %, not certain: unseen change`.
fn uncertain(row: &TimelineRow, value: Decimal, period: &StepPeriod) -> String {
    let figure = |value: &Decimal| figures::value(*value, row.step.measure, "").trim_end().to_string();
    let figures: Vec<String> = std::iter::once(&value).chain(&period.others).map(figure).collect();
    let kinds = not_certain(period.certainty.iter().copied());
    format!("from {} until {}: {}, {kinds}", period.from, period.until, figures.join(" or "))
}

/// What dashes, shades and points mean, as far as they are drawn.
fn legend(rows: &[&TimelineRow], pieces: &[Piece]) -> Vec<LegendLine> {
    let periods = || rows.iter().flat_map(|row| &row.periods);
    let kinds = |of: &dyn Fn(&StepPeriod) -> bool| -> Vec<CertaintyKind> {
        periods().filter(|period| of(period)).flat_map(|period| &period.certainty).copied().collect()
    };
    let mut legend = Vec::new();
    let pen = Pen { stroke: Stroke::Plain, is_certain: false };
    if pieces.iter().any(|piece| !piece.is_certain) {
        let text = not_certain(kinds(&|period| !period.is_certain()).into_iter());
        legend.push(LegendLine { sample: Sample::Dashed(pen), text });
    }
    if pieces.iter().any(|piece| !piece.others.is_empty()) {
        let shaded = kinds(&|period| !period.others.is_empty());
        let also = match shaded.contains(&CertaintyKind::UnseenChange) {
            true => "; an unseen change happened somewhere in it",
            false => "",
        };
        let text = format!("each of the dashed values is possible{also}");
        legend.push(LegendLine { sample: Sample::Shaded, text });
    }
    if pieces.iter().any(Piece::is_point) {
        let text = "an observation; nothing confirms it later".to_string();
        legend.push(LegendLine { sample: Sample::Point, text });
    }
    legend
}

/// Every step with its time, and every warning once.
fn captions(rows: &[&StepRow]) -> Vec<Caption> {
    let mut captions: Vec<Caption> = rows.iter().map(|row| caption(row)).collect();
    for warning in rows.iter().flat_map(|row| &row.warnings) {
        let text = format!("{} ({})", warning.message, warning.code);
        let warning = Caption { pen: None, label: "warning", text };
        if !captions.contains(&warning) {
            captions.push(warning);
        }
    }
    captions
}

fn caption(row: &StepRow) -> Caption {
    let from = row.from.map_or("the beginning".to_string(), |at| at.to_string());
    let value = card::answer(row.status, row.value, row.measure, &row.unit);
    let sure = certainty(row);
    let sure = if sure.is_empty() { sure } else { format!("; {sure}") };
    let by: Vec<String> = row.statements.iter().map(ToString::to_string).collect();
    let by = if by.is_empty() { String::new() } else { format!(", by {}", by.join(", ")) };
    Caption { pen: None, label: "from", text: format!("{from}: {value}{by}{sure}") }
}
