//! Labels on an axis: those that fit are written, in one row or two.

/// A label to be written: its place in the list, the row below the axis, and where it starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Its place in the list of labels.
    pub index: usize,
    /// 0 or 1.
    pub row: usize,
    /// Its first column.
    pub start: usize,
}

/// The labels that fit: the last first, then from the left. `labels` are the middles that are wished for and
/// the widths; `room` is how wide the axis is, and `gap` the least distance of two labels.
pub fn placed(labels: &[(usize, usize)], room: usize, gap: usize) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    let order = labels.len().checked_sub(1).into_iter().chain(0..labels.len().saturating_sub(1));
    for index in order {
        let (middle, width) = labels[index];
        if width > room {
            continue;
        }
        let start = middle.saturating_sub(width / 2).min(room - width);
        let free = |row: usize| {
            placed.iter().filter(|other| other.row == row).all(|other| {
                let other_end = other.start + labels[other.index].1;
                start + width + gap <= other.start || other_end + gap <= start
            })
        };
        if let Some(row) = (0..2).find(|row| free(*row)) {
            placed.push(Placed { index, row, start });
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_touch_and_the_last_is_always_there() {
        let labels: Vec<(usize, usize)> = (0..20).map(|n| (n * 3, 7)).collect();
        let placed = placed(&labels, 60, 2);
        assert!(placed.iter().any(|label| label.index == 19));
        for a in &placed {
            assert!(a.start + 7 <= 60);
            for b in placed.iter().filter(|b| b.row == a.row && b.index != a.index) {
                assert!(a.start.abs_diff(b.start) >= 9, "{a:?} {b:?}");
            }
        }
    }
}
