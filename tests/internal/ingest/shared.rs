//! The nineteen shared announcements: what they hold, and how their tables compare with the exchange's own.

use tierbook::ingest::{Draft, DraftClaim};
use tierbook::statement::Program;

/// Tier tables, contracts, flat rows, PM Pro blocks (each asset list counts once a table) of each text.
const COUNTS: [(&str, usize, usize, usize, usize); 19] = [
    ("20250804", 0, 0, 12, 0),
    ("20250811", 0, 0, 12, 0),
    ("20250817", 2, 2, 14, 0),
    ("20250901", 2, 2, 16, 1),
    ("20250907", 5, 17, 10, 2),
    ("20250913", 4, 9, 0, 0),
    ("20250923", 4, 4, 0, 0),
    ("20250928", 4, 12, 8, 2),
    // The page counts 20 names; one is printed twice in a list and gives one statement.
    ("20251005", 3, 19, 6, 0),
    ("20251015", 2, 2, 0, 0),
    ("20251025", 4, 16, 14, 1),
    ("20251125", 4, 27, 0, 0),
    ("20251209", 6, 32, 2, 0),
    ("20260120", 0, 0, 15, 1),
    ("20260203", 10, 10, 22, 1),
    ("20260224", 8, 14, 20, 1),
    ("20260317T063012", 6, 13, 3, 1),
    ("20260317T063746", 6, 13, 3, 1),
    ("20260420", 1, 4, 0, 0),
];

/// Counted as the page of variations counts: tier tables, contracts, flat rows, tables of PM Pro.
fn counted(draft: &Draft) -> (usize, usize, usize, usize) {
    let changes = || draft.statements.iter().filter(|s| matches!(s.claim, DraftClaim::Change { .. }));
    let spans = |wanted: &dyn Fn(Program) -> bool| {
        let mut spans: Vec<_> = changes().filter(|s| wanted(s.subject.program())).map(|s| s.span).collect();
        spans.dedup();
        spans.len()
    };
    let contracts = changes().filter(|s| s.subject.program().has_contracts()).count();
    let flat = changes().filter(|s| s.subject.program() == Program::Pm).count();
    (spans(&Program::has_contracts), contracts, flat, spans(&|program| program == Program::PmPro))
}

#[test]
fn all_nineteen_texts_are_read_whole_and_hold_what_the_page_of_variations_counts() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let announcements = crate::tests::common::announcements(&shared);
    assert_eq!(announcements.len(), COUNTS.len());
    for ((file, bytes), (stamp, tables, contracts, flat, pro)) in announcements.iter().zip(COUNTS) {
        let draft = crate::tests::common::draft(file, bytes);
        assert!(file.contains(stamp), "{file}");
        assert_eq!(crate::tests::common::errors(&draft), [""; 0], "{file}");
        assert_eq!(counted(&draft), (tables, contracts, flat, pro), "{file}");
        let doubts: Vec<_> =
            crate::tests::common::codes(&draft).into_iter().filter(|c| c.starts_with("ambiguous")).collect();
        assert_eq!(doubts, [""; 0], "{file}");
        let previous =
            draft.statements.iter().filter(|s| matches!(s.claim, DraftClaim::Previous { .. })).count();
        assert_eq!(previous * 2, draft.statements.len(), "{file}: each change has its previous side");
    }
}
