//! Random choices that shrink: a list of numbers that a property test makes smaller, read one after the
//! other. Where it ends every choice is the first.
#![allow(dead_code)]

/// Choices to come.
pub struct Dice {
    choices: Vec<u16>,
    at: usize,
    seed: Option<u64>,
}

impl Dice {
    /// Dice that give these choices.
    pub fn of(choices: Vec<u16>) -> Dice {
        Dice { choices, at: 0, seed: None }
    }

    /// Dice without end, the same for the same seed.
    pub fn seeded(seed: u64) -> Dice {
        Dice { choices: Vec::new(), at: 0, seed: Some(seed ^ 0x9E37_79B9_7F4A_7C15) }
    }

    fn next(&mut self) -> usize {
        if let Some(state) = &mut self.seed {
            // Splitmix.
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            return ((mixed ^ (mixed >> 31)) >> 33) as usize;
        }
        self.at += 1;
        self.choices.get(self.at - 1).map_or(0, |choice| usize::from(*choice))
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.next() % end
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True once in `times`, and never where the choices have ended.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of some things.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }
}
