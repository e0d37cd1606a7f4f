//! Relative times in answers.

use tierbook::Timestamp;

use super::tool::Tool;

#[test]
fn a_relative_answer_echoes_the_instant_that_it_is_for() {
    let tool = Tool::seeded();
    let before = Timestamp::now();
    let row = tool.row("limit of ACTUSDT as of 0 minutes ago");
    let asked = Timestamp::parse_rfc3339(row["as_of"].as_str().unwrap()).unwrap();
    assert!(before <= asked && asked <= Timestamp::now(), "{row}");
}
