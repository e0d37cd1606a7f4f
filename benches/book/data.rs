//! A made database for the benchmarks: so many contracts, observed so many times, with announcements between; the
//! same bytes on every machine.

use std::fmt::Write;

/// How large the made data are.
#[derive(Clone, Copy)]
pub struct Size {
    /// Contracts of the exchange.
    pub contracts: usize,
    /// Observations of all of them.
    pub observations: usize,
    /// Different tables.
    pub tables: usize,
}

/// As many as one exchange had from 2025 to mid-2026.
pub const REAL: Size = Size { contracts: 450, observations: 147, tables: 1_120 };

/// The time between two observations in seconds: 147 of them are a year and a half.
const STEP: u64 = 320_123;

/// The first observation: 2025-01-01T03:12:21Z.
const START: u64 = 1_735_701_141;

/// Of a hundred tables, so many have changed at the next observation.
const CHANGED_IN_A_HUNDRED: u64 = 8;

/// Leverage and maintenance margin rate of the tiers, in units of 1/10,000.
const RATES: [(u32, u32); 10] = [
    (75, 65),
    (50, 100),
    (25, 200),
    (20, 250),
    (15, 333),
    (10, 500),
    (5, 1_000),
    (4, 1_250),
    (2, 2_500),
    (1, 5_000),
];

/// Numbers that look random and are the same on every machine (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// The name of a contract without its currency.
pub fn base(contract: usize) -> String {
    let letters = [contract / 676 % 26, contract / 26 % 26, contract % 26];
    letters.iter().map(|letter| char::from(b'A' + *letter as u8)).chain("X".chars()).collect()
}

/// The seconds of an observation since 1970.
pub fn observed_at(observation: usize) -> u64 {
    START + observation as u64 * STEP
}

/// Leverage, cap and rate of each tier of a table.
fn table(number: usize) -> Vec<(u32, u64, u32)> {
    let mut dice = Dice(number as u64);
    let first = dice.below(4) as usize;
    let unit = [5_000, 10_000, 25_000, 100_000][dice.below(4) as usize];
    let mut cap = 0;
    let tier = |(leverage, rate): &(u32, u32)| {
        cap += unit * (1 + dice.below(8));
        (*leverage, cap, *rate)
    };
    RATES[first..].iter().map(tier).collect()
}

/// Documents in order of publication: a name with its time, and the bytes.
pub fn documents(size: Size) -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut dice = Dice(7);
    let mut tables: Vec<usize> =
        (0..size.contracts).map(|_| dice.below(size.tables as u64) as usize).collect();
    (0..size.observations).flat_map(move |observation| {
        let mut documents = Vec::new();
        if observation > 0 {
            for table in &mut tables {
                if dice.below(100) < CHANGED_IN_A_HUNDRED {
                    *table = dice.below(size.tables as u64) as usize;
                }
            }
            // Announced a day before it is seen.
            if observation % 10 == 0 {
                let named: Vec<usize> = (0..6).map(|_| dice.below(size.contracts as u64) as usize).collect();
                let time = observed_at(observation) - 86_400;
                let tables = tables.clone();
                let text = announcement(&named, &tables, time);
                documents.push((format!("binance-{}.txt", compact(time)), text.into_bytes()));
            }
        }
        let time = observed_at(observation);
        documents.push((format!("binance-usdm-{}.json", compact(time)), snapshot(&tables).into_bytes()));
        documents
    })
}

/// An observation of all contracts, in the form that ccxt writes.
fn snapshot(tables: &[usize]) -> String {
    let mut text = String::from("{\n");
    for (contract, number) in tables.iter().enumerate() {
        let name = format!("{}/USDT:USDT", base(contract));
        let comma = if contract == 0 { "" } else { ",\n" };
        writeln!(text, "{comma}  \"{name}\": [").unwrap();
        let (mut floor, mut amount, mut before) = (0, 0, 0);
        for (place, (leverage, cap, rate)) in table(*number).into_iter().enumerate() {
            amount += floor * u64::from(rate - before);
            before = rate;
            let comma = if place == 0 { "" } else { ",\n" };
            let rate = f64::from(rate) / 10_000.0;
            let tier = place + 1;
            #[allow(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
            let cum = amount as f64 / 10_000.0;
            write!(
                text,
                "{comma}    {{\n      \"tier\": {tier}.0,\n      \"symbol\": \"{name}\",\n      \"currency\": \"USDT\",\n      \
                 \"minNotional\": {floor}.0,\n      \"maxNotional\": {cap}.0,\n      \"maintenanceMarginRate\": {rate},\n      \
                 \"maxLeverage\": {leverage}.0,\n      \"info\": {{\n        \"bracket\": {tier},\n        \
                 \"initialLeverage\": {leverage},\n        \"notionalCap\": {cap},\n        \"notionalFloor\": {floor},\n        \
                 \"maintMarginRatio\": {rate},\n        \"cum\": {cum:?}\n      }}\n    }}"
            )
            .unwrap();
            floor = cap;
        }
        text += "\n  ]";
    }
    text + "\n}\n"
}

/// An announcement of some contracts whose tables are as they will be seen a day later.
fn announcement(named: &[usize], tables: &[usize], time: u64) -> String {
    let [date, clock] = written(time + 3_600);
    let mut text = String::from("# Updates on leverage and margin tiers\n\nFellow readers,\n\n");
    for contract in named {
        let tiers = table(tables[*contract]);
        write!(
            text,
            "• {}USDT (USDⓈ-M Perpetual Contract) at {date} {clock} (UTC):\n\n| Leverage | Position (USDT) | Maintenance Margin Rate |\n\
             |---|---|---|\n",
            base(*contract)
        )
        .unwrap();
        let mut floor = 0;
        for (place, (leverage, cap, rate)) in tiers.iter().enumerate() {
            let lowest = tiers.get(place + 1).map_or(1, |next| next.0 + 1);
            let range =
                if lowest == *leverage { format!("{leverage}x") } else { format!("{lowest} - {leverage}x") };
            let (percent, hundredths) = (rate / 100, rate % 100);
            writeln!(text, "| {range} | {floor} < Position ≤ {cap} | {percent}.{hundredths:02}% |").unwrap();
            floor = *cap;
        }
        text += "\n";
    }
    text + "Restated for tierbook.\n\n" + &written(time)[0] + "\n"
}

/// `20250101T031221Z`.
fn compact(seconds: u64) -> String {
    let [date, clock] = written(seconds);
    format!("{}T{}{:02}Z", date.replace('-', ""), clock.replace(':', ""), seconds % 60)
}

/// The date, and the clock to the minute.
fn written(seconds: u64) -> [String; 2] {
    let time = tierbook::Timestamp::from_micros(seconds as i64 * 1_000_000).unwrap().to_string();
    [time[..10].to_string(), time[11..16].to_string()]
}
