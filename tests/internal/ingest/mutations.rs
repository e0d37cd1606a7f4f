//! The shared texts with one sign or line changed: reading never panics, and what is then stated without a
//! finding, and is not stated by the text itself, is of the kinds that no reader can see.

use std::collections::{BTreeMap, BTreeSet};

use crate::tests::common::dice::Dice;
use tierbook::ingest::{self, Draft, DraftClaim, DraftStatement, Input};
use tierbook::rule::{PrintedTier, Rule};
use tierbook::text::Span;
use tierbook::time::ValidTime;

/// How many mutations of each text are tried.
const MUTATIONS: u32 = 20;

/// One of the mutations that copies of a text suffer.
fn mutated(text: &str, dice: &mut Dice) -> (String, String) {
    let at = |place: usize| text.floor_char_boundary(place);
    let start = at(dice.below(text.len()));
    let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    let (sign, before, after) = (&text[start..end], &text[..start], &text[end..]);
    let words =
        |what: &str| format!("{what} at {start}: …{}…", &text[at(start.saturating_sub(30))..at(start + 30)]);
    match dice.below(6) {
        0 => (format!("{before}{after}"), words("lost")),
        1 => (format!("{before}{sign}{sign}{after}"), words("doubled")),
        2 => {
            let next = after.chars().next().map_or(0, char::len_utf8);
            (format!("{before}{}{sign}{}", &after[..next], &after[next..]), words("swapped"))
        }
        3 => {
            let digits: Vec<usize> =
                text.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).collect();
            let place = digits[dice.below(digits.len())];
            let old = text.as_bytes()[place] - b'0';
            let new = (old + 1 + u8::try_from(dice.below(9)).expect("a digit")) % 10;
            let near = &text[at(place.saturating_sub(30))..at(place + 30)];
            (format!("{}{new}{}", &text[..place], &text[place + 1..]), format!("{new} for {old} in …{near}…"))
        }
        4 => {
            let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
            let line_end = text[line_start..].find('\n').map_or(text.len(), |at| line_start + at + 1);
            let line = Span::new(line_start, line_end).of(text).chars().take(80).collect::<String>();
            (format!("{}{}", &text[..line_start], &text[line_end..]), format!("line lost: {line}"))
        }
        _ => (before.to_string(), words("cut")),
    }
}

fn read(file: &str, text: &str) -> Option<Draft> {
    let draft =
        ingest::read(&Input { file, bytes: text.as_bytes(), published_at: None, complete: None }).ok()?;
    if draft.is_refused() { None } else { Some(draft) }
}

/// What a statement says, in values: two misprints of one value are the same.
type Stated = (String, &'static str, String, Vec<[String; 4]>, String);

fn stated(statement: &DraftStatement) -> Stated {
    let time_of = |time: Option<ValidTime>| time.map_or("publication".to_string(), |at| at.to_string());
    let (what, time, rule) = match &statement.claim {
        DraftClaim::Change { effective_at, rollout, rule } => {
            ("change", format!("{effective_at} {rollout}"), Some(rule))
        }
        DraftClaim::Previous { effective_at, rule } => ("previous", effective_at.to_string(), Some(rule)),
        DraftClaim::Observation { seen_at, rule } => ("observation", time_of(*seen_at), rule.as_ref()),
        DraftClaim::End { effective_at } => ("end", effective_at.to_string(), None),
        DraftClaim::Launch { effective_at, .. } => ("launch", effective_at.to_string(), None),
        DraftClaim::Conversion { effective_at, rollout } => {
            ("conversion", format!("{effective_at} {rollout}"), None)
        }
        DraftClaim::Postponed { from, to } => {
            ("postponed", format!("{} {}", time_of(*from), time_of(*to)), None)
        }
    };
    let form = match (&statement.claim, rule) {
        (DraftClaim::Launch { max_leverage, .. }, _) => format!("{max_leverage:?}"),
        (_, Some(rule)) => format!("{:?} {} {:?}", rule.kind(), rule.unit(), rule.rank()),
        _ => String::new(),
    };
    let rows = rule.map_or(Vec::new(), |rule| rows(rule));
    (statement.subject.to_string(), what, time, rows, form)
}

fn rows(rule: &Rule) -> Vec<[String; 4]> {
    let row = |(tier, printed): (&tierbook::rule::Tier, &PrintedTier)| {
        let leverage = printed.leverage.as_ref();
        [
            leverage.map_or(String::new(), |it| it.min.map_or(String::new(), |min| min.to_string())),
            leverage.map_or(String::new(), |it| it.max.to_string()),
            tier.cap.map_or(String::new(), |cap| cap.normalize().to_string()),
            tier.rate.normalize().to_string(),
        ]
    };
    rule.tiers().iter().zip(rule.printed()).map(row).collect()
}

/// What kind of difference a statement has from those of the right text: the columns and rows that differ.
fn kind(this: &Stated, right: &BTreeSet<Stated>) -> &'static str {
    let (subject, what, time, rows, form) = this;
    let same = |it: &&Stated| it.0 == *subject && it.1 == *what;
    if form.starts_with("Flat") && right.iter().filter(same).any(|it| it.2 == *time) {
        return "a flat ratio";
    }
    let same_table = |other: &&Stated| other.3 == *rows && other.4 == *form && other.1 == *what;
    if right.iter().filter(same_table).any(|other| other.0 == *subject) {
        return "a time or a roll-out";
    }
    if right.iter().filter(same_table).any(|other| other.2 == *time) {
        return if right.iter().any(|other| other.0 == *subject) {
            "a contract named elsewhere"
        } else {
            "a name"
        };
    }
    let Some(other) = right.iter().filter(same).find(|it| it.3.len() == rows.len()) else {
        return "another number of rows";
    };
    if other.4 != *form {
        return if other.3 == *rows && form.starts_with("Collateral") { "a rank" } else { "a unit" };
    }
    let mut differing = Vec::new();
    for (index, (a, b)) in rows.iter().zip(&other.3).enumerate() {
        differing.extend((0..4).filter(|&column| a[column] != b[column]).map(|column| (index, column)));
    }
    let last = rows.len().saturating_sub(1);
    match differing[..] {
        [(row, 2)] if row == last => "a last cap",
        [(0, 1)] => "the highest leverage",
        [(_, 3)] => "a rate or a ratio that is as usual",
        [(_, 2)] => "a cap",
        [(_, 0 | 1)] => "a leverage",
        _ => "several figures",
    }
}

/// The statements of a mutated text that the text does not have, and no finding that the text does not have
/// is about.
fn silent(draft: &Draft, right: &Draft) -> Vec<Stated> {
    let known: BTreeSet<(&str, &str)> =
        right.findings.iter().map(|it| (it.code.as_str(), it.message.as_str())).collect();
    let new: Vec<_> = draft
        .findings
        .iter()
        .filter(|it| !known.contains(&(it.code.as_str(), it.message.as_str())))
        .collect();
    let right: BTreeSet<Stated> = right.statements.iter().map(stated).collect();
    let statements = draft.statements.iter().filter(|statement| {
        let name = statement.subject.name();
        !new.iter().any(|it| it.subjects.is_empty() || it.subjects.iter().any(|subject| subject == name))
    });
    statements.map(stated).filter(|it| !right.contains(it)).collect()
}

/// The kinds of differences that no reader can see.
const INVISIBLE: [&str; 7] = [
    "a rank",
    "a flat ratio",
    "a time or a roll-out",
    "a last cap",
    "a name",
    "the highest leverage",
    "a rate or a ratio that is as usual",
];

/// What becomes of mutations of texts: how many are of each kind, and those of kinds that a reader can see.
fn outcomes(texts: &[(String, Vec<u8>)]) -> (BTreeMap<&'static str, u32>, Vec<String>) {
    let (mut counts, mut others) = (BTreeMap::<&str, u32>::new(), Vec::new());
    let mutations = u64::from(crate::tests::common::cases(MUTATIONS));
    for (number, (file, bytes)) in (0u64..).zip(texts) {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let Some(right) = read(file, &text) else { continue };
        let stated_right: BTreeSet<Stated> = right.statements.iter().map(stated).collect();
        for mutation in 0..mutations {
            let (mutated, words) = mutated(&text, &mut Dice::seeded(1_000_000 * number + mutation));
            let Some(draft) = read(file, &mutated) else {
                *counts.entry("refused").or_default() += 1;
                continue;
            };
            let silent = silent(&draft, &right);
            let kinds: BTreeSet<&str> = silent.iter().map(|it| kind(it, &stated_right)).collect();
            let all: BTreeSet<Stated> = draft.statements.iter().map(stated).collect();
            for kind in &kinds {
                *counts.entry(kind).or_default() += 1;
            }
            if kinds.is_empty() {
                *counts
                    .entry(if all == stated_right { "the same" } else { "with a finding" })
                    .or_default() += 1;
            }
            if kinds.iter().any(|kind| !INVISIBLE.contains(kind)) {
                others.push(format!("{file}: {words}: {kinds:?} {:?}", silent.first()));
            }
        }
    }
    (counts, others)
}

#[test]
fn what_a_mutated_text_states_without_a_finding_is_of_kinds_that_no_reader_can_see() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let (counts, others) = outcomes(&crate::tests::common::announcements(&shared));
    println!("{counts:?}");
    assert!(others.is_empty(), "{}:\n{}\n{counts:?}", others.len(), others.join("\n"));
}

/// One in so many of the texts of the other families is mutated.
const SAMPLE: usize = 8;

#[test]
fn a_mutated_text_of_another_family_states_nothing_of_other_kinds_either() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let folder = std::fs::read_dir(shared.join("announcements-more")).expect("the folder");
    let mut paths: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    paths.sort();
    let texts: Vec<(String, Vec<u8>)> = paths
        .iter()
        .step_by(SAMPLE)
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a readable file"))
        })
        .collect();
    let (counts, others) = outcomes(&texts);
    println!("{counts:?}");
    assert!(others.is_empty(), "{}:\n{}\n{counts:?}", others.len(), others.join("\n"));
}
