//! What the shared delistings, swaps and postponements state, found by reading them.

use std::collections::BTreeMap;

use super::{accepted, stated, texts};
use crate::tests::common::{codes, shared};

/// The families whose statements are listed here.
pub const FAMILIES: [&str; 4] = ["perpetual_delisting", "token_swap", "token_delisting", "postponement"];

/// Of each text the stamp in its name, and its statements: subjects and time. Texts that are not listed state
/// nothing.
pub const STATED: [(&str, &str, &str); 22] = [
    ("20250829T110013Z", "usdm:LEVERUSDT", "ends 2025-09-03T09:00Z"),
    ("20250917T084529Z", "usdm:ALPHAUSDT", "ends 2025-09-23T09:00Z"),
    ("20250924T120008Z", "usdm:UXLINKUSDT", "ends 2025-09-26T09:00Z"),
    ("20251023T113137Z", "coinm:GMTUSD coinm:DOGSUSD", "ends 2025-10-28T09:00Z"),
    ("20251107T093034Z", "coinm:MANAUSD coinm:EGLDUSD", "ends 2025-11-13T09:00Z"),
    ("20251114T073021Z", "coinm:RUNEUSD", "ends 2025-11-19T09:00Z"),
    ("20251123T055735Z", "usdm:PORT3USDT", "ends 2025-11-23T06:30Z"),
    ("20251201T081425Z", "usdm:SXPUSDT usdm:MILKUSDT", "ends 2025-12-05T09:00Z"),
    ("20251201T081425Z", "usdm:OBOLUSDT usdm:TOKENUSDT", "ends 2025-12-05T09:30Z"),
    ("20251211T114348Z", "usdm:AIAUSDT", "ends 2025-12-11T12:15Z"),
    ("20260128T101411Z", "usdm:42USDT usdm:COMMONUSDT usdm:CUDISUSDT usdm:EPTUSDT", "ends 2026-01-30T09:00Z"),
    ("20260313T141420Z", "usdm:VFYUSDT usdm:1000WHYUSDT usdm:BDXNUSDT", "ends 2026-03-17T09:00Z"),
    ("20260313T141420Z", "coinm:ALGOUSD coinm:SANDUSD coinm:ENSUSD coinm:ATOMUSD", "ends 2026-03-18T09:00Z"),
    ("20260403T135932Z", "usdm:OLUSDT usdm:HIPPOUSDT usdm:RLSUSDT usdm:PUFFERUSDT", "ends 2026-04-08T09:00Z"),
    ("20260403T135932Z", "coinm:WIFUSD coinm:WLDUSD", "ends 2026-04-09T09:00Z"),
    ("20260424T111514Z", "usdm:VINEUSDT usdm:AIUSDT", "ends 2026-04-28T10:00Z"),
    ("20250910T030002Z", "usdm:OMNIUSDT", "ends 2025-09-22T09:00Z"),
    ("20251226T030011Z", "usdm:FXSUSDT", "ends 2026-01-06T09:00Z"),
    (
        "20260318T090011Z",
        "token:A2Z token:FORTH token:HOOK token:IDEX token:LRC token:NTRN token:RDNT token:SXP",
        "ends 2026-03-24T09:00Z",
    ),
    ("20250923T083006Z", "token:XAN", "put off from 2025-09-23T10:30Z to 2025-09-29T10:30Z"),
    ("20251120T083004Z", "usdm:GAIBUSDT", "put off from 2025-11-20T09:00Z to further notice"),
    ("20260414T020002Z", "", ""),
];

/// The statements of a text by its file name, in order.
pub fn expected(file: &str) -> Vec<String> {
    let of_file = STATED.iter().filter(|(stamp, ..)| file.contains(stamp));
    let mut lines: Vec<String> = of_file
        .flat_map(|(_, subjects, what)| {
            subjects.split_whitespace().map(move |subject| format!("{subject} {what}"))
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn the_shared_texts_end_and_put_off_what_they_say_and_nothing_else() {
    let Some(shared) = shared() else { return };
    let texts = texts(&shared, &FAMILIES);
    assert_eq!(texts.len(), 23);
    for (file, text) in &texts {
        let draft = accepted(file, text).unwrap_or_else(|| panic!("{file} is refused"));
        assert_eq!(stated(&draft), expected(file), "{file}");
        assert_eq!(draft.has_no_rule(), expected(file).is_empty(), "{file}");
    }
}

#[test]
fn each_statement_points_at_the_words_that_state_it() {
    let Some(shared) = shared() else { return };
    for (file, text) in texts(&shared, &FAMILIES) {
        let draft = accepted(&file, &text).expect("a text that is read");
        let mut names: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
        for statement in &draft.statements {
            let words = statement.span.of(&draft.text);
            assert!(words.len() < 400, "{file}: {words}");
            names
                .entry((statement.span.start, statement.span.end))
                .or_default()
                .push(statement.subject.name());
            let found = codes(&draft).contains(&"contract_not_named");
            assert!(found || words.contains(statement.subject.name()), "{file}: {words}");
        }
    }
}

#[test]
fn a_contract_that_is_not_named_where_it_ends_is_doubtful() {
    let Some(shared) = shared() else { return };
    for (file, text) in texts(&shared, &FAMILIES) {
        let draft = accepted(&file, &text).expect("a text that is read");
        let inferred: Vec<&str> = draft
            .findings
            .iter()
            .filter(|finding| finding.code.as_str() == "contract_not_named")
            .flat_map(|finding| finding.subjects.iter().map(String::as_str))
            .collect();
        let by_token = ["OMNIUSDT", "FXSUSDT", "A2Z", "FORTH", "HOOK", "IDEX", "LRC", "NTRN", "RDNT", "SXP"];
        for statement in
            draft.statements.iter().filter(|it| matches!(it.claim, tierbook::ingest::DraftClaim::End { .. }))
        {
            let name = statement.subject.name();
            assert_eq!(inferred.contains(&name), by_token.contains(&name), "{file}: {name}");
        }
    }
}

#[test]
fn a_page_with_the_same_text_states_the_same() {
    let Some(shared) = shared() else { return };
    let families: Vec<&str> = FAMILIES.into_iter().chain(["negative", "margin_removal"]).collect();
    for (file, text) in texts(&shared, &families) {
        let (title, body) = text.split_once('\n').expect("a title");
        let title = title.trim_start_matches("# ");
        let body = body.replace('&', "&amp;").replace('<', "&lt;");
        let lines = body.lines().filter(|line| !line.is_empty());
        let paragraphs: String = lines.map(|line| format!("<p>{line}</p>\n")).collect();
        let page = format!(
            "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        );
        let name = file.replace(".txt", ".html");
        let draft = accepted(&name, &page).unwrap_or_else(|| panic!("{file} is refused"));
        assert_eq!(stated(&draft), expected(&file), "{file}");
        assert_eq!(draft.has_no_rule(), expected(&file).is_empty(), "{file}");
    }
}
