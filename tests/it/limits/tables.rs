//! How many tables, rows, tiers and names an announcement may have.

use tierbook::{ErrorCode, FindingCode, limits};

use super::documents::read_as;

const HEADER: &str = "Assets | Collateral Ratio (Before) | Collateral Ratio (After)\n";

/// A table of ratios, a row for each asset.
fn ratios(rows: usize) -> String {
    let row = |number: usize| format!("A{number:05} | 85% | 80%\n");
    format!(
        "The ratios change on 2026-05-08 06:00 (UTC):\n\n{HEADER}{}",
        (0..rows).map(row).collect::<String>()
    )
}

#[test]
fn an_announcement_of_the_most_rows_is_read_and_one_more_is_refused() {
    let most = limits::DOCUMENT_ROWS;
    // Two for each row: what was before, and the change.
    assert_eq!(read_as("x.txt", &ratios(most)).unwrap().statements().len(), 2 * most);
    for text in [ratios(most + 1), ratios(2 * most), ratios(most) + "\n" + &ratios(1)] {
        let error = read_as("x.txt", &text).unwrap_err();
        let message = format!("the tables have more than {most} rows, which are the most that are read");
        assert_eq!((error.code(), error.message()), (ErrorCode::TooManyRows, message.as_str()));
        assert!(error.hints()[0].contains("split it"), "{:?}", error.hints());
    }
}

#[test]
fn a_table_of_markdown_has_the_rows_that_one_of_text_may_have() {
    let most = limits::DOCUMENT_ROWS;
    let table = |rows: usize| ratios(rows).replace(HEADER, &format!("{HEADER}---|---|---\n"));
    assert_eq!(read_as("x.md", &table(most)).unwrap().statements().len(), 2 * most);
    assert_eq!(read_as("x.md", &table(most + 1)).unwrap_err().code(), ErrorCode::TooManyRows);
}

#[test]
fn an_announcement_of_the_most_tables_is_read_and_one_more_is_refused() {
    let most = limits::DOCUMENT_TABLES;
    let tables = |count: usize| {
        let table = |number: usize| format!("{HEADER}A{number:05} | 85% | 80%\nAnd:\n\n");
        format!(
            "The ratios change on 2026-05-08 06:00 (UTC):\n\n{}",
            (0..count).map(table).collect::<String>()
        )
    };
    assert_eq!(read_as("x.txt", &tables(most)).unwrap().statements().len(), 2 * most);
    let error = read_as("x.txt", &tables(most + 1)).unwrap_err();
    let message = format!("{} tables; at most {most} are read", most + 1);
    assert_eq!((error.code(), error.message()), (ErrorCode::TooManyRows, message.as_str()));
}

/// The tiers of a contract, where a mark stands for the tiers before; each row is a cell of each side.
fn tiers(count: usize, names: usize) -> String {
    let names: Vec<String> = (0..names).map(|number| format!("A{number:03}USDT")).collect();
    let row = |number: usize| {
        let (leverage, floor, cap) = (count - number, number * 1000, (number + 1) * 1000);
        format!("NA\t{leverage}x\t{floor} < Position ≤ {cap}\t{}.{:02}%\n", 1 + number / 100, number % 100)
    };
    let header = "Previous Leverage and Margin Tiers\tNew Leverage and Margin Tiers\nLeverage Before Change\tPosition Before \
        Change (Notional Value in USDT)\tMaintenance Margin Rate Before Change\tLeverage After Change\tPosition After Change \
        (Notional Value in USDT)\tMaintenance Margin Rate After Change\n";
    let rows: String = (0..count).map(row).collect();
    format!("2026-05-08 06:30 (UTC): {} (USDⓈ-M Perpetual Contracts)\n\n{header}{rows}", names.join(", "))
}

#[test]
fn a_table_of_the_most_tiers_is_read_and_one_of_more_is_not_stored() {
    let document = read_as("x.txt", &tiers(limits::TABLE_TIERS, 1)).unwrap();
    let [statement] = document.statements() else { panic!("{:?}", document.findings()) };
    assert_eq!(statement.claim.rule().unwrap().tiers().len(), limits::TABLE_TIERS);
    let document = read_as("x.txt", &tiers(limits::TABLE_TIERS + 1, 1)).unwrap();
    let most = format!("at most {}", 2 * limits::TABLE_TIERS);
    let says = |finding: &&tierbook::Finding| finding.message.contains(&most);
    assert_eq!(document.statements().len(), 0);
    assert_eq!(document.findings().iter().find(says).map(|it| it.code), Some(FindingCode::UnreadText));
    assert!(document.has_unread());
}

#[test]
fn a_list_of_the_most_contracts_is_read_and_one_of_more_refuses_the_document() {
    let most = limits::TABLE_SUBJECTS;
    let document = read_as("x.txt", &tiers(2, most)).unwrap();
    assert_eq!(document.statements().len(), most);
    assert!(document.findings().iter().all(|it| it.code != FindingCode::NoSubject));
    let document = read_as("x.txt", &tiers(2, most + 1)).unwrap();
    let message = format!("{} names in one list; at most {most}", most + 1);
    let finding = document.findings().iter().find(|it| it.code == FindingCode::NoSubject).unwrap();
    assert_eq!((finding.message.as_str(), document.has_unread()), (message.as_str(), true));
}
