//! Four times as much of anything takes some four times as long to read: no part of a text is looked at again for each
//! other part of it.

use std::fs;
use std::time::Instant;

use tierbook::ingest::{self, Draft, Input};
use tierbook::{FindingCode, limits};

/// Quadratic work grows by 16.
const MOST_GROWTH: f64 = 8.0;

/// How often what grows too much is measured again.
const TRIES: usize = 3;

/// Times below it, in milliseconds, are too short to be compared.
const FLOOR: f64 = 40.0;

const LAUNCH: &str = "# Binance Futures Will Launch Perpetual Contracts\n\nFellow readers,\n\n";
const DELISTING: &str = "# Binance Futures Will Delist Perpetual Contracts\n\nFellow readers,\n\n";
const CLASSES: &str = "# Cross margin collateral ratio\n\nCross margin collateral ratio of assets changes at 2026-02-06 06:00 (UTC):\n\n";
const TIERS: &str =
    "# Leverage and Margin Tiers\n\nFellow readers,\n\nLeverage changes at 2026-02-06 06:30 (UTC).\n\n";
const MARGIN_ASSETS: &str = "# Futures Will Add a Margin Asset\n\nFellow readers,\n\n";
const TABLE: &str = "Leverage Position Margin Rate\n21 - 25x0 < Position ≤ 5,0001.50%\n1 - 20x5,000 < Position ≤ 10,0002.00%\n";
const END: &str = "\n\n2026-02-03\n";

/// Milliseconds that this thread has worked, whatever else the machine does; since any moment, where the system
/// does not tell that.
fn worked(start: Instant) -> f64 {
    let scheduled = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = scheduled.and_then(|words| words.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.unwrap_or_else(|| start.elapsed().as_secs_f64() * 1e9) / 1e6
}

/// How long it takes to read a document.
fn time(file: &str, text: &str) -> f64 {
    let input = Input { file, bytes: text.as_bytes(), published_at: None, complete: None };
    let start = Instant::now();
    let before = worked(start);
    let _ = ingest::read(&input);
    worked(start) - before
}

/// Texts by what there is much of in them; each with how much at first.
type Case = (&'static str, usize, fn(usize) -> String);

fn check(file: &str, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (name, count, text) in cases {
        let mut measured = String::new();
        let fits = (0..TRIES).any(|_| {
            let (few, many) = (time(file, &text(*count)), time(file, &text(4 * count)));
            measured = format!("{name}: {few:.1} ms, four times as much {many:.1} ms");
            eprintln!("{measured}");
            many <= FLOOR + MOST_GROWTH * few
        });
        if !fits {
            wrong.push(measured);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn within(head: &str, repeated: &str, count: usize, tail: &str) -> String {
    format!("{head}{}{tail}", repeated.repeat(count))
}

/// Names that all differ, each after `before`.
fn named(count: usize, before: &str, after: &str) -> String {
    (0..count).map(|number| format!("{before}A{number}B{after}")).collect()
}

#[test]
fn what_starts_contracts_is_read_in_proportion() {
    check(
        "20260203T060046Z.txt",
        &[
            ("names that can be split at any place", 10, |n| {
                let names = format!("COIN-M Perpetual Contract\t{}Q\nLaunch Time\t", "AUSD".repeat(n));
                let times = "2026-02-06 06:30 (UTC)\t".repeat(12);
                format!(
                    "{LAUNCH}Binance Futures will launch the following perpetual contracts with up to 50x leverage.\n\n{names}{times}\nMaximum Leverage\t50x{END}"
                )
            }),
            ("lines that introduce those below and are items of those above", 30, |n| {
                within(
                    LAUNCH,
                    "2026-02-06 06:30 (UTC): AUSDT Perpetual Contract up to 5x will launch the following perpetual contracts\n",
                    n,
                    END,
                )
            }),
            ("items of a list", 120, |n| {
                let items = named(n, "2026-02-06 06:30 (UTC): ", "USDT Perpetual Contract up to 5x\n");
                format!("{LAUNCH}Binance will launch the following perpetual contracts:\n{items}{END}")
            }),
            ("launches on one line", 100, |n| {
                within(
                    LAUNCH,
                    "Binance Futures will launch AUSDT Perpetual Contract at 2026-02-06 06:30 (UTC). ",
                    n,
                    END,
                )
            }),
            ("conversions on one line", 120, |n| {
                within(
                    LAUNCH,
                    "Binance will convert the AUSDT Pre-Market Perpetual Contract to standard AUSDT Perpetual Contract at 2026-02-06 06:30 (UTC). The transition takes. ",
                    n,
                    END,
                )
            }),
            ("names of one launch", 110, |n| {
                format!(
                    "{LAUNCH}Binance will launch {}AUSDT Perpetual Contracts {}{END}",
                    named(n, "", "USDT, "),
                    "AUSDT ".repeat(n)
                )
            }),
            ("tables of specifications", 30, |n| {
                let table = "USDⓈ-M Perpetual Contract\tAUSDT\nLaunch Time\t2026-02-06 06:30 (UTC)\nMaximum Leverage\t50x\nx\n";
                within(
                    LAUNCH,
                    table,
                    n,
                    "Binance will launch AUSDT Perpetual Contract at 2026-02-06 06:30 (UTC).\n",
                )
            }),
            ("fields of a table of specifications", 200, |n| within(LAUNCH, "Launch Time ", n, END)),
        ],
    );
}

#[test]
fn what_ends_contracts_is_read_in_proportion() {
    check(
        "20260203T060046Z.txt",
        &[
            ("sentences about last orders with lists", 80, |n| {
                within(
                    DELISTING,
                    "You are not allowed to open position after 2026-02-06 06:30 (UTC):\n",
                    n,
                    END,
                )
            }),
            ("sentences about those above", 80, |n| {
                within(DELISTING, "We settle all positions on the above at 2026-02-06 06:30 (UTC). ", n, END)
            }),
            ("sentences about those above, which are many", 60, |n| {
                let named = named(n, "", "USDT, ");
                let ends = "We settle all positions on the above at 2026-02-06 06:30 (UTC). ".repeat(n);
                format!("{DELISTING}See {named}.\n{ends}{END}")
            }),
            ("sentences about those below", 60, |n| {
                within(
                    DELISTING,
                    "We settle all positions on the aforementioned at 2026-02-06 06:30 (UTC). ",
                    n,
                    "\nSee AUSDT, please.\n",
                )
            }),
            ("sentences about tokens", 40, |n| {
                let list = named(n, "Token (", ")");
                let ends =
                    "We settle all positions on contracts of the above tokens at 2026-02-06 06:30 (UTC).\n"
                        .repeat(n);
                format!("{DELISTING}The following tokens:\n{list}\n{ends}{END}")
            }),
            ("lists that are items", 60, |n| {
                within(
                    DELISTING,
                    "2026-02-06 06:30 (UTC) settle all positions of the following AUSDT:\n",
                    n,
                    END,
                )
            }),
            ("lists on one line", 80, |n| {
                within(
                    DELISTING,
                    "We settle all positions on the following: 2026-02-06 06:30 (UTC): AUSDT Contract. ",
                    n,
                    END,
                )
            }),
            ("ends at one time", 100, |n| {
                format!(
                    "{DELISTING}We will close all positions and conduct an automatic settlement on {}AUSDT at 2026-02-06 06:30 (UTC).{END}",
                    named(n, "", "USDT, ")
                )
            }),
            ("launches that are put off", 60, |n| {
                let names = named(n, "", "USDT, ");
                let line = "The launch of AUSDT contract on Binance Futures at 2026-02-06 06:30 (UTC) is postponed to 2026-02-07 06:30 (UTC).\n";
                format!("# Postponement of {names}\n\nFellow readers,\n\n{}{END}", line.repeat(n))
            }),
        ],
    );
}

#[test]
fn classes_and_margin_assets_are_read_in_proportion() {
    check(
        "20260203T060046Z.txt",
        &[
            ("words of headers", 400, |n| within(CLASSES, "class\n", n, "")),
            ("headers with lists", 100, |n| within(CLASSES, "CLASS ASSET X\n", n, "")),
            ("empty lines", 1000, |n| within(CLASSES, "\n", n, "class")),
            ("digits of a list", 330, |n| {
                within(CLASSES, "1", n, "").replace("):\n\n", "):\n\nClass Asset\n")
            }),
            ("rows of a list", 12, |n| {
                format!("{CLASSES}Class Before Class After Asset\n{}", "56WIF68JTO, A2Z".repeat(n))
            }),
            ("classes of a table", 100, |n| {
                within(&format!("{CLASSES}Class Tier Collateral Ratio\n"), "60 - 800,000100.00%\n", n, "")
            }),
            ("tables of classes", 60, |n| {
                within(CLASSES, "Class Tier Collateral Ratio\n60 - 800,000100.00%\nText\n", n, "")
            }),
            ("signs of a sentence about a ratio", 2000, |n| {
                within(MARGIN_ASSETS, "'", n, " portfolio margin collateral ratio is 5%.\n")
            }),
            ("tables of margin assets", 30, |n| {
                let table = "Asset Floor Cap Collateral Ratio AAA01,200,00099.9% > 1,200,000-0% portfolio margin pro ";
                format!("{MARGIN_ASSETS}Portfolio margin pro\n{}{END}", table.repeat(n))
            }),
        ],
    );
}

#[test]
fn times_and_sentences_above_tables_are_read_in_proportion() {
    check(
        "20260203T060046Z.txt",
        &[
            ("empty lines", 1500, |n| within(TIERS, "\n", n, TABLE)),
            ("empty lines at the end", 1500, |n| format!("{TIERS}AUSDT\n{TABLE}{}x\n", "\n".repeat(n))),
            ("clock times without an end", 600, |n| within(TIERS, "1:", n, TABLE)),
            ("dates without an end", 600, |n| within(TIERS, "1/", n, TABLE)),
            ("dashes between digits", 600, |n| within(TIERS, "-1", n, TABLE)),
            ("zones without an end", 600, |n| within(TIERS, "1:00+", n, TABLE)),
            ("times on one line", 500, |n| within(TIERS, "2026-02-06 06:30 (UTC). ", n, TABLE)),
            ("dates on one line", 500, |n| within(TIERS, "2026-02-06. ", n, TABLE)),
            ("kinds of contracts in a sentence", 700, |n| {
                within(TIERS, "futures ", n, &format!("\n{TABLE}"))
            }),
            ("lists in a sentence", 700, |n| within(TIERS, "futures of ", n, &format!("\n{TABLE}"))),
            ("words before a time span", 700, |n| within(TIERS, "within up ", n, &format!("\n{TABLE}"))),
            ("tables", 60, |n| within(TIERS, &format!("AUSDT\n{TABLE}"), n, END)),
            ("tables under sentences", 40, |n| {
                let above = "Leverage changes of contracts. It is 2026-02-06.\n".repeat(n);
                format!("{TIERS}{above}{}{END}", format!("AUSDT\n{TABLE}").repeat(n))
            }),
            ("headers without a table", 200, |n| within(TIERS, "Leverage Position Margin Rate\n", n, TABLE)),
            ("rows of a table", 40, |n| {
                within(
                    &format!("{TIERS}AUSDT\nLeverage Position Margin Rate\n"),
                    "1 - 20x0 < Position ≤ 5,0001.50%\n",
                    n,
                    END,
                )
            }),
            ("rows of ratios", 100, |n| {
                format!(
                    "{TIERS}Asset Collateral Ratio Before Collateral Ratio After\n{}{END}",
                    named(n, "", "9880%70%\n")
                )
            }),
            ("names of a block", 300, |n| {
                format!(
                    "{TIERS}Asset Rank Floor Cap Collateral Ratio\n{}A10100,00095%{END}",
                    named(n, "", ",\n")
                )
            }),
            ("signs of tables in prose", 500, |n| within(TIERS, "a%b, 1,5 x < ", n, "\n")),
            ("words", 2000, |n| within(TIERS, "AUSDT ", n, &format!("\n{TABLE}"))),
            ("a long title", 1000, |n| {
                format!("# {}\n\nFellow readers,\n\n{TABLE}", "AUSDT 2026-02-06 ".repeat(n))
            }),
        ],
    );
}

#[test]
fn signs_of_markdown_are_read_in_proportion() {
    check(
        "20260203T060046Z.md",
        &[
            ("tables of HTML on one line", 500, |n| within("# T\n\n", "<table></table>", n, "\n")),
            ("tables of HTML on lines", 300, |n| within("# T\n\n", "<table>\n</table>", n, "\n")),
            ("tables of HTML in each other", 150, |n| within("# T\n\n", "<table>", n, "\n")),
            ("bars", 300, |n| format!("# T\n\n{}\n{}\n", "a|".repeat(n), "-|".repeat(n))),
            ("rows of a table with bars", 200, |n| format!("# T\n\n|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(n))),
            ("links", 500, |n| within("# T\n\n", "[a](b", n, "\n")),
            ("signs of emphasis", 1000, |n| within("# T\n\n", "_*`a\\", n, "\n")),
            ("comments and entities", 500, |n| within("# T\n\n", "<!-- &amp <", n, "\n")),
        ],
    );
}

#[test]
fn tags_of_pages_are_read_in_proportion() {
    check(
        "20260203T060046Z.html",
        &[
            ("headings under a long title", 400, |n| {
                let title = "ab".repeat(n * 20);
                format!(
                    "<html><head><title>{title}</title></head><body>{}</body></html>",
                    "<h1>abac</h1>".repeat(n)
                )
            }),
            ("links and times", 200, |n| {
                format!(
                    "<html><body><h1>T</h1>{}x</body></html>",
                    "<p><a>x</a><time>2026-02-03</time>".repeat(n)
                )
            }),
            ("elements in each other", 500, |n| {
                format!("<html><body>{}x</body></html>", "<div><h1>".repeat(n))
            }),
            ("tables in each other", 300, |n| {
                format!("<html><body>{}x</body></html>", "<table><tr><td>".repeat(n))
            }),
            ("cells of a row", 200, |n| {
                format!("<html><body><table><tr>{}</table></body></html>", "<td rowspan=9>1%".repeat(n))
            }),
            ("rows", 200, |n| {
                format!("<html><body><table>{}</table></body></html>", "<tr><td>A<td>1%<td>2%".repeat(n))
            }),
            ("lines of a cell", 500, |n| {
                format!("<html><body><table><tr><td>{}</table></body></html>", "A<br>".repeat(n))
            }),
            ("entities", 1000, |n| format!("<html><body>{}</body></html>", "&shy;&x".repeat(n))),
        ],
    );
}

fn draft(text: &str) -> Draft {
    crate::tests::common::draft("20260203T060046Z.txt", text.as_bytes())
}

#[test]
fn as_many_contracts_as_the_bound_says_start_or_end_and_of_one_more_nothing_is_stored() {
    let starts = |count| {
        let items = named(count, "2026-02-06 06:30 (UTC): ", "USDT Perpetual Contract up to 5x\n");
        draft(&format!("{LAUNCH}Binance will launch the following perpetual contracts:\n{items}{END}"))
    };
    let ends = |count| {
        let names = named(count - 1, "", "USDT, ");
        draft(&format!(
            "{DELISTING}We will close all positions and conduct an automatic settlement on {names}AUSDT at 2026-02-06 06:30 (UTC).{END}"
        ))
    };
    let most = limits::NAMED_CONTRACTS;
    for (whole, more) in [(starts(most), starts(most + 1)), (ends(most), ends(most + 1))] {
        assert_eq!(whole.statements.len(), most, "{:?}", whole.findings);
        assert!(more.statements.is_empty(), "{}", more.statements.len());
        let refused = more.findings.iter().filter(|finding| finding.code == FindingCode::UnreadText);
        assert_eq!(refused.count(), 1, "{:?}", more.findings);
    }
}

#[test]
fn the_most_tables_of_margin_assets_are_read_and_of_one_more_none() {
    let refused = |count: usize| {
        let tables: String = (0..count)
            .map(|number| format!("Asset Floor Cap Collateral Ratio A{number}B01,200,00099.9% > 1,200,000-0% portfolio margin pro "))
            .collect();
        let draft = draft(&format!("{MARGIN_ASSETS}Portfolio margin pro\n{tables}{END}"));
        let message = format!("more than {} tables of margin assets; none is read", limits::SMALL_TABLES);
        draft.findings.iter().any(|finding| finding.message.contains(&message))
    };
    assert!(!refused(limits::SMALL_TABLES) && refused(limits::SMALL_TABLES + 1));
}

#[test]
fn a_list_below_two_sentences_that_introduce_it_is_read_once() {
    let list = "2026-02-06 06:30 (UTC): AUSDT Perpetual Contract with up to 5x leverage\n";
    let sentence = "Binance Futures will launch the following perpetual contracts: ";
    let one = draft(&format!("{LAUNCH}{sentence}\n{list}{END}"));
    let two = draft(&format!("{LAUNCH}{sentence}{sentence}\n{list}{END}"));
    assert_eq!((one.statements.len(), two.statements.len()), (1, 1));
    assert_eq!(one.statements[0].claim, two.statements[0].claim);
}
