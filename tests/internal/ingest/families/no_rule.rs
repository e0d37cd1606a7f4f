//! Texts about something else contain no margin rule, and those that announce one are never said to contain none.

use super::{accepted, texts};
use crate::tests::common::{announcements, draft, shared};
use tierbook::ingest::{self, Input, OtherTopic};

/// Families without any margin rule of contracts, and the topics that their titles are recognised as.
const OTHER: [(&str, &[&str]); 4] = [
    ("margin_removal", &["margin_removal"]),
    ("margin_addition", &["margin_addition"]),
    ("loan_collateral", &["loans"]),
    (
        "other_contract_rules",
        &["tick_size", "price_precision", "funding_rate", "index_price", "minimum_amount"],
    ),
];

#[test]
fn no_unrelated_text_states_anything() {
    let Some(shared) = shared() else { return };
    let texts = texts(&shared, &["negative"]);
    assert_eq!(texts.len(), 40);
    for (file, text) in texts {
        let draft = draft(&file, text.as_bytes());
        assert!(draft.has_no_rule() && draft.statements.is_empty() && draft.findings.is_empty(), "{file}");
    }
}

#[test]
fn rules_of_other_kinds_are_recognised_and_state_nothing() {
    let Some(shared) = shared() else { return };
    for (family, topics) in OTHER {
        for (file, text) in texts(&shared, &[family]) {
            let draft = draft(&file, text.as_bytes());
            let topic = OtherTopic::of_title(&draft.title).map(OtherTopic::name);
            assert!(draft.has_no_rule() && draft.statements.is_empty(), "{file}");
            assert!(topic.is_some_and(|topic| topics.contains(&topic)), "{file}: {topic:?}");
        }
    }
}

#[test]
fn an_announcement_of_tiers_that_lost_its_tables_is_refused() {
    let Some(shared) = shared() else { return };
    for (file, bytes) in announcements(&shared) {
        let text = String::from_utf8(bytes).expect("text");
        let end = text.find("≤").map_or(0, |at| text[..at].rfind('\n').unwrap_or(0));
        assert!(accepted(&file, &text[..end]).is_none(), "{file}");
        let prose: Vec<&str> = text.lines().filter(|line| !line.contains(['≤', '%'])).collect();
        assert!(accepted(&file, &prose.join("\n")).is_none(), "{file} without its tables");
    }
}

#[test]
fn what_announces_a_rule_that_is_not_found_is_refused() {
    for words in [
        "Binance Futures will update the leverage and margin tiers of ABCUSDT at 2026-05-08 06:30 (UTC).",
        "The collateral ratio of ABC will be adjusted at 2026-05-08 06:30 (UTC).",
        "USDⓈ-M Perpetual ContractABCUSDTLaunch Time2026-05-08 12:00 (UTC)Maximum Leverage50xTrading Hours24/7",
        "Binance Futures will launch the ABCUSDT Perpetual Contract soon.",
        "The contracts will be delisted after the settlement is complete.",
        "Binance Futures will close all positions and conduct an automatic settlement on ABCUSDT Perpetual Contract.",
    ] {
        let text = format!("# News\n\nFellow readers,\n\n{words}\n\nThe Team\n\n2026-05-05\n");
        assert!(accepted("x.txt", &text).is_none(), "{words}");
    }
    for title in ["Update on the Leverage & Margin Tiers", "Futures Will Delist ABCUSDT Perpetual Contract"] {
        let text = format!("# {title}\n\nFellow readers,\n\nMore soon.\n\nThe Team\n\n2026-05-05\n");
        assert!(accepted("x.txt", &text).is_none(), "{title}");
    }
}

#[test]
fn reservations_and_links_announce_nothing() {
    for words in [
        "We may adjust the maximum leverage, initial margin, and/or maintenance margin requirements.",
        "Protective measures may follow, including but not limited to adjusting the maximum leverage value, position \
         value, and maintenance margin in each margin tier.",
        "Please refer to Margin Data for an updated list of collateral ratios.",
        "Leverage and Margin of USDⓈ-M Futures ContractsMark Price",
        "Trade perpetual contracts with up to 125x leverage and share 10,000 USDT!",
    ] {
        let text = format!("# News\n\nFellow readers,\n\n{words}\n\nThe Team\n\n2026-05-05\n");
        assert!(draft("x.txt", text.as_bytes()).has_no_rule(), "{words}");
    }
}

#[test]
fn a_text_that_is_no_announcement_is_not_said_to_contain_no_rule() {
    for text in ["A letter about the weather, 20% rain on 2026-05-05.", "Плечо и маржа"] {
        let input = Input { file: "x.txt", bytes: text.as_bytes(), published_at: None, complete: None };
        assert_eq!(ingest::read(&input).expect_err(text).code().as_str(), "no_table");
    }
}
