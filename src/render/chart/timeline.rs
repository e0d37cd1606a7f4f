//! A measure over valid time as a picture: times are to scale, and each change is listed below.

use super::curves::levels;
use super::picture::{Caption, Curve, Mark, Picture, Piece, SPAN, Stroke};
use super::scale::Scale;
use crate::decimal::Decimal;
use crate::query::rows::over_time::StepRow;
use crate::render::card;
use crate::render::figures;
use crate::render::over_time::{certainty, steps_table, steps_title};
use crate::render::style::OutputStyle;
use crate::time::{DAY, TimeSpan, Timestamp};

/// The picture of the steps of one subject at one notional.
pub fn picture(rows: &[&StepRow], style: OutputStyle) -> Option<Picture> {
    let first = rows.first()?;
    let span = Span::of(rows)?;
    let pieces: Vec<Piece> = rows.iter().filter_map(|row| piece(row, &span)).collect();
    let drawn: Vec<Decimal> = pieces.iter().flat_map(|piece| &piece.points).map(|(_, f)| *f).collect();
    let scale = Scale::of(&drawn);
    let figure = |value| figures::value(value, first.measure, "").trim_end().to_string();
    let unit = if first.unit == "fraction" || first.unit == "x" {
        String::new()
    } else {
        format!(" in {}", first.unit)
    };
    Some(Picture {
        title: steps_title(first),
        axes: format!("valid time in UTC; {}{unit}, {}", first.measure.words(), scale.name()),
        marks: span.marks(rows),
        levels: levels(drawn, true, &scale).into_iter().map(|f| (f, figure(f))).collect(),
        scale,
        stepped: true,
        curves: vec![Curve { stroke: Stroke::Plain, pieces }],
        captions: captions(rows),
        listing: steps_table(rows, style),
    })
}

/// The period that is drawn: from the first time to some way after the last, because a rule stays in force.
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    fn of(rows: &[&StepRow]) -> Option<Span> {
        let from = rows.iter().find_map(|row| row.from)?;
        let last = rows.iter().filter_map(|row| row.from.max(row.until)).max()?;
        let length = (last.micros() - from.micros()).max(DAY.micros());
        let open = rows.iter().any(|row| row.until.is_none());
        let until = if open { last.plus(TimeSpan::from_micros(length / 6)) } else { last };
        Some(Span { from, until })
    }

    fn place(&self, at: Timestamp) -> u32 {
        let length = i128::from(self.until.micros() - self.from.micros()).max(1);
        let place = i128::from(at.micros() - self.from.micros()) * i128::from(SPAN) / length;
        u32::try_from(place.clamp(0, i128::from(SPAN))).unwrap_or(0)
    }

    /// A mark at each time of change: its day, or its minute where all is within three days.
    fn marks(&self, rows: &[&StepRow]) -> Vec<Mark> {
        let short = self.until.micros() - self.from.micros() < 3 * DAY.micros();
        let mark = |at: Timestamp| {
            let text = at.to_string();
            let label = match (text.get(..10), text.get(..16)) {
                (_, Some(minute)) if short => format!("{minute}Z"),
                (Some(day), _) => day.to_string(),
                _ => text,
            };
            Mark { place: self.place(at), label }
        };
        rows.iter().filter_map(|row| row.from).map(mark).collect()
    }
}

fn piece(row: &StepRow, span: &Span) -> Option<Piece> {
    let (from, value) = (row.from?, row.value?);
    let until = row.until.map_or(SPAN, |until| span.place(until));
    Some(Piece { points: vec![(span.place(from), value), (until, value)], text: caption(row).text })
}

/// Every step with its time, and every warning once.
fn captions(rows: &[&StepRow]) -> Vec<Caption> {
    let mut captions: Vec<Caption> = rows.iter().map(|row| caption(row)).collect();
    for warning in rows.iter().flat_map(|row| &row.warnings) {
        let text = format!("{} ({})", warning.message, warning.code);
        let warning = Caption { stroke: None, label: "warning", text };
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
    Caption { stroke: None, label: "from", text: format!("{from}: {value}{by}{sure}") }
}
