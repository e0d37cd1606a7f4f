//! Classes of cross margin and ratios of margin assets: what the shared texts state, and what texts of the same
//! layouts do.

mod layouts;
mod mutations;
mod stated;

use tierbook::ingest::{self, Draft, DraftClaim, DraftStatement, Input};
use tierbook::rule::Rule;
use tierbook::statement::Program;

use crate::tests::common::{draft, errors};

/// Family and bytes of the shared texts, by file name.
fn shared_texts() -> Option<Vec<(String, String, Vec<u8>)>> {
    let folder = crate::tests::common::shared()?.join("announcements-more");
    let index = std::fs::read_to_string(folder.join("index.csv")).ok()?;
    let texts = index.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.splitn(5, ',').collect();
        let bytes = std::fs::read(folder.join(cells[0])).expect("a readable file");
        (cells[0].to_string(), cells[3].to_string(), bytes)
    });
    Some(texts.collect())
}

/// The statements about assets as collateral, in lines; classes as their numbers, ratios as `floor-cap:percent`.
fn stated(draft: &Draft) -> Vec<String> {
    let assets = draft.statements.iter().filter(|statement| !statement.subject.program().has_contracts());
    let mut lines: Vec<String> = assets.filter_map(line).collect();
    lines.sort();
    lines
}

fn line(statement: &DraftStatement) -> Option<String> {
    let (what, rule) = match &statement.claim {
        DraftClaim::Change { effective_at, rollout, rule } => {
            (format!("{effective_at} within {rollout}"), rule)
        }
        DraftClaim::Previous { effective_at, rule } => (format!("before {effective_at}"), rule),
        DraftClaim::Observation { seen_at: None, rule: Some(rule) } => ("seen".to_string(), rule),
        other => panic!("{other:?}"),
    };
    let subject = &statement.subject;
    Some(format!("{}:{} {what} {}", subject.program().name(), subject.name(), figures(rule)))
}

fn figures(rule: &Rule) -> String {
    if rule.tiers().is_empty() {
        return rule.rank().expect("a class").to_string();
    }
    let row = |row: &tierbook::rule::PrintedTier| {
        format!("{}-{}:{}", row.floor.text(), row.cap.text(), row.rate.text())
    };
    rule.printed().iter().map(row).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_shared_texts_state_exactly_the_classes_and_ratios_that_a_person_reads_in_them() {
    let Some(texts) = shared_texts() else { return };
    for (stamp, expected) in stated::all() {
        let name = format!("binance-{stamp}.txt");
        let (file, _, bytes) = texts.iter().find(|(file, ..)| *file == name).expect("a shared text");
        let draft = draft(file, bytes);
        assert_eq!(stated(&draft), expected, "{file}");
        assert_eq!(errors(&draft), [""; 0], "{file}");
        assert_eq!(draft.findings, [], "{file}");
    }
}

#[test]
fn texts_of_other_families_state_no_class_and_no_ratio() {
    let Some(texts) = shared_texts() else { return };
    let own = ["cross_margin_collateral", "multi_assets"];
    for (file, family, bytes) in texts.iter().filter(|(_, family, _)| !own.contains(&family.as_str())) {
        let input = Input { file, bytes, published_at: None, complete: None };
        let Ok(draft) = ingest::read(&input) else { continue };
        let about_assets = |statement: &&DraftStatement| {
            matches!(statement.subject.program(), Program::Cross | Program::Pm | Program::PmPro)
        };
        assert_eq!(draft.statements.iter().find(about_assets), None, "{file} ({family})");
        assert!(!draft.findings.iter().any(|it| it.code.as_str() == "unread_ratio"), "{file} ({family})");
    }
}

#[test]
fn texts_of_tiers_and_flat_ratios_state_no_class() {
    let Some(shared) = crate::tests::common::shared() else { return };
    for (file, bytes) in crate::tests::common::announcements(&shared) {
        let draft = draft(&file, &bytes);
        assert!(draft.statements.iter().all(|it| it.subject.program() != Program::Cross), "{file}");
    }
}

#[test]
fn a_margin_asset_of_futures_without_a_ratio_is_no_rule() {
    let Some(texts) = shared_texts() else { return };
    let (file, _, bytes) =
        texts.iter().find(|(file, ..)| file == "binance-20260203T043106Z.txt").expect("a shared text");
    let draft = draft(file, bytes);
    assert!(draft.has_no_rule() && draft.statements.is_empty(), "{:?}", draft.findings);
}
