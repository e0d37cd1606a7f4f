//! An isolated position as it was opened: what its liquidation price is asked of.

use std::fmt;

use crate::decimal::{self, Decimal};
use crate::liquidation::alone::Alone;
use crate::liquidation::fraction::Fraction;
use crate::liquidation::{Leg, Side};
use crate::statement::Program;

/// An isolated position, as it was opened.
///
/// ```
/// use tierbook::positions::Side;
/// use tierbook::rows::{Isolated, IsolatedMargin};
/// let position = Isolated::new(Side::Long, 60_000.into(), "0.02".parse()?, IsolatedMargin::Leverage(5));
/// assert_eq!(position.to_string(), "long 60000 entry 0.02 with 5x");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Isolated {
    side: Side,
    size: Size,
    entry_price: Decimal,
    margin: IsolatedMargin,
    /// Whether the contract is inverse, so that sizes are in its coin.
    is_inverse: bool,
}

/// The margin of an isolated position, without unrealized profit.
///
/// ```
/// use tierbook::positions::Side;
/// use tierbook::rows::{Isolated, IsolatedMargin};
/// let margin = IsolatedMargin::Amount(12_000.into());
/// let position = Isolated::new(Side::Short, 60_000.into(), "0.02".parse()?, margin);
/// assert_eq!(position.to_string(), "short 60000 entry 0.02 margin 12000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IsolatedMargin {
    /// The notional at the entry price ÷ this leverage.
    Leverage(u32),
    /// This much, in the currency of the table.
    Amount(Decimal),
}

/// How large a position is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Size {
    /// Its notional at the entry price, in the currency of the table.
    Notional(Decimal),
    /// Its units: of the base, of an inverse contract of the quote currency.
    #[cfg_attr(not(feature = "columnar"), allow(dead_code, reason = "only files of questions state units"))]
    Units(Decimal),
}

impl Isolated {
    /// A position with a notional at its entry price, without sign, in the currency of the table: of an inverse contract in
    /// its coin.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// let position = Isolated::new(Side::Long, 2.into(), 50_000.into(), IsolatedMargin::Leverage(10));
    /// assert_eq!(position.notional(), Some(2.into()));
    /// ```
    pub fn new(side: Side, notional: Decimal, entry_price: Decimal, margin: IsolatedMargin) -> Isolated {
        Isolated { side, size: Size::Notional(notional.abs()), entry_price, margin, is_inverse: false }
    }

    /// A position of so many units: of the base, of an inverse contract of the quote currency.
    #[cfg(any(test, feature = "columnar"))]
    pub(crate) fn of_units(
        side: Side,
        units: Decimal,
        entry_price: Decimal,
        margin: IsolatedMargin,
    ) -> Isolated {
        Isolated { side, size: Size::Units(units), entry_price, margin, is_inverse: false }
    }

    /// The same position in a contract of a program.
    pub(crate) fn on(self, program: Program) -> Isolated {
        Isolated { is_inverse: program.is_in_coin(), ..self }
    }

    /// Its side.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// let position = Isolated::new(Side::Long, 2.into(), 50_000.into(), IsolatedMargin::Leverage(10));
    /// assert_eq!(position.side(), Side::Long);
    /// ```
    pub fn side(self) -> Side {
        self.side
    }

    /// Its notional at the entry price; `None` where that has no exact decimal.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// let position = Isolated::new(Side::Long, 2.into(), 50_000.into(), IsolatedMargin::Leverage(10));
    /// assert_eq!(position.notional(), Some(2.into()));
    /// ```
    pub fn notional(self) -> Option<Decimal> {
        match self.size {
            Size::Notional(notional) => Some(notional),
            Size::Units(units) if !self.is_inverse => decimal::multiply(units, self.entry_price),
            Size::Units(_) => None,
        }
    }

    /// The price at which it was opened.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// let position = Isolated::new(Side::Long, 2.into(), 50_000.into(), IsolatedMargin::Leverage(10));
    /// assert_eq!(position.entry_price(), 50_000.into());
    /// ```
    pub fn entry_price(self) -> Decimal {
        self.entry_price
    }

    /// Its margin.
    ///
    /// ```
    /// use tierbook::positions::Side;
    /// use tierbook::rows::{Isolated, IsolatedMargin};
    /// let position = Isolated::new(Side::Long, 2.into(), 50_000.into(), IsolatedMargin::Leverage(10));
    /// assert_eq!(position.margin(), IsolatedMargin::Leverage(10));
    /// ```
    pub fn margin(self) -> IsolatedMargin {
        self.margin
    }

    /// The words of its clauses, each with its value; numbers are written by `number`.
    pub(crate) fn clauses(self, number: impl Fn(Decimal) -> String) -> [(&'static str, String); 3] {
        let margin = match self.margin {
            IsolatedMargin::Leverage(leverage) => ("with", format!("{leverage}x")),
            IsolatedMargin::Amount(amount) => ("margin", number(amount)),
        };
        let notional = self.notional().map_or(String::new(), &number);
        [(self.side.name(), notional), ("entry", number(self.entry_price)), margin]
    }

    /// It in decimals; `None` without size or entry price, and where a figure has too many digits.
    pub(crate) fn in_decimals(self) -> Option<Alone> {
        let (opened, by) = match (self.size, self.is_inverse) {
            (Size::Notional(notional), _) => (notional, Decimal::ONE),
            (Size::Units(units), false) => (decimal::multiply(units, self.entry_price)?, Decimal::ONE),
            (Size::Units(units), true) => (units, self.entry_price),
        };
        if opened <= Decimal::ZERO || self.entry_price <= Decimal::ZERO {
            return None;
        }
        let (opened, margin, parts) = match self.margin {
            IsolatedMargin::Leverage(0) => return None,
            IsolatedMargin::Leverage(leverage) => {
                let leverage = Decimal::from(leverage);
                (decimal::multiply(opened, leverage)?, opened, decimal::multiply(by, leverage)?)
            }
            IsolatedMargin::Amount(amount) => (opened, decimal::multiply(amount, by)?, by),
        };
        let gains = (self.side == Side::Long) != self.is_inverse;
        let (entry_price, is_inverse) = (self.entry_price, self.is_inverse);
        Some(Alone { opened, margin, parts, entry_price, gains, is_inverse })
    }

    /// Whether the contract is inverse.
    pub(crate) fn is_inverse(self) -> bool {
        self.is_inverse
    }

    /// Its notional at the entry price, exactly; `None` for an entry price of 0.
    pub(crate) fn opened_with(self) -> Option<Fraction> {
        let entry = Fraction::from(self.entry_price);
        match (self.size, self.is_inverse) {
            (Size::Notional(notional), _) => Some(notional.into()),
            (Size::Units(units), false) => Some(Fraction::from(units).times(&entry)),
            (Size::Units(units), true) => Fraction::from(units).over(&entry),
        }
    }

    /// What moves with the price; `None` without an entry price above 0.
    pub(crate) fn leg(self) -> Option<Leg> {
        let entry_price = Fraction::from(self.entry_price);
        if !entry_price.sign().is_gt() {
            return None;
        }
        let quantity = match (self.size, self.is_inverse) {
            (Size::Units(units), _) => units.into(),
            (Size::Notional(notional), false) => Fraction::from(notional).over(&entry_price)?,
            (Size::Notional(notional), true) => Fraction::from(notional).times(&entry_price),
        };
        Some(Leg { side: self.side, quantity, entry_price })
    }

    /// Its margin, exactly; `None` for a leverage of 0, or an entry price of 0.
    pub(crate) fn isolated_margin(self) -> Option<Fraction> {
        match self.margin {
            IsolatedMargin::Amount(amount) => Some(amount.into()),
            IsolatedMargin::Leverage(leverage) => self.opened_with()?.over(&Decimal::from(leverage).into()),
        }
    }
}

impl fmt::Display for Isolated {
    /// As the clauses of a statement: `long 60000 entry 0.02 with 5x`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let clauses = self.clauses(decimal::canonical);
        f.write_str(&clauses.map(|(word, value)| format!("{word} {value}")).join(" "))
    }
}
