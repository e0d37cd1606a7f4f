//! Variations of texts that start contracts, as glued text and as a page.

use tierbook::ingest::Draft;

use super::{read, starts};
use crate::tests::common::{codes, errors};

/// A table of specifications: its fields with the values of all contracts.
type Fields<'a> = &'a [(&'a str, &'a [&'a str])];

const TWO: Fields = &[
    ("USDⓈ-M Perpetual Contract", &["4USDT", "USUSDT"]),
    ("Launch Time", &["2026-01-05 10:00 (UTC)", "2026-01-05 10:15 (UTC)"]),
    ("Underlying Asset", &["Four (4)", "US (US)"]),
    ("Contract Address", &["0x100xAb50x", "0x20xUSDT5x"]),
    ("Project Info", &["Trade it at up to 100x.", "A token."]),
    ("Tick Size", &["0.01", "0.001"]),
    ("Capped Funding Rate", &["+2.00% / -2.00%", "+2.00% / -2.00%"]),
    ("Maximum Leverage", &["50x", "20x"]),
    ("Trading Hours", &["24/7", "24/7"]),
];

const LIST: [&str; 2] = [
    "2026-01-05 10:00 (UTC): 4USDT Perpetual Contract with up to 50x leverage",
    "2026-01-05 10:15 (UTC):  USUSDT Index Perpetual Contract with up to 20x ",
];

/// A text whose list and table are glued together.
fn glued(lead: &str, list: &[&str], fields: Fields) -> String {
    let table: Vec<String> =
        fields.iter().map(|(field, values)| format!("{field}{}", values.concat())).collect();
    format!(
        "# A Title (2026-01-05)\n\nFellow Binancians,\n\n{lead}\n\n{}\n\n{}\n\nBinance Team\n\n2026-01-04\n\nA notice.\n",
        list.concat(),
        table.concat()
    )
}

/// The same as a page.
fn page(lead: &str, list: &[&str], fields: Fields) -> String {
    let items: Vec<String> = list.iter().map(|item| format!("<li>{item}</li>")).collect();
    let rows = fields.iter().map(|(field, values)| {
        let cells: Vec<String> = values.iter().map(|value| format!("<td>{value}</td>")).collect();
        format!("<tr><td>{field}</td>{}</tr>", cells.concat())
    });
    format!(
        "<html><body><article><h1>A Title (2026-01-05)</h1><p>Fellow Binancians,</p><p>{lead}</p><ul>{}</ul>\
         <table>{}</table><p>Binance Team</p><p>2026-01-04</p></article></body></html>",
        items.concat(),
        rows.collect::<Vec<_>>().concat()
    )
}

fn both(lead: &str, list: &[&str], fields: Fields) -> Draft {
    let text =
        read("binance-20260104T120000Z.txt", glued(lead, list, fields).as_bytes()).expect("statements");
    let html = page(lead, list, fields);
    let page = read("binance-20260104T120000Z.html", html.as_bytes()).expect("statements on the page");
    assert_eq!(starts(&text), starts(&page));
    assert_eq!(codes(&text), codes(&page));
    assert!(!text.is_refused() || text.statements.is_empty(), "{:?}", errors(&text));
    text
}

fn both_starts(lead: &str, list: &[&str], fields: Fields) -> Vec<String> {
    starts(&both(lead, list, fields))
}

const FOLLOWING: &str = "Binance Futures will launch the following perpetual contract(s) as below:";

const TWO_LAUNCHES: [&str; 2] =
    ["usdm:4USDT launch 2026-01-05T10:00Z 50", "usdm:USUSDT launch 2026-01-05T10:15Z 20"];

/// A table with another value in one cell.
fn with<'a>(fields: Fields<'a>, field: &str, values: &'a [&'a str]) -> Vec<(&'a str, &'a [&'a str])> {
    fields.iter().map(|(name, old)| (*name, if *name == field { values } else { *old })).collect()
}

#[test]
fn a_list_and_a_table_that_agree_state_each_launch_once() {
    let draft = both(FOLLOWING, &LIST, TWO);
    assert_eq!(starts(&draft), TWO_LAUNCHES);
    assert_eq!(codes(&draft), [""; 0]);
}

#[test]
fn a_list_alone_and_a_table_alone_state_the_same() {
    assert_eq!(both_starts(FOLLOWING, &LIST, &[]), TWO_LAUNCHES);
    assert_eq!(both_starts(FOLLOWING, &[], TWO), TWO_LAUNCHES);
}

#[test]
fn the_order_of_columns_need_not_be_that_of_the_list() {
    let list = [LIST[1], LIST[0]];
    let mut found = both_starts(FOLLOWING, &list, TWO);
    found.sort();
    assert_eq!(found, TWO_LAUNCHES);
}

#[test]
fn where_the_table_differs_the_list_counts_and_a_finding_says_so() {
    for fields in [
        with(TWO, "Maximum Leverage", &["50x", "25x"]),
        with(TWO, "Maximum Leverage", &["50x", "25x", "10x"]),
        with(TWO, "Launch Time", &["2026-01-05 10:00 (UTC)", "2026-01-06 10:15 (UTC)"]),
    ] {
        let draft = both(FOLLOWING, &LIST, &fields);
        assert_eq!(starts(&draft), TWO_LAUNCHES);
        assert!(codes(&draft).contains(&"places_differ"), "{:?}", codes(&draft));
    }
}

#[test]
fn a_contract_that_the_table_names_otherwise_is_not_stored_and_the_others_are() {
    let fields = with(TWO, "USDⓈ-M Perpetual Contract", &["4USDT", "UUSDT"]);
    let draft = both(FOLLOWING, &LIST, &fields);
    assert_eq!(starts(&draft), TWO_LAUNCHES[..1]);
    assert!(codes(&draft).contains(&"unread_start"));
}

#[test]
fn an_item_whose_time_is_none_is_read_from_the_table_with_a_finding() {
    let list = [LIST[0], "2026-13-05 10:15 (UTC): USUSDT Perpetual Contract with up to 20x leverage"];
    let draft = both(FOLLOWING, &list, TWO);
    assert_eq!(starts(&draft), TWO_LAUNCHES);
    assert!(codes(&draft).contains(&"places_differ"));
}

const ONE: Fields = &[
    ("USDⓈ-M Perpetual Contract", &["A2ZUSDT"]),
    ("Conversion Time ", &["2026-01-05 10:00 (UTC)"]),
    ("Settlement Asset", &["USDT"]),
    ("Maximum Leverage", &["75x"]),
    ("Trading Hours", &["24/7"]),
];

#[test]
fn the_sentence_tells_a_launch_from_a_conversion_and_the_table_names_the_contract() {
    let launch = "Binance Margin will add A2Z as a new borrowable asset at 2026-01-05 09:00 (UTC).Binance Futures will \
                  launch the USDⓈ-M A2Z Perpetual Contract at 2026-01-05 10:00 (UTC), with up to 75x leverage.";
    assert_eq!(both_starts(launch, &[], ONE), ["usdm:A2ZUSDT launch 2026-01-05T10:00Z 75"]);
    let conversion = "Binance Futures will convert the USDⓈ-M A2Z Perpetual Contract pre-market trading to standard \
                      USDⓈ-M A2Z Perpetual Contract gradually at 2026-01-05 10:00 (UTC). The transition period may take \
                      up to 2 hours, subject to price volatility.";
    assert_eq!(both_starts(conversion, &[], ONE), ["usdm:A2ZUSDT conversion 2026-01-05T10:00Z 120"]);
}

#[test]
fn the_first_time_of_a_text_can_be_that_of_something_else() {
    let lead = "Some (A2Z) will open for trading on Binance Alpha starting 2026-01-05 08:00 (UTC). In addition, Binance \
                Futures will launch A2ZUSDT Perpetual Contract with up to 75x leverage at 2026-01-05 10:00 (UTC).";
    assert_eq!(both_starts(lead, &[], ONE), ["usdm:A2ZUSDT launch 2026-01-05T10:00Z 75"]);
    let one_sentence = lead.replace(". In addition, Binance", ", and Binance");
    assert_eq!(both_starts(&one_sentence, &[], ONE), ["usdm:A2ZUSDT launch 2026-01-05T10:00Z 75"]);
}

/// What a text of one paragraph states.
fn paragraph(words: &str) -> Vec<String> {
    let text = format!("# A Title\n\nFellow Binancians,\n\n{words}\n\nBinance Team\n\n2026-01-04\n");
    read("binance-20260104T120000Z.txt", text.as_bytes()).as_ref().map(starts).unwrap_or_default()
}

#[test]
fn what_is_not_a_launch_of_a_contract_states_none() {
    for words in [
        "Binance will list Sentient (SENT) and open trading at 2026-01-05 10:00 (UTC).",
        "Binance Futures will launch a trading promotion for ACTUSDT Perpetual Contracts at 2026-01-05 10:00 (UTC).",
        "Binance Futures will launch ACTUSDT Perpetual Contract Trading Competition at 2026-01-05 10:00 (UTC) with up to 50x leverage.",
        "Binance Futures will launch ACTUSDT Perpetual Contract between 2026-01-05 10:00 (UTC) and 2026-01-06 10:00 (UTC).",
        "Binance Futures will launch the USDⓈ-M ACT Perpetual Contract at 2026-01-05 10:00 (UTC).",
        "Binance Futures will launch ACTUSDT Perpetual Contract within one hour of ACT being listed.",
        "Binance will convert ACT to USDT at 2026-01-05 10:00 (UTC).",
        "Users can trade ACTUSDT Perpetual Contract with up to 50x leverage from 2026-01-05 10:00 (UTC).",
        "Binance Futures will launch grid trading on ACTUSDT Perpetual Contract at 2026-01-05 10:00 (UTC).",
    ] {
        assert_eq!(paragraph(words), [""; 0], "{words}");
    }
}

#[test]
fn a_conversion_that_names_two_contracts_or_two_times_states_none() {
    let words = "Binance Futures will convert METUSDT perpetual contract pre-market trading to standard USDⓈ-M METUSDT \
                 Perpetual Contract gradually at 2026-01-05 10:00 (UTC). The transition period may take up to 3 hours.";
    assert_eq!(paragraph(words), ["usdm:METUSDT conversion 2026-01-05T10:00Z 180"]);
    assert_eq!(paragraph(&words.replacen("METUSDT", "METAUSDT", 1)), [""; 0]);
    assert_eq!(paragraph(&words.replace("up to 3 hours", "up to some hours")), [""; 0]);
}

const QUARTERLY: Fields = &[
    (
        "COIN-M Delivery Contracts",
        &["BTCUSD CM Quarterly 0925", "ETHUSD CM Quarterly 0925", "SOLUSD CM Quarterly 0925"],
    ),
    ("Launch Time", &["After 2026-03-27 08:00 (UTC)"]),
    ("Underlying Asset", &["BTC", "ETH", "SOL"]),
    ("Tick Size", &["0.1", "0.01", "0.01"]),
    ("Max Leverage", &["50x"]),
    ("Trading Hours", &["24/7"]),
];

#[test]
fn quarterly_contracts_start_some_time_after_the_printed_one() {
    let lead = "Binance Futures will list the following COIN-M Quarterly 0925 Delivery Contracts a few hours after the COIN-M \
                Quarterly 0327 Delivery Contracts expire and settle at 2026-03-27 08:00 (UTC).";
    let names = ["BTCUSD_260925", "ETHUSD_260925", "SOLUSD_260925"];
    let expected = |max: &str| names.map(|name| format!("coinm:{name} launch 2026-03-27T08:00Z {max}"));
    let draft = both(lead, &[], QUARTERLY);
    assert_eq!(starts(&draft), expected("50"));
    let open = draft.findings.iter().find(|finding| finding.code.as_str() == "open_start");
    assert_eq!(open.expect("a doubt").subjects, names);
    assert!(
        draft
            .statements
            .iter()
            .all(|statement| open.is_some_and(|open| open.touches(statement.span, statement.span)))
    );
    let merged = with(QUARTERLY, "Max Leverage", &["50x", "20x"]);
    assert_eq!(
        both_starts(lead, &[], &merged),
        expected("-"),
        "two values of three columns cannot be assigned"
    );
    let other = glued(&lead.replace("0925", "0918"), &[], QUARTERLY);
    let draft = read("binance-20260104T120000Z.txt", other.as_bytes()).expect("a loss");
    assert!(draft.is_refused() && draft.statements.is_empty(), "another quarter");
}
