//! Amounts as people and programs write them: the function of the library, the language and `eval` read the same.

use tierbook::language::amount;
use tierbook::{Decimal, ErrorCode, Row};

use super::seeded;

#[test]
fn amounts_are_read_as_people_and_programs_write_them() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    for (text, value) in [
        ("60000", "60000"),
        ("60_000", "60000"),
        ("60,000", "60000"),
        ("60,000.50", "60000.5"),
        ("60k", "60000"),
        ("60K", "60000"),
        ("1.5m", "1500000"),
        ("2b", "2000000000"),
        ("6E4", "60000"),
        ("6e+4", "60000"),
        ("1e-2", "0.01"),
        ("0", "0"),
        ("0.10", "0.1"),
        ("999999999999999999999999", "999999999999999999999999"),
    ] {
        let read = amount(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.to_string(), value, "{text}");
        // As the language reads it.
        let rows = rules.query(&format!("mmr of ACTUSDT at {text} as of 2026-02-07")).unwrap();
        let Some(Row::Measure(row)) = rows.first() else { panic!("{text}") };
        assert_eq!(row.at.and_then(|at| at.amount()), Some(read), "{text}");
    }
}

#[test]
fn what_is_no_amount_is_refused_with_a_hint() {
    for text in [
        "",
        " ",
        "-60000",
        "-60k",
        "+5",
        "60 000",
        "6,00",
        "1,0000",
        "60000 USDT",
        "$60000",
        "10x",
        "60kk",
        "k",
        ".5",
        "5.",
        "1e",
        "NaN",
        "inf",
        "1e99",
        "0x10",
        "2026-02-06",
        "９",
        "9999999999999999999999999",
        "0.0000000000000000000000001",
        "99999999999999999999.123456789b",
    ] {
        let error = amount(text).expect_err(text);
        assert_eq!(error.code(), ErrorCode::NotANumber, "{text}: {error}");
        assert!(!error.hints().is_empty(), "{text}: {error}");
        assert_eq!(error.span().map(|span| span.of(text).len()), Some(text.len()), "{text}");
    }
}

/// What is printed is read as the same number.
#[test]
fn what_is_written_is_read_again() {
    for digits in [0_i64, 1, 7, 10, 99, 12_345, 60_000, 987_654_321, 1_000_000_007] {
        for scale in 0..=12 {
            let value = Decimal::new(digits, scale);
            assert_eq!(amount(&value.to_string()).unwrap(), value);
        }
    }
}
