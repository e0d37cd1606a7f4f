//! The page about files of positions is true.

use tierbook::positions::{PositionsFile, PositionsForm, read};

use super::file_of;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/positions-file.md")).unwrap()
}

fn block(page: &str, kind: &str) -> PositionsFile {
    let text = page.split_once(&format!("```{kind}\n")).expect(kind).1.split_once("```").unwrap().0;
    let form: PositionsForm = kind.parse().unwrap();
    assert_eq!(PositionsForm::of("", text.as_bytes()), form);
    read::read(text.as_bytes(), None).unwrap()
}

#[test]
fn the_examples_of_the_page_are_one_account() {
    let page = page();
    let csv = block(&page, "csv");
    assert_eq!((csv.account.positions.len(), csv.notices.len()), (2, 0));
    assert_eq!((csv.account.collateral.len(), csv.account.wallet_balances.len()), (1, 1));
    for kind in ["jsonl", "json", "toml"] {
        assert_eq!(block(&page, kind), csv, "{kind}");
    }
}

#[test]
fn every_name_of_a_column_on_the_page_is_read() {
    let page = page();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').take(3).flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect())
        .collect();
    let columns: Vec<&Vec<&str>> = rows.iter().filter(|names| !names.contains(&"fetchPositions")).collect();
    assert_eq!(columns.len(), 15);
    for names in columns {
        for name in names {
            let is_asset = ["asset", "amount", "price"].contains(&names[0]);
            let header = match names[0] {
                "symbol" => format!("{name},side"),
                "asset" => format!("{name},amount"),
                _ if is_asset => format!("asset,{name}"),
                _ => format!("symbol,{name}"),
            };
            let notices = file_of(&format!("{header}\n")).notices;
            assert!(notices.iter().all(|it| !it.contains("not read")), "{name}: {notices:?}");
            // Beside the first name of its column it is the same column.
            if *name != names[0] {
                let both = format!("symbol,asset,{},{name}\n", names[0]);
                let both =
                    both.replace("symbol,asset,symbol", "symbol").replace("symbol,asset,asset", "asset");
                let outcome = read::read(both.as_bytes(), None);
                let is_preferred =
                    ["isolated_wallet", "position_margin", "cross_wallet_balance", "margin_type"]
                        .contains(name);
                assert_eq!(outcome.is_ok(), is_preferred, "{both}: {outcome:?}");
            }
        }
    }
}

#[test]
fn the_limits_of_the_page_are_those_of_the_program() {
    use tierbook::limits::{POSITIONS, POSITIONS_BYTES, POSITIONS_TOML_BYTES};
    let page = page();
    let thousands = format!("{},000 positions", POSITIONS / 1000);
    let bytes = format!("up to {} MB", POSITIONS_BYTES >> 20);
    let toml = format!("TOML up to {} MB", POSITIONS_TOML_BYTES >> 20);
    assert!([thousands, bytes, toml].iter().all(|words| page.contains(words)));
}
