//! How long a change may take, as sentences tell it: `completed within approximately one hour`.

use crate::text::nearest;
use crate::time::TimeSpan;

/// What a sentence says about the length of a roll-out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rollout {
    /// A length.
    Takes(TimeSpan),
    /// Something about minutes, hours or days that is not understood.
    Unread,
}

/// Stems of words without which a sentence is about something else.
const CHANGES: &[&str] = &["updat", "complet", "finish", "chang", "adjusted", "effect", "take", "roll"];

/// Those of them beside which a unit of time is that of a roll-out: not `the 24-hour change`.
const TAKES_TIME: &[&str] = &["updat", "complet", "finish", "take", "roll", "within"];

/// Words that the length follows.
const OPENERS: &[&str] = &["within", "take", "takes", "up"];

/// Words that it follows, as it follows [`ABOUT`], where no word says that it is about something else.
const WEAK_OPENERS: &[&str] = &["in", "last", "lasts"];

/// Words between an opener and its length that mean nothing here.
const HEDGES: &[&str] = &[
    "a",
    "about",
    "an",
    "approx",
    "approximately",
    "around",
    "at",
    "maximum",
    "most",
    "next",
    "of",
    "period",
    "roughly",
    "the",
    "to",
    "up",
];

/// Hedges that only a length follows.
const ABOUT: &[&str] = &["about", "approx", "approximately", "around", "roughly"];

/// Names of units of time, wherever a sentence has them.
const UNITS: &[&str] = &["minute", "hour"];

/// Words beside a length that is not that of a change.
const ELSEWHERE: &[&str] = &["after", "ago", "before", "every", "first", "least", "per", "prior", "repay"];

/// Counts in words.
const COUNTS: &[(&str, u32)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("eight", 8),
    ("ten", 10),
    ("twelve", 12),
    ("fifteen", 15),
    ("thirty", 30),
];

/// The length that a sentence, in small letters, tells, if it is about how long a change takes. One that names a unit of
/// time, but no length that is understood, is unread, unless its words say that it is about something else.
pub fn rollout(lower: &str) -> Option<Rollout> {
    let is_change = CHANGES.iter().any(|stem| lower.contains(stem));
    if !is_change && !lower.contains("within") {
        return None;
    }
    let words = words(lower);
    if !is_change && !words.iter().any(|word| nearest(word, ["completed"]).is_some()) {
        return None;
    }
    let elsewhere = || words.iter().any(|word| ELSEWHERE.contains(word));
    let behind = |opens: &dyn Fn(&&str) -> bool| {
        let mut found = words.iter().enumerate().filter(|(_, word)| opens(word));
        found.find_map(|(at, _)| length(&words[at + 1..]))
    };
    let weak = |word: &&str| WEAK_OPENERS.contains(word) || ABOUT.contains(word);
    let length = behind(&|word| OPENERS.contains(word)).or_else(|| behind(&weak).filter(|_| !elsewhere()));
    let unit = || {
        UNITS.iter().any(|unit| lower.contains(unit)) || words.iter().any(|word| minutes_of(word).is_some())
    };
    let takes_time = || TAKES_TIME.iter().any(|stem| lower.contains(stem));
    let lost_unit = || {
        let opener = words.iter().position(|word| matches!(*word, "within" | "take" | "takes"));
        let behind = opener.map_or(&[][..], |at| &words[at + 1..]);
        let first = behind.iter().find(|word| !HEDGES.contains(word));
        let hedged =
            behind.starts_with(&["up", "to"]) || behind.first().is_some_and(|word| ABOUT.contains(word));
        hedged || first.is_some_and(|word| count(word).is_some())
    };
    length
        .map(Rollout::Takes)
        .or_else(|| ((unit() && takes_time() && !elsewhere()) || lost_unit()).then_some(Rollout::Unread))
}

/// The words of a sentence; digits and letters that are glued are two words.
fn words(lower: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in lower.split(|c: char| !c.is_alphanumeric() && c != '.') {
        let word = word.trim_matches('.');
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let digits = word.len() - word.trim_start_matches(is_digit).len();
        let letters = word.trim_end_matches(is_digit).len();
        let cut = if digits > 0 { digits } else { letters };
        words.extend([&word[..cut], &word[cut..]].into_iter().filter(|word| !word.is_empty()));
    }
    words
}

/// The length at the start of words, behind hedges.
fn length(words: &[&str]) -> Option<TimeSpan> {
    let hedges = words.iter().take_while(|word| HEDGES.contains(word)).count();
    // `an hour`: the last hedge may be the count.
    [hedges, hedges.saturating_sub(1)].into_iter().find_map(|start| counted(&words[start..]))
}

/// `one hour`, `30 minutes`, `1.5 hours`, `half an hour`, `one (1) hour`.
fn counted(words: &[&str]) -> Option<TimeSpan> {
    let unit = |at: usize| words.get(at).and_then(|word| minutes_of(word));
    let first = *words.first()?;
    if first == "half" && matches!(words.get(1), Some(&("a" | "an"))) {
        return unit(2).map(|minutes| TimeSpan::minutes(minutes / 2));
    }
    let named = named(first);
    let repeated = named.is_some() && words.get(1).and_then(|word| word.parse().ok()) == named;
    let minutes = unit(1 + usize::from(repeated))?;
    if let Some(count) = named {
        return Some(TimeSpan::minutes(count * minutes));
    }
    let (whole, half) = first.strip_suffix(".5").map_or((first, 0), |whole| (whole, minutes / 2));
    Some(TimeSpan::minutes(count(whole)? * minutes + half))
}

/// The count that a word stands for.
fn named(word: &str) -> Option<u32> {
    COUNTS.iter().find(|(name, _)| *name == word).map(|(_, count)| *count)
}

/// The count in digits or in words.
fn count(word: &str) -> Option<u32> {
    named(word).or_else(|| word.parse().ok()).filter(|count| (1..=1000).contains(count))
}

fn minutes_of(unit: &str) -> Option<u32> {
    match unit.trim_end_matches('s') {
        "minute" | "min" => Some(1),
        "hour" | "hr" | "h" => Some(60),
        "day" => Some(24 * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_in_every_wording_or_reported() {
        for (words, minutes) in [
            ("completed within approximately one hour", 60),
            ("completed within 30 minutes", 30),
            ("completed within an hour", 60),
            ("completed within approximately half an hour", 30),
            ("completed within the next 4 hours", 240),
            ("completed within approx. 1.5 hours.", 90),
            ("completed within two (2) hours", 120),
            ("The update may take up to one hour", 60),
            ("The update takes about 45 mins", 45),
            ("This is complted within 4hours", 240),
            ("the update will be completed in approximately 30 minutes", 30),
            ("the update is scheduled to last one hour", 60),
            ("during the update (about 30 minutes)", 30),
            ("it is expected to finish in about half an hour", 30),
        ] {
            assert_eq!(rollout(words), Some(Rollout::Takes(TimeSpan::minutes(minutes))), "{words}");
        }
        for words in [
            "completed within a few hours",
            "completed within one to two hours",
            "take some minutes",
            "completed within approximately 30 following",
            "completed within approximately 0 minutes",
            "completedwithin 30 minutes",
            "completed withn half an hour",
            "the update takes up to onehour",
            "the update takes up to one hur",
            "the update takes up to oneh our",
            "completed within approximately oneh our",
        ] {
            assert_eq!(rollout(words), Some(Rollout::Unread), "{words}");
        }
        for words in [
            "Repay within 24 hours",
            "The update is completed within reason",
            "at least one hour before the change",
            "leverage is changed from 25x to up to 20x",
            "10x leverage takes effect",
            "about 30 minutes before the update",
            "the 24-hour change of the price",
        ] {
            assert_eq!(rollout(words), None, "{words}");
        }
    }
}
