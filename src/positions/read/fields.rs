//! The cells of a row by what they are for, with what is wrong with them.

use super::cell::{Cell, Commas};
use super::roles::Role;
use super::shape::Shape;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;

/// The cells of a row.
pub struct Fields<'a> {
    /// Which of them is for what.
    pub shape: &'a Shape,
    /// What is wrong so far, each with its place.
    pub errors: Vec<Error>,
    cells: &'a [Cell<'a>],
    commas: Commas,
    place: &'a dyn Fn(Option<usize>) -> String,
}

impl<'a> Fields<'a> {
    /// Those of a row; `place` is where a column of it is, in words.
    pub fn of(
        shape: &'a Shape,
        cells: &'a [Cell<'a>],
        commas: Commas,
        place: &'a dyn Fn(Option<usize>) -> String,
    ) -> Fields<'a> {
        Fields { shape, errors: Vec::new(), cells, commas, place }
    }

    /// A price; 0 is none, as the exchange prints it.
    pub fn price(&mut self, role: Role) -> Option<Decimal> {
        let price = self.number(role)?;
        if price < Decimal::ZERO {
            self.wrong(role, "a price is not below 0", "write the price without a sign");
        }
        Some(price).filter(|it| *it > Decimal::ZERO)
    }

    /// The cell for something, if there is a column for it.
    pub fn cell(&self, role: Role) -> Option<&Cell<'_>> {
        self.cells.get(self.shape.place(role)?)
    }

    /// Whether it is there and not empty.
    pub fn is_there(&self, role: Role) -> bool {
        self.cell(role).is_some_and(|cell| *cell != Cell::Empty)
    }

    /// A number with its sign.
    pub fn number(&mut self, role: Role) -> Option<Decimal> {
        let commas = self.commas;
        self.take(role, |cell| cell.number(commas))
    }

    /// The name of a contract or asset.
    pub fn name(&mut self, role: Role) -> Option<String> {
        self.take(role, |cell| cell.name().map(|name| name.map(str::to_string)))
    }

    /// A word of a few, in lower case.
    pub fn word(&mut self, role: Role) -> Option<String> {
        self.take(role, |cell| cell.word())
    }

    /// Notes that a word is none of the few.
    pub fn no_such_word(&mut self, role: Role, what: &str, hint: &str) {
        let words = self.cell(role).map(Cell::words).unwrap_or_default();
        self.wrong(role, &format!("{words} is {what}"), hint);
    }

    /// The number in the column of this name, whatever it is for.
    pub fn number_of(&mut self, name: &str) -> Option<Decimal> {
        let commas = self.commas;
        self.take_at(self.shape.find(name)?, |cell| cell.number(commas))
    }

    /// Whether the number for something is there and 0, or another one; `None` where it is not there.
    pub fn is_zero(&self, role: Role) -> Option<bool> {
        match self.cell(role)?.number(self.commas) {
            Ok(number) => number.map(|number| number.is_zero()),
            Err(_) => Some(false),
        }
    }

    /// What a cell has; nothing where it cannot be read, which is noted.
    pub fn take<T>(&mut self, role: Role, read: impl Fn(&Cell) -> Result<Option<T>>) -> Option<T> {
        self.take_at(self.shape.place(role)?, read)
    }

    fn take_at<T>(&mut self, place: usize, read: impl Fn(&Cell) -> Result<Option<T>>) -> Option<T> {
        match self.cells.get(place).map(read)? {
            Ok(found) => found,
            Err(error) => {
                self.note(Some(place), self.shape.name(place), error);
                None
            }
        }
    }

    /// Notes that a cell is wrong.
    pub fn wrong(&mut self, role: Role, what: &str, hint: &str) {
        let error = Error::new(ErrorCode::UnreadableLine, what).hint(hint);
        self.note(self.shape.place(role), self.shape.column(role), error);
    }

    fn note(&mut self, place: Option<usize>, column: &str, error: Error) {
        let place = (self.place)(place);
        self.errors.push(error.in_row(&format!("{place} column `{}`", quoted(column))));
    }
}
