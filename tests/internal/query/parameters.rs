//! The values of parameters, whatever they contain.

use proptest::prelude::*;
use tierbook::query::plan::Question;
use tierbook::query::syntax::parameters::Parameters;
use tierbook::query::{parse, plan};
use tierbook::render::{OutputStyle, diagnostic};
use tierbook::statement::{Program, Subject};
use tierbook::time::Timestamp;

proptest! {
    /// Whatever a value contains: the plan is that of the statement with one value in one place, or an error
    /// at that place.
    #[test]
    fn no_value_changes_what_is_asked(
        value in "[^\\p{Cc}]{1,60}|(1|60k|ACTUSDT|IPUSDT|all|\\*|as of|now|;|,|tiers of|mmr of|explain|--|#|\"|\\$n|2026-02-07|Z| ){1,12}",
        place in 0..4_usize,
    ) {
        let held = ["ACTUSDT", "IPUSDT"].map(|name| Subject::new("binance", Program::Usdm, name).unwrap());
        let now = Timestamp::parse_rfc3339("2026-02-06T07:00:00Z").unwrap();
        let text = [
            "mmr of ACTUSDT at $n as of 2026-02-07; limit of IPUSDT",
            "mmr of $n at 60000 as of 2026-02-07; limit of IPUSDT",
            "mmr of ACTUSDT at 60000 as of $n; limit of IPUSDT",
            "mmr of ACTUSDT at 60000 as of 2026-02-07 on $n; limit of IPUSDT",
        ][place];
        let Ok(parameters) = Parameters::read(&[format!("n={value}")]) else { return Ok(()) };
        let mut statements = parse(text).unwrap();
        prop_assert_eq!(statements.len(), 2);
        parameters.bind(&mut statements[0]).unwrap();
        match plan(&statements[0], &held, now).map(|plan| plan.question) {
            Ok(Question::Measure(plan)) => {
                prop_assert_eq!(plan.measure.words(), "mmr");
                prop_assert_eq!((plan.subjects.len(), plan.at.len()), (1, 1));
                prop_assert!(plan.basis.known_at.is_none() && plan.basis.recorded_by.is_none() && !plan.as_published);
                prop_assert_eq!(&text[..6], "mmr of");
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                prop_assert_eq!(error.span().unwrap().of(text), "$n");
                prop_assert!(diagnostic::error(&error, Some(text), OutputStyle::PLAIN).contains("$n"));
            }
        }
    }
}
