//! Exit codes: that of one step, and the most severe of several.

/// The exit code of one step, or the most severe one of several, in the order 0, 1, 3, 5, 2, 4.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ExitStatus(u8);

impl ExitStatus {
    /// Answered.
    pub const OK: ExitStatus = ExitStatus(0);

    /// A change affects a position.
    pub const AFFECTED: ExitStatus = ExitStatus(5);

    /// The exit code of a single step.
    pub fn of(code: u8) -> ExitStatus {
        ExitStatus(code)
    }

    /// The more severe of both.
    pub fn and(self, other: ExitStatus) -> ExitStatus {
        let severity = |status: ExitStatus| match status.0 {
            0 => 0,
            1 => 1,
            3 => 2,
            5 => 3,
            2 => 4,
            _ => 5,
        };
        if severity(other) > severity(self) { other } else { self }
    }

    /// Adds the exit code of one more step.
    pub fn add(&mut self, other: ExitStatus) {
        *self = self.and(other);
    }

    /// The exit code of the whole.
    pub fn code(self) -> u8 {
        self.0
    }
}
