//! Which columns of a row, or of a whole table, are for what.

use super::roles::{Known, PREFERRED, Role, known, names, plain};
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::text::nearest;

/// The most names of columns that an error lists.
const LISTED: usize = 40;

/// The columns of rows.
#[derive(Clone, Debug)]
pub struct Shape {
    names: Vec<String>,
    places: [Option<usize>; Role::COUNT],
    /// The places of columns that are not known, each with what to do.
    pub unknown: Vec<(usize, Option<String>)>,
}

impl Shape {
    /// The columns of these names.
    ///
    /// # Errors
    /// Two are for the same, or none has the names of contracts or assets.
    pub fn of(names: Vec<String>) -> Result<Shape> {
        let mut shape = Shape { names, places: [None; Role::COUNT], unknown: Vec::new() };
        for place in 0..shape.names.len() {
            match known(&shape.names[place]) {
                Some(Known::Role(role)) => shape.put(role, place)?,
                Some(Known::NotNeeded) => {}
                None => shape.unknown.push((place, None)),
            }
        }
        shape.without_what_has_profit();
        shape.assets()?;
        if shape.place(Role::Symbol).is_none() && shape.place(Role::Asset).is_none() {
            return Err(shape.without_symbol());
        }
        for (place, hint) in &mut shape.unknown {
            *hint =
                hint.take().or_else(|| near(&shape.names[*place]).map(|it| format!("did you mean `{it}`?")));
        }
        Ok(shape)
    }

    /// Whether rows with these names have this shape.
    pub fn is_of<N: AsRef<str>>(&self, names: &[N]) -> bool {
        self.names.len() == names.len()
            && self.names.iter().zip(names).all(|(one, other)| one == other.as_ref())
    }

    /// The place of the column for something.
    pub fn place(&self, role: Role) -> Option<usize> {
        self.places[role as usize]
    }

    /// The name of the column at a place.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// Whether the column at a place is for something.
    #[cfg(feature = "columnar")]
    pub fn is_read(&self, place: usize) -> bool {
        self.places.contains(&Some(place)) || self.find("isolated_margin") == Some(place)
    }

    /// What the column for something is called in the file.
    pub fn column(&self, role: Role) -> &str {
        self.place(role).map_or(role.name(), |place| self.name(place))
    }

    /// The place of the column of this name, in any spelling.
    pub fn find(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.names.iter().position(|name| plain(name) == wanted)
    }

    /// Whether the column for something has this name, in any spelling.
    pub fn is_called(&self, role: Role, name: &str) -> bool {
        self.place(role).is_some_and(|place| plain(self.name(place)) == plain(name))
    }

    /// Whether the rows are those of the exchange, which has a signed `positionAmt`.
    pub fn is_of_exchange(&self) -> bool {
        self.is_called(Role::Quantity, "position_amt")
    }

    /// Whether they are those of its `account`, which has no mark prices.
    pub fn is_of_account(&self) -> bool {
        self.is_of_exchange() && self.find("maint_margin").is_some() && self.place(Role::MarkPrice).is_none()
    }

    /// Whether they are those of its contracts in quote units.
    pub fn is_linear(&self) -> bool {
        let has_one = |names: &[&str]| names.iter().any(|name| self.find(name).is_some());
        self.is_of_exchange()
            && !has_one(&["max_qty", "notional_value"])
            && has_one(&["notional", "max_notional", "max_notional_value"])
    }

    fn put(&mut self, role: Role, place: usize) -> Result<()> {
        let Some(first) = self.places[role as usize].replace(place) else { return Ok(()) };
        let is = |place: usize, name: &str| plain(&self.names[place]) == plain(name);
        let beats =
            |one: usize, other: usize| PREFERRED.iter().any(|pair| is(one, pair.0) && is(other, pair.1));
        if beats(place, first) {
            return Ok(());
        }
        self.places[role as usize] = Some(first);
        if beats(first, place) {
            return Ok(());
        }
        let (first, second) = (quoted(&self.names[first]), quoted(&self.names[place]));
        let message = if first == second {
            format!("there are two columns `{first}`")
        } else {
            format!("the columns `{first}` and `{second}` are both the {}", role.name())
        };
        Err(Error::new(ErrorCode::ColumnTwice, message).hint("remove or rename the one that is not meant"))
    }

    /// The `isolatedMargin` of the exchange has the profit in it; only its `isolatedWallet` has not.
    fn without_what_has_profit(&mut self) {
        if self.is_of_exchange() && self.is_called(Role::IsolatedMargin, "isolated_margin") {
            self.places[Role::IsolatedMargin as usize] = None;
        }
    }

    /// Amounts and prices are of assets. What ccxt calls `collateral` is a number; with amounts it is the asset.
    fn assets(&mut self) -> Result<()> {
        let has_amounts = self.place(Role::Amount).is_some();
        let collateral = self.find("collateral");
        if let Some(place) = collateral.filter(|_| has_amounts) {
            self.put(Role::Asset, place)?;
        }
        if self.place(Role::Asset).is_none() {
            for (role, meant) in
                [(Role::Amount, "`quantity` or `notional`"), (Role::Price, "`entry_price` or `mark_price`")]
            {
                let place = self.places[role as usize].take();
                self.unknown.extend(place.map(|place| (place, Some(format!("call it {meant}")))));
            }
        }
        Ok(())
    }

    fn without_symbol(&self) -> Error {
        let listed: Vec<_> = self.names.iter().take(LISTED).map(|name| quoted(name)).collect();
        let more = if self.names.len() > LISTED { ", …" } else { "" };
        let message = format!("there is no column `symbol`; the columns are {}{more}", listed.join(", "));
        let error = Error::new(ErrorCode::ColumnMissing, message);
        let symbols = ["symbol", "contract", "instrument", "ticker", "pair", "market"];
        match self.names.iter().find(|name| nearest(name, symbols).is_some()) {
            Some(near) => error.hint(format!("rename `{}` to `symbol`", quoted(near))),
            None => error.hint(format!(
                "name the column of contracts `symbol`; it may also be called {}",
                symbols[1..].join(", ")
            )),
        }
    }
}

/// The known name that a name nearly is.
pub fn near(name: &str) -> Option<&'static str> {
    let snake: String = name.chars().take(64).map(|c| if matches!(c, ' ' | '-') { '_' } else { c }).collect();
    // A word that one of several words begins with is another one: `position_id`, `mark`.
    nearest(&snake, names().filter(|known| known.len() + 3 >= snake.len() && snake.len() + 3 >= known.len()))
}
