//! The seed that comes with the project says exactly what the announcement of 2026-02-03 says.

const SEED: &[u8] = include_bytes!("../../../seed/binance-2026-02-03.txt");

#[test]
fn the_seed_is_read_whole() {
    let draft = crate::tests::common::draft("binance-2026-02-03.txt", SEED);
    assert_eq!(crate::tests::common::errors(&draft), [""; 0]);
    assert_eq!(draft.statements.len(), 2 * (22 + 2 + 10));
    let published = draft.publication.map(|(at, precision)| (at.to_string(), precision.name()));
    assert_eq!(published, Some(("2026-02-03T06:00:46Z".to_string(), "instant")));
    let broken: Vec<&str> = crate::tests::common::codes(&draft)
        .into_iter()
        .filter(|code| *code == "floor_not_below_cap")
        .collect();
    assert_eq!(broken.len(), 6, "two floors of another table in each of three tables");
}

#[test]
fn the_seed_and_the_announcement_make_the_same_statements_and_findings() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let file = "binance-20260203T060046Z.txt";
    let bytes = std::fs::read(shared.join("announcements").join(file)).expect("the announcement");
    let (seed, original) =
        (crate::tests::common::draft("seed.txt", SEED), crate::tests::common::draft(file, &bytes));
    assert_eq!(
        crate::tests::common::statement_lines(&seed),
        crate::tests::common::statement_lines(&original)
    );
    assert_eq!(crate::tests::common::codes(&seed), crate::tests::common::codes(&original));
    assert_eq!(seed.publication, original.publication);
}
