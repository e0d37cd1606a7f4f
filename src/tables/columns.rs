//! Columns that are filled row by row.

use std::sync::Arc;

use arrow_array::builder::{
    Decimal128Builder, StringBuilder, TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};

use crate::column_types::{decimals, unscaled};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::time::Timestamp;

/// A value of a row.
pub enum Cell<'a> {
    Text(Option<&'a str>),
    Time(Option<Timestamp>),
    Number(Option<Decimal>),
    Count(Option<u32>),
    Long(Option<u64>),
}

enum Column {
    Text(StringBuilder),
    Time(TimestampMicrosecondBuilder),
    Number(Decimal128Builder, (u8, u8)),
    Count(UInt32Builder),
    Long(UInt64Builder),
}

/// The columns of a part of a table.
pub struct Columns {
    schema: SchemaRef,
    columns: Vec<Column>,
}

impl Columns {
    /// No rows yet, of the columns of a table.
    pub fn new(schema: SchemaRef) -> Columns {
        let column = |kind: &DataType| match kind {
            DataType::Timestamp(..) => {
                Column::Time(TimestampMicrosecondBuilder::new().with_data_type(kind.clone()))
            }
            DataType::Decimal128(digits, scale) => {
                let digits = (*digits, scale.cast_unsigned());
                Column::Number(decimals(digits, 0), digits)
            }
            DataType::UInt32 => Column::Count(UInt32Builder::new()),
            DataType::UInt64 => Column::Long(UInt64Builder::new()),
            _ => Column::Text(StringBuilder::new()),
        };
        let columns = schema.fields().iter().map(|field| column(field.data_type())).collect();
        Columns { schema, columns }
    }

    /// Adds a row with a cell for each column; `row` is what it is called in messages.
    ///
    /// # Errors
    /// A number has more digits than its column (`too_wide`).
    pub fn add<const N: usize>(&mut self, cells: [Cell; N], row: impl Fn() -> String) -> Result<()> {
        for (place, (column, cell)) in self.columns.iter_mut().zip(cells).enumerate() {
            match (column, cell) {
                (Column::Text(column), Cell::Text(text)) => column.append_option(text),
                (Column::Time(column), Cell::Time(time)) => column.append_option(time.map(Timestamp::micros)),
                (Column::Count(column), Cell::Count(count)) => column.append_option(count),
                (Column::Long(column), Cell::Long(long)) => column.append_option(long),
                (Column::Number(column, digits), Cell::Number(Some(number))) => {
                    let name = self.schema.field(place).name();
                    let whole = unscaled(number, *digits);
                    column.append_value(whole.ok_or_else(|| too_wide(&row(), name, number, *digits))?);
                }
                (Column::Number(column, _), _) => column.append_null(),
                // A test of each table has every column.
                _ => return Err(no_columns(&"a cell is not of its column")),
            }
        }
        Ok(())
    }

    /// The rows.
    ///
    /// # Errors
    /// A value is absent that is always there.
    pub fn finish(self) -> Result<RecordBatch> {
        let array = |column| -> ArrayRef {
            match column {
                Column::Text(mut column) => Arc::new(column.finish()),
                Column::Time(mut column) => Arc::new(column.finish()),
                Column::Number(mut column, _) => Arc::new(column.finish()),
                Column::Count(mut column) => Arc::new(column.finish()),
                Column::Long(mut column) => Arc::new(column.finish()),
            }
        };
        let arrays = self.columns.into_iter().map(array).collect();
        RecordBatch::try_new(self.schema, arrays).map_err(|error| no_columns(&error))
    }
}

fn too_wide(row: &str, column: &str, number: Decimal, (digits, decimals): (u8, u8)) -> Error {
    let message = format!(
        "{row}: `{column}` is {number}, and the column has {digits} digits, {decimals} of them decimals"
    );
    Error::new(ErrorCode::TooWide, message)
        .hint("name the other subjects, or ask in the language: tierbook query")
}

fn no_columns(why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorCode::NotColumns, format!("the rows are no columns: {why}"))
        .hint("report it: this is a bug of tierbook")
}
