//! A picture: curves, axes and words, before anybody knows how many columns or pixels there are.

use super::scale::Scale;
use crate::decimal::Decimal;

/// Places on the axis to the right run from 0 to this.
pub const SPAN: u32 = 1_000_000;

/// A drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// What is drawn, of whom.
    pub title: String,
    /// What the axes are, and how they are scaled.
    pub axes: String,
    /// The marks of the axis to the right, in order.
    pub marks: Vec<Mark>,
    /// The labels of the axis upward, the most needful first.
    pub levels: Vec<(Decimal, String)>,
    /// The scale upward.
    pub scale: Scale,
    /// Whether the curves are steps, so that few rows are enough.
    pub stepped: bool,
    /// The curves; a later one hides an earlier one where both are equal.
    pub curves: Vec<Curve>,
    /// The time of the question on the axis to the right; `None` where it is outside or has no place there.
    pub today: Option<u32>,
    /// What dashes, shades and points mean, as far as they occur.
    pub legend: Vec<LegendLine>,
    /// The captions below.
    pub captions: Vec<Caption>,
    /// What is printed below them, in a terminal only; the captions have the same facts.
    pub listing: String,
}

/// A mark on the axis to the right.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// From 0 to [`SPAN`].
    pub place: u32,
    /// What is written there.
    pub label: String,
}

/// How a curve is stroked, so that curves can be distinguished without colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stroke {
    /// The only curve.
    Plain,
    /// The one before: broken.
    Broken,
    /// The one after: heavy.
    Heavy,
}

/// What draws a part of a curve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pen {
    /// The stroke of the curve.
    pub stroke: Stroke,
    /// Whether the figure is certain; dashed where it is not.
    pub is_certain: bool,
}

/// What a line of the legend explains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sample {
    /// What is not certain, by this pen.
    Dashed(Pen),
    /// Where several figures are possible.
    Shaded,
    /// A figure that is certain at one time only.
    Point,
}

/// A line of the legend.
#[derive(Clone, PartialEq, Debug)]
pub struct LegendLine {
    /// What it explains.
    pub sample: Sample,
    /// Its text.
    pub text: String,
}

/// One curve.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    /// How it is stroked.
    pub stroke: Stroke,
    /// Its pieces from left to right, each a tier or a step.
    pub pieces: Vec<Piece>,
}

/// A tier or a step of a curve.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    /// At least two places and the figures there; straight between them where the axis to the right is. One
    /// whose places are all the same is a point.
    pub points: Vec<(u32, Decimal)>,
    /// Its text, for a title.
    pub text: String,
    /// Whether the figures are certain.
    pub is_certain: bool,
    /// The other figures that are possible over the whole piece.
    pub others: Vec<Decimal>,
}

/// A labelled line below a drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Caption {
    /// What draws the curve that it explains.
    pub pen: Option<Pen>,
    /// What it is about.
    pub label: &'static str,
    /// Its text.
    pub text: String,
}

impl Curve {
    /// The figure at a place; `None` where the curve has a hole. A piece includes its right end, not its left
    /// one.
    pub fn figure_at(&self, place: u32) -> Option<Decimal> {
        let pairs = self.pieces.iter().flat_map(|piece| piece.points.windows(2));
        let mut holding = pairs.filter_map(|pair| Some((pair.first()?, pair.get(1)?)));
        let ((from, start), (to, end)) = holding.find(|(from, to)| from.0 < place && place <= to.0)?;
        if place == *to {
            return Some(*end);
        }
        let share = Decimal::from(place - from) / Decimal::from(to - from);
        Some(end.checked_sub(*start)?.checked_mul(share)?.checked_add(*start).unwrap_or(*end))
    }
}

impl Piece {
    /// The first place.
    pub fn start(&self) -> Option<u32> {
        self.points.first().map(|(place, _)| *place)
    }

    /// The last place.
    pub fn end(&self) -> Option<u32> {
        self.points.last().map(|(place, _)| *place)
    }

    /// Whether it is one time and not a period.
    pub fn is_point(&self) -> bool {
        self.start() == self.end()
    }

    /// Every figure that is possible at its start, the lowest first.
    pub fn possible(&self) -> Vec<Decimal> {
        let mut figures: Vec<Decimal> = self.points.first().map(|(_, figure)| *figure).into_iter().collect();
        figures.extend(&self.others);
        figures.sort();
        figures.dedup();
        figures
    }
}

/// The places, and the figures before and after, where one piece of a curve goes over into another at a known
/// place. Where a piece has the figure of its neighbour as another possible one, nobody knows where.
pub fn risers(curve: &Curve) -> impl Iterator<Item = (u32, Decimal, Decimal, Pen)> + '_ {
    let pieces: Vec<&Piece> = curve.pieces.iter().filter(|piece| !piece.is_point()).collect();
    let stroke = curve.stroke;
    let between = move |before: &Piece, after: &Piece| {
        let ((end, from), (start, to)) = (*before.points.last()?, *after.points.first()?);
        let is_known = !before.others.contains(&to) && !after.others.contains(&from);
        let is_certain = before.is_certain && after.is_certain;
        (end == start && from != to && is_known).then_some((end, from, to, Pen { stroke, is_certain }))
    };
    (1..pieces.len()).filter_map(move |after| between(pieces[after - 1], pieces[after]))
}
