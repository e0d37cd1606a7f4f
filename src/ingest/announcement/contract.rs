//! What words can name a contract, and which words can name nothing else.

use crate::statement::Program;
use crate::text::Span;

/// The words in a span that only contracts are named with: `ACTUSDT`, `BTCUSD_PERP`, `BTCUSDT_260327`,
/// `XRPUSD` (but not `FDUSD`, a coin).
pub fn contract_words(text: &str, span: Span) -> Vec<Span> {
    let words = span.of(text);
    // Every currency that they end in begins so.
    if !words.contains("USD") {
        return Vec::new();
    }
    let is_contract = |word: &&str| {
        let pair = pair_of(word);
        let quoted = |quote: &str, least: usize| {
            pair.strip_suffix(quote).is_some_and(|base| base.chars().count() >= least && fits(pair))
        };
        quoted("USDT", 1) || quoted("USDC", 1) || quoted("USD", 3)
    };
    let words = words.split(|c: char| !c.is_alphanumeric() && c != '_').filter(is_contract);
    words.map(|word| Span::of_part(text, word)).collect()
}

/// The name of a contract without `_PERP` or its day.
fn pair_of(name: &str) -> &str {
    let is_day = |end: &str| end.len() == 6 && end.bytes().all(|b| b.is_ascii_digit());
    match name.rsplit_once('_') {
        Some((pair, end)) if end == "PERP" || is_day(end) => pair,
        _ => name,
    }
}

/// Whether a word can name a contract: without small letters, or ending in a currency (`kPEPEUSDT`).
pub fn fits(name: &str) -> bool {
    let signs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    name.chars().all(signs)
        && name.contains(char::is_alphanumeric)
        && (!has_small(name) || ends_in_currency(name))
}

/// Whether a name is formed as those of the contracts of a program are: a base, the currency, perhaps `_PERP`
/// or a day. Two names with a lost comma between them are not, nor are `andACTUSDT` and `2.ACTUSDT`.
pub fn is_usual(name: &str, program: Program) -> bool {
    let pair = pair_of(name);
    let currencies: &[&str] = match program {
        Program::Coinm => &["USD"],
        _ => &["USDT", "USDC", "USD1", "BUSD", "FDUSD", "BTC", "U"],
    };
    let Some(base) = currencies.iter().find_map(|currency| pair.strip_suffix(currency)) else { return false };
    let first = base.chars().next().map_or(0, char::len_utf8);
    let inside = base.get(first..).unwrap_or("");
    let two = ["USDT", "USDC"].iter().any(|currency| inside.contains(currency));
    first > 0 && base.chars().all(char::is_alphanumeric) && !two && !has_small(inside)
}

fn has_small(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether a word on its own must be the name of a contract.
pub fn is_symbol(name: &str) -> bool {
    fits(name) && ends_in_currency(name)
}

fn ends_in_currency(name: &str) -> bool {
    ["USDT", "USDC", "USD", "BUSD", "FDUSD", "USD1", "USD_PERP"]
        .iter()
        .any(|currency| name.strip_suffix(currency).is_some_and(|base| !base.is_empty()))
}

/// Words that name a kind of contract, after the names of contracts.
const CONTRACT_KINDS: &[(&str, Option<Program>)] = &[
    ("USDⓈ-M", Some(Program::Usdm)),
    ("USDS-M", Some(Program::Usdm)),
    ("USDT-M", Some(Program::Usdm)),
    ("USDC-M", Some(Program::Usdm)),
    ("USD-M", Some(Program::Usdm)),
    ("COINⓈ-M", Some(Program::Coinm)),
    ("COIN-M", Some(Program::Coinm)),
    ("PERPETUAL", None),
    ("FUTURES", None),
    ("CONTRACT", None),
];

/// Where the first phrase that names a kind of contract starts, its bracket included, and its program.
pub fn contract_kind(text: &str, span: Span) -> Option<(usize, Option<Program>)> {
    let words = span.of(text);
    let starts = words.bytes().enumerate().filter(|(_, byte)| b"UCPFucpf".contains(byte));
    for (at, _) in starts {
        let before = words[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '-') {
            continue;
        }
        let here =
            |word: &str| words.get(at..at + word.len()).is_some_and(|words| words.eq_ignore_ascii_case(word));
        if let Some((_, program)) = CONTRACT_KINDS.iter().find(|(word, _)| here(word)) {
            let bracket = before.filter(|c| matches!(c, '(' | '（')).map_or(0, char::len_utf8);
            return Some((span.start + at - bracket, *program));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_contains_two_is_unusual() {
        for name in ["ACTUSDT", "USDCUSDT", "ETHBTC", "BTCU", "BTCUSDT_260327", "kPEPEUSDT", "我踏USDT"] {
            assert!(is_usual(name, Program::Usdm), "{name}");
        }
        for name in ["ACTUSDTBTCUSDT", "andACTUSDT", "2.ACTUSDT", "ACTUSDTUSDⓈ-M", "ACTUSD", "ACTUDT", "USDT"]
        {
            assert!(!is_usual(name, Program::Usdm), "{name}");
        }
        for name in ["SOLUSD", "SOLUSD_PERP", "SOLUSD_260327"] {
            assert!(is_usual(name, Program::Coinm), "{name}");
        }
        assert!(!is_usual("SOLUSDPERP", Program::Coinm));
    }

    #[test]
    fn words_that_only_contracts_have_are_found_in_a_sentence() {
        let text = "Holders of USDT, FDUSD or BUSD (not 我踏USDT, BTCUSD_PERP, ETHUSDC, XRPUSD, BTCUSDT_260327) may wait.";
        let words: Vec<&str> =
            contract_words(text, Span::new(0, text.len())).iter().map(|word| word.of(text)).collect();
        assert_eq!(words, ["我踏USDT", "BTCUSD_PERP", "ETHUSDC", "XRPUSD", "BTCUSDT_260327"]);
    }
}
