//! Dates as people write them elsewhere (`Feb 7 2026`, `07.02.2026`): not read, but shown how to write them.

use jiff::civil::{Date, Time};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How a date is written here that a text gives in another way, with its clock time in UTC; both ways where
/// day and month may be meant either way round. `None` where the text is no such date.
pub fn as_written(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let is_between = |c: char| c.is_whitespace() || ",/.-_()".contains(c);
    let parts: Vec<&str> = lower.split(is_between).filter(|part| !part.is_empty()).collect();
    let (clock, dated): (Vec<&str>, Vec<&str>) = parts.into_iter().partition(|part| is_of_clock(part));
    let clock = if clock.is_empty() { String::new() } else { clock_of(&clock)? };
    let mut dates = dates(&dated)?;
    // With dots the day comes before the month.
    dates.truncate(if text.contains('.') { 1 } else { dates.len() });
    let written: Vec<String> = dates.iter().map(|date| format!("{date}{clock}")).collect();
    let written = written.join(" or ");
    Some(if written.starts_with('Y') { format!("{written}, with the year") } else { written })
}

/// Whether a text is a time rather than a number: `2026-02-07`, `yesterday`.
pub fn looks_like_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let starts_with_year = lower.len() > 5
        && lower.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && ["-", "/"].contains(&lower.get(4..5).unwrap_or_default());
    let is_month = || !lower.is_empty() && month(&lower).is_some();
    starts_with_year || ["now", "today", "yesterday", "tomorrow"].contains(&lower.as_str()) || is_month()
}

fn is_of_clock(part: &str) -> bool {
    part.contains(':') || ["am", "pm", "utc", "gmt", "z"].contains(&part)
}

/// `T07:00Z` of `07:00`, `7:00 pm` or `07:00 utc`.
fn clock_of(parts: &[&str]) -> Option<String> {
    let written = parts.iter().find(|part| part.contains(':'))?;
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_pm = parts.contains(&"pm") || written.ends_with("pm");
    let is_am = parts.contains(&"am") || written.ends_with("am");
    let mut numbers = digits.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let hour = match hour {
        12 if is_am => 0,
        1..=11 if is_pm => hour + 12,
        hour => hour,
    };
    Time::new(hour, minute, 0, 0).ok()?;
    Some(format!("T{hour:02}:{minute:02}Z"))
}

/// The dates that some words and figures can mean.
fn dates(parts: &[&str]) -> Option<Vec<String>> {
    if let [digits] = parts
        && digits.len() == 8
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(vec![date(&digits[..4], digits[4..6].parse().ok()?, &digits[6..])?]);
    }
    if let Some(place) = parts.iter().position(|part| month(part).is_some()) {
        let named = month(parts[place])?;
        let rest: Vec<&str> =
            parts.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, p)| *p).collect();
        let (days, years): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|part| part.len() < 4);
        return match (days.as_slice(), years.as_slice()) {
            ([day], [year]) => Some(vec![date(year, named, ordinal(day))?]),
            ([day], []) => Some(vec![date("2024", named, ordinal(day))?.replacen("2024", "YYYY", 1)]),
            _ => None,
        };
    }
    match parts {
        [year, month, day] if year.len() == 4 => Some(vec![date(year, month.parse().ok()?, day)?]),
        [one, other, year] if year.len() == 4 => {
            let mut dates: Vec<String> = [(other, one), (one, other)]
                .into_iter()
                .filter_map(|(month, day)| date(year, month.parse().ok()?, day))
                .collect();
            dates.dedup();
            (!dates.is_empty()).then_some(dates)
        }
        _ => None,
    }
}

/// The month of a name, or of at least its first three letters.
fn month(word: &str) -> Option<i8> {
    let fits =
        |name: &str| word.len() >= 3 && name.starts_with(word) || word == "sept" && name == "september";
    MONTHS.iter().position(|name| fits(name)).map(|place| place as i8 + 1)
}

/// `7` of `7th`.
fn ordinal(word: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word)
}

fn date(year: &str, month: i8, day: &str) -> Option<String> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let day = Some(day).filter(|day| day.len() <= 2 && plain(day))?.parse::<i8>().ok()?;
    Date::new(Some(year).filter(|year| plain(year))?.parse().ok()?, month, day)
        .ok()
        .map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_written_in_another_way_is_shown_as_it_is_written_here() {
        for (text, written) in [
            ("Feb 7 2026", "2026-02-07"),
            ("7 Feb 2026", "2026-02-07"),
            ("February 7, 2026 07:00", "2026-02-07T07:00Z"),
            ("7th of February", "none"),
            ("7th february 2026 7:30 PM UTC", "2026-02-07T19:30Z"),
            ("Feb 7", "YYYY-02-07, with the year"),
            ("Feb 7 07:00", "YYYY-02-07T07:00Z, with the year"),
            ("Sept 30, 2026", "2026-09-30"),
            ("07.02.2026", "2026-02-07"),
            ("07/02/2026", "2026-02-07 or 2026-07-02"),
            ("31/12/2025", "2025-12-31"),
            ("02/02/2026", "2026-02-02"),
            ("2026.2.7", "2026-02-07"),
            ("20260207", "2026-02-07"),
            ("Feb 30 2026", "none"),
            ("soon", "none"),
            ("next monday", "none"),
            ("2026-02", "none"),
            ("", "none"),
        ] {
            assert_eq!(as_written(text).as_deref().unwrap_or("none"), written, "{text}");
        }
    }

    #[test]
    fn a_time_is_not_taken_for_a_number() {
        for text in ["2026-02-07", "2026/2/7", "2026-02-07T07:00Z", "Yesterday", "now", "Feb"] {
            assert!(looks_like_time(text), "{text}");
        }
        for text in ["60000", "60_000", "60k", "2026", "-5", "1INCHUSDT", "", "m", "ma"] {
            assert!(!looks_like_time(text), "{text}");
        }
    }
}
