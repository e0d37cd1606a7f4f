//! What words can name a contract, and which words can name nothing else.

use crate::text::Span;

/// The words in a span that only contracts are named with: `ACTUSDT`, `BTCUSD_PERP`, `BTCUSDT_260327`, `XRPUSD`
/// (but not `FDUSD`, a coin).
pub fn contract_words(text: &str, span: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = span.start;
    // Every currency that they end in begins so.
    let words = if span.of(text).contains("USD") { span.of(text) } else { "" };
    for word in words.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let place = Span::new(at, at + word.len());
        at = text
            .get(place.end..)
            .and_then(|rest| rest.chars().next())
            .map_or(place.end, |c| place.end + c.len_utf8());
        let pair = match word.rsplit_once('_') {
            Some((pair, end)) if end == "PERP" || is_delivery(end) => pair,
            _ => word,
        };
        let quoted = |quote: &str, least: usize| {
            pair.strip_suffix(quote).is_some_and(|base| base.chars().count() >= least && fits(pair))
        };
        if quoted("USDT", 1) || quoted("USDC", 1) || quoted("USD", 3) {
            found.push(place);
        }
    }
    found
}

fn is_delivery(end: &str) -> bool {
    end.len() == 6 && end.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a word can name a contract: without small letters, or ending in a currency (`kPEPEUSDT`).
pub fn fits(name: &str) -> bool {
    let signs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let small = name.contains(|c: char| c.is_ascii_lowercase());
    name.chars().all(signs) && name.contains(char::is_alphanumeric) && (!small || ends_in_currency(name))
}

/// Whether a word that stands alone must be the name of a contract.
pub fn is_symbol(name: &str) -> bool {
    fits(name) && ends_in_currency(name)
}

fn ends_in_currency(name: &str) -> bool {
    ["USDT", "USDC", "USD", "BUSD", "FDUSD", "USD1", "USD_PERP"]
        .iter()
        .any(|currency| name.strip_suffix(currency).is_some_and(|base| !base.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_only_contracts_bear_are_found_in_a_sentence() {
        let text = "Holders of USDT, FDUSD or BUSD (not 我踏USDT, BTCUSD_PERP, ETHUSDC, XRPUSD, BTCUSDT_260327) may wait.";
        let words: Vec<&str> =
            contract_words(text, Span::new(0, text.len())).iter().map(|word| word.of(text)).collect();
        assert_eq!(words, ["我踏USDT", "BTCUSD_PERP", "ETHUSDC", "XRPUSD", "BTCUSDT_260327"]);
    }
}
