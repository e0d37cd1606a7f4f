//! Which columns of a row, or of a whole table, are for what.

use super::roles::{Known, PREFERRED, Role, known, names, plain};
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::liquidation::Side;
use crate::text::nearest;

/// The most names of columns that an error lists.
const LISTED: usize = 40;

/// The columns of rows.
#[derive(Clone, Debug)]
pub struct Shape {
    names: Vec<String>,
    places: [Option<usize>; Role::COUNT],
    /// The places of columns that are not read, some with what to do.
    pub unknown: Vec<(usize, Option<&'static str>)>,
    /// Whether the rows are those of the exchange, which has a signed `positionAmt`.
    pub is_of_exchange: bool,
    /// Whether they are those of its `account`, which has no mark prices.
    pub is_of_account: bool,
    /// Whether they are those of its contracts in quote units.
    pub is_linear: bool,
    /// The isolated margin of the exchange, which has the profit in it; only its `isolatedWallet` has not.
    pub margin_with_profit: Option<usize>,
}

impl Shape {
    /// The columns of these names.
    ///
    /// # Errors
    /// Two are for the same, or none has the names of contracts or assets.
    pub fn of(names: Vec<String>) -> Result<Shape> {
        let mut shape = Shape {
            names,
            places: [None; Role::COUNT],
            unknown: Vec::new(),
            is_of_exchange: false,
            is_of_account: false,
            is_linear: false,
            margin_with_profit: None,
        };
        for place in 0..shape.names.len() {
            match known(&shape.names[place]) {
                Some(Known::Role(role)) => shape.put(role, place)?,
                Some(Known::NotNeeded) => {}
                None => shape.unknown.push((place, None)),
            }
        }
        if shape.is_called(Role::Quantity, "position_amt") {
            shape.of_exchange();
        }
        shape.assets()?;
        match (shape.place(Role::Symbol), shape.place(Role::Asset), shape.place(Role::Side)) {
            (None, None, _) => return Err(shape.without_symbol()),
            (None, Some(asset), Some(_)) => return Err(shape.side_of_asset(asset)),
            _ => {}
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
        self.places.contains(&Some(place)) || self.margin_with_profit == Some(place)
    }

    /// What the column for something is called in the file.
    pub fn column(&self, role: Role) -> &str {
        self.place(role).map_or(role.name(), |place| self.name(place))
    }

    /// The place of the column of this name, in any spelling.
    fn find(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.names.iter().position(|name| plain(name) == wanted)
    }

    /// Whether the column for something has this name, in any spelling.
    pub fn is_called(&self, role: Role, name: &str) -> bool {
        self.place(role).is_some_and(|place| plain(self.name(place)) == plain(name))
    }

    fn of_exchange(&mut self) {
        let has_one = |names: &[&str]| names.iter().any(|name| self.find(name).is_some());
        let is_inverse = has_one(&["max_qty", "notional_value"]);
        let is_linear = !is_inverse && has_one(&["notional", "max_notional", "max_notional_value"]);
        let is_of_account = has_one(&["maint_margin"]) && self.place(Role::MarkPrice).is_none();
        (self.is_of_exchange, self.is_linear, self.is_of_account) = (true, is_linear, is_of_account);
        self.margin_with_profit = self.find("isolated_margin");
        if self.place(Role::IsolatedMargin) == self.margin_with_profit {
            self.places[Role::IsolatedMargin as usize] = None;
        }
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

    /// Amounts and prices are of assets. What ccxt calls `collateral` is a number; with amounts it is the asset.
    fn assets(&mut self) -> Result<()> {
        let has_amounts = self.place(Role::Amount).is_some();
        let collateral = self.find("collateral");
        if let Some(place) = collateral.filter(|_| has_amounts) {
            self.put(Role::Asset, place)?;
        }
        if self.place(Role::Asset).is_none() {
            for (role, hint) in [
                (Role::Amount, "call it `quantity` or `notional`"),
                (Role::Price, "call it `entry_price` or `mark_price`"),
            ] {
                let place = self.places[role as usize].take();
                self.unknown.extend(place.map(|place| (place, Some(hint))));
            }
        }
        Ok(())
    }

    /// The error of rows that have a side, as positions have, but name assets.
    fn side_of_asset(&self, asset: usize) -> Error {
        let (asset, side) = (quoted(self.name(asset)), quoted(self.column(Role::Side)));
        let message = format!("there is no column `symbol`: `{asset}` names assets, which have no `{side}`");
        Error::new(ErrorCode::ColumnMissing, message)
            .hint(format!("rename `{asset}` to `symbol`, and name contracts in it: ACTUSDT"))
    }

    fn without_symbol(&self) -> Error {
        let listed: Vec<_> = self.names.iter().take(LISTED).map(|name| quoted(name)).collect();
        let more = if self.names.len() > LISTED { ", …" } else { "" };
        let message = format!("there is no column `symbol`; the columns are {}{more}", listed.join(", "));
        let error = Error::new(ErrorCode::ColumnMissing, message);
        let is_cell = |name: &&String| {
            Side::from_name(name).is_some() || name.starts_with(|c: char| c.is_ascii_digit())
        };
        if self.names.iter().any(|name| is_cell(&name)) {
            return error.hint("the first line names the columns: symbol,side,notional,leverage");
        }
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

/// Names that may mean several columns, and which to write.
const MEANT: [(&[&str], &str); 4] = [
    (
        &["margin", "margin(usdt)", "positionmargin(usdt)", "collateral(usdt)"],
        "`isolated_margin` if it is the wallet of an isolated position, without profit",
    ),
    (
        &["wallet", "equity", "cash", "accountbalance", "accountequity"],
        "`wallet_balance` if it is the wallet of the cross positions, without profit",
    ),
    (&["value", "valueusdt", "sizeusdt", "sizeusd", "size(usdt)", "size(usd)", "exposure"], "`notional`"),
    (&["mode", "margin/mode", "isolated/cross"], "`margin_mode`: isolated or cross"),
];

/// What to do about a column that is not known, where its name is nearly a known one.
pub fn near(name: &str) -> Option<String> {
    let snake: String = name.chars().take(64).map(|c| if matches!(c, ' ' | '-') { '_' } else { c }).collect();
    // A word that one of several words begins with is another one: `position_id`, `mark`.
    if let Some((_, column)) = MEANT.iter().find(|(names, _)| names.contains(&plain(name).as_str())) {
        return Some(format!("call it {column}"));
    }
    let near = nearest(
        &snake,
        names().filter(|known| known.len() + 3 >= snake.len() && snake.len() + 3 >= known.len()),
    );
    near.map(|near| format!("did you mean `{near}`?"))
}
