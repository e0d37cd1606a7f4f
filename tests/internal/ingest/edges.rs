//! Where an announcement ends, when it was published, what its front matter may contain, and what is refused.

use tierbook::finding::FindingCode;
use tierbook::ingest::{self, DraftClaim, Input};
use tierbook::statement::{Claim, Precision};
use tierbook::time::{RecordedTime, Timestamp};

use crate::tests::common::glued::{FLAT_COLUMNS, PRO_COLUMNS, TIER_COLUMNS, TIER_ROWS, glued, tier_table};

/// An announcement with two tier tables and both kinds of collateral tables.
fn announcement() -> String {
    let tiers = tier_table(TIER_ROWS);
    let flat = glued(&format!(
        "{FLAT_COLUMNS}
         LTC | 85% | 80%
         C98 | 40% | 30%"
    ));
    let pro = glued(&format!(
        "{PRO_COLUMNS}
         FET,C98 | 7 | 0 | 800,000 | 100% | 8 | 0 | 200,000 | 100%
         800,000 | 99,999,999,999 | 50% | 200,000 | 99,999,999,999 | 20%"
    ));
    format!(
        "# Margin rules change (2026-05-08)\n\nFellow traders,\n\nCollateral ratios of these assets change on 2026-05-08 \
         06:00 (UTC), within about 30 minutes:\n\n{flat}\n\n{pro}\n\nLeverage tiers of these contracts change within one \
         hour:\n\n2026-05-05 09:00 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)\n\n{tiers}\n\n2026-05-08 06:30 (UTC): \
         我踏USDT (USDⓈ-M Perpetual Contract)\n\n{tiers}\n\nThank you,\n\nThe exchange\n\n2026-05-05"
    )
}

fn timestamp(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a literal")
}

fn is_refused(file: &str, bytes: &[u8]) -> bool {
    ingest::read(&Input { file, bytes, published_at: None, complete: None })
        .map_or(true, |draft| draft.is_refused())
}

#[test]
fn the_announcement_itself_is_read_whole() {
    let draft = crate::tests::common::text_draft(&announcement());
    assert_eq!(crate::tests::common::codes(&draft), ["digits_in_name"], "C9840%30%");
    assert_eq!(draft.statements.len(), 2 * (2 + 2 + 2));
    assert_eq!(
        draft.publication.map(|(at, precision)| (at.0, precision)),
        Some((timestamp("2026-05-06T12:00:00Z"), Precision::Day))
    );
}

#[test]
fn an_announcement_cut_at_any_byte_is_refused() {
    let text = announcement();
    let bytes = text.as_bytes();
    for cut in 0..bytes.len() {
        assert!(
            is_refused("cut.txt", &bytes[..cut]),
            "cut at {cut}: …{}",
            String::from_utf8_lossy(&bytes[cut.saturating_sub(40)..cut])
        );
    }
}

#[test]
fn a_real_announcement_cut_anywhere_is_refused() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let step = if std::env::var("TIERBOOK_EVERY_BYTE").is_ok() { 1 } else { 997 };
    for (file, bytes) in crate::tests::common::announcements(&shared) {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let dates = text.match_indices("(UTC)").map(|(at, _)| at.saturating_sub(7));
        let lines = text.match_indices('\n').map(|(at, _)| at).step_by(9);
        for cut in dates.chain(lines).chain((0..bytes.len()).step_by(step)).filter(|cut| *cut < bytes.len()) {
            assert!(is_refused(&file, &bytes[..cut]), "{file} cut at {cut}");
        }
    }
}

#[test]
fn a_fragment_need_not_close_but_its_last_table_must_end() {
    let heading = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)\n\n";
    let whole = format!("{heading}{}", tier_table(TIER_ROWS));
    assert_eq!(crate::tests::common::codes(&crate::tests::common::text_draft(&whole)), ["no_publication"]);
    let start = heading.len() + glued(TIER_COLUMNS).len();
    for cut in start..whole.len() {
        assert!(
            is_refused("cut.txt", &whole.as_bytes()[..cut]),
            "cut at {cut}: {}",
            &whole.as_bytes()[start..cut].escape_ascii()
        );
    }
}

#[test]
fn the_publication_is_the_users_else_the_front_matters_else_the_file_names_else_the_closing_date() {
    let (plain, stated) =
        (announcement(), format!("---\npublished_at: 2026-05-05T02:00:00Z\n---\n{}", announcement()));
    let read = |file, text: &str, published_at| {
        let draft = ingest::read(&Input { file, bytes: text.as_bytes(), published_at, complete: None })
            .expect("a draft");
        draft.publication.map(|(at, precision)| (at.0.to_string(), precision.name()))
    };
    let user = Some(timestamp("2026-05-05T01:00:00Z"));
    let stamped = "binance-20260505T030000Z.txt";
    let given = |text: &str, precision| Some((text.to_string(), precision));
    assert_eq!(read(stamped, &stated, user), given("2026-05-05T01:00:00Z", "instant"));
    assert_eq!(read(stamped, &stated, None), given("2026-05-05T02:00:00Z", "instant"));
    assert_eq!(read(stamped, &plain, None), given("2026-05-05T03:00:00Z", "instant"));
    assert_eq!(read("x.txt", &plain, None), given("2026-05-06T12:00:00Z", "day"));
}

#[test]
fn a_publication_more_than_a_day_from_the_closing_date_is_a_mismatch() {
    for (published, mismatch) in [
        ("2026-05-03T23:59:59Z", true),
        ("2026-05-04T00:00:00Z", false),
        ("2026-05-06T23:59:59Z", false),
        ("2026-05-07T00:00:00Z", true),
    ] {
        let text = announcement();
        let input = Input {
            file: "x.txt",
            bytes: text.as_bytes(),
            published_at: Some(timestamp(published)),
            complete: None,
        };
        let draft = ingest::read(&input).expect("a draft");
        assert_eq!(
            draft.findings.iter().filter(|it| it.code == FindingCode::DateMismatch).count() == 1,
            mismatch,
            "{published}"
        );
    }
}

#[test]
fn a_previous_table_is_seen_at_publication_or_just_before_an_earlier_change() {
    let seen = |published: Option<&str>| -> Vec<String> {
        let text = announcement();
        let input = Input {
            file: "x.txt",
            bytes: text.as_bytes(),
            published_at: published.map(timestamp),
            complete: None,
        };
        let batch =
            ingest::read(&input).expect("a draft").batch(RecordedTime(timestamp("2026-07-01T00:00:00Z")));
        let contracts = batch.statements.iter().filter(|s| s.subject.program().has_contracts());
        contracts
            .filter_map(|s| match s.claim {
                Claim::Observation { seen_at, .. } => Some(seen_at.to_string()),
                _ => None,
            })
            .collect()
    };
    let just_before = |a: &str, b: &str| vec![a.to_string(), b.to_string()];
    assert_eq!(
        seen(Some("2026-05-05T08:59:59Z")),
        just_before("2026-05-05T08:59:59Z", "2026-05-05T08:59:59Z")
    );
    assert_eq!(
        seen(Some("2026-05-05T09:00:00Z")),
        just_before("2026-05-05T08:59:59.999999Z", "2026-05-05T09:00:00Z")
    );
    assert_eq!(
        seen(Some("2026-05-09T00:00:00Z")),
        just_before("2026-05-05T08:59:59.999999Z", "2026-05-08T06:29:59.999999Z")
    );
}

#[test]
fn a_fragment_without_publication_counts_as_published_when_recorded() {
    let text = format!("2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M)\n\n{}\n", tier_table(TIER_ROWS));
    let recorded = RecordedTime(timestamp("2026-05-06T00:00:00Z"));
    let batch = crate::tests::common::text_draft(&text).batch(recorded);
    assert_eq!((batch.source.published_at.0, batch.source.precision), (recorded.0, Precision::Recorded));
    assert_eq!(batch.statements[1].claim.valid_at().0, recorded.0);
}

#[test]
fn front_matter_is_checked_line_by_line() {
    for (front, code, words) in [
        ("publishd_at: 2026-05-05", "front_matter_key", "line 3"),
        ("published_at: soon", "front_matter_value", "line 3"),
        ("published_at: 2026-05-05 06:30", "front_matter_value", "no zone"),
        ("venue: two words", "front_matter_value", "two words"),
    ] {
        let text = format!("---\nnote: by hand\n{front}\n---\n{}", announcement());
        let input = Input { file: "x.txt", bytes: text.as_bytes(), published_at: None, complete: None };
        let error = ingest::read(&input).expect_err(front);
        assert!(error.code().as_str() == code && error.message().contains(words), "{error:?}");
        assert!(!error.hints().is_empty(), "{front}");
    }
    let text = format!("---\nvenue: Other\ntitle: By hand\n---\n{}", announcement());
    let draft = crate::tests::common::text_draft(&text);
    assert_eq!((draft.title.as_str(), draft.statements[0].subject.venue()), ("By hand", "other"));
    assert!(draft.text[draft.statements[0].span.range()].starts_with("LTC85%"));
}

#[test]
fn what_is_no_announcement_is_refused_with_its_reason() {
    let digits = "1234567890".repeat(200_000);
    for (bytes, code) in [
        (&b""[..], "document_empty"),
        (b" \n\xEF\xBB\xBF\n", "document_empty"),
        (b"LTC85%\0", "not_text"),
        (b"LTC\xFF85%", "not_text"),
        (b"A letter about the weather, 20% rain on 2026-05-05.", "no_table"),
        (b"---\nnote: x\n", "front_matter_open"),
    ] {
        let error = ingest::read(&Input { file: "x.txt", bytes, published_at: None, complete: None })
            .expect_err(code);
        assert_eq!(error.code().as_str(), code);
    }
    assert!(is_refused("x.txt", digits.as_bytes()));
    let huge = vec![b'1'; 16 * 1024 * 1024 + 1];
    assert!(is_refused("x.txt", &huge));
}

#[test]
fn a_change_has_the_roll_out_and_the_time_of_its_own_topic() {
    let draft = crate::tests::common::text_draft(&announcement());
    let changes: Vec<(String, String)> = draft
        .statements
        .iter()
        .filter_map(|s| match &s.claim {
            DraftClaim::Change { effective_at, rollout, .. } => {
                Some((effective_at.to_string(), rollout.to_string()))
            }
            _ => None,
        })
        .collect();
    let collateral = ("2026-05-08T06:00:00Z".to_string(), "30 min".to_string());
    assert!(changes[..4].iter().all(|change| *change == collateral), "{changes:?}");
    assert_eq!(changes[4], ("2026-05-05T09:00:00Z".to_string(), "1 h".to_string()));
    assert_eq!(changes[5], ("2026-05-08T06:30:00Z".to_string(), "1 h".to_string()));
}

/// Announcements of the same exchange about other things: none contains a rule, whatever looks like a table
/// in them.
#[test]
fn an_announcement_about_something_else_contains_no_rule() {
    let ticks = "SymbolTick Size BeforeTick Size AfterACTUSDT0.00010.00001IPUSDT0.0010.0001";
    let funding =
        "Symbol | Funding Cap Before | Funding Cap After\nACTUSDT | 2.00% | 3.00%\nIPUSDT | 1.00% | 2.00%";
    let delisting = "ABCUSDT and DEFUSDT have up to 25x until then.";
    for about in [ticks, funding, delisting] {
        let text =
            format!("# News\n\nFellow readers,\n\nAt 2026-03-05 12:00 (UTC):\n\n{about}\n\n2026-03-02\n");
        let input = Input { file: "x.txt", bytes: text.as_bytes(), published_at: None, complete: None };
        let draft = ingest::read(&input).expect(about);
        assert!(draft.has_no_rule() && draft.statements.is_empty(), "{about}: {:?}", draft.findings);
    }
}

#[test]
fn a_numbered_heading_with_names_and_a_comma_is_no_row_of_the_table_before_it() {
    let tiers = tier_table(TIER_ROWS);
    for heading in
        ["2. AAAUSDT, BBBUSDT USDⓈ-M Perpetual Contract", "2. AAAUSDT, BBBUSDT", "2) AAAUSDT, 1BBUSDT"]
    {
        let text = format!(
            "# Leverage tiers change (2026-05-08)\n\nLeverage tiers of these contracts change at 2026-05-08 06:30 (UTC), within \
             one hour:\n\n1. ABCUSDT USDⓈ-M Perpetual Contract\n\n{tiers}\n\n{heading}\n\n{tiers}\n\nThank you,\n\nThe exchange\n\n2026-05-05"
        );
        let input = Input { file: "text.txt", bytes: text.as_bytes(), published_at: None, complete: None };
        let draft = ingest::read(&input).expect("an announcement");
        assert!(!draft.is_refused(), "{heading}: {:?}", draft.findings);
        // Three contracts, each before and after.
        assert_eq!(draft.statements.len(), 6, "{heading}");
    }
}
