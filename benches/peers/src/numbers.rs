//! The whole numbers of the yardstick and the decimals of tierbook, and the hash of a table.

use common::NO_CAP;
use sha2::{Digest, Sha256};
use tierbook::rule::Rule;
use tierbook::{Decimal, Timestamp};

/// Units of 1e-8 in a hundredth, the unit of the yardstick's money.
pub const UNITS: i64 = 1_000_000;

/// A time in seconds, as far as tierbook knows times.
pub fn time(seconds: i64) -> Timestamp {
    let micros = seconds.saturating_mul(1_000_000);
    Timestamp::from_micros(micros).unwrap_or(if seconds < 0 { Timestamp::FIRST } else { Timestamp::LAST })
}

/// A decimal in units of a scale.
pub fn units(number: Decimal, scale: u32) -> i64 {
    let has = number.scale();
    let mantissa = number.mantissa();
    let scaled = match has <= scale {
        true => mantissa * 10_i128.pow(scale - has),
        false => {
            let rest = 10_i128.pow(has - scale);
            assert!(mantissa % rest == 0, "{number} has more than {scale} digits");
            mantissa / rest
        }
    };
    i64::try_from(scaled).unwrap()
}

/// A whole number of a scale as it is written.
pub fn written(number: i64, scale: u32) -> String {
    Decimal::new(number, scale).normalize().to_string()
}

/// The hash of a table as `prepare.py` makes it: of the tuple of its rows, as Python prints it.
pub fn hash(rule: &Rule) -> i64 {
    let text = |number: Decimal| number.normalize().to_string();
    let rows: Vec<String> = rule
        .tiers()
        .iter()
        .map(|tier| {
            let cap = tier.cap.map_or(String::new(), text);
            let leverage = tier.leverage.map_or(0, |it| it.max);
            format!(
                "('{}', '{cap}', '{}', '{leverage}', '{}')",
                text(tier.floor),
                text(tier.rate),
                text(tier.amount)
            )
        })
        .collect();
    let comma = if rows.len() == 1 { "," } else { "" };
    let digest = Sha256::digest(format!("({}{comma})", rows.join(", ")));
    (u64::from_be_bytes(*digest.first_chunk().unwrap()) >> 1) as i64
}

/// A cap as a seed has it: what the exchange writes for no limit where there is none.
pub fn cap(cap: i64) -> String {
    if cap == NO_CAP { i64::MAX.to_string() } else { written(cap, 2) }
}
