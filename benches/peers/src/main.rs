//! tierbook as a peer of the yardstick: its data set loaded as documents, its questions asked of the library.
//!
//! * **Events.** All events that became known at one time are one document, a seed in TOML published then; an event
//!   is a `[[change]]` of its symbol from its `valid_from`, or an `[[end]]` where it has no table. Each document is a
//!   transaction of its own, checked, chained and synced like any other.
//! * **Names.** `BTC/USDT:USDT` is `BTCUSDT`, `BTC/USDT:USDT-240329` is `BTCUSDT_240329`.
//! * **Tiers.** In the yardstick a tier contains its floor and its cap is not checked; in tierbook a tier is
//!   `(floor, cap]` and nothing answers above the last cap. So a notional is asked for plus 1e-8, less than any step
//!   of the data, and above the last cap the last tier of the table counts.
//! * **Hashes.** tierbook has no hash of a table; the driver makes it from the table that is stored, so that `diff`
//!   also proves that every digit of every table came back.

mod documents;
mod numbers;
mod peer;
mod stated;

fn main() {
    common::main::<peer::Book>("");
}
