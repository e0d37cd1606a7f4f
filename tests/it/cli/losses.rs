//! One broken cell of a text: the rest is loaded, the loss and its repair are named, `--strict` refuses.

use std::fs;
use std::path::{Path, PathBuf};

use super::tool::{Tool, seed};

/// The seed with a letter in the last cap of the new table of ACTUSDT.
fn broken(folder: &Path) -> PathBuf {
    let text = fs::read_to_string(seed()).unwrap();
    let start = text.find("ACTUSDT").unwrap();
    let cell = start + text[start..].find("≤ 800,000").unwrap();
    let path = folder.join("broken.txt");
    fs::write(&path, format!("{}≤ 8OO,000{}", &text[..cell], &text[cell + "≤ 800,000".len()..])).unwrap();
    path
}

#[test]
fn a_broken_cell_costs_one_side_of_one_contract_and_its_loss_is_named_with_the_repair() {
    let folder = tempfile::tempdir().unwrap();
    let (tool, path) = (Tool::empty(), broken(folder.path()));
    let ran = tool.run([Path::new("load"), &path]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.err.contains("67 statements, 1 unread"), "{}", ran.err);
    let line = ran.err.lines().find(|line| line.contains("(unread_side)")).unwrap();
    assert!(line.contains("error: ACTUSDT: New, tier 6: `"), "{line}");
    assert!(line.ends_with("cannot be read; the New side is not stored (unread_side)"), "{line}");
    assert!(ran.err.contains(&format!("help: `tierbook check {}` shows how to store", path.display())));
    let quiet = Tool::empty().run([Path::new("load"), Path::new("--quiet"), &path]);
    assert!(quiet.err.contains("(unread_side)"), "{}", quiet.err);
    assert_eq!(tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07")["value"], "0.125", "the one before");
    assert_eq!(tool.row("limit of MAVIAUSDT as of 2026-02-07")["value"], "800000");
}

#[test]
fn what_check_shows_of_a_loss_is_a_seed_that_loads_when_it_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let (tool, path) = (Tool::empty(), broken(folder.path()));
    assert_eq!(tool.run([Path::new("load"), &path]).code, 0);
    let ran = tool.run([Path::new("check"), &path]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    let seed = &ran.err[ran.err.find("[source]").unwrap()..];
    let unread = "leverage = \"?\", floor = \"?\", cap = \"?\", mmr = \"?\"";
    assert_eq!(seed.matches('?').count(), 4, "{seed}");
    let completed = folder.path().join("completed.toml");
    let row = "leverage = \"1x\", cap = \"800,000\", mmr = \"50%\"";
    fs::write(&completed, seed.replace(unread, row)).unwrap();
    assert_eq!(tool.run([Path::new("load"), &completed]).code, 0);
    let right = Tool::seeded();
    for query in ["limit of ACTUSDT as of 2026-02-07", "mmr of ACTUSDT at 60000 as of 2026-02-07"] {
        assert_eq!(tool.row(query)["value"], right.row(query)["value"], "{query}");
    }
}

#[test]
fn strict_refuses_a_document_with_a_loss_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (tool, path) = (Tool::empty(), broken(folder.path()));
    for command in ["load", "check"] {
        let ran = tool.run([Path::new(command), Path::new("--strict"), &path]);
        assert_eq!(ran.code, 4, "{command}: {}", ran.text());
        assert!(ran.err.contains("without `--strict`, the rest of the document is recorded"), "{}", ran.err);
    }
    assert_eq!(tool.rows("sources").0.len(), 0);
    let both = tool.run([Path::new("load"), Path::new("--strict"), Path::new("--allow-unread"), &path]);
    assert_eq!(both.code, 2);
}
