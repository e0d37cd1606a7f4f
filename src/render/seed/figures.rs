//! Claims as the fields of an entry. Numbers keep their print; where that cannot be read as the number, a
//! second field has the number.

use super::toml_text::quoted;
use crate::rule::{Leverage, Number, PrintedTier, Rate, Rule, RuleKind};
use crate::statement::Claim;
use crate::time::TimeSpan;

/// The name of the entry for a claim.
pub fn header(claim: &Claim) -> &'static str {
    match claim {
        Claim::Change { .. } => "change",
        Claim::Observation { .. } => "observation",
        Claim::End { .. } => "end",
        Claim::Launch { .. } => "launch",
        Claim::Conversion { .. } => "conversion",
        Claim::Postponed { .. } => "postponed",
    }
}

/// The fields of a claim, one a line.
pub fn body(claim: &Claim) -> String {
    match claim {
        Claim::Change { effective_at, rollout, rule: changed } => {
            format!("effective_at = \"{effective_at}\"\n{}{}", rollout_line(*rollout), rule(changed))
        }
        Claim::Observation { seen_at, rule: Some(seen) } => {
            format!("seen_at = \"{seen_at}\"\n{}", rule(seen))
        }
        Claim::Observation { seen_at, rule: None } => format!("seen_at = \"{seen_at}\"\nabsent = true\n"),
        Claim::End { effective_at } => format!("effective_at = \"{effective_at}\"\n"),
        Claim::Launch { effective_at, max_leverage } => {
            let leverage =
                max_leverage.map_or(String::new(), |leverage| format!("max_leverage = {leverage}\n"));
            format!("effective_at = \"{effective_at}\"\n{leverage}")
        }
        Claim::Conversion { effective_at, rollout } => {
            format!("effective_at = \"{effective_at}\"\n{}", rollout_line(*rollout))
        }
        Claim::Postponed { from, to } => {
            let to = to.map_or(String::new(), |to| format!("to = \"{to}\"\n"));
            format!("from = \"{from}\"\n{to}")
        }
    }
}

fn rollout_line(rollout: TimeSpan) -> String {
    match rollout {
        TimeSpan::ZERO => String::new(),
        span => format!("rollout = \"{}\"\n", time_span_text(span)),
    }
}

/// A time span in the largest unit that divides it.
pub fn time_span_text(span: TimeSpan) -> String {
    let micros = span.micros();
    let units = [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s")];
    let fit = units.into_iter().find(|(unit, _)| micros % unit == 0);
    fit.map_or_else(|| format!("{micros} µs"), |(unit, name)| format!("{} {name}", micros / unit))
}

fn rule(rule: &Rule) -> String {
    let (list, rate_key) = match rule.kind() {
        RuleKind::Flat => {
            return rule.printed().iter().map(|row| rate("ratio", &row.rate).join("\n") + "\n").collect();
        }
        RuleKind::Class => return rule.rank().map_or(String::new(), |class| format!("class = {class}\n")),
        RuleKind::Contract => ("tiers", "mmr"),
        RuleKind::Collateral => ("collateral", "ratio"),
    };
    let row = |row: &PrintedTier| {
        let leverage = row.leverage.as_ref().map(leverage);
        let bounds = [number("floor", &row.floor), number("cap", &row.cap)];
        let figures = leverage.into_iter().chain(bounds).chain(rate(rate_key, &row.rate));
        format!("  {{ {} }},\n", figures.collect::<Vec<_>>().join(", "))
    };
    let rank = rule.rank().map_or(String::new(), |rank| format!("rank = {rank}\n"));
    let rows: String = rule.printed().iter().map(row).collect();
    format!("unit = {}\n{rank}{list} = [\n{rows}]\n", quoted(rule.unit()))
}

/// A bound; with its number where the print is of another form than `10,000`, `10000` or `0.5`.
fn number(key: &str, number: &Number) -> String {
    let text = quoted(number.text());
    if Number::plain(number.text()).is_some_and(|plain| plain.value() == number.value()) {
        format!("{key} = {text}")
    } else {
        format!("{key} = {text}, {key}_value = \"{}\"", number.value())
    }
}

/// A rate; with its fraction where the print is not a plain percentage.
fn rate(key: &str, rate: &Rate) -> Vec<String> {
    let text = rate.text();
    if Rate::from_percent(text).is_some_and(|plain| plain.fraction() == rate.fraction()) {
        return vec![format!("{key} = {}", quoted(&format!("{text}%")))];
    }
    // One sign at the end is taken for that of the rate.
    let sign = if text.ends_with('%') { "%" } else { "" };
    let printed = format!("{key} = {}", quoted(&format!("{text}{sign}")));
    vec![printed, format!("{key}_value = \"{}\"", rate.fraction())]
}

/// The leverages: as printed where that determines both, else with fields for the highest and, if it is
/// stated, the lowest.
fn leverage(leverage: &Leverage) -> String {
    let Leverage { min, max, text } = leverage;
    if min.is_some() && lowest_and_highest(text) == Some((min.unwrap_or(1), *max)) {
        return format!("leverage = {}", quoted(text));
    }
    let min = min.map_or(String::new(), |min| format!("min_leverage = {min}, "));
    if *text == format!("{max}x") {
        format!("{min}max_leverage = {max}")
    } else {
        format!("leverage = {}, {min}max_leverage = {max}", quoted(text))
    }
}

/// The lowest and highest of a print such as `6 - 10x` or `5x`.
fn lowest_and_highest(text: &str) -> Option<(u32, u32)> {
    let count = |digits: &str| {
        let fit = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fit { digits.parse::<u32>().ok().filter(|count| *count >= 1) } else { None }
    };
    let highest = text.strip_suffix('x')?;
    let (low, high) = match highest.split_once(['-', '–']) {
        Some((low, high)) => (count(low.trim_end_matches(' '))?, count(high.trim_start_matches(' '))?),
        None => (count(highest)?, count(highest)?),
    };
    (low <= high).then_some((low, high))
}
