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
    /// At least two places and the figures there; straight between them where the axis to the right is.
    pub points: Vec<(u32, Decimal)>,
    /// Its text, for a title.
    pub text: String,
}

/// A labelled line below a drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Caption {
    /// The stroke that it explains.
    pub stroke: Option<Stroke>,
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
