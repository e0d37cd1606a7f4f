//! Times and time spans as they are written in statements, counted from one clock reading.

use tierbook::query::plan::{Question, SubjectsPlan};
use tierbook::query::{Plan, parse, plan};
use tierbook::statement::{Program, Subject};
use tierbook::time::Timestamp;

/// The plan of a statement at one known instant, or the code of its error.
fn planned(text: &str) -> Result<Plan, String> {
    let held = [Subject::new("binance", Program::Usdm, "ACTUSDT").unwrap()];
    let now = Timestamp::parse_rfc3339("2026-11-22T18:44:01.5Z").unwrap();
    let planned = parse(text).and_then(|statements| plan(&statements[0], &held, now));
    planned.map_err(|error| error.code().to_string())
}

fn subjects_plan(text: &str) -> SubjectsPlan {
    match planned(text).map(|plan| plan.question) {
        Ok(Question::Subjects(plan)) => plan,
        other => panic!("{text}: {other:?}"),
    }
}

fn valid_at(written: &str) -> Result<String, String> {
    match planned(&format!("limit of ACTUSDT as of {written}"))?.question {
        Question::Measure(plan) => Ok(plan.basis.valid_at.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn relative_instants_count_from_the_clock_of_the_statement() {
    for (written, meant) in [
        ("now", "2026-11-22T18:44:01.5Z"),
        ("TODAY", "2026-11-22T00:00:00Z"),
        ("yesterday", "2026-11-21T00:00:00Z"),
        ("tomorrow", "2026-11-23T00:00:00Z"),
        ("3 days ago", "2026-11-19T18:44:01.5Z"),
        ("3   DAYS\n ago", "2026-11-19T18:44:01.5Z"),
        ("an hour ago", "2026-11-22T17:44:01.5Z"),
        ("one week ago", "2026-11-15T18:44:01.5Z"),
        ("90 min ago", "2026-11-22T17:14:01.5Z"),
        ("in 2 weeks", "2026-12-06T18:44:01.5Z"),
        ("in a day", "2026-11-23T18:44:01.5Z"),
        ("0 days ago", "2026-11-22T18:44:01.5Z"),
        ("\"2 days ago\"", "2026-11-20T18:44:01.5Z"),
    ] {
        assert_eq!(valid_at(written).as_deref(), Ok(meant), "{written}");
    }
    for written in ["3 months ago", "two days ago", "in 3", "-1 days ago", "1.5 days ago", "ago", "last week"]
    {
        assert!(valid_at(written).is_err(), "{written}");
    }
}

#[test]
fn both_ends_of_a_range_and_both_sides_of_a_difference_may_be_relative() {
    let changes = subjects_plan("changes since 3 days ago until in 2 hours");
    assert_eq!(changes.range.since.map(|at| at.to_string()).as_deref(), Some("2026-11-19T18:44:01.5Z"));
    assert_eq!(changes.range.until.map(|at| at.to_string()).as_deref(), Some("2026-11-22T20:44:01.5Z"));
    let diff = subjects_plan("diff ACTUSDT as of yesterday vs now known at an hour ago");
    let after = diff.after.unwrap();
    assert_eq!(diff.basis.valid_at.to_string(), "2026-11-21T00:00:00Z");
    assert_eq!(after.valid_at.to_string(), "2026-11-22T18:44:01.5Z");
    assert_eq!(after.known_at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T17:44:01.5Z"));
    assert_eq!(planned("changes since now until 1 hour ago").err().as_deref(), Some("empty_range"));
}

#[test]
fn a_length_is_a_count_and_a_unit_with_or_without_a_blank() {
    for (written, until) in [
        ("72h", "2026-11-25T18:44:01.5Z"),
        ("72 hours", "2026-11-25T18:44:01.5Z"),
        ("3 days", "2026-11-25T18:44:01.5Z"),
        ("3D", "2026-11-25T18:44:01.5Z"),
        ("a week", "2026-11-29T18:44:01.5Z"),
        ("90min", "2026-11-22T20:14:01.5Z"),
        ("90s", "2026-11-22T18:45:31.5Z"),
        ("250 us", "2026-11-22T18:44:01.50025Z"),
        ("3 days where tightened", "2026-11-25T18:44:01.5Z"),
        ("72h where tightened", "2026-11-25T18:44:01.5Z"),
        ("72h on usdm", "2026-11-25T18:44:01.5Z"),
    ] {
        let plan = subjects_plan(&format!("upcoming within {written}"));
        assert_eq!(plan.range.until.map(|at| at.to_string()).as_deref(), Some(until), "{written}");
    }
    for written in ["3 months", "3", "h", "1.5 days", "-3 days", "soon"] {
        assert_eq!(
            planned(&format!("upcoming within {written}")).err().as_deref(),
            Some("not_a_length"),
            "{written}"
        );
    }
}
