//! Columns of texts of which there are few: each row has the place of its text, until the column is made.

use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray, StringViewArray, UInt32Array};
use arrow_select::take::take;

use super::fields::Texts;
use crate::error::{Error, ErrorCode, Result};

/// Few texts, in the form that columns of them have.
pub struct FewTexts(ArrayRef);

impl FewTexts {
    /// These texts.
    pub fn new<'a>(form: Texts, texts: impl IntoIterator<Item = &'a str>) -> FewTexts {
        FewTexts(match form {
            Texts::Plain => Arc::new(StringArray::from_iter_values(texts)),
            Texts::Views => Arc::new(StringViewArray::from_iter_values(texts)),
        })
    }

    /// The column of the texts at these places.
    ///
    /// # Errors
    /// It has more bytes than a column can have.
    pub fn column(&self, places: UInt32Array) -> Result<ArrayRef> {
        take(&self.0, &places, None).map_err(|error| {
            Error::new(ErrorCode::NotColumns, format!("the answers are no columns: {error}"))
                .hint("ask about fewer rows at a time")
        })
    }
}
