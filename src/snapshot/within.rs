//! Answers that have to be made by a time: whoever waits for them goes away then.

use std::time::Instant;

use super::Snapshot;
use crate::error::{Error, ErrorCode, Result};

impl Snapshot {
    /// The same snapshot, for work that ends with an error where it is not done by a time.
    #[cfg(feature = "server")]
    #[must_use]
    pub(crate) fn until(self, time: Instant) -> Snapshot {
        Snapshot { until: Some(time), ..self }
    }

    /// Refuses to go on where the time is over. Loops that a request can make long ask this.
    ///
    /// # Errors
    /// It is.
    pub(crate) fn check_time(&self) -> Result<()> {
        if self.until.is_none_or(|until| Instant::now() < until) {
            return Ok(());
        }
        Err(Error::new(ErrorCode::TooSlow, "the answer takes too long")
            .hint("ask for fewer contracts, or a shorter time"))
    }
}
