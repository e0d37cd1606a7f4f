//! Whose tables a document has: what it states itself, compared with what the user states.

use super::timestamps::plain;
use crate::error::{Error, ErrorCode};
use crate::json::{JsonField, quoted};
use crate::statement::Market;

/// Keys under which tools name the exchange, in lower case and without separators.
const KEYS: [&str; 4] = ["exchange", "exchangeid", "exchangename", "venue"];

/// Whether a key of the outermost object names the exchange.
pub fn is_exchange_key(key: &str) -> bool {
    KEYS.contains(&plain(key).as_str())
}

/// Checks that a document, which may have a form of Binance's own, is not of another exchange than that of `market`.
///
/// # Errors
/// `other_venue`: it names another one, or has a form of Binance's own.
pub fn check(head: &[JsonField], is_own_form: bool, market: &Market) -> Result<(), Error> {
    for words in head.iter().filter(|field| is_exchange_key(&field.key)).filter_map(|it| it.value.words()) {
        // Tools name a part of an exchange too: `binanceusdm`, `OKX Futures`.
        let (stated, asked) = (plain(&words), plain(market.venue()));
        if !stated.starts_with(&asked) {
            let (named, venue) = (quoted(&words), market.venue());
            let message = format!("the document says that it is of `{named}`, not of {venue}");
            let name = stated.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("NAME");
            let error = Error::new(ErrorCode::OtherVenue, message);
            return Err(error.hint(format!("load it with `--venue {name}`")));
        }
    }
    if market.is_foreign() && is_own_form {
        let message = format!("the document has a form of Binance's own, so it is not of {}", market.venue());
        return Err(Error::new(ErrorCode::OtherVenue, message)
            .hint("`--venue` is for tiers in the form of ccxt; leave it out for Binance's replies"));
    }
    Ok(())
}
