//! The columns of the tables. A change of them that a reader could notice raises the version.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::Table;
use crate::column_types::{RATE, decimal, time};

/// The version of the columns.
const VERSION: &str = "1";

/// The key of that version in the metadata of a file. It is the marker of what tierbook wrote, too.
const VERSION_KEY: &str = "tierbook.tables";

/// The name of a table in the metadata of a file.
const NAME_KEY: &str = "tierbook.table";

/// Digits and decimals of notionals and amounts.
const AMOUNT: (u8, u8) = (28, 8);

/// The columns of a table, with its version in the metadata.
///
/// ```
/// use tierbook::tables::{Table, schema};
/// let schema = schema(Table::Tiers);
/// assert_eq!(schema.field(0).name(), "subject");
/// assert_eq!(schema.metadata()["tierbook.tables"], "1");
/// ```
pub fn schema(table: Table) -> SchemaRef {
    let fields: Vec<Field> = match table {
        Table::Tiers => tiers(),
        Table::Statements => statements(),
        Table::Sources => sources(),
    };
    let of_file = [(VERSION_KEY, VERSION), (NAME_KEY, table.name())];
    let of_file = of_file.map(|(key, value)| (key.to_string(), value.to_string()));
    Arc::new(Schema::new_with_metadata(
        fields,
        of_file.into_iter().collect::<std::collections::HashMap<_, _>>(),
    ))
}

fn tiers() -> Vec<Field> {
    vec![
        always("subject", DataType::Utf8),
        maybe("valid_from", time()),
        maybe("valid_to", time()),
        maybe("known_from", time()),
        maybe("known_to", time()),
        always("recorded_from", time()),
        maybe("recorded_to", time()),
        maybe("tier", DataType::UInt32),
        maybe("floor", decimal(AMOUNT)),
        maybe("cap", decimal(AMOUNT)),
        maybe("mmr", decimal(RATE)),
        maybe("max_leverage", DataType::UInt32),
        maybe("maintenance_amount", decimal(AMOUNT)),
        always("status", DataType::Utf8),
        maybe("certainty", DataType::Utf8),
        maybe("last_confirmed_at", time()),
        maybe("source", DataType::Utf8),
        maybe("ratio", decimal(RATE)),
        maybe("unit", DataType::Utf8),
        maybe("class", DataType::Utf8),
    ]
}

fn statements() -> Vec<Field> {
    vec![
        always("statement", DataType::Utf8),
        always("source", DataType::Utf8),
        always("ordinal", DataType::UInt32),
        always("subject", DataType::Utf8),
        always("kind", DataType::Utf8),
        always("valid_at", time()),
        maybe("rolled_out_at", time()),
        always("published_at", time()),
        always("recorded_at", time()),
        always("tx", DataType::UInt64),
        always("span_start", DataType::UInt64),
        always("span_end", DataType::UInt64),
        maybe("tiers", DataType::UInt32),
        maybe("last_cap", decimal(AMOUNT)),
        maybe("max_leverage", DataType::UInt32),
        maybe("unit", DataType::Utf8),
        maybe("class", DataType::Utf8),
        always("state", DataType::Utf8),
        maybe("state_tx", DataType::UInt64),
    ]
}

fn sources() -> Vec<Field> {
    vec![
        always("source", DataType::Utf8),
        always("sha256", DataType::Utf8),
        always("file", DataType::Utf8),
        always("title", DataType::Utf8),
        always("published_at", time()),
        always("precision", DataType::Utf8),
        always("published_by", DataType::Utf8),
        always("recorded_at", time()),
        always("tx", DataType::UInt64),
        always("statements", DataType::UInt32),
        always("state", DataType::Utf8),
        maybe("state_tx", DataType::UInt64),
    ]
}

fn always(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, false)
}

fn maybe(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, true)
}
