//! A table: pieces whose type is a struct, of which each field is a column.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Schema, SchemaRef};
use tierbook::{Error, ErrorCode};

use crate::not_columns;
use crate::stream::Pieces;

/// A table that was read.
pub struct Frame {
    /// Its columns; no two have one name.
    pub schema: SchemaRef,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
}

impl TryFrom<Pieces> for Frame {
    type Error = Error;

    /// # Errors
    /// The pieces are no table, a row is null as a whole, or two columns have one name.
    fn try_from(pieces: Pieces) -> Result<Frame, Error> {
        let DataType::Struct(fields) = pieces.field.data_type() else {
            let message = format!("one column of type {} is no table", pieces.field.data_type());
            return Err(not_columns(message).hint("give the whole table, or a dict of columns"));
        };
        let metadata = pieces.field.metadata().clone();
        let schema = Arc::new(Schema::new_with_metadata(fields.clone(), metadata));
        let batches =
            pieces.arrays.iter().map(|array| batch(array, &schema)).collect::<Result<_, Error>>()?;
        check_names(&schema)?;
        Ok(Frame { schema, batches })
    }
}

fn batch(array: &ArrayRef, schema: &SchemaRef) -> Result<RecordBatch, Error> {
    if array.null_count() > 0 {
        return Err(not_columns("a row of the table is null as a whole").hint("leave such rows out"));
    }
    let (_, columns, _) = array.as_struct().clone().into_parts();
    let options = RecordBatchOptions::new().with_row_count(Some(array.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(|error| not_columns(format!("the columns are no table: {error}")))
}

/// Refuses a table in which two columns have one name: no question and no other library tells them apart.
fn check_names(schema: &Schema) -> Result<(), Error> {
    let mut names = HashSet::new();
    match schema.fields().iter().find(|field| !names.insert(field.name())) {
        None => Ok(()),
        Some(field) => {
            let message = format!("there are two columns `{}`", field.name());
            Err(Error::new(ErrorCode::ColumnTwice, message).hint("rename one of them"))
        }
    }
}
