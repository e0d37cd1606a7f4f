//! Marks for absent cells that are lost, or glued to names: what is told of them.

const CONTRACTS: &str = "ABCUSDT (USDⓈ-M Perpetual Contract)\n\nLeverage BeforePosition Before (Notional Value in USDT)Maintenance Margin Rate Before\
    Leverage AfterPosition After (Notional Value in USDT)Maintenance Margin Rate After";
const ASSETS: &str = "Assets Collateral Ratio (Before) Collateral Ratio (After)";
const PRO: &str =
    "Asset (PM Pro)BeforeAfterRankFloor(USD)Cap(USD)Collateral RatioRankFloor(USD)Cap(USD)Collateral Ratio";

/// The codes of an announcement in which one table stands, but for those of rows with one side.
fn found(header: &str, rows: &str) -> Vec<&'static str> {
    let text = format!(
        "# Margin rules change\n\nAssets and leverage change at 2026-05-08 06:30 (UTC).\n\n{header}{rows}\n\nThe \
         exchange\n\n2026-05-05\n"
    );
    let mut codes = crate::common::codes(&crate::common::text_draft(&text));
    codes.retain(|code| *code != "side_missing");
    codes
}

#[test]
fn a_mark_missing_where_each_other_row_has_one_is_told() {
    let row = |leverage: &str, floor: &str, cap: &str, rate: &str| {
        format!("{leverage}x{floor} < Position ≤ {cap}{rate}%")
    };
    let table = |second: &str| {
        format!(
            "{}NA{}NA{}{second}{}{}",
            row("4", "0", "5,000", "12.50"),
            row("3", "5,000", "6,000", "16.67"),
            row("2", "6,000", "7,000", "25.00"),
            row("1", "7,000", "9,000", "50.00"),
            row("1", "0", "9,000", "50.00"),
        )
    };
    assert_eq!(found(CONTRACTS, &table("NA")), [""; 0]);
    assert_eq!(found(CONTRACTS, &table("")), ["unmarked_cell"]);
}

#[test]
fn sides_that_one_lost_mark_would_exchange_are_doubted() {
    let table = |lost: &str| {
        format!(
            "21-25x0 < Position ≤ 1,8002.00%9-40x0 < Position ≤ 1,6001.50%4-20x1,800 < Position ≤ 4,8002.50%6-8x1,600 < \
             Position ≤ 3,6006.00%---4-5x3,600 < Position ≤ 4,80010.00%3x4,800 < Position ≤ 6,00016.67%2-3x4,800 < Position ≤ \
             6,40016.67%2x6,000 < Position ≤ 6,40025.00%{lost}1x6,400 < Position ≤ 15,40050.00%1x6,400 < Position ≤ 8,10050.00%"
        )
    };
    assert_eq!(found(CONTRACTS, &table("---")), [""; 0]);
    assert_eq!(found(CONTRACTS, &table("")), ["ambiguous_side"]);
}

#[test]
fn letters_between_two_flat_rows_are_a_mark_or_part_of_a_name() {
    for (rows, codes) in [
        ("XYZ80%NANEAR55%25%NEAR55%25%", vec!["ambiguous_split", "duplicate_subject"]),
        ("XYZ80%NANEAR55%25%", vec!["ambiguous_split"]),
        ("XYZ80%N/ANEAR55%25%", vec![]),
        ("XYZ80%NA\nNEAR55%25%", vec![]),
    ] {
        assert_eq!(found(ASSETS, rows), codes, "{rows}");
    }
}

#[test]
fn a_rank_stands_for_one_table() {
    let rows = |cap: &str| {
        format!(
            "FET80200,000100%90{cap}100%200,00099,999,999,99995%{cap}99,999,999,99990%\
             STRK80200,000100%90100,000100%200,00099,999,999,99995%100,00099,999,999,99990%"
        )
    };
    assert_eq!(found(PRO, &rows("100,000")), [""; 0]);
    assert_eq!(found(PRO, &rows("150,000")), ["rank_differs"]);
}
