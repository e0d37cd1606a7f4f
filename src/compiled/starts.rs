//! When each of several periods starts, to find the one that contains a time.

use crate::sorted::{Highs, below, highs};
use crate::time::ValidTime;

/// Of more starts halving is quicker than comparing all.
const MANY: usize = 256;

/// When periods start, in order.
#[derive(Debug)]
pub struct Starts {
    micros: Vec<i64>,
    highs: Vec<Highs>,
}

/// A reference to starts, without another one between.
#[derive(Clone, Copy)]
pub struct StartsRef<'a> {
    micros: &'a [i64],
    highs: &'a [Highs],
}

impl Starts {
    /// Of periods.
    pub fn new(starts: impl Iterator<Item = ValidTime>) -> Starts {
        let micros: Vec<i64> = starts.map(|start| start.0.micros()).collect();
        Starts { highs: highs(&micros).collect(), micros }
    }

    /// A reference.
    #[inline]
    pub fn as_ref(&self) -> StartsRef<'_> {
        StartsRef { micros: &self.micros, highs: &self.highs }
    }
}

impl StartsRef<'_> {
    /// How many periods have started at a time.
    #[inline]
    pub fn started(self, at: ValidTime) -> usize {
        // A period contains its start.
        let after = at.0.micros() + 1;
        match self.micros.len() {
            ..=MANY => below(self.highs, self.micros, after),
            _ => self.micros.partition_point(|start| *start < after),
        }
    }
}
