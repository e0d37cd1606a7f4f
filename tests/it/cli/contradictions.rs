//! What `findings` says of sources that contradict each other.

use super::tool::Tool;

/// The codes of `findings` once sources, published a day after the other, have said these things.
fn codes(sources: &[String]) -> Vec<String> {
    let (tool, folder) = (Tool::empty(), tempfile::tempdir().unwrap());
    for (day, said) in (1..).zip(sources) {
        let path = folder.path().join(format!("{day}.toml"));
        let source = format!("[source]\ntitle = \"{day}\"\npublished_at = \"2026-02-0{day} 06:00 (UTC)\"\n");
        std::fs::write(&path, source + said).unwrap();
        assert_eq!(tool.run(["load".as_ref(), path.as_os_str()]).code, 0);
    }
    let rows = tool.rows("findings").0;
    rows.iter().map(|row| row["code"].as_str().unwrap().to_string()).collect()
}

fn change(day: u32, ratio: u32) -> String {
    format!(
        "[[change]]\nsubject = \"pm:LTC\"\neffective_at = \"2026-02-{day} 06:00 (UTC)\"\nratio = \"{ratio}%\"\n"
    )
}

fn seen(day: u32, ratio: u32) -> String {
    format!(
        "[[sighting]]\nsubject = \"pm:LTC\"\nseen_at = \"2026-02-{day} 06:00 (UTC)\"\nratio = \"{ratio}%\"\n"
    )
}

/// A table of tiered collateral of an asset.
fn ranked(asset: &str, rank: u32, cap: &str) -> String {
    format!(
        "[[change]]\nsubject = \"pm-pro:{asset}\"\neffective_at = \"2026-02-20 06:00 (UTC)\"\nrank = {rank}\ncollateral = [\
         {{ floor = \"0\", cap = \"{cap}\", ratio = \"100%\" }}, \
         {{ floor = \"{cap}\", cap = \"99,999,999,999\", ratio = \"80%\" }}]\n"
    )
}

#[test]
fn each_contradiction_between_sources_has_its_code() {
    for (sources, expected) in [
        (vec![seen(10, 80), change(12, 70), seen(14, 70)], vec![]),
        (vec![seen(10, 80), seen(14, 70)], vec!["unseen_change"]),
        (vec![seen(10, 80), change(12, 70), seen(14, 80)], vec!["not_carried_out"]),
        (vec![seen(10, 80), change(12, 70), seen(14, 60)], vec!["carried_out_otherwise"]),
        (vec![change(12, 70), change(12, 60)], vec!["announced_twice", "maybe_revision"]),
        (vec![seen(12, 70), seen(12, 60)], vec!["seen_twice"]),
    ] {
        assert_eq!(codes(&sources), expected, "{sources:?}");
    }
}

#[test]
fn a_rank_that_stood_for_another_table_before_is_told_once_for_a_source() {
    let first = ranked("FET", 8, "200,000") + &ranked("STRK", 9, "100,000");
    let same = ranked("ORDI", 8, "200,000");
    let other = ranked("TIA", 8, "300,000") + &ranked("APT", 8, "300,000");
    assert_eq!(codes(&[first.clone(), same]), [""; 0]);
    assert_eq!(codes(&[first, other]), ["rank_differs"]);
}
