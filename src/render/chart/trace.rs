//! Curves in cells of a terminal: what is certain as a line, what is not as dashes, and where several figures
//! are possible a shade from the lowest to the highest.

use super::picture::{Curve, Pen, Picture, Piece, SPAN, Stroke};

/// A character of a drawing, and the code of its colour.
pub type Inked = Option<(char, &'static str)>;

/// Between figures that are possible.
pub const SHADE: char = '░';

/// A figure that is certain at one time only.
pub const POINT: char = '•';

/// A time that is marked: today, or that of the question.
const MARKED: char = '┊';

/// The characters of a pen: across, upright, and the corners ┘ ┌ ┐ └.
pub fn characters(pen: Pen) -> [char; 6] {
    let certain = match pen.stroke {
        Stroke::Plain => ['─', '│', '╯', '╭', '╮', '╰'],
        Stroke::Broken => ['╌', '╎', '┘', '┌', '┐', '└'],
        Stroke::Heavy => ['━', '┃', '┛', '┏', '┓', '┗'],
    };
    let dashes = match pen.stroke {
        _ if pen.is_certain => return certain,
        Stroke::Plain => ['┄', '┆'],
        Stroke::Broken => ['·', '·'],
        Stroke::Heavy => ['┅', '┇'],
    };
    let [_, _, left_up, right_up, left_down, right_down] = certain;
    [dashes[0], dashes[1], left_up, right_up, left_down, right_down]
}

/// The colour of a stroke, besides its shape.
pub fn colour(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Plain | Stroke::Heavy => "36",
        Stroke::Broken => "33",
    }
}

/// The column that ends at a place; a place inside a column belongs to it.
pub fn column(place: u32, columns: usize) -> usize {
    (place as usize * columns).div_ceil(SPAN as usize).saturating_sub(1)
}

/// What a curve is in a column.
struct Slice {
    /// The height at its right end; `None` where the curve has a hole.
    height: Option<usize>,
    /// Whether every figure in it is certain.
    is_certain: bool,
    /// The heights of all figures that are possible, where there are several.
    possible: Vec<usize>,
}

impl Slice {
    /// Whether a height is among or between the possible ones.
    fn spans(&self, height: usize) -> bool {
        self.possible.first().is_some_and(|low| *low <= height)
            && self.possible.last().is_some_and(|high| height <= *high)
    }
}

/// Draws a time that is marked, below every curve.
pub fn draw_time(place: u32, cells: &mut [Vec<Inked>]) {
    for row in cells {
        let columns = row.len();
        if let Some(cell) = row.get_mut(column(place, columns)) {
            *cell = Some((MARKED, "2"));
        }
    }
}

/// Draws a curve from column to column: across at its height, and upright where the height changes at a known
/// place.
pub fn draw_curve(curve: &Curve, picture: &Picture, cells: &mut [Vec<Inked>]) {
    let colour = colour(curve.stroke);
    let columns = cells.first().map_or(0, Vec::len);
    let steps = cells.len() as u32 - 1;
    let height = |figure| picture.scale.place(figure, steps) as usize;
    let mut before: Option<Slice> = None;
    let slices = (0..columns).map(|column| slice(curve, column, columns, &height));
    for (column, slice) in slices.enumerate() {
        let pen = Pen { stroke: curve.stroke, is_certain: slice.is_certain };
        let [across, upright, left_up, right_up, left_down, right_down] = characters(pen);
        let mut put = |row: usize, drawn: char| cells[row][column] = Some((drawn, colour));
        if let (Some(low), Some(high)) = (slice.possible.first(), slice.possible.last()) {
            (*low..=*high).for_each(|row| put(row, SHADE));
            slice.possible.iter().for_each(|row| put(*row, across));
        }
        let from = before.as_ref().and_then(|before| before.height);
        let is_known = |from: usize, to: usize| {
            !slice.spans(from) && before.as_ref().is_none_or(|before| !before.spans(to))
        };
        match (from, slice.height) {
            (Some(from), Some(to)) if from != to && is_known(from, to) => {
                let (leaves, arrives) = if from < to { (left_up, right_up) } else { (left_down, right_down) };
                (from.min(to) + 1..from.max(to)).for_each(|row| put(row, upright));
                put(from, leaves);
                put(to, arrives);
            }
            (_, Some(to)) => put(to, across),
            (_, None) => {}
        }
        before = Some(slice);
    }
    let points = curve.pieces.iter().filter(|piece| piece.is_point());
    for (place, figure) in points.filter_map(|piece| piece.points.first()) {
        cells[height(*figure)][column(*place, columns)] = Some((POINT, colour));
    }
}

/// What a curve is in a column: nothing that is uncertain anywhere in it is drawn as certain.
fn slice(
    curve: &Curve,
    column: usize,
    columns: usize,
    height: &dyn Fn(crate::decimal::Decimal) -> usize,
) -> Slice {
    let end_of = |column: usize| (column as u64 * u64::from(SPAN) / columns as u64) as u32;
    let (start, end) = (end_of(column), end_of(column + 1));
    let meets = |piece: &&Piece| {
        !piece.is_certain
            && piece.start().is_some_and(|from| from < end)
            && piece.end().is_some_and(|to| start < to)
    };
    let uncertain = || curve.pieces.iter().filter(meets);
    let several = uncertain().filter(|piece| !piece.others.is_empty());
    let mut possible: Vec<usize> = several.flat_map(Piece::possible).map(height).collect();
    possible.sort_unstable();
    possible.dedup();
    Slice { height: curve.figure_at(end).map(height), is_certain: uncertain().next().is_none(), possible }
}
