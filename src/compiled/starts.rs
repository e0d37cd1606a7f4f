//! When each of several periods starts, to find the one that contains a time.

use crate::sorted;
use crate::time::ValidTime;

/// Of more starts halving is quicker than comparing all.
const MANY: usize = 256;

/// When periods start, in order.
#[derive(Clone, Default, Debug)]
pub struct Starts {
    highs: Vec<i32>,
    exact: Vec<i64>,
}

impl Starts {
    /// How many periods have started at a time.
    #[inline]
    pub fn started(&self, at: ValidTime) -> usize {
        // A period contains its start.
        let after = at.0.micros() + 1;
        match self.exact.len() {
            ..=MANY => sorted::below(&self.highs, |place| self.exact.get(place).copied(), after),
            _ => self.exact.partition_point(|start| *start < after),
        }
    }
}

impl FromIterator<ValidTime> for Starts {
    fn from_iter<I: IntoIterator<Item = ValidTime>>(starts: I) -> Starts {
        let mut found =
            Starts { exact: starts.into_iter().map(|start| start.0.micros()).collect(), ..Starts::default() };
        sorted::add_highs(&mut found.highs, found.exact.iter().copied());
        found
    }
}
