//! Marks for absent cells that are lost, or glued to names: what is reported.

use crate::tests::common::glued::{FLAT_COLUMNS, PRO_COLUMNS, TIER_COLUMNS, glued};

/// The codes of an announcement with one table, except for those of rows with one side.
fn found(header: &str, rows: &str) -> Vec<&'static str> {
    let heading = if header == TIER_COLUMNS { "ABCUSDT (USDⓈ-M Perpetual Contract)\n\n" } else { "" };
    let header = glued(header);
    let text = format!(
        "# Margin rules change\n\nAssets and leverage change at 2026-05-08 06:30 (UTC).\n\n{heading}{header}{rows}\n\nThe \
         exchange\n\n2026-05-05\n"
    );
    let mut codes = crate::tests::common::codes(&crate::tests::common::text_draft(&text));
    codes.retain(|code| *code != "side_missing");
    codes
}

#[test]
fn a_mark_missing_where_each_other_row_has_one_is_reported() {
    let table = |second: &str| {
        glued(&format!(
            "4x | 0 < Position ≤ 5,000 | 12.50% | NA
             3x | 5,000 < Position ≤ 6,000 | 16.67% | NA
             2x | 6,000 < Position ≤ 7,000 | 25.00% | {second}
             1x | 7,000 < Position ≤ 9,000 | 50.00% | 1x | 0 < Position ≤ 9,000 | 50.00%"
        ))
    };
    assert_eq!(found(TIER_COLUMNS, &table("NA")), [""; 0]);
    assert_eq!(found(TIER_COLUMNS, &table("")), ["unmarked_cell"]);
}

#[test]
fn sides_that_one_lost_mark_would_exchange_are_doubted() {
    let table = |lost: &str| {
        glued(&format!(
            "21-25x | 0 < Position ≤ 1,800 | 2.00% | 9-40x | 0 < Position ≤ 1,600 | 1.50%
             4-20x | 1,800 < Position ≤ 4,800 | 2.50% | 6-8x | 1,600 < Position ≤ 3,600 | 6.00%
             --- | 4-5x | 3,600 < Position ≤ 4,800 | 10.00%
             3x | 4,800 < Position ≤ 6,000 | 16.67% | 2-3x | 4,800 < Position ≤ 6,400 | 16.67%
             2x | 6,000 < Position ≤ 6,400 | 25.00% | {lost}
             1x | 6,400 < Position ≤ 15,400 | 50.00% | 1x | 6,400 < Position ≤ 8,100 | 50.00%"
        ))
    };
    assert_eq!(found(TIER_COLUMNS, &table("---")), [""; 0]);
    assert_eq!(found(TIER_COLUMNS, &table("")), ["ambiguous_side"]);
}

#[test]
fn letters_between_two_flat_rows_are_a_mark_or_part_of_a_name() {
    for (rows, codes) in [
        ("XYZ80%NANEAR55%25%NEAR55%25%", vec!["ambiguous_split", "duplicate_subject"]),
        ("XYZ80%NANEAR55%25%", vec!["ambiguous_split"]),
        ("XYZ80%N/ANEAR55%25%", vec![]),
        ("XYZ80%NA\nNEAR55%25%", vec![]),
    ] {
        assert_eq!(found(FLAT_COLUMNS, rows), codes, "{rows}");
    }
}

#[test]
fn a_rank_identifies_one_table() {
    let rows = |cap: &str| {
        glued(&format!(
            "FET | 8 | 0 | 200,000 | 100% | 9 | 0 | {cap} | 100%
             200,000 | 99,999,999,999 | 95% | {cap} | 99,999,999,999 | 90%
             STRK | 8 | 0 | 200,000 | 100% | 9 | 0 | 100,000 | 100%
             200,000 | 99,999,999,999 | 95% | 100,000 | 99,999,999,999 | 90%"
        ))
    };
    assert_eq!(found(PRO_COLUMNS, &rows("100,000")), [""; 0]);
    assert_eq!(found(PRO_COLUMNS, &rows("150,000")), ["rank_differs"]);
}

#[test]
fn a_name_that_starts_like_a_mark_is_whole_where_something_separates_it_from_the_row_above() {
    let rows = "
        FET | 8 | 0 | 200,000 | 100% | 9 | 0 | 99,999,999,999 | 90%
        200,000 | 300,000 | 95% | NA
        300,000 | 99,999,999,999 | 50%
        NAORIS | 8 | 0 | 200,000 | 100% | 9 | 0 | 100,000 | 100%
        200,000 | 99,999,999,999 | 95% | 100,000 | 99,999,999,999 | 90%";
    assert!(!found(PRO_COLUMNS, rows).contains(&"ambiguous_split"));
    assert!(found(PRO_COLUMNS, &glued(rows)).contains(&"ambiguous_split"));
}
