//! Symbols: the spellings that exchanges and public tools use for a contract, and the one name that it has
//! here.
//!
//! A contract is named as the exchange's announcements print it: `ACTUSDT`, `BTCUSDT_240927`, and for the
//! perpetual that is margined in its coin `BTCUSD`, without the `_PERP` of the exchange's API.

use super::subject::{Program, Subject};

/// What a symbol states about its contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// The program: margined in a currency (`usdm`, `linear`) or in the coin (`coinm`, `inverse`).
    pub program: Program,
    /// The name of the subject.
    pub name: String,
    /// What its bounds are counted in: the quote currency, or the coin.
    pub unit: String,
}

/// The currencies that contracts of `usdm` are quoted in, and the fewest letters before them. Of those that a
/// name ends with the first counts. `WBTC` is an asset, `ETHBTC` a contract.
const QUOTES: [(&str, usize); 7] =
    [("FDUSD", 1), ("USDT", 1), ("USDC", 1), ("BUSD", 1), ("USD1", 1), ("BTC", 3), ("U", 3)];

/// What contracts of `linear` are quoted in besides.
const USD: &str = "USD";

/// The fewest letters of a coin before a bare `USD`: `XRPUSD` is a contract, `FDUSD` and `TUSD` are assets.
const COIN_LETTERS: usize = 3;

/// What contracts margined in their coins are settled in, each in its own: lists name all of them or none.
const COIN: &str = "coin";

/// The currency that a contract is settled in, as far as its name tells: `USDT`, or `coin` for one that is
/// margined in its coin. `None` also for assets, which are settled in nothing.
pub fn settlement(subject: &Subject) -> Option<&'static str> {
    let program = subject.program();
    if program.is_in_coin() {
        return Some(COIN);
    }
    let (pair, _) = split_pair(subject.name());
    let ends_with = |(quote, least): &&(&str, usize)| {
        pair.strip_suffix(quote).is_some_and(|base| base.chars().count() >= *least)
    };
    let quote = QUOTES.iter().filter(|_| program.has_contracts()).find(ends_with).map(|(quote, _)| *quote);
    quote.or((program == Program::Linear && pair.ends_with(USD)).then_some(USD))
}

/// Reads a symbol as the exchange writes it (`ACTUSDT`, `BTCUSDT_240927`, `BTCUSD_PERP`) or as ccxt does
/// (`ACT/USDT:USDT`, `BTC/USDT:USDT-240927`, `BTC/USD:BTC`, and `ACT/USDT` as it did until 2022).
///
/// `None` where it ends with no known currency, or names an option or a contract margined in a third
/// currency.
pub fn read(text: &str) -> Option<Symbol> {
    if text.contains('/') {
        return unified(text, false);
    }
    let in_coin = || {
        let clear = |symbol: &Symbol| is_perpetual(text) || symbol.unit.chars().count() >= COIN_LETTERS;
        native(text, Program::Coinm).filter(clear)
    };
    // BNB is the only coin with contracts of its own whose name makes another currency out of `USD`.
    if split_pair(text).0 == "BNBUSD" { in_coin() } else { native(text, Program::Usdm).or_else(in_coin) }
}

/// The name of a contract in ccxt: `ACT/USDT:USDT`, `BTC/USDT:USDT-240927`, `BTC/USD:BTC`. `None` where the name does
/// not end with a known currency, or has what no symbol has.
pub fn unified_name(contract: &Subject) -> Option<String> {
    let (pair, end) = split_pair(contract.name());
    let is_day = end.len() == 7 && end.bytes().skip(1).all(|b| b.is_ascii_digit());
    if pair.contains(['/', '\\']) || !(end.is_empty() || is_day) {
        return None;
    }
    let symbol = native(contract.name(), contract.program())?;
    let quote = if symbol.program.is_in_coin() { USD } else { &symbol.unit };
    let (base, settle) = (pair.strip_suffix(quote)?, &symbol.unit);
    let day = end.strip_prefix('_').map_or(String::new(), |day| format!("-{day}"));
    Some(format!("{base}/{quote}:{settle}{day}"))
}

/// The currency that a name in ccxt is quoted in.
pub fn quote(unified: &str) -> &str {
    let rest = unified.split_once('/').map_or("", |(_, rest)| rest);
    rest.split_once(':').map_or(rest, |(quote, _)| quote)
}

/// Reads a symbol where the program is known, as by the keys of a table: what `BNBUSD` means can depend on
/// it. `None` also where the symbol is one of the other program.
pub fn read_on(program: Program, text: &str) -> Option<Symbol> {
    match text.contains('/') {
        true => unified(text, program == Program::Linear)
            .filter(|symbol| symbol.program.is_in_coin() == program.is_in_coin())
            .filter(|_| program.has_contracts())
            .map(|symbol| Symbol { program, ..symbol }),
        false => native(text, program),
    }
}

/// What a number of a cheap token is called: `1000SHIB`, `1MBABYDOGE`.
const MULTIPLES: [&str; 4] = ["1000000", "10000", "1000", "1M"];

/// The tokens that a contract is of: of `1000SHIBUSDT` both `1000SHIB` and `SHIB`; none for anything but a
/// contract.
pub fn tokens_of(contract: &Subject) -> Vec<Subject> {
    let program = contract.program();
    let symbol = program.has_contracts().then(|| read_on(program, contract.name())).flatten();
    let Some(base) = symbol.and_then(|symbol| base_of(&symbol)) else { return Vec::new() };
    let single = MULTIPLES.iter().find_map(|multiple| base.strip_prefix(multiple));
    let names = [Some(base.as_str()), single].into_iter().flatten();
    names.filter_map(|name| Subject::new(contract.venue(), Program::Token, name)).collect()
}

fn base_of(symbol: &Symbol) -> Option<String> {
    match symbol.program.is_in_coin() {
        false => split_pair(&symbol.name).0.strip_suffix(&symbol.unit).map(str::to_string),
        true => Some(symbol.unit.clone()),
    }
}

/// The exchange's own spelling: a pair, and perhaps `_PERP` or a day of delivery.
fn native(text: &str, program: Program) -> Option<Symbol> {
    let (pair, end) = split_pair(text);
    let base_of = |quote: &str| pair.strip_suffix(quote).filter(|base| !base.is_empty());
    match program {
        Program::Usdm | Program::Linear if !is_perpetual(text) => {
            let fits = |(quote, least): &(&str, usize)| {
                base_of(quote).is_some_and(|base| base.chars().count() >= *least)
            };
            let also = (program == Program::Linear).then_some((USD, 1));
            let (quote, _) = QUOTES.into_iter().chain(also).find(fits)?;
            Some(Symbol { program, name: text.to_string(), unit: quote.to_string() })
        }
        Program::Coinm | Program::Inverse => {
            let coin = base_of(USD)?;
            let name = if is_perpetual(text) { pair.to_string() } else { format!("{pair}{end}") };
            Some(Symbol { program, name, unit: coin.to_string() })
        }
        _ => None,
    }
}

/// The pair, and what follows it from the `_` on.
fn split_pair(text: &str) -> (&str, &str) {
    text.split_at(text.rfind('_').unwrap_or(text.len()))
}

fn is_perpetual(text: &str) -> bool {
    text.ends_with("_PERP")
}

/// The spelling of ccxt: `BASE/QUOTE:SETTLE-YYMMDD`, of which older versions leave out what follows the
/// quote. Binance has no contract that is settled in USD; where one may be, `may_settle_in_usd`.
fn unified(text: &str, may_settle_in_usd: bool) -> Option<Symbol> {
    let (base, rest) = text.split_once('/')?;
    let (quote, after) = rest.split_once(':').unwrap_or((rest, ""));
    let (settle, day) = after.split_once('-').unwrap_or((after, ""));
    let in_coin = quote == USD && (settle.is_empty() || settle == base);
    let in_quote = !in_coin && (quote != USD || may_settle_in_usd) && (settle.is_empty() || settle == quote);
    let is_day = day.len() == 6 && day.bytes().all(|b| b.is_ascii_digit());
    let whole = !base.is_empty() && !quote.is_empty() && !quote.contains(['/', '-']);
    if !whole || !(in_coin || in_quote) || !(is_day || (day.is_empty() && !after.ends_with('-'))) {
        return None;
    }
    let end = if day.is_empty() { String::new() } else { format!("_{day}") };
    let (program, unit) = if in_coin { (Program::Coinm, base) } else { (Program::Usdm, quote) };
    Some(Symbol { program, name: format!("{base}{quote}{end}"), unit: unit.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_a_contract_gives_its_one_name() {
        for (spellings, name) in [
            (["ACT/USDT:USDT", "ACT/USDT", "ACTUSDT"], "usdm ACTUSDT USDT"),
            (["1000BONK/USDC:USDC", "1000BONK/USDC", "1000BONKUSDC"], "usdm 1000BONKUSDC USDC"),
            (["BTC/USDT:USDT-240927", "BTCUSDT_240927", "BTCUSDT_240927"], "usdm BTCUSDT_240927 USDT"),
            (["币安人生/USDT:USDT", "币安人生/USDT", "币安人生USDT"], "usdm 币安人生USDT USDT"),
            (["ETH/BTC:BTC", "ETH/BTC", "ETHBTC"], "usdm ETHBTC BTC"),
            (["BTC/FDUSD:FDUSD", "BTC/FDUSD", "BTCFDUSD"], "usdm BTCFDUSD FDUSD"),
            (["ETH/U:U", "ETH/U", "ETHU"], "usdm ETHU U"),
            (["ETH/USD1:USD1", "ETH/USD1", "ETHUSD1"], "usdm ETHUSD1 USD1"),
            (["BNB/BUSD:BUSD", "BNB/BUSD", "BNBBUSD"], "usdm BNBBUSD BUSD"),
            (["BTC/BUSD:BUSD-210129", "BTCBUSD_210129", "BTCBUSD_210129"], "usdm BTCBUSD_210129 BUSD"),
            (["BTC/USD:BTC", "BTCUSD_PERP", "BTCUSD"], "coinm BTCUSD BTC"),
            (["BNB/USD:BNB", "BNBUSD_PERP", "BNBUSD"], "coinm BNBUSD BNB"),
            (["BTC/USD:BTC-240927", "BTCUSD_240927", "BTCUSD_240927"], "coinm BTCUSD_240927 BTC"),
        ] {
            for spelling in spellings {
                let symbol = read(spelling).expect(spelling);
                assert_eq!(format!("{} {} {}", symbol.program.name(), symbol.name, symbol.unit), name);
                let subject = Subject::new("binance", symbol.program, &symbol.name).unwrap();
                assert_eq!(unified_name(&subject).as_deref(), Some(spellings[0]));
                assert_eq!(read_on(symbol.program, spelling), Some(symbol), "{spelling}");
            }
        }
    }

    #[test]
    fn a_name_that_cannot_be_one_of_ccxt_has_none() {
        for (program, name) in [
            (Program::Usdm, "ACTEURI"),
            (Program::Usdm, "../ACTUSDT"),
            (Program::Usdm, "A\\USDT"),
            (Program::Usdm, "ACTUSDT_24092"),
            (Program::Usdm, "ACTUSDT_PERP"),
            (Program::Coinm, "ACTUSDT"),
            (Program::Pm, "ACTUSDT"),
        ] {
            assert_eq!(unified_name(&Subject::new("binance", program, name).unwrap()), None, "{name}");
        }
    }

    #[test]
    fn what_names_no_contract_is_not_read() {
        for bad in [
            "",
            "ACT",
            "USDT",
            "USD",
            "BUSD",
            "FDUSD",
            "TUSD",
            "WBTC",
            "BTC",
            "_PERP",
            "USD_PERP",
            "BTCUSDT_PERP",
            "/USDT",
            "ACT/",
            "BTC/USDT:BTC",
            "BTC/USD:USDT",
            "BTC/USD:ETH",
            "BTC/USDT:USDT-24092",
            "BTC/USDT:USDT-",
            "BTC/USDT:USDT-240927-50000-C",
            "A/B/C:C",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_program_that_is_known_decides_and_refuses_symbols_of_the_other() {
        let unit = |program, text| read_on(program, text).map(|symbol| symbol.unit);
        assert_eq!(unit(Program::Coinm, "XBUSD").as_deref(), Some("XB"));
        assert_eq!(unit(Program::Usdm, "XBUSD").as_deref(), Some("BUSD"));
        for (program, text) in [
            (Program::Usdm, "BTCUSD_PERP"),
            (Program::Usdm, "BTCUSD"),
            (Program::Usdm, "BTC/USD:BTC"),
            (Program::Coinm, "BTCUSDT"),
            (Program::Coinm, "BTC/USDT:USDT"),
            (Program::Pm, "BTCUSDT"),
        ] {
            assert_eq!(unit(program, text), None, "{text}");
        }
    }
}
