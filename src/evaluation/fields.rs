//! The columns of answers: their names and types.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::column_types::{AMOUNT, Digits, HOLDS, RATE, decimal};
use crate::query::syntax::ast::Statement;
use crate::query::syntax::measure::Measure;

/// What comes before the name of a column of answers where the file has one of that name.
const PREFIX: &str = "tierbook_";

/// What the numbers among the answers are.
///
/// ```
/// use tierbook::evaluation::{Evaluation, Numbers};
/// use tierbook::language::Measure;
/// assert_eq!(Evaluation::of(&[Measure::Mmr]).numbers, Numbers::Exact);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Numbers {
    /// Decimals, as exact as the rules.
    #[default]
    Exact,
    /// Floats, each the one nearest to the exact decimal.
    Floats,
}

/// What the texts among the answers are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Texts {
    /// Those of files: offsets into one text.
    Plain,
    /// Those of record batches: views.
    Views,
}

/// The types of the answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Types {
    pub numbers: Numbers,
    pub texts: Texts,
}

impl Types {
    /// The fields after those of a file: the answers to a statement or to measures, what is known of them, and the names
    /// that had to change.
    pub fn schema(
        self,
        ask: Option<&Statement>,
        measures: &[Measure],
        of_file: &Schema,
    ) -> (SchemaRef, Vec<String>) {
        let field = |name: &str, kind: DataType| Field::new(name, kind, true);
        let mut fields: Vec<Field> = of_file.fields().iter().map(|field| field.as_ref().clone()).collect();
        let answers = match ask {
            Some(_) => vec![field("value", self.number(AMOUNT)), field("unit", self.text())],
            None => measures.iter().map(|measure| field(measure.key(), self.of(*measure))).collect(),
        };
        let of_all = [
            Field::new("status", self.text(), false),
            field("certainty", self.text()),
            field("holds", self.number(HOLDS)),
            field("source", self.text()),
        ];
        let mut changed = Vec::new();
        for field in answers.into_iter().chain(of_all) {
            let mut name = field.name().clone();
            while fields.iter().any(|other| *other.name() == name) {
                name.insert_str(0, PREFIX);
            }
            if name != *field.name() {
                changed.push(name.clone());
            }
            fields.push(field.with_name(name));
        }
        (Arc::new(Schema::new_with_metadata(Fields::from(fields), of_file.metadata().clone())), changed)
    }

    fn of(self, measure: Measure) -> DataType {
        digits(measure).map_or(DataType::UInt32, |digits| self.number(digits))
    }

    fn number(self, digits: Digits) -> DataType {
        match self.numbers {
            Numbers::Exact => decimal(digits),
            Numbers::Floats => DataType::Float64,
        }
    }

    fn text(self) -> DataType {
        match self.texts {
            Texts::Plain => DataType::Utf8,
            Texts::Views => DataType::Utf8View,
        }
    }
}

/// The digits of the answers about a measure; `None` of whole numbers.
pub fn digits(measure: Measure) -> Option<Digits> {
    match measure {
        Measure::Mmr | Measure::Ratio => Some(RATE),
        Measure::MaxLeverage | Measure::Tier => None,
        _ => Some(AMOUNT),
    }
}
