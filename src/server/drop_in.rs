//! The exchange's own API: its paths, its forms and its errors, at any basis. What a client sends to sign a request is
//! ignored.

use super::asked::Asked;
use super::exchange_error::{ExchangeError, INVALID_SYMBOL};
use super::problem::Problem;
use super::response::{Freshness, JSON, Response};
use crate::exchange_forms::{Exported, exchange_info, reply, reply_about_collateral};
use crate::limits;
use crate::query::rows::{CertaintyKind, Status};
use crate::statement::{Program, Sha256, Subject};

/// The exchange whose API this is.
const VENUE: &str = "binance";

/// What the exchange adds to the names of perpetuals that are margined in the coin.
const PERPETUAL: &str = "_PERP";

/// The brackets of the contracts of a program: of one where `symbol` names it, which is a list too. `has_both` names of the
/// floor are in the one reply whose documentation has another than what is sent.
///
/// # Errors
/// The symbol has no rule, or the database is damaged.
pub fn leverage_bracket(asked: &Asked, program: Program, has_both: bool) -> Result<Response, Problem> {
    let Some(symbol) = asked.request.parameter("symbol") else {
        let exported = reply(&asked.rules, &stored(asked, program), asked.at, has_both)?;
        return Ok(tables(asked, &exported));
    };
    let Some(contract) = contract(asked, program, symbol)? else {
        return Ok(without_rule(asked, Status::UnknownSubject));
    };
    let exported = reply(&asked.rules, std::slice::from_ref(&contract), asked.at, has_both)?;
    match exported.without_rule.first() {
        None => Ok(tables(asked, &exported)),
        Some((_, status)) => Ok(without_rule(asked, *status)),
    }
}

/// What is known of the contracts that have a rule.
///
/// # Errors
/// The database is damaged.
pub fn information(asked: &Asked) -> Result<Response, Problem> {
    let contracts = stored(asked, Program::Usdm);
    let exported = exchange_info(&asked.rules, &contracts, asked.at)?;
    let millis = asked.request.received_at.micros() / 1000;
    let body = format!(
        "{{\"timezone\":\"UTC\",\"serverTime\":{millis},\"futuresType\":\"U_MARGINED\",\"rateLimits\":[],\
         \"exchangeFilters\":[],\"assets\":[],\"symbols\":[\n{}\n],\"tierbook\":{}}}\n",
        exported.symbols.join(",\n"),
        exported.marker
    );
    // The clock is in it, so that it is never the same for ever.
    Ok(kept(asked, Response::json(body), exported.symbols.iter().map(String::as_str), false))
}

/// The collateral ratios of portfolio margin pro.
///
/// # Errors
/// The database is damaged.
pub fn collateral_rate(asked: &Asked) -> Result<Response, Problem> {
    let assets = stored(asked, Program::PmPro);
    Ok(tables(asked, &reply_about_collateral(&asked.rules, &assets, asked.at)?))
}

/// The clock of this machine, whatever the basis: clients sign with it, and compare theirs with it.
pub fn time(asked: &Asked) -> Response {
    Response::json(format!("{{\"serverTime\":{}}}", asked.request.received_at.micros() / 1000))
}

fn stored(asked: &Asked, program: Program) -> Vec<Subject> {
    let is_asked = |it: &&Subject| it.venue() == VENUE && it.program() == program;
    asked.rules.subjects().iter().filter(is_asked).cloned().collect()
}

/// The contract that a symbol names; `None` where none is stored.
fn contract(asked: &Asked, program: Program, symbol: &str) -> Result<Option<Subject>, Problem> {
    if symbol.is_empty() {
        return Err(ExchangeError::new(400, -1105, "Parameter 'symbol' was empty.").into());
    }
    let name = symbol.to_ascii_uppercase();
    // Both names of a perpetual: `BTCUSD_PERP` is stored as `BTCUSD`, and that is no name of the exchange's.
    let name = match (program.is_in_coin(), name.strip_suffix(PERPETUAL)) {
        (true, Some(pair)) => pair.to_string(),
        (true, None) if !name.contains('_') => return Ok(None),
        _ => name,
    };
    let subject = Subject::new(VENUE, program, &name);
    let is_stored = |it: &Subject| asked.rules.subjects().binary_search(it).is_ok();
    Ok(subject.filter(is_stored))
}

/// The error of the exchange about a symbol that has no rule then; why is in a header.
fn without_rule(asked: &Asked, status: Status) -> Response {
    asked.with_basis(INVALID_SYMBOL.response().with("x-tierbook-status", status.name()))
}

/// Tables as an answer: those that are not certain are named in a header.
fn tables(asked: &Asked, exported: &Exported) -> Response {
    let texts = exported.tables.iter().map(|table| {
        // The marker names the time, which is another one in each second.
        table.json.rsplit_once(",\"tierbook\":").map_or(table.json.as_str(), |(table, _)| table)
    });
    let mut response = kept(asked, Response::new(200, JSON, exported.text()), texts, asked.is_fixed());
    if let Some(doubtful) = doubtful(exported) {
        response.add("x-tierbook-doubtful", doubtful);
    }
    response
}

/// An answer that is recognised by what it states of contracts, and by the head of the database.
fn kept<'a>(
    asked: &Asked,
    response: Response,
    texts: impl Iterator<Item = &'a str>,
    is_fixed: bool,
) -> Response {
    let head = asked.rules.head().hash;
    let texts: Vec<&[u8]> = texts.map(str::as_bytes).collect();
    let mut parts: Vec<&[u8]> = vec![&head.0];
    parts.extend(&texts);
    let tag = Sha256::of(&parts);
    let response = response.with("x-tierbook-inferred", "true");
    asked.with_basis(match is_fixed {
        true => response.fresh(Freshness::Immutable),
        false => response.fresh(Freshness::Similar(tag)),
    })
}

/// The tables that may be others: `ACTUSDT=rolling_out`. Age is no doubt.
fn doubtful(exported: &Exported) -> Option<String> {
    let kind = |kind: CertaintyKind| {
        (!matches!(kind, CertaintyKind::Settled | CertaintyKind::Unconfirmed)).then_some(kind)
    };
    let all: Vec<(&Subject, CertaintyKind)> = exported
        .tables
        .iter()
        .filter_map(|table| Some((&table.subject, table.certainty.and_then(kind)?)))
        .collect();
    let named: Vec<String> =
        all.iter().map(|(subject, kind)| format!("{}={}", subject.name(), kind.name())).collect();
    // The header has ASCII only.
    let ascii = |c: char| if c.is_ascii() { c } else { '?' };
    (!named.is_empty()).then(|| listed(&named).chars().map(ascii).collect())
}

/// Names with commas between them, as many as the value of a header may have; then how many there are more.
fn listed(names: &[String]) -> String {
    let whole = names.join(", ");
    if whole.len() <= limits::RESPONSE_HEADER_BYTES {
        return whole;
    }
    let mut listed = String::new();
    for (place, name) in names.iter().enumerate() {
        let more = |shown: usize| format!(", and {} more", names.len() - shown);
        let length = listed.len() + ", ".len() + name.len() + more(place + 1).len();
        if length > limits::RESPONSE_HEADER_BYTES {
            listed += &more(place);
            break;
        }
        listed = if place == 0 { name.clone() } else { format!("{listed}, {name}") };
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_the_most_bytes_and_names_that_do_not_fit_are_counted() {
        let most = limits::RESPONSE_HEADER_BYTES;
        let names = |last: usize| {
            let mut names = vec!["A".repeat(62); most / 64 - 1];
            names.push("B".repeat(last));
            names
        };
        assert_eq!(listed(&names(64)).len(), most);
        let cut = listed(&names(65));
        assert!(cut.len() <= most && cut.ends_with("A, and 1 more"), "{cut}");
        for length in 1..=64 {
            let many = vec!["C".repeat(length); 5_000];
            let cut = listed(&many);
            let shown = cut.split(", ").count() - 1;
            assert!(cut.len() <= most && cut.ends_with(&format!(", and {} more", 5_000 - shown)), "{cut}");
            assert!(cut.len() + length + 3 > most, "{length}: {}", cut.len());
        }
    }
}
