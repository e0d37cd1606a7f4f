//! Random announcements that violate no invariant, with their statements.
#![allow(dead_code)]

use std::collections::BTreeMap;

use super::dice::Dice;
use super::printed_forms::{Document, Piece};
use super::tables::{self, Kind, Row, Schedule, Step, Table, Tier, grouped};

/// An announcement, and each of its statements in the words of `common::statement_lines`.
pub struct RandomAnnouncement {
    pub document: Document,
    pub statements: Vec<String>,
    /// The table that each rank identifies.
    ranks: BTreeMap<u32, Vec<Step>>,
}

/// Leverages from the highest down, each with the rates in hundredths of a percent that go with it.
const LADDER: [(u32, &[u64]); 16] = [
    (150, &[40]),
    (125, &[40, 50]),
    (100, &[50, 65]),
    (75, &[60, 65, 100]),
    (50, &[75, 100, 120, 150]),
    (40, &[110, 150]),
    (25, &[150, 200]),
    (20, &[200, 250, 300]),
    (15, &[300, 333]),
    (10, &[300, 500]),
    (8, &[500, 600]),
    (5, &[1000]),
    (4, &[1250]),
    (3, &[1667]),
    (2, &[2500]),
    (1, &[5000]),
];

/// How the figures of a table are printed.
#[derive(Clone, Copy)]
struct Figures {
    /// Whether rates have two decimals, or as many as they need.
    fixed: bool,
    /// Whether bounds have two decimals.
    cents: bool,
    dash: &'static str,
}

impl Figures {
    fn any(dice: &mut Dice) -> Figures {
        Figures {
            fixed: !dice.once_in(4),
            cents: dice.once_in(10),
            dash: dice.pick(&[" - ", " - ", " – ", "-", "–"]),
        }
    }

    fn rate(&self, hundredths: u64) -> String {
        let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        if self.fixed { text } else { text.trim_end_matches('0').trim_end_matches('.').to_string() }
    }

    fn bound(&self, number: u64) -> String {
        if self.cents && number > 0 { format!("{}.00", grouped(number)) } else { grouped(number) }
    }
}

/// A side that violates no invariant; `step` is the unit of its caps.
fn side(figures: Figures, step: u64, dice: &mut Dice) -> Vec<Tier> {
    let (first, keep) = (dice.below(LADDER.len()), dice.between(1, 4));
    let mut tops: Vec<(u32, &[u64])> =
        LADDER[first..].iter().filter(|_| dice.below(5) >= 5 - keep).copied().collect();
    if tops.last().is_none_or(|top| top.0 > 1) {
        tops.push(LADDER[LADDER.len() - 1]);
    }
    let (mut floor, mut rate) = (0, 0);
    let mut tiers = Vec::new();
    for (at, (high, rates)) in tops.iter().enumerate() {
        let low = tops.get(at + 1).map_or(1, |next| next.0 + 1);
        let cap = floor
            + step * (dice.between(1, 20) as u64) * (if dice.below(2) == 0 { 1 } else { at as u64 + 1 });
        let rates: Vec<u64> = rates.iter().copied().filter(|next| *next > rate).collect();
        rate = if rates.is_empty() { rate + 5 } else { dice.pick(&rates) };
        let leverage =
            if low == *high { format!("{high}x") } else { format!("{low}{}{high}x", figures.dash) };
        let (low, high) = (low, *high);
        tiers.push(Tier {
            low,
            high,
            leverage,
            floor: figures.bound(floor),
            cap: figures.bound(cap),
            rate: figures.rate(rate),
        });
        floor = cap;
    }
    tiers
}

/// Names that the family has; the first one is of digits only, which no asset is (see `What this cannot
/// see`).
const STEMS: [&str; 24] = [
    "4",
    "ABC",
    "A",
    "U",
    "C98",
    "1INCH",
    "1000SATS",
    "A2Z",
    "1000000BOB",
    "我踏马来了",
    "币安人生",
    "BROCCOLI714",
    "NAORIS",
    "B3",
    "FET",
    "STRK",
    "LTC",
    "1MBABYDOGE",
    "DOGE",
    "X",
    "TNA",
    "UNA",
    "龙虾",
    "0G",
];

/// Some names, each once: of assets, or of what contracts are on.
fn stems(most: usize, assets: bool, dice: &mut Dice) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for _ in 0..dice.between(1, most) {
        let fresh =
            format!("{}{}", char::from(b'A' + dice.below(26) as u8), dice.pick(&["QX", "ZZ", "OK", "LT"]));
        let name =
            if dice.below(2) == 0 { fresh } else { dice.pick(&STEMS[usize::from(assets)..]).to_string() };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A list of names in one of the styles of the family.
fn list(names: &[String], dice: &mut Dice) -> String {
    let Some((last, first)) = names.split_last().filter(|(_, first)| !first.is_empty()) else {
        return names[0].clone();
    };
    let comma = dice.pick(&[", ", ",", " , "]);
    format!("{}{}{last}", first.join(comma), dice.pick(&[" and ", ", and ", " & ", ", "]))
}

/// A time in the days to come: as printed, and in RFC 3339.
fn timestamp(dice: &mut Dice) -> (String, String) {
    let (day, hour, minute) = (dice.between(6, 27), dice.below(24), dice.pick(&[0, 30]));
    (
        format!("2026-05-{day:02} {hour:02}:{minute:02} (UTC)"),
        format!("2026-05-{day:02}T{hour:02}:{minute:02}:00Z"),
    )
}

fn fraction(percent: &str) -> String {
    let number = tierbook::decimal::parse(percent).expect("a number");
    tierbook::decimal::canonical(tierbook::decimal::hundredth(number).expect("a fraction"))
}

/// A bound as `common::show` has it: as printed, and its value as printed without separators.
fn bound(text: &str) -> String {
    format!("{text}={}", text.replace(',', ""))
}

fn said_tiers(unit: &str, tiers: &[Tier]) -> String {
    let rows = tiers
        .iter()
        .map(|tier| format!("{} {} {} {}", tier.leverage, bound(&tier.floor), bound(&tier.cap), tier.rate));
    format!("{unit} {}", rows.collect::<Vec<_>>().join("; "))
}

fn said_schedule(schedule: &Schedule) -> String {
    let rows =
        schedule.1.iter().map(|step| format!("{} {} {}", bound(&step.floor), bound(&step.cap), step.ratio));
    format!("USD rank {:?} {}", schedule.0, rows.collect::<Vec<_>>().join("; "))
}

/// What a document states about the subjects of a program for one time: the sides in words.
fn statement_lines(
    program: &str,
    names: &[String],
    at: &str,
    rollout: &str,
    sides: [Option<String>; 2],
) -> Vec<String> {
    let [previous, new] = sides;
    let each = |name: &String| {
        let before = previous.as_ref().map(|rule| format!("binance:{program}:{name} before {at}: {rule}"));
        let change = new
            .as_ref()
            .map(|rule| format!("binance:{program}:{name} change at {at} within {rollout}: {rule}"));
        before.into_iter().chain(change).collect::<Vec<_>>()
    };
    names.iter().flat_map(each).collect()
}

const ROLLOUTS: [(&str, &str); 4] = [
    ("", "0 s"),
    (" The update will be completed within approximately 30 minutes.", "30 min"),
    (" The update takes up to one hour.", "1 h"),
    (" This is completed within 4 hours.", "4 h"),
];

/// What kinds of sections an announcement may have, and what may be doubtful in them.
#[derive(Clone, Copy)]
pub struct Wishes {
    pub contracts: bool,
    pub flat: bool,
    pub pro: bool,
    /// Sections of contracts at most.
    pub most: usize,
}

/// Any announcement.
pub const ALL: Wishes = Wishes { contracts: true, flat: true, pro: true, most: 4 };

/// A random announcement that violates no invariant.
pub fn announcement(wishes: Wishes, dice: &mut Dice) -> RandomAnnouncement {
    let mut announcement = RandomAnnouncement {
        document: Document { title: "Margin rules change".into(), pieces: Vec::new() },
        statements: Vec::new(),
        ranks: BTreeMap::new(),
    };
    announcement.line("This is a general announcement.");
    announcement.line("Fellow traders,");
    let flat = wishes.flat && (dice.below(2) == 0 || !wishes.contracts);
    let pro = wishes.pro && (dice.below(2) == 0 || !(flat || wishes.contracts));
    if flat || pro {
        announcement.assets(flat, pro, dice);
    }
    if wishes.contracts && (wishes.most > 0) {
        announcement.contracts(wishes.most, dice);
    }
    for line in [
        "Please note:",
        "Users should watch their positions; rules may change again.",
        "Thank you for your support!",
        "The Team",
        "2026-05-05",
    ] {
        announcement.line(line);
    }
    announcement.statements.sort();
    announcement
}

impl RandomAnnouncement {
    fn line(&mut self, line: &str) {
        self.document.pieces.push(Piece::Line(line.to_string()));
    }

    fn table(&mut self, table: Table) {
        self.document.pieces.push(Piece::Table(table));
    }

    fn assets(&mut self, flat: bool, pro: bool, dice: &mut Dice) {
        let ((printed, at), (words, rollout)) = (timestamp(dice), dice.pick(&ROLLOUTS));
        self.line(&format!("The collateral ratios of the following assets change from {printed}.{words}"));
        if flat {
            self.flat(&at, rollout, dice);
        }
        if pro {
            for _ in 0..dice.between(1, 2) {
                self.pro(&at, rollout, dice);
            }
        }
    }

    fn flat(&mut self, at: &str, rollout: &str, dice: &mut Dice) {
        let mut rows = Vec::new();
        for name in stems(10, true, dice) {
            // A digit before a ratio of one digit can belong to either: see `What this cannot see`.
            let least = if name.ends_with(|c: char| c.is_ascii_digit()) { 2 } else { 1 };
            let after = dice.between(least, 20);
            let before = dice.between(after.saturating_sub(9).max(least), (after + 9).min(20));
            let ratio = |fives: usize, half: bool| {
                if half { format!("{}.5", fives * 5 - 3) } else { (fives * 5).to_string() }
            };
            let half = dice.once_in(12) && least == 1;
            let mut sides = [Some(ratio(before, half)), Some(ratio(after, false))];
            if dice.once_in(8) {
                sides[dice.below(2)] = None;
            }
            self.statements.extend(statement_lines(
                "pm",
                std::slice::from_ref(&name),
                at,
                rollout,
                sides.clone().map(|side| side.map(|ratio| format!("{ratio}={}", fraction(&ratio)))),
            ));
            rows.push((name, sides));
        }
        let printed = rows.iter().map(|(name, sides)| Row {
            names: Some(name.clone()),
            sides: sides.clone().map(|side| side.map(|ratio| vec![format!("{ratio}%")])),
        });
        let table = Table {
            kind: Kind::Flat,
            header: tables::flat_header(dice),
            rows: printed.collect(),
            columns: 1,
        };
        self.table(table);
    }

    fn pro(&mut self, at: &str, rollout: &str, dice: &mut Dice) {
        let in_header = dice.once_in(4);
        let mut ranks = [0, 0];
        let blocks = if in_header { 1 } else { dice.between(1, 3) };
        let mut rows = Vec::new();
        for _ in 0..blocks {
            let names = stems(3, true, dice);
            ranks = [0, 1].map(|_| dice.between(1, 12) as u32);
            let mut sides = ranks.map(|rank| {
                let steps = self.ranks.entry(rank).or_insert_with(|| schedule(dice)).clone();
                Some(((!in_header).then_some(rank), steps))
            });
            if dice.once_in(8) && !in_header {
                sides[0] = None;
            }
            rows.extend(tables::pro_rows(&list(&names, dice), [sides[0].as_ref(), sides[1].as_ref()]));
            let mut side = 0;
            let words = sides.clone().map(|schedule| {
                side += 1;
                schedule.map(|(rank, steps)| said_schedule(&(rank.or(Some(ranks[side - 1])), steps)))
            });
            self.statements.extend(statement_lines("pm-pro", &names, at, rollout, words));
        }
        let header = tables::pro_header(in_header.then_some(ranks), dice);
        let columns = if in_header { 3 } else { 4 };
        self.table(Table { kind: Kind::Pro, header, rows, columns });
    }

    fn contracts(&mut self, most: usize, dice: &mut Dice) {
        let (words, rollout) = dice.pick(&ROLLOUTS);
        let common = if dice.once_in(3) { Some(timestamp(dice)) } else { None };
        match &common {
            Some((printed, _)) => self.line(&format!("In addition, the leverage and margin tiers of the following contracts change at {printed}, as per the tables below.{words}")),
            None => self.line(&format!("In addition, the leverage and margin tiers of the following contracts change as per the tables below.{words}")),
        }
        self.line("Updates to Leverage & Margin Tiers:");
        for number in 0..dice.between(1, most) {
            let coin = dice.once_in(8);
            let own = if common.is_none() { Some(timestamp(dice)) } else { None };
            let (names, unit, step) = if coin {
                let coin = dice.pick(&["SOL", "XRP", "BTC"]);
                (
                    vec![format!("{coin}USD{}", dice.pick(&["", "_PERP"]))],
                    coin,
                    dice.pick(&[5, 10, 250, 1000]),
                )
            } else {
                let stems = stems(if dice.once_in(3) { 9 } else { 1 }, false, dice);
                let names = stems
                    .iter()
                    .map(|stem| format!("{stem}{}", dice.pick(&["USDT", "USDT", "USDT", "USDC"])));
                (names.collect(), "USDT", dice.pick(&[500, 5_000, 2_500, 100_000]))
            };
            let printed = own.as_ref().map(|(printed, _)| printed.as_str());
            self.line(&heading(&names, printed, coin, number, dice));
            let at = own.as_ref().or(common.as_ref()).map_or("", |(_, at)| at).to_string();
            let figures = Figures::any(dice);
            let sides = [side(figures, step, dice), side(figures, step, dice)];
            let words = sides.clone().map(|side| Some(said_tiers(unit, &side)));
            let program = if coin { "coinm" } else { "usdm" };
            self.statements.extend(statement_lines(program, &names, &at, rollout, words));
            let rows = tables::tier_rows([&sides[0], &sides[1]], dice);
            self.table(Table {
                kind: Kind::Tiers,
                header: tables::tier_header(unit, dice),
                rows,
                columns: 3,
            });
        }
    }
}

/// A heading in one of the styles of the family.
fn heading(names: &[String], at: Option<&str>, coin: bool, number: usize, dice: &mut Dice) -> String {
    let names = list(names, dice);
    let kind = match (coin, dice.below(6)) {
        (true, 0..3) => " (COINⓈ-M Perpetual Contract)",
        (true, _) => " (COIN-M Perpetual Contract)",
        (false, 0 | 1) => " (USDⓈ-M Perpetual Contract)",
        (false, 2) => "  (USDⓈ-M Perpetual Contracts)",
        (false, 3) => " USDⓈ-M Perpetual Contract",
        (false, 4) => " (USD-M Perpetual Contracts)",
        (false, _) => " (USDT-M Perpetual Contract)",
    };
    let bullet = dice.pick(&["", "• ", "•", "•  "]);
    match at {
        Some(at) => format!("{bullet}{at}{}{names}{kind}", dice.pick(&[": ", ":  ", "  ", " ", ":   "])),
        None if dice.once_in(6) && bullet.is_empty() => format!("{}. {names}{kind}", number + 1),
        None => format!("{bullet}{names}{kind}"),
    }
}

/// A schedule that violates no invariant: its last cap is the open end.
fn schedule(dice: &mut Dice) -> Vec<Step> {
    let (mut floor, mut ratio) = (0, dice.pick(&[100, 95, 90, 80]));
    let step = dice.pick(&[200_000, 50_000, 1_000_000, 10_000]);
    let count = dice.between(1, 6);
    let steps = (0..count).map(|at| {
        let cap = if at + 1 == count { 99_999_999_999 } else { floor + step * dice.between(1, 9) as u64 };
        let row = Step { floor: grouped(floor), cap: grouped(cap), ratio: ratio.to_string() };
        floor = cap;
        ratio -= dice.pick(&[5, 10]);
        row
    });
    steps.collect()
}
