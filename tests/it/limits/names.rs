//! How long names and numbers of a document may be, and how many unknown keys are named.

use tierbook::positions::{PositionsFile, read as positions};
use tierbook::{Error, FindingCode, Program, Subject, limits};

use super::documents::read_as;

fn asset(name: &str) -> String {
    format!(r#"[{{"asset": "{name}", "collateralRate": 0.5}}]"#)
}

fn positions_of(text: &str) -> Result<PositionsFile, Error> {
    positions::read(text.as_bytes(), None)
}

#[test]
fn a_name_of_the_most_bytes_is_one_of_a_subject_and_a_longer_one_is_refused() {
    let most = limits::SUBJECT_BYTES;
    let (name, over) = ("A".repeat(most), "A".repeat(most + 1));
    assert!(Subject::new("binance", Program::Pm, &name).is_some());
    assert!(Subject::new(&name.to_lowercase(), Program::Pm, "A").is_some());
    assert!(Subject::new("binance", Program::Pm, &over).is_none());
    assert!(Subject::new(&over.to_lowercase(), Program::Pm, "A").is_none());

    assert_eq!(read_as("x.json", &asset(&name)).unwrap().statements()[0].subject.name(), name);
    let document = read_as("x.json", &asset(&over)).unwrap();
    let finding = document.findings().iter().find(|it| it.code == FindingCode::NoSubject).unwrap();
    assert_eq!(finding.message, format!("`{over}`: a name has at most {most} bytes").replace('`', ""));

    let text = |name: &str| format!("symbol,side\n{name},long\n");
    assert!(positions_of(&text(&name)).is_ok());
    let error = positions_of(&text(&over)).unwrap_err();
    assert!(error.message().contains(&format!("is longer than {most} bytes")), "{}", error.message());
}

#[test]
fn a_name_of_an_announcement_that_is_too_long_is_found_with_the_limit() {
    let text = |name: &str| {
        format!(
            "The ratios change on 2026-05-08 06:00 (UTC):\n\nAssets | Collateral Ratio (Before) | Collateral Ratio (After)\n\
             {name} | 85% | 80%\n"
        )
    };
    let most = limits::SUBJECT_BYTES;
    assert_eq!(read_as("x.txt", &text(&"A".repeat(most))).unwrap().statements().len(), 2);
    let document = read_as("x.txt", &text(&"A".repeat(most + 1))).unwrap();
    let is_named =
        document.findings().iter().any(|it| it.message.contains(&format!("longer than {most} bytes")));
    assert!(is_named && document.has_unread(), "{:?}", document.findings());
}

#[test]
fn a_number_of_the_most_digits_is_read_and_one_more_is_refused() {
    let digits = |count: usize| format!("1{}", "2".repeat(count - 1));
    let most = limits::NUMBER_DIGITS;
    let text = |cell: &str| format!("symbol,side,entry_price\nA,long,{cell}\n");
    let with_dot = |count: usize| format!("{}.{}", digits(count - 5), "4".repeat(5));
    for number in [digits(most), with_dot(most)] {
        let file = positions_of(&text(&number)).unwrap();
        assert_eq!(file.account.positions[0].entry_price.unwrap().to_string(), number);
    }
    for number in [digits(most + 1), with_dot(most + 1)] {
        let error = positions_of(&text(&number)).unwrap_err();
        assert!(
            error.message().ends_with(&format!("`{number}` has more than {most} digits")),
            "{}",
            error.message()
        );
    }
}

#[test]
fn the_most_unknown_columns_are_named_and_that_there_are_more_is_said() {
    let columns = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("zz{number:03}qq")).collect();
        let text = format!("symbol,side,{}\nA,long{}\n", names.join(","), ",1".repeat(count));
        positions_of(&text).unwrap().notices.join("\n")
    };
    let most = limits::UNREAD_KEYS;
    let (last, more) = (format!("zz{:03}qq", most - 1), format!("more than {most} columns are not read"));
    let notices = columns(most);
    assert!(notices.contains(&last) && !notices.contains(&more), "{notices}");
    let notices = columns(most + 1);
    assert!(notices.contains(&last) && notices.contains(&more), "{notices}");
    assert!(!notices.contains(&format!("zz{most:03}qq")), "{notices}");
}
