//! The data set as documents of tierbook.

use std::fmt::Write;

use common::{Data, Event};
use tierbook::LoadInput;

use crate::numbers::{cap, time, written};

/// The name of a symbol in tierbook.
pub fn name(symbol: &str) -> String {
    let (pair, rest) = symbol.split_once(':').unwrap_or((symbol, ""));
    let delivery = rest.split_once('-').map_or(String::new(), |(_, date)| format!("_{date}"));
    pair.replace('/', "") + &delivery
}

/// The name of the yardstick of a contract.
pub fn symbol(name: &str) -> String {
    let (pair, date) =
        name.split_once('_').map_or((name, String::new()), |(pair, date)| (pair, format!("-{date}")));
    let of = |quote: &&str| {
        pair.strip_suffix(*quote)
            .filter(|base| !base.is_empty())
            .map(|base| (base.to_string(), quote.to_string()))
    };
    let (base, quote) = ["USDT", "BUSD", "USDC", "BTC"].iter().find_map(of).unwrap_or_default();
    format!("{base}/{quote}:{quote}{date}")
}

/// The currency in which the bounds of its tables are.
fn unit(symbol: &str) -> &str {
    let pair = symbol.split(':').next().unwrap_or(symbol);
    pair.split_once('/').map_or("USDT", |(_, quote)| quote)
}

/// A document for each time at which something became known, in order.
pub fn by_time(data: &Data) -> impl Iterator<Item = LoadInput> {
    let mut events: Vec<&Event> = data.events.iter().collect();
    events.sort_by_key(|event| event.ka);
    let groups: Vec<Vec<&Event>> =
        events.chunk_by(|one, other| one.ka == other.ka).map(<[_]>::to_vec).collect();
    groups.into_iter().map(|group| document(data, &group))
}

/// One document for some events that became known at the same time.
pub fn document(data: &Data, events: &[&Event]) -> LoadInput {
    let known_at = time(events[0].ka);
    let mut text = format!("[source]\ntitle = \"Tiers\"\npublished_at = \"{known_at}\"\n");
    for event in events {
        let symbol = &data.symbols[event.sym as usize];
        let kind = if event.tiers.is_empty() { "end" } else { "change" };
        let (subject, from) = (name(symbol), time(event.vf));
        write!(text, "[[{kind}]]\nsubject = \"usdm:{subject}\"\neffective_at = \"{from}\"\n").unwrap();
        if event.tiers.is_empty() {
            continue;
        }
        write!(text, "unit = \"{}\"\ntiers = [\n", unit(symbol)).unwrap();
        for tier in &data.tiers[event.tiers.clone()] {
            let (cap, rate) = (cap(tier.cap), written(tier.mmr, 4));
            writeln!(text, "{{ max_leverage = {}, cap = \"{cap}\", mmr = \"{rate}%\" }},", tier.lev).unwrap();
        }
        text += "]\n";
    }
    LoadInput::bytes(format!("{}-{}.toml", events[0].ka, events[0].id), text)
}
