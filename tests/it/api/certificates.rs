//! Files of certificates: how many are checked.

use std::fmt::Write;

use tierbook::{Database, ErrorCode, LoadInput, LoadOptions, Timestamp, language, limits};

#[test]
fn a_file_of_the_most_certificates_is_checked_and_one_more_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("rules.db")).unwrap();
    let file = folder.path().join("certificates.json");
    let check = |count: usize| {
        std::fs::write(&file, "1 ".repeat(count)).unwrap();
        database.check_certificate(&file)
    };
    assert_eq!(check(limits::CERTIFICATES).unwrap().len(), limits::CERTIFICATES);
    assert_eq!(check(limits::CERTIFICATES + 1).unwrap_err().code(), ErrorCode::TooManyCertificates);
}

#[test]
fn certificates_of_the_most_transactions_are_checked_in_any_order_and_of_one_more_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("rules.db")).unwrap();
    let mut writer = database.writer().unwrap();
    let certificate = |heads: &[u64]| {
        let mut text = String::new();
        for tx in heads {
            write!(
                text,
                "{{\"format\":\"tierbook certificate 3\",\"head\":{{\"tx\":{tx}}},\"query\":\"no question\"}}"
            )
            .unwrap();
        }
        let file = folder.path().join("certificates.json");
        std::fs::write(&file, text).unwrap();
        database.check_certificate(&file)
    };
    let most = limits::CERTIFICATE_HEADS as u64;
    for place in 0..=most {
        let text = format!(
            "[{{\"symbol\":\"ACTUSDT\",\"brackets\":[{{\"bracket\":1,\"initialLeverage\":5,\"notionalCap\":{},\
             \"notionalFloor\":0,\"maintMarginRatio\":0.01,\"cum\":0.0}}]}}]",
            1000 + place
        );
        let name = format!("usdm-202602{:02}T{:02}0000Z.json", 1 + place / 24, place % 24);
        let input = LoadInput::bytes(&name, text.as_bytes());
        writer.load(input, LoadOptions::default()).unwrap().into_result().unwrap();
    }
    // From the newest to the oldest, and each twice.
    let heads: Vec<u64> = (2..=most + 1).rev().flat_map(|tx| [tx, tx]).collect();
    let problems = certificate(&heads).unwrap();
    assert_eq!(problems.len(), 2 * most as usize);
    assert!(problems[0].starts_with("number 1: `query` cannot be asked"), "{}", problems[0]);
    let more: Vec<u64> = (1..=most + 1).collect();
    assert_eq!(certificate(&more).unwrap_err().code(), ErrorCode::TooManyCertificates);
    // However many name transactions that are not there, the journal is read once for them.
    let absent: Vec<u64> = (1..=2 * most).map(|place| most + 1 + place).collect();
    assert_eq!(certificate(&absent).unwrap().len(), absent.len());

    let statement = language::parse("mmr of ACTUSDT at 500 as of 2026-02-10").unwrap().remove(0);
    let good = database.certificate(&statement, Timestamp::now()).unwrap();
    assert!(database.check(&good).unwrap().is_empty());
}
