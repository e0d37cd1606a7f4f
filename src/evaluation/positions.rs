//! The positions in the rows of a file: side, size, entry price and margin.

use arrow_array::RecordBatch;

use super::Evaluation;
use super::file_columns::FileColumns;
use crate::cells::Role;
use crate::column_files::cells::{Column, empty};
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode, Result};
use crate::liquidation::Side;
use crate::query::plan::isolated::{Isolated, IsolatedMargin};

/// The columns of positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PositionColumns {
    /// The price at which each was opened.
    pub entry_price: usize,
    /// Its side; without one the sign of its size counts.
    pub side: Option<usize>,
    /// Its size in units, or in contracts.
    pub quantity: Option<usize>,
    /// What one contract is.
    pub contract_size: Option<usize>,
    /// Its isolated wallet.
    pub isolated_margin: Option<usize>,
    /// Whether it is isolated.
    pub margin_mode: Option<usize>,
}

impl PositionColumns {
    /// The columns of a file.
    ///
    /// # Errors
    /// The entry price is missing, or a column that is named.
    pub fn of(evaluation: &Evaluation, columns: &FileColumns) -> Result<PositionColumns> {
        let entry_price = evaluation.entry_price.as_deref();
        Ok(PositionColumns {
            entry_price: columns.required(Role::EntryPrice, entry_price, "--entry-price")?,
            side: columns.optional(Role::Side, evaluation.side.as_deref())?,
            quantity: columns.optional(Role::Quantity, evaluation.quantity.as_deref())?,
            contract_size: columns.optional(Role::ContractSize, evaluation.contract_size.as_deref())?,
            isolated_margin: columns.optional(Role::IsolatedMargin, evaluation.isolated_margin.as_deref())?,
            margin_mode: columns.optional(Role::MarginMode, None)?,
        })
    }
}

/// The cells of positions.
pub struct PositionCells {
    entry_price: Cells,
    side: Option<Cells>,
    quantity: Option<Cells>,
    contract_size: Option<Cells>,
    notional: Option<Cells>,
    isolated_margin: Option<Cells>,
    leverage: Option<Cells>,
    margin_mode: Option<Cells>,
}

/// A column with its place.
struct Cells {
    place: usize,
    column: Column,
}

/// What is wrong with a cell of a row.
pub struct CellError {
    /// The place of its column.
    pub column: usize,
    /// What is wrong.
    pub error: Error,
}

type CellResult<T> = std::result::Result<T, Box<CellError>>;

impl Cells {
    fn read<'a, T>(&'a self, read: impl FnOnce(&'a Column) -> Result<T>) -> CellResult<T> {
        read(&self.column).or_else(|error| self.wrong(error))
    }

    fn wrong<T>(&self, error: Error) -> CellResult<T> {
        Err(Box::new(CellError { column: self.place, error }))
    }
}

impl PositionCells {
    /// The cells of a part; `others` are the columns of notionals and of leverages.
    ///
    /// # Errors
    /// A column has a type that no question is in.
    pub fn of(
        columns: &PositionColumns,
        (notional, leverage): (Option<usize>, Option<usize>),
        batch: &RecordBatch,
    ) -> Result<PositionCells> {
        let cells = |place: usize| {
            let column = Column::of(batch.column(place), batch.schema_ref().field(place))?;
            Ok(Cells { place, column })
        };
        let maybe = |place: Option<usize>| place.map(cells).transpose();
        Ok(PositionCells {
            entry_price: cells(columns.entry_price)?,
            side: maybe(columns.side)?,
            quantity: maybe(columns.quantity)?,
            contract_size: maybe(columns.contract_size)?,
            notional: maybe(notional)?,
            isolated_margin: maybe(columns.isolated_margin)?,
            leverage: maybe(leverage)?,
            margin_mode: maybe(columns.margin_mode)?,
        })
    }

    /// The position of a row; `is_inverse` tells whether it is in an inverse contract.
    ///
    /// # Errors
    /// A cell is missing or cannot be read.
    pub fn position(&self, row: usize, is_inverse: &dyn Fn(usize) -> bool) -> CellResult<Isolated> {
        self.check_mode(row)?;
        let entry_price = self.entry_price.read(|column| column.amount(row))?;
        if entry_price.is_zero() {
            let error = Error::new(ErrorCode::NotAPrice, "nothing is opened at a price of 0");
            let error = error.hint("write the price at which the position was opened");
            return self.entry_price.wrong(error);
        }
        let margin = self.margin(row)?;
        let (size, is_units) = self.size(row, is_inverse)?;
        let side = self.side(row, size)?;
        Ok(match is_units {
            true => Isolated::of_units(side, size.abs(), entry_price, margin),
            false => Isolated::new(side, size, entry_price, margin),
        })
    }

    /// Refuses a position whose margin is not its own.
    fn check_mode(&self, row: usize) -> CellResult<()> {
        let Some(cells) = filled(self.margin_mode.as_ref(), row) else { return Ok(()) };
        let mode = cells.read(|column| column.text(row))?;
        if !mode.to_ascii_lowercase().starts_with("cross") {
            return Ok(());
        }
        let message = format!("the margin of the position is `{mode}`: it depends on the whole account");
        let error = Error::new(ErrorCode::WrongMeasure, message);
        cells.wrong(error.hint("judge the account: tierbook impact FILE"))
    }

    fn margin(&self, row: usize) -> CellResult<IsolatedMargin> {
        if let Some(cells) = filled(self.isolated_margin.as_ref(), row) {
            return Ok(IsolatedMargin::Amount(cells.read(|column| column.signed_amount(row))?));
        }
        match (self.leverage.as_ref(), self.isolated_margin.as_ref()) {
            (Some(cells), _) => Ok(IsolatedMargin::Leverage(cells.read(|column| column.leverage(row))?)),
            (None, Some(cells)) => cells.wrong(empty()),
            (None, None) => self.entry_price.wrong(empty()),
        }
    }

    /// The size with its sign, and whether it is in units.
    fn size(&self, row: usize, is_inverse: &dyn Fn(usize) -> bool) -> CellResult<(Decimal, bool)> {
        let contract_size = match filled(self.contract_size.as_ref(), row) {
            Some(cells) => Some(cells.read(|column| column.amount(row))?),
            None => None,
        };
        let quantity = filled(self.quantity.as_ref(), row);
        // Of an inverse contract only the size of one makes units of contracts.
        let is_usable = contract_size.is_some() || !is_inverse(row);
        if let Some(cells) = quantity.filter(|_| is_usable || self.notional.is_none()) {
            let quantity = cells.read(|column| column.signed_amount(row))?;
            if !is_usable {
                let error = Error::new(ErrorCode::ColumnMissing, "the quantity is in contracts of the coin");
                let hint = "add the quote units of one contract (100 of BTCUSD): --contract-size COLUMN";
                return cells.wrong(error.hint(hint));
            }
            return match decimal::multiply(quantity, contract_size.unwrap_or(Decimal::ONE)) {
                Some(units) => Ok((units, true)),
                None => {
                    let error = Error::new(ErrorCode::NotANumber, "the units need more than 28 digits");
                    cells.wrong(error.hint("write fewer digits"))
                }
            };
        }
        match (self.notional.as_ref(), self.quantity.as_ref()) {
            (Some(cells), _) => Ok((cells.read(|column| column.signed_amount(row))?, false)),
            (None, Some(cells)) => cells.wrong(empty()),
            (None, None) => self.entry_price.wrong(empty()),
        }
    }

    fn side(&self, row: usize, size: Decimal) -> CellResult<Side> {
        let by_sign = if size < Decimal::ZERO { Side::Short } else { Side::Long };
        let Some(cells) = filled(self.side.as_ref(), row) else { return Ok(by_sign) };
        let text = cells.read(|column| column.text(row))?;
        match Side::from_name(&text) {
            Some(side) => Ok(side),
            // What the exchange writes where an account has one position a contract.
            None if text.eq_ignore_ascii_case("both") => Ok(by_sign),
            None => {
                let error = Error::new(ErrorCode::PositionMissing, format!("`{text}` is no side"));
                cells.wrong(error.hint("write long or short"))
            }
        }
    }
}

/// A column whose cell in a row has something in it.
fn filled(cells: Option<&Cells>, row: usize) -> Option<&Cells> {
    cells.filter(|cells| !cells.column.is_empty(row))
}
