//! What `docs/check_certificate.py` writes a second time is what the database has.

use std::collections::BTreeSet;

use tierbook::finding::FindingCode;
use tierbook::limits;

#[test]
fn the_auditors_script_knows_the_findings_that_make_doubtful_and_the_depth_of_retractions() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check_certificate.py");
    let text = std::fs::read_to_string(path).unwrap();
    let listed = text.split_once("DOUBTFUL = set(").unwrap().1.split_once(".split()").unwrap().0;
    let listed: BTreeSet<&str> = listed.split(['"', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    let doubtful = FindingCode::ALL.iter().filter(|code| code.makes_doubtful()).map(|code| code.as_str());
    assert_eq!(listed, doubtful.collect());
    assert!(text.contains(&format!("\nRETRACTION_DEPTH = {}  #", limits::RETRACTION_DEPTH)));
}
