//! The layouts of lists of assets and tables of classes, in texts of our own, and what is wrong in them.

use super::stated;
use crate::tests::common::{codes, text_draft};

/// An announcement with lists and a table.
fn text(intro: &str, parts: &[&str]) -> String {
    format!(
        "# A venue updates the collateral ratio of some cross margin assets\n\nFellow readers,\n\nThe collateral ratio of the \
         following assets under Cross Margin changes {intro}. It is completed within approximately 30 minutes.\n\n{}\n\n\
         Please note:\n\nUsers watch their levels.\n\n2026-05-02\n",
        parts.join("\n\n")
    )
}

const ON: &str = "The following assets will be adjusted on 2026-05-05 06:00 (UTC):";
const THEN: &str = "The following assets will be adjusted on 2026-05-12 06:00 (UTC):";
const NAMES_FIRST: &str = "AssetsAsset No. Before AdjustmentAsset No. After Adjustment";
const NAMES_LAST: &str = "Asset No. Before AdjustmentAsset No. After AdjustmentAssets ";
const TIERS: &str = "Asset No.Tiers (USD)Collateral Ratio";

/// The statements of one list at one time, in short: `AAA 6 7`.
fn list(header: &str, body: &str) -> String {
    let draft = text_draft(&text("on 2026-05-05 06:00 (UTC)", &[ON, &format!("{header}{body}")]));
    let mut found: Vec<String> = stated(&draft)
        .iter()
        .map(|line| {
            let line = line.replace("cross:", "").replace("2026-05-05T06:00:00Z", "T");
            line.replace(" T within 30 min ", ">").replace(" before T ", "<")
        })
        .collect();
    found.sort();
    found.extend(draft.findings.iter().map(|it| format!("{}:{}", it.code.as_str(), it.subjects.join(","))));
    found.join(" ")
}

#[test]
fn each_layout_of_a_list_is_read() {
    let both = "AAA<6 AAA>7 BBB<9 BBB>10";
    for (header, body) in [
        (NAMES_FIRST, "AAA67BBB910"),
        ("AssetOld RankNew Rank", "AAA67 BBB910 "),
        ("| Asset | Old Rank | New Rank |\n|---|---|---|\n", "| AAA | 6 | 7 |\n| BBB | 9 | 10 |"),
        (NAMES_LAST, "67AAA910BBB"),
        ("Old RankNew RankAssets", "67AAA 910BBB"),
        ("Token New Rank Old Rank ", "AAA76 BBB109"),
        ("Asset\nClass Before\nClass After\n", "AAA\n6\n7\nBBB\n9\n10"),
    ] {
        assert_eq!(list(header, body), both, "{header}{body}");
    }
    for (header, body) in [
        ("AssetsAsset No. After Adjustment", "AAA7BBB10"),
        ("AssetNew Rank", "AAA7 BBB10"),
        ("Token RankAssets", "7AAA10BBB"),
        ("New Asset No.Assets ", "7 AAA 10 BBB"),
    ] {
        assert_eq!(list(header, body), "AAA>7 BBB>10", "{header}{body}");
    }
}

#[test]
fn digits_of_names_and_several_names_of_a_class_are_told_apart() {
    for (header, body, found) in [
        (
            NAMES_LAST,
            "910AA, B, 1000CC7 8C98, W",
            "AA<9 AA>10 B<9 B>10 1000CC<9 1000CC>10 C98<7 C98>8 W<7 W>8",
        ),
        (NAMES_FIRST, "AA9101000CC78", "1000CC<7 1000CC>8 AA<9 AA>10"),
        (NAMES_FIRST, "AA7 81000CC79", "1000CC<7 1000CC>9 AA<7 AA>8"),
        ("Token RankAssets", "10AA, B, 1000CC7W", "1000CC>10 AA>10 B>10 W>7"),
    ] {
        let mut words: Vec<&str> = found.split(' ').collect();
        words.sort_unstable();
        assert_eq!(list(header, body), words.join(" "), "{header}{body}");
    }
}

#[test]
fn what_can_be_split_in_two_ways_is_doubtful_and_what_cannot_be_split_costs_itself_only() {
    let found = list(NAMES_FIRST, "AA910C98910DD89EE910");
    assert!(found.contains("C98<9 C98>10") && found.contains("ambiguous_split:C98"), "{found}");
    assert!(!found.contains("ambiguous_split:EE") && found.contains("EE<9 EE>10"), "{found}");
    let found = list(NAMES_FIRST, "AA67BB15CC910");
    assert_eq!(found, "AA<6 AA>7 CC<9 CC>10 unread_ratio:");
    // Four classes apart: the names after it would go to the list before.
    let found = list(NAMES_LAST, "56AA26BB, CC78DD");
    assert!(found.starts_with("AA<5 AA>6 DD<7 DD>8 ") && found.ends_with("unread_ratio:"), "{found}");
    let found = list(NAMES_LAST, "56AA, Bb, CC78DD");
    assert_eq!(found, "AA<5 AA>6 CC<5 CC>6 DD<7 DD>8 unread_ratio:");
    let found = list(NAMES_FIRST, "AA67AA89");
    assert!(found.contains("duplicate_subject:AA"), "{found}");
}

#[test]
fn each_list_has_the_time_above_it() {
    let parts = |first: &str, second: &str| {
        [first.to_string(), format!("{NAMES_FIRST}AAA67"), second.to_string(), format!("{NAMES_FIRST}BBB910")]
    };
    let read = |intro: &str, first: &str, second: &str| {
        let parts = parts(first, second);
        let draft = text_draft(&text(intro, &parts.each_ref().map(String::as_str)));
        let changes: Vec<String> = stated(&draft).into_iter().filter(|it| it.contains("within")).collect();
        (changes.join(" "), codes(&draft).join(" "))
    };
    let both = "between 2026-05-05 06:00 (UTC) and 2026-05-12 06:00 (UTC)";
    let right =
        "cross:AAA 2026-05-05T06:00:00Z within 30 min 7 cross:BBB 2026-05-12T06:00:00Z within 30 min 10";
    assert_eq!(read(both, ON, THEN), (right.to_string(), String::new()));
    assert_eq!(read("soon", ON, THEN), (right.to_string(), String::new()));
    let (found, codes) = read(both, ON, &THEN.replace("05-12", "05-13"));
    assert!(found.contains("BBB 2026-05-13") && codes == "places_differ", "{found} {codes}");
    let (found, codes) = read(both, ON, "And these:");
    assert!(!found.contains("BBB") && codes.contains("unread_ratio"), "{found} {codes}");
    let (found, codes) = read(both, "These:", THEN);
    assert!(!found.contains("AAA") && codes.contains("unread_ratio"), "{found} {codes}");
    let (found, codes) = read(both, ON, &THEN.replace(" 06:00 (UTC)", ""));
    assert!(!found.contains("BBB") && codes.contains("unread_ratio"), "{found} {codes}");
}

#[test]
fn a_list_that_is_announced_and_not_found_is_an_error() {
    let draft = text_draft(&text(
        "on 2026-05-05 06:00 (UTC)",
        &[ON, &format!("{NAMES_FIRST}AAA67"), THEN, "Sold AssetsHow manyAAA67"],
    ));
    assert!(codes(&draft).contains(&"unread_text"), "{:?}", draft.findings);
}

#[test]
fn a_number_stands_before_the_first_tier_of_each_class() {
    let named = "The collateral ratio for assets no. 6, 7 and 10 are set out below.";
    let read = |named: &str, table: &str| {
        let draft = text_draft(&text("soon", &[named, table]));
        let mut found = stated(&draft);
        found.extend(
            draft.findings.iter().map(|it| format!("{}:{}", it.code.as_str(), it.subjects.join(","))),
        );
        found.join("; ").replace("cross:class-", "").replace("100,000,000,000", "END")
    };
    let six = "60 - 800,000100.00%800,000 - 100,000,000,0000.00%";
    let seven = "70 - 2,000100.00%2,000 - 4,00080.00%4,000 - 100,000,000,0000.00%";
    let ten = "100 - 100,000100.00%100,000 - 100,000,000,0000.00%";
    let read_six = "6 seen 0-800,000:100.00 800,000-END:0.00";
    let read_seven = "7 seen 0-2,000:100.00 2,000-4,000:80.00 4,000-END:0.00";
    let read_ten = "10 seen 0-100,000:100.00 100,000-END:0.00";
    let all = format!("{read_ten}; {read_six}; {read_seven}");
    assert_eq!(read(named, &format!("{TIERS}{six}{seven}{ten}")), all);
    let rows = format!("{TIERS}\n{six}{seven}{ten}").replace('%', "%\n");
    assert_eq!(read(named, &rows), all);
    let cells = "| Asset No. | Tiers (USD) | Collateral Ratio |\n|---|---|---|\n| 6 | 0 - 800,000 | 100.00% |\n\
                 | | 800,000 - 100,000,000,000 | 0.00% |";
    assert_eq!(read("See no. 6 below.", cells), read_six);

    let hole = seven.replace("4,000 -", "5,000 -");
    assert_eq!(
        read(named, &format!("{TIERS}{six}{hole}{ten}")),
        format!("{read_ten}; {read_six}; unread_ratio:class-7")
    );
    let lost_sign = seven.replace("80.00%", "80.00");
    assert_eq!(
        read(named, &format!("{TIERS}{six}{lost_sign}{ten}")),
        format!("{read_ten}; {read_six}; unread_ratio:class-7")
    );
    let letter = seven.replace("4,00080", "4,O0080");
    assert_eq!(
        read(named, &format!("{TIERS}{six}{letter}{ten}")),
        format!("{read_ten}; {read_six}; unread_ratio:class-7")
    );
    let rises = seven.replace("80.00%", "180.00%");
    assert_eq!(
        read(named, &format!("{TIERS}{six}{rises}{ten}")),
        format!("{read_ten}; {read_six}; unread_ratio:class-7")
    );
    let twice = seven.replacen('7', "6", 1);
    let found = read(named, &format!("{TIERS}{six}{twice}{ten}"));
    assert!(found.starts_with(&format!("{read_ten}; unread")) && found.contains("class-7"), "{found}");
    assert_eq!(
        read(named, &format!("{TIERS}{six}{ten}")),
        format!("{read_ten}; {read_six}; unread_ratio:class-7")
    );
    let cut = seven.replace("4,000 - 100,000,000,0000.00%", "");
    let found = read(named, &format!("{TIERS}{six}{cut}{ten}"));
    assert!(found.contains("open_end:class-7"), "{found}");
}

#[test]
fn a_ratio_for_each_use_is_not_stored() {
    let table = |last: &str| format!("{TIERS}60 - 800,000100.00%800,000 - {last}0.00%");
    let end = "100,000,000,000";
    let two = format!("{}\n\nAnd:\n\n{}", table(end), table("99,999,999,999").replace("800,000", "900,000"));
    let draft = text_draft(&text("soon", &[&two]));
    assert_eq!((draft.statements.len(), codes(&draft)), (0, vec!["unread_ratio"; 2]), "{two}");
    let twice = format!("{}\n\nAnd:\n\n{}", table(end), table(end));
    let draft = text_draft(&text("soon", &[&twice]));
    assert_eq!((draft.statements.len(), codes(&draft)), (1, vec![]), "{twice}");
    let used = format!("To borrow:\n\n{}\n\nTo transfer out:\n\n{}", table(end), table(end));
    let draft = text_draft(&text("soon", &[&used]));
    assert_eq!((draft.statements.len(), codes(&draft)), (0, vec!["unread_ratio"; 2]), "{used}");
    for table in [
        "Token RankTiers (USD)Collateral Ratio (Borrow)Collateral Ratio (Transfer-Out)60 - 800,000100.00%90.00%800,000 - \
         100,000,000,0000.00%0.00%",
        "Token RankTiers (USD)BorrowTransfer-Out60 - 800,000100.00%90.00%800,000 - 100,000,000,0000.00%0.00%",
        "Token RankTiers (USD)Collateral Ratio60 - 800,000100.00%90.00%800,000 - 100,000,000,0000.00%0.00%",
        "Token Rank Tiers (USD) Collateral Ratio for Borrow 60 - 800,000100.00%800,000 - 100,000,000,0000.00%",
    ] {
        let list = format!("{NAMES_FIRST}AAA67");
        let draft = text_draft(&text("on 2026-05-05 06:00 (UTC)", &[ON, &list, table]));
        assert!(stated(&draft).iter().all(|line| line.starts_with("cross:AAA")), "{table}");
        assert_eq!((draft.statements.len(), codes(&draft)), (2, vec!["unread_ratio"]), "{table}");
        assert!(!draft.is_refused(), "{table}");
    }
}

#[test]
fn a_ratio_of_a_margin_asset_is_in_force_at_the_time_that_is_stated_or_at_publication() {
    let text = |starts: &str, sentence: &str, table: &str| {
        let words = format!(
            "# AAA is now a margin asset of futures\n\nFellow readers,\n\nAAA can be used as a margin asset under Portfolio \
             Margin Mode{starts}.\n\n{sentence}Tiers of Portfolio Margin Pro mode:\n\n{table}\n\nVIP levelMaximum Limit \
             (in AAA)050,0001200,000\n\n2026-05-02\n"
        );
        let draft = text_draft(&words);
        let mut found = stated(&draft);
        found.extend(codes(&draft).iter().map(ToString::to_string));
        found.join("; ")
    };
    let ratio = "Portfolio Margin Mode Collateral Ratio: AAA’s Collateral Value Ratio is 99.9%.";
    let table = "AssetFloorCapCollateral RatioAAA01,000,00099.9%1,000,0002,000,00095%> 2,000,000-0%";
    let tiers = "0-1,000,000:99.9 1,000,000-2,000,000:95 2,000,000--:0";
    assert_eq!(text("", ratio, table), format!("pm-pro:AAA seen {tiers}; pm:AAA seen 0-:99.9"));
    let at = "2026-05-05T07:00:00Z within 0 s";
    let timed = text(" starting from 2026-05-05 07:00 (UTC)", ratio, table);
    assert_eq!(timed, format!("pm-pro:AAA {at} {tiers}; pm:AAA {at} 0-:99.9"));
    let hole = table.replace("1,000,0002,", "1,500,0002,");
    assert_eq!(text("", ratio, &hole), "pm:AAA seen 0-:99.9; unread_ratio");
    let two = "Portfolio Margin Mode Collateral Ratio is 99.9% or 98%.";
    assert_eq!(text("", two, table), format!("pm-pro:AAA seen {tiers}; unread_ratio"));
    assert_eq!(text("", "The haircut rates for AAA in an Auto-Exchange are set at 1%.", ""), "");
}
