//! Markets: whose contracts a document of tables is about, where the user says so.

use super::subject::{Program, Subject};
use super::symbol::{self, Symbol};
use crate::error::{Error, ErrorCode, Result};

/// The exchange whose contracts are on `usdm` and `coinm`.
const BINANCE: &str = "binance";

/// The venue and the program of the contracts of a document in the form that public tools give the tables of
/// every exchange.
///
/// ```
/// use tierbook::{LoadInput, LoadOptions, Market};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let tiers = r#"{"BTC/USDT:USDT": [{"minNotional": 0, "maxNotional": 2000000, "maintenanceMarginRate": 0.005, "maxLeverage": 100}]}"#;
/// let options = LoadOptions { market: Market::new(Some("bybit"), None)?, ..LoadOptions::default() };
/// database.writer()?.load(LoadInput::bytes("tiers-20260301T000000Z.json", tiers), options)?;
/// let names: Vec<String> = database.snapshot()?.subjects().iter().map(ToString::to_string).collect();
/// assert_eq!(names, ["bybit:linear:BTCUSDT"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Market {
    venue: Option<String>,
    program: Option<Program>,
}

impl Market {
    /// The market of these names; without a venue it is Binance, without a program that of each contract.
    ///
    /// ```
    /// use tierbook::Market;
    /// assert_eq!(Market::new(Some("ByBit"), Some("linear"))?.venue(), "bybit");
    /// assert!(Market::new(Some("bybit"), Some("usdm")).is_err()); // that is a program of Binance
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// The name cannot be that of a venue (`not_a_venue`), or the venue has no such program for contracts
    /// (`unknown_program`).
    pub fn new(venue: Option<&str>, program: Option<&str>) -> Result<Market> {
        let venue = venue.map(usual_venue).transpose()?;
        let market = Market { venue, program: None };
        let Some(name) = program else { return Ok(market) };
        let known = market.programs();
        let program = Program::from_name(name).filter(|program| known.contains(program));
        let unknown = || {
            let [one, other] = known.map(Program::name);
            let error = Error::new(
                ErrorCode::UnknownProgram,
                format!("{} has no program `{name}` for contracts", market.venue()),
            );
            let error = error.hint(format!("its programs are {one} and {other}"));
            match Program::from_name(name) {
                Some(Program::Linear | Program::Inverse) => error.hint("name the exchange: --venue bybit"),
                _ => error,
            }
        };
        Ok(Market { program: Some(program.ok_or_else(unknown)?), ..market })
    }

    /// The venue.
    ///
    /// ```
    /// assert_eq!(tierbook::Market::default().venue(), "binance");
    /// ```
    pub fn venue(&self) -> &str {
        self.venue.as_deref().unwrap_or(BINANCE)
    }

    /// Whether the user stated a venue or a program.
    pub(crate) fn is_stated(&self) -> bool {
        self.venue.is_some() || self.program.is_some()
    }

    /// Whether it is another exchange than the one whose own forms are read.
    pub(crate) fn is_foreign(&self) -> bool {
        self.venue() != BINANCE
    }

    /// Whether a program fits what the user stated.
    pub(crate) fn allows(&self, program: Program) -> bool {
        self.program.is_none_or(|stated| stated == program)
    }

    /// The program that the user stated, in words for messages.
    pub(crate) fn stated_program(&self) -> &'static str {
        self.program.map_or("any", Program::name)
    }

    /// What a symbol names here, whichever program the user stated; `None` where it names no contract.
    pub(crate) fn read(&self, text: &str) -> Option<Symbol> {
        if !self.is_foreign() {
            return symbol::read(text);
        }
        let stated = self.program.and_then(|program| symbol::read_on(program, text));
        let [in_currency, in_coin] = self.programs();
        let usual = || {
            let symbol = symbol::read(text).or_else(|| symbol::read_on(in_currency, text))?;
            let program = if symbol.program.is_in_coin() { in_coin } else { in_currency };
            Some(Symbol { program, ..symbol })
        };
        stated.or_else(usual)
    }

    /// The subject of a name.
    pub(crate) fn subject(&self, program: Program, name: &str) -> Option<Subject> {
        Subject::new(self.venue(), program, name)
    }

    /// Its programs of contracts: margined in a currency, and in the coin.
    fn programs(&self) -> [Program; 2] {
        if self.is_foreign() { [Program::Linear, Program::Inverse] } else { [Program::Usdm, Program::Coinm] }
    }
}

/// The one name of a venue that tools spell in several ways: `binanceusdm` is `binance`.
fn usual_venue(name: &str) -> Result<String> {
    let lower = name.trim().to_lowercase();
    if ["binanceusdm", "binancecoinm"].contains(&lower.as_str()) {
        return Ok(BINANCE.to_string());
    }
    let fits = Subject::new(&lower, Program::Linear, "X").is_some();
    let not_a_venue = || {
        Error::new(ErrorCode::NotAVenue, format!("`{name}` cannot be the name of an exchange"))
            .hint("write it in one word: bybit")
    };
    if fits { Ok(lower) } else { Err(not_a_venue()) }
}
