//! What is known of answers, as columns: whether there is a value, how certain it is, and whether its table still
//! holds.

use arrow_array::ArrayRef;
use arrow_array::builder::UInt32Builder;

use super::fields::{Numbers, Texts};
use super::numbers::NumberBuilder;
use super::texts::FewTexts;
use crate::column_types::HOLDS;
use crate::decimal::Short;
use crate::error::Result;
use crate::query::rows::{CertaintyKind, Status};

/// Each status at the place that its number says.
const STATUSES: [Status; 7] = [
    Status::Value,
    Status::NoLimit,
    Status::AboveLimit,
    Status::Ended,
    Status::Unknown,
    Status::NotKnownThen,
    Status::UnknownSubject,
];

/// The status of a row with a cell that cannot be read; it comes after the others.
const UNREADABLE: &str = "unreadable";

/// Each certainty at the place that its number says.
const CERTAINTIES: [CertaintyKind; 6] = [
    CertaintyKind::Contradicted,
    CertaintyKind::RollingOut,
    CertaintyKind::UnseenChange,
    CertaintyKind::Doubtful,
    CertaintyKind::Unconfirmed,
    CertaintyKind::Settled,
];

/// The texts of the columns.
pub struct KnownTexts {
    statuses: FewTexts,
    certainties: FewTexts,
}

impl KnownTexts {
    /// In the form of a file or of batches.
    pub fn new(form: Texts) -> KnownTexts {
        let statuses = STATUSES.iter().map(|status| status.name()).chain([UNREADABLE]);
        let certainties = CERTAINTIES.iter().map(|certainty| certainty.name());
        KnownTexts { statuses: FewTexts::new(form, statuses), certainties: FewTexts::new(form, certainties) }
    }
}

/// What is known of some rows.
pub struct Known {
    statuses: Vec<u32>,
    certainties: UInt32Builder,
    holds: NumberBuilder,
    /// How many of them have a value.
    pub with_value: u64,
}

impl Known {
    /// No rows yet, with room for so many.
    pub fn new(numbers: Numbers, rows: usize) -> Known {
        Known {
            statuses: Vec::with_capacity(rows),
            certainties: UInt32Builder::with_capacity(rows),
            holds: NumberBuilder::new(numbers, HOLDS, rows),
            with_value: 0,
        }
    }

    /// Adds a row: its status, `None` where a cell cannot be read, and how probable it is in percent that its table still
    /// holds.
    #[inline]
    pub fn push(&mut self, status: Option<Status>, certainty: Option<CertaintyKind>, holds: Option<u8>) {
        self.with_value += u64::from(matches!(status, Some(Status::Value | Status::NoLimit)));
        self.statuses.push(status.map_or(STATUSES.len() as u32, |status| status as u32));
        self.certainties.append_option(certainty.map(|certainty| certainty as u32));
        match holds {
            // Three digits have every percentage.
            Some(percent) => drop(self.holds.push_short(Short { digits: percent.into(), scale: 2 })),
            None => self.holds.push_null(),
        }
    }

    /// The columns: status, certainty and holds.
    ///
    /// # Errors
    /// They have more bytes than columns can have.
    pub fn columns(mut self, texts: &KnownTexts) -> Result<[ArrayRef; 3]> {
        let status = texts.statuses.column(self.statuses.into())?;
        let certainty = texts.certainties.column(self.certainties.finish())?;
        Ok([status, certainty, self.holds.finish()])
    }
}

#[cfg(test)]
mod tests {
    use super::{CERTAINTIES, STATUSES};

    #[test]
    fn each_is_at_the_place_that_its_number_says() {
        assert!(STATUSES.iter().enumerate().all(|(place, status)| *status as usize == place));
        assert!(CERTAINTIES.iter().enumerate().all(|(place, certainty)| *certainty as usize == place));
    }
}
