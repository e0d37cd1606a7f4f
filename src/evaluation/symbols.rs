//! The names in a column of symbols, as the subjects that they mean: each distinct name is looked up once.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};

use super::names::Names;
use crate::column_files::cells::{Column, empty};
use crate::columns::SubjectHandle;
use crate::error::Result;

/// A column of symbols.
pub enum Symbols {
    /// Each cell has its text.
    Texts(Column),
    /// Each cell has the place of its text among a few, whose subjects these are.
    Places { array: ArrayRef, places: Vec<usize>, subjects: Vec<Result<SubjectHandle>> },
}

impl Symbols {
    /// The column of a file.
    ///
    /// # Errors
    /// Its type is none that questions can be read from.
    pub fn of(array: &ArrayRef, field: &Field, names: &mut Names) -> Result<Symbols> {
        let is_short = |values: &ArrayRef| (1..=array.len()).contains(&values.len());
        let dictionary = array.as_any_dictionary_opt().filter(|dictionary| is_short(dictionary.values()));
        let (Some(dictionary), DataType::Dictionary(_, kind)) = (dictionary, array.data_type()) else {
            return Ok(Symbols::Texts(Column::of(array, field)?));
        };
        if !kind.is_string() {
            return Ok(Symbols::Texts(Column::of(array, field)?));
        }
        let texts = Column::of(dictionary.values(), field)?;
        let subject = |place: usize| names.handle(&texts.text(place)?).map_err(Clone::clone);
        let subjects = (0..dictionary.values().len()).map(subject).collect();
        Ok(Symbols::Places { array: array.clone(), places: dictionary.normalized_keys(), subjects })
    }

    /// The subject of a row.
    ///
    /// # Errors
    /// The cell is empty or no text, or its name means several subjects, or one that has not all the measures.
    #[inline]
    pub fn subject(&self, row: usize, names: &mut Names) -> Result<SubjectHandle> {
        match self {
            Symbols::Places { array, places, subjects } => match subjects.get(places[row]) {
                Some(subject) if !array.is_null(row) => subject.clone(),
                _ => Err(empty()),
            },
            Symbols::Texts(column) => {
                let view = column.view(row);
                if let Some(subject) = view.and_then(|view| names.of_view(view)) {
                    return Ok(subject);
                }
                let subject = names.handle(&column.text(row)?).map_err(Clone::clone)?;
                view.into_iter().for_each(|view| names.remember(view, subject));
                Ok(subject)
            }
        }
    }
}
