//! What a page of HTML may have: columns whose place is known, tables in tables, words in one cell.

use tierbook::{Document, ErrorCode, limits};

use super::documents::read_as;

const HEADING: &str = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)";

/// The columns of a table of tiers, and of its rows: the first tier has no cell for the side before.
const COLUMNS: [&str; 6] = [
    "Leverage Before Change",
    "Position Before Change (Notional Value in USDT)",
    "Maintenance Margin Rate Before Change",
    "Leverage After Change",
    "Position After Change (Notional Value in USDT)",
    "Maintenance Margin Rate After Change",
];
const ROWS: [[&str; 6]; 3] = [
    ["", "", "", "6 - 10x", "0 < Position ≤ 5,000", "5.00%"],
    ["2 - 5x", "0 < Position ≤ 7,500", "10.00%", "2 - 5x", "5,000 < Position ≤ 6,000", "10.00%"],
    ["1x", "7,500 < Position ≤ 15,000", "50.00%", "1x", "6,000 < Position ≤ 10,000", "50.00%"],
];

/// The rows of the table, with empty columns after its own, so that it has so many.
fn rows(columns: usize) -> Vec<Vec<String>> {
    let row = |row: &[&str; 6]| {
        let empty = std::iter::repeat_n("", columns - row.len());
        row.iter().copied().chain(empty).map(str::to_string).collect()
    };
    std::iter::once(&COLUMNS).chain(&ROWS).map(row).collect()
}

fn html(columns: usize) -> String {
    let row = |row: &Vec<String>| format!("<tr><td>{}</td></tr>", row.join("</td><td>"));
    format!("<table>{}</table>", rows(columns).iter().map(row).collect::<String>())
}

fn markdown(columns: usize) -> String {
    let mut lines: Vec<String> = rows(columns).iter().map(|row| format!("|{}|", row.join("|"))).collect();
    lines.insert(1, format!("|{}", "---|".repeat(columns)));
    format!("{HEADING}\n\n{}\n", lines.join("\n"))
}

fn page(table: &str) -> Document {
    read_as("20260505T060000Z.html", &format!("<h2>{HEADING}</h2>{table}")).unwrap()
}

/// The sizes of the tables of both sides, the new one first.
fn sides(document: &Document) -> Vec<usize> {
    document.statements().iter().filter_map(|it| Some(it.claim.rule()?.tiers().len())).collect()
}

#[test]
fn the_place_of_the_last_column_counts_and_that_of_one_more_does_not() {
    let usual = sides(&page(&html(COLUMNS.len())));
    assert_eq!(usual, [3, 2]);
    for columns in [limits::PAGE_COLUMNS - 1, limits::PAGE_COLUMNS] {
        assert_eq!(sides(&page(&html(columns))), usual, "{columns}");
        assert_eq!(sides(&read_as("20260505T060000Z.md", &markdown(columns)).unwrap()), usual, "{columns}");
    }
    // The columns tell nothing, so that no mark shows which side the first tier is of: that is found, not guessed.
    let over = limits::PAGE_COLUMNS + 1;
    for document in [page(&html(over)), read_as("20260505T060000Z.md", &markdown(over)).unwrap()] {
        assert!(!document.findings().is_empty(), "{:?}", document.statements());
    }
}

#[test]
fn a_cell_may_span_more_columns_than_have_a_place() {
    for columns in [limits::PAGE_COLUMNS, limits::PAGE_COLUMNS + 1, 999_999] {
        let title = format!("<table><tr><td colspan={columns}>Tiers of this contract</td></tr>");
        assert_eq!(sides(&page(&html(COLUMNS.len()).replace("<table>", &title))), [3, 2], "{columns}");
    }
}

#[test]
fn a_table_is_read_in_as_many_tables_as_are_followed_and_its_text_in_one_more() {
    let nested = |around: usize| {
        let table = format!("<p>{HEADING}</p>{}", html(COLUMNS.len()));
        let html =
            format!("{}{table}{}", "<table><tr><td>".repeat(around), "</td></tr></table>".repeat(around));
        read_as("20260505T060000Z.html", &html).unwrap()
    };
    let most = nested(limits::PAGE_TABLES - 1);
    assert_eq!((sides(&most), most.findings().len()), (vec![3, 2], 0), "{:?}", most.findings());
    // Of a table that is too deep the words are read, without the places of its columns.
    let over = nested(limits::PAGE_TABLES);
    assert!(!over.findings().is_empty(), "{:?}", over.statements());
}

#[test]
fn a_page_whose_text_is_too_long_is_refused_wherever_the_text_is() {
    let most = limits::ANNOUNCEMENT_BYTES;
    let page = |before: &str, bytes: usize| {
        read_as("x.html", &format!("{before}{}", "x".repeat(bytes))).unwrap_err()
    };
    // At the limit it is read, and has no table.
    assert_eq!(page("<p>", most).code(), ErrorCode::NoTable);
    for before in ["<p>", "<p>a</p><table><tr><td>", "<title>"] {
        let error = page(before, most + 1);
        let message =
            format!("the text of the page is longer than {most} bytes, which is the most that is read");
        assert_eq!(
            (error.code(), error.message()),
            (ErrorCode::DocumentTooLarge, message.as_str()),
            "{before}"
        );
        assert!(error.hints()[0].contains("one announcement"), "{:?}", error.hints());
    }
}
