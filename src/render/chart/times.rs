//! The axis of valid time: where a time is on it, and what is written below it.

use super::picture::{Mark, SPAN};
use crate::query::rows::timeline::TimeAxis;
use crate::time::{DAY, Timestamp};

/// Where a time is on the axis.
pub fn place(at: Timestamp, axis: TimeAxis) -> u32 {
    let micros = |at: Timestamp| i128::from(at.micros());
    let length = (micros(axis.until.0) - micros(axis.since.0)).max(1);
    let place = (micros(at) - micros(axis.since.0)) * i128::from(SPAN) / length;
    u32::try_from(place.clamp(0, i128::from(SPAN))).unwrap_or(0)
}

/// The ends of the axis, without fractions of a second, which the clock of today has.
pub fn range(axis: TimeAxis) -> String {
    format!("{} to {}", to_seconds(axis.since.0), to_seconds(axis.until.0))
}

fn to_seconds(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('.').map_or(text.clone(), |(seconds, _)| format!("{seconds}Z"))
}

/// A mark at a time: its day, or its minute where the whole axis is within three days.
pub fn mark(at: Timestamp, axis: TimeAxis) -> Mark {
    let is_short = axis.until.0.since(axis.since.0).micros() < 3 * DAY.micros();
    let text = at.to_string();
    let label = match (text.get(..10), text.get(..16)) {
        (_, Some(minute)) if is_short => format!("{minute}Z"),
        (Some(day), _) => day.to_string(),
        _ => text,
    };
    Mark { place: place(at, axis), label }
}

/// A mark at the first day of each month; the ends of the axis where fewer than two months begin in it, and a mark
/// for a part of the months where there are many.
pub fn months(axis: TimeAxis) -> Vec<Mark> {
    let mut first = first_of_month(axis.since.0);
    let mut months: Vec<Timestamp> = Vec::new();
    while first <= axis.until.0 && months.len() < MOST_MONTHS {
        months.push(first);
        first = first_of_month(first.plus(DAY));
    }
    months.retain(|at| axis.since.0 <= *at);
    if months.len() < 2 || months.len() + 1 >= MOST_MONTHS {
        return [axis.since.0, axis.until.0].map(|at| mark(at, axis)).to_vec();
    }
    let month = |at: Timestamp| Mark { place: place(at, axis), label: at.to_string()[..7].to_string() };
    months.into_iter().map(month).collect()
}

/// An axis of more months than this has no marks between its ends.
const MOST_MONTHS: usize = 600;

/// The first day of a month at a time or after it.
fn first_of_month(at: Timestamp) -> Timestamp {
    let day = if at.start_of_day() == at { at } else { at.start_of_day().plus(DAY) };
    let is_first = |day: &Timestamp| day.to_string().get(8..10) == Some("01");
    std::iter::successors(Some(day), |day| Some(day.plus(DAY))).take(32).find(is_first).unwrap_or(day)
}
