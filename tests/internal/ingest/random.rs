//! Random announcements, glued as the family glues them, read back as what they are; with one misprint they
//! read as what was meant, or as what is printed where that violates no invariant, or give a finding; random
//! bytes never panic.

use std::collections::BTreeSet;

use crate::tests::common::dice::Dice;
use crate::tests::common::loss::with_loss;
use crate::tests::common::misprint::misprint;
use crate::tests::common::model::{is_valid_in_full_rows, rule_is_valid};
use crate::tests::common::printed_forms::Marks;
use crate::tests::common::random_announcements::{ALL, announcement};
use proptest::prelude::*;
use tierbook::ingest::{self, Draft, Input};

/// The findings of a draft.
fn complaints(draft: &Draft) -> BTreeSet<String> {
    draft.findings.iter().map(|finding| format!("{}: {}", finding.code.as_str(), finding.message)).collect()
}

/// A text as it is read; `None` where it is refused.
fn reading(text: &str) -> Option<Draft> {
    let input = Input { file: "text.txt", bytes: text.as_bytes(), published_at: None, complete: None };
    ingest::read(&input).ok()
}

/// Lines with the values of bounds only, without what they are printed as.
fn values(lines: &[String]) -> Vec<String> {
    let value = |word: &str| word.rsplit('=').next().unwrap_or(word).to_string();
    lines.iter().map(|line| line.split(' ').map(value).collect::<Vec<_>>().join(" ")).collect()
}

/// Lines of the one that the other lacks.
fn differences(read: &[String], meant: &[String]) -> String {
    let wrong = read.iter().filter(|line| !meant.contains(line)).map(|line| format!("has  {line}\n"));
    let absent = meant.iter().filter(|line| !read.contains(line)).map(|line| format!("not  {line}\n"));
    wrong.chain(absent).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::tests::common::cases(100), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_glued_announcement_reads_back(choices in prop::collection::vec(any::<u16>(), 0..900), look in any::<u64>()) {
        let announcement = announcement(ALL, &mut Dice::of(choices));
        let text = announcement.document.text(Marks::any(&mut Dice::seeded(look)), "", "");
        let draft = reading(&text).expect("an announcement");
        let (read, complaints) = (crate::tests::common::statement_lines(&draft), complaints(&draft));
        // `XYZNA65%NAORIS5%5%` is XYZ or XYZNA, whoever reads it: then a finding reports it.
        if !complaints.iter().any(|words| words.starts_with("ambiguous_") || words.starts_with("digits_in_name")) {
            // Of `UNA`, which may be U and a cell without content, nothing is stored, and a finding says so.
            let is_left_out = |line: &str| {
                line.starts_with("not ") && complaints.iter().any(|words| words.starts_with("unread_side"))
            };
            let differences = differences(&read, &announcement.statements);
            let wrong: Vec<&str> = differences.lines().filter(|line| !is_left_out(line)).collect();
            prop_assert_eq!(wrong, [] as [&str; 0], "{}\n{:?}", text, complaints);
        }
    }

    #[test]
    fn without_marks_it_reads_back_or_says_what_is_in_doubt(choices in prop::collection::vec(any::<u16>(), 0..900)) {
        let announcement = announcement(ALL, &mut Dice::of(choices));
        let text = announcement.document.text(Marks { word: "NA", every_row: false, any: false }, "", "");
        let draft = reading(&text).expect("an announcement");
        let (read, complaints) = (crate::tests::common::statement_lines(&draft), complaints(&draft));
        // Cells that fill all rows of another valid table are its print.
        if complaints.is_empty() && !is_valid_in_full_rows(&announcement.document) {
            prop_assert_eq!(differences(&read, &announcement.statements), "", "{}", text);
        }
    }

    #[test]
    fn one_misprint_is_never_read_wrongly_without_a_word(
        choices in prop::collection::vec(any::<u16>(), 0..900), look in any::<u64>(), place in any::<u64>(),
    ) {
        let announcement = announcement(ALL, &mut Dice::of(choices));
        let marks = Marks::any(&mut Dice::seeded(look));
        let Some(misprinted) = misprint(&announcement.document, &mut Dice::seeded(place)) else { return Ok(()) };
        let right = reading(&announcement.document.text(marks, "", "")).expect("an announcement");
        if crate::tests::common::statement_lines(&right) != announcement.statements {
            return Ok(()); // Letters glued to a mark, which a finding doubts without any misprint.
        }
        let text = misprinted.document.text(marks, "", "");
        let Some(draft) = reading(&text) else { return Ok(()) };
        let read = crate::tests::common::statement_lines(&draft);
        if values(&read) == values(&announcement.statements) || !complaints(&draft).is_subset(&complaints(&right)) {
            return Ok(());
        }
        let words = format!("{}: {}\n{text}", misprinted.words, differences(&read, &announcement.statements));
        if misprinted.valid {
            // Each cell on a line of its own leaves no doubt which figures are printed.
            let printed = reading(&misprinted.document.text(marks, "\n", "\n")).expect("an announcement");
            prop_assert_eq!(differences(&read, &crate::tests::common::statement_lines(&printed)), "", "{}", words);
        } else {
            // `1`, nothing and `99` glued are `1` and `099` as much as `10` and `99` are.
            let mut rules = draft.statements.iter().filter_map(|statement| statement.claim.rule());
            prop_assert!(rules.all(|rule| rule_is_valid(rule, misprinted.in_groups)), "{}", words);
            prop_assert_eq!(draft.statements.len(), announcement.statements.len(), "{}", words);
        }
    }

    #[test]
    fn a_lost_mark_sign_or_letter_of_a_header_is_never_read_otherwise_without_a_word(
        choices in prop::collection::vec(any::<u16>(), 0..900), look in any::<u64>(), place in any::<u64>(),
    ) {
        let announcement = announcement(ALL, &mut Dice::of(choices));
        let marks = Marks::any(&mut Dice::seeded(look));
        let Some(loss) = with_loss(&announcement.document, marks, &mut Dice::seeded(place)) else { return Ok(()) };
        let right = reading(&announcement.document.text(marks, "", "")).expect("an announcement");
        let Some(draft) = reading(&loss.text) else { return Ok(()) };
        if crate::tests::common::statement_lines(&right) == announcement.statements && complaints(&draft).is_subset(&complaints(&right)) {
            let differences = differences(&crate::tests::common::statement_lines(&draft), &announcement.statements);
            prop_assert_eq!(differences, "", "{}\n{}", loss.words, loss.text);
        }
    }

    #[test]
    fn random_bytes_and_mutated_texts_never_panic(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        soup in "[0-9,.%x<≤ \\-NA/()|\n:A-Za-zⓈ我]{0,300}",
        cuts in prop::collection::vec((0usize..3000, 0usize..3000), 0..6),
    ) {
        let table = "Leverage BeforePosition BeforeMaintenance Margin Rate BeforeLeverage AfterPosition After\
                     Maintenance Margin Rate After2 - 5x0 < Position ≤ 7005.00% 1x0 < Position ≤ 90050.00%";
        let mut text: Vec<char> = format!(
            "# T\n\n2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M)\n\n{table}\n\nAssets collateral ratio (before) (after)\
             LTC85%80%C9840%30%\n\nAsset Before After Rank Floor(USD) Cap(USD) Collateral Ratio\
             FET,C9870800,000100%80200,000100%---800,00099,999,999,99910%\n{soup}\n2026-05-05").chars().collect();
        for (a, b) in cuts {
            let length = text.len();
            text.swap(a % length, b % length);
        }
        let text: String = text.into_iter().collect();
        for bytes in [&noise[..], text.as_bytes(), soup.as_bytes(), &[text.as_bytes(), &noise[..]].concat()] {
            if let Ok(draft) = ingest::read(&Input { file: "f-20260505T000000Z", bytes, published_at: None, complete: None }) {
                for finding in &draft.findings {
                    prop_assert!(draft.text.get(finding.span.range()).is_some());
                }
            }
        }
    }
}

/// What becomes of misprints: `cargo test --release --test ingest_random -- --ignored --nocapture`.
#[test]
#[ignore = "counts for the documentation"]
fn what_becomes_of_misprints() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..u64::from(crate::tests::common::cases(20_000)) {
        let announcement = announcement(ALL, &mut Dice::seeded(seed));
        let marks = Marks::any(&mut Dice::seeded(seed + 1));
        let Some(misprinted) = misprint(&announcement.document, &mut Dice::seeded(seed + 2)) else {
            continue;
        };
        let right = reading(&announcement.document.text(marks, "", "")).map(|draft| complaints(&draft));
        let draft = reading(&misprinted.document.text(marks, "", ""));
        let read = draft.as_ref().map(crate::tests::common::statement_lines);
        let findings = draft.as_ref().map(complaints);
        let what = match (misprinted.valid, findings, right, read) {
            (_, None, ..) | (_, _, None, _) => "refused",
            (_, Some(found), Some(known), _) if !found.is_subset(&known) => "found",
            (_, _, _, Some(read)) if read == announcement.statements => "without effect",
            (true, ..) => "valid as printed",
            (false, ..) => "valid where it is glued",
        };
        *counts.entry(what).or_insert(0) += 1;
    }
    println!("{counts:?}");
}

/// What becomes of lost marks, signs and letters of headers, by the same command.
#[test]
#[ignore = "counts for the documentation"]
fn what_becomes_of_losses() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..u64::from(crate::tests::common::cases(20_000)) {
        let announcement = announcement(ALL, &mut Dice::seeded(seed));
        let marks = Marks::any(&mut Dice::seeded(seed + 1));
        let Some(loss) = with_loss(&announcement.document, marks, &mut Dice::seeded(seed + 2)) else {
            continue;
        };
        let right = reading(&announcement.document.text(marks, "", ""))
            .filter(|draft| crate::tests::common::statement_lines(draft) == announcement.statements);
        let Some(right) = right.map(|draft| complaints(&draft)) else { continue };
        let draft = reading(&loss.text);
        let read = draft.as_ref().map(crate::tests::common::statement_lines);
        let what = match draft.as_ref().map(complaints) {
            None => "refused",
            Some(found) if !found.is_subset(&right) => "found",
            _ if read.as_ref() == Some(&announcement.statements) => "without effect",
            _ => "read otherwise",
        };
        *counts.entry(what).or_insert(0) += 1;
    }
    println!("{counts:?}");
}
