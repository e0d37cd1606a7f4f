//! How many rows one answer may have.

use tierbook::error::ErrorCode;
use tierbook::limits;
use tierbook::query::{parse, plan};
use tierbook::statement::{Program, Subject};
use tierbook::time::Timestamp;

/// The plan of a question about all of so many contracts, at so many notionals.
fn planned(contracts: usize, words: &str) -> Result<(), tierbook::error::Error> {
    let name = |number: usize| Subject::new("binance", Program::Usdm, &format!("A{number:05}USDT")).unwrap();
    let stored: Vec<Subject> = (0..contracts).map(name).collect();
    let now = Timestamp::parse_rfc3339("2026-02-06T07:00:00Z").unwrap();
    plan(&parse(words).unwrap()[0], &stored, now).map(|_| ())
}

#[test]
fn a_question_of_the_most_rows_is_planned_and_one_of_more_is_refused() {
    let most = limits::ANSWER_ROWS;
    let contracts = 1000;
    let asked = |notionals: usize| {
        let notionals: Vec<String> = (1..=notionals).map(|it| it.to_string()).collect();
        format!("mmr of all at {} as of 2026-02-07", notionals.join(", "))
    };
    assert_eq!(planned(contracts, &asked(most / contracts)), Ok(()));
    for (contracts, notionals) in [(contracts + 1, most / contracts), (contracts, most / contracts + 1)] {
        let error = planned(contracts, &asked(notionals)).unwrap_err();
        let message =
            format!("the answer would have {} rows; at most {most} are given", contracts * notionals);
        assert_eq!((error.code(), error.message()), (ErrorCode::AnswerTooLong, message.as_str()));
        assert_eq!(error.hints(), ["ask for fewer subjects or notionals at a time"]);
    }
}
