//! How long a change may take, as sentences state it: `completed within approximately one hour`.

use crate::text::nearest;
use crate::time::TimeSpan;

/// What a sentence states about how long a change takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rollout {
    /// A time span.
    Takes(TimeSpan),
    /// Something about minutes, hours or days that is not understood.
    NotUnderstood,
}

/// Stems of words without which a sentence is about something else.
const CHANGES: &[&str] = &["updat", "complet", "finish", "chang", "adjusted", "effect", "take", "roll"];

/// Those of them beside which a unit of time is that of a roll-out: not `the 24-hour change`.
const TAKES_TIME: &[&str] = &["updat", "complet", "finish", "take", "roll", "within"];

/// Words beside a time span that is not that of a change.
const ELSEWHERE: &[&str] = &["after", "ago", "before", "every", "first", "least", "per", "prior", "repay"];

/// Hedges that only a time span follows.
const ABOUT: &[&str] = &["about", "approx", "approximately", "around", "roughly"];

/// The time span that a sentence, in small letters, states, if it is about how long a change takes. One that
/// names a unit of time, but no time span that is understood, is not understood, unless its words show that
/// it is about something else.
pub fn rollout(lower: &str) -> Option<Rollout> {
    let has_stem = |stems: &[&str]| stems.iter().any(|stem| lower.contains(stem));
    let is_change = has_stem(CHANGES);
    if !is_change && !lower.contains("within") {
        return None;
    }
    let words = words(lower);
    if !is_change && !words.iter().any(|word| nearest(word, ["completed"]).is_some()) {
        return None;
    }
    let elsewhere = words.iter().any(|word| ELSEWHERE.contains(word));
    let span_after = |opens: fn(&str) -> bool| {
        (1..words.len()).find_map(|at| opens(words[at - 1]).then(|| time_span(&words[at..]))?)
    };
    let weak = |word: &str| matches!(word, "in" | "last" | "lasts") || ABOUT.contains(&word);
    let time_span = span_after(|word| matches!(word, "within" | "take" | "takes" | "up"))
        .or_else(|| if elsewhere { None } else { span_after(weak) });
    if let Some(time_span) = time_span {
        return Some(Rollout::Takes(time_span));
    }
    let unit = has_stem(&["minute", "hour"]) || words.iter().any(|word| minutes_of(word).is_some());
    let about_time = unit && has_stem(TAKES_TIME) && !elsewhere;
    (about_time || has_count_without_unit(&words)).then_some(Rollout::NotUnderstood)
}

/// Whether a count or a hedge follows the first word that a time span should follow: its unit is lost.
fn has_count_without_unit(words: &[&str]) -> bool {
    let opener = words.iter().position(|word| matches!(*word, "within" | "take" | "takes"));
    let after = opener.map_or(&[][..], |at| &words[at + 1..]);
    after.starts_with(&["up", "to"])
        || after.first().is_some_and(|word| ABOUT.contains(word))
        || after.iter().find(|word| !is_hedge(word)).is_some_and(|word| count(word).is_some())
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

/// Whether a word between an opener and its time span means nothing here.
fn is_hedge(word: &str) -> bool {
    let others = ["a", "an", "at", "maximum", "most", "next", "of", "period", "the", "to", "up"];
    ABOUT.contains(&word) || others.contains(&word)
}

/// Most hedges that are looked at before a time span: `within a period of up to approximately`.
const MOST_HEDGES: usize = 12;

/// The time span at the start of words, after hedges.
fn time_span(words: &[&str]) -> Option<TimeSpan> {
    let hedges = words.iter().take(MOST_HEDGES).take_while(|word| is_hedge(word)).count();
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
    let in_words = count_in_words(first);
    let repeated = in_words.is_some() && words.get(1).and_then(|word| word.parse().ok()) == in_words;
    let minutes = unit(1 + usize::from(repeated))?;
    let (whole, half) = first.strip_suffix(".5").map_or((first, 0), |whole| (whole, minutes / 2));
    Some(TimeSpan::minutes(count(whole)? * minutes + half))
}

/// The count in digits or in words.
fn count(word: &str) -> Option<u32> {
    count_in_words(word).or_else(|| word.parse().ok()).filter(|count| (1..=1000).contains(count))
}

fn count_in_words(word: &str) -> Option<u32> {
    match word {
        "a" | "an" | "one" => Some(1),
        "two" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        "six" => Some(6),
        "eight" => Some(8),
        "ten" => Some(10),
        "twelve" => Some(12),
        "fifteen" => Some(15),
        "thirty" => Some(30),
        _ => None,
    }
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
            assert_eq!(rollout(words), Some(Rollout::NotUnderstood), "{words}");
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
