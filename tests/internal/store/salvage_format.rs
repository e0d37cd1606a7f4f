//! Tombstones on the disk, frozen: a salvaged database has them for ever. See the head of `format.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tierbook::statement::TxId;
use tierbook::store::{self, SalvageOptions};

use crate::tests::store::build::now;
use crate::tests::store::format::{assert_golden, block_of_the_docs, golden, run, text_of};
use crate::tests::store::look::{read_by_journal, verified};
use crate::tests::store::salvage_model::{Beside, Model, models};

/// Salvages the model without two transactions; gives the folder.
fn salvaged(model: &Model, beside: Beside) -> PathBuf {
    let dir = model.damaged(&model.without(&[2, 5]), beside);
    let to = model.folder.path().join("frozen");
    fs::remove_dir_all(&to).ok();
    let hashes = [2, 5].map(|tx| (TxId(tx), model.hashes[tx as usize])).to_vec();
    let options = SalvageOptions { hashes, ..SalvageOptions::default() };
    store::salvage(&dir, &to, &options, now()).unwrap().unwrap();
    to
}

/// The lines of a frame or a line in which something is lost.
fn lines(text: &str) -> String {
    let has = |line: &&str| line.contains("\"kind\":\"lost\"") || line.contains("lost_document");
    text.lines().filter(has).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn the_lines_of_tombstones_are_frozen() {
    let [lines_model, frames_model] = models();
    let text = fs::read_to_string(store::journal_file(&salvaged(&lines_model, Beside::Image))).unwrap();
    assert_golden("lost.txt", &lines(&text));
    for (beside, name) in [(Beside::Head, "lost-2.txt"), (Beside::Everything, "lost-document-2.txt")] {
        let text = text_of(&store::journal_file(&salvaged(&frames_model, beside)));
        assert_golden(name, &lines(&text));
    }
}

#[test]
fn journals_with_tombstones_are_still_read() {
    let models = models();
    for (model, name) in models.iter().zip(["lost.jsonl", "lost-2.zst"]) {
        let fresh = salvaged(model, Beside::Head);
        let journal = store::journal_file(&fresh);
        if !golden(name).exists() && std::env::var_os("TIERBOOK_WRITE_GOLDEN").is_some() {
            fs::copy(&journal, golden(name)).unwrap();
        }
        let frozen = model.folder.path().join("copy");
        fs::create_dir(&frozen).unwrap();
        fs::copy(golden(name), frozen.join(journal.file_name().unwrap())).unwrap();
        assert_eq!(read_by_journal(&frozen), read_by_journal(&fresh));
        let lost: Vec<u64> = verified(&frozen).lost.iter().map(|it| it.tx.0).collect();
        assert_eq!(lost, [2, 5]);
    }
}

/// Runs `docs/check_certificate.py` on a journal without certificates to check; gives what it says.
fn certificate_checker(journal: &Path) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check_certificate.py");
    let read = "import sys, runpy; m = runpy.run_path(sys.argv[1]); c = m['read_journal'](sys.argv[2])[0]; \
                m['World'](c[1:]); print(len(c), c[2]['published_by'], c[-1]['hash'])";
    let output = Command::new("python3").args(["-c", read]).arg(script).arg(journal).output().ok()?;
    Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn the_checkers_of_the_documentation_know_tombstones_and_find_a_changed_one() {
    for model in &models() {
        let journal = store::journal_file(&salvaged(model, Beside::Head));
        let is_lines = journal.extension().is_some_and(|end| end == "jsonl");
        let programs = match is_lines {
            true => &[("python3", "import hashlib, sys"), ("bash", "previous=")][..],
            false => &[("python3", "import hashlib, json, subprocess, sys")],
        };
        for (program, first_line) in programs {
            let script = block_of_the_docs(first_line);
            let Some((content, text)) = run(program, &script, &journal) else {
                eprintln!("{program} is not on this machine: its checker was not tried");
                continue;
            };
            let head = model.hashes.last().unwrap().to_string();
            assert!(content && text.contains(&head), "{program}: {text}");
            assert!(
                ["2", "5"].iter().all(|tx| text.contains(&format!("transaction {tx} is lost"))),
                "{text}"
            );
            let whole = fs::read(&journal).unwrap();
            if is_lines {
                let at = String::from_utf8_lossy(&whole).find("is_confirmed").unwrap();
                let mut flipped = whole.clone();
                flipped[at] ^= 1;
                fs::write(&journal, flipped).unwrap();
                let (content, text) = run(program, &script, &journal).unwrap();
                assert!(!content && text.contains("transaction 2 is broken"), "{program}: {text}");
                fs::write(&journal, whole).unwrap();
            }
        }
        if let Some(text) = certificate_checker(&journal) {
            assert_eq!(text, format!("9 lost {}\n", model.hashes.last().unwrap()));
        }
    }
}

#[test]
fn a_flipped_byte_in_a_tombstone_is_found() {
    for model in &models() {
        let to = salvaged(model, Beside::Head);
        let journal = store::journal_file(&to);
        let (whole, places) = (fs::read(&journal).unwrap(), store::places(&to).unwrap());
        let (_, start, end) = places[2];
        for at in (start as usize..end as usize).step_by(7) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&journal, &flipped).unwrap();
            let problems = verified(&to).problems;
            // One bit of the header of a frame is unused.
            assert!(
                problems.len() == 1 || read_by_journal(&to).head.hash == model.hashes[8],
                "{at} {problems:?}"
            );
            assert!(at != start as usize + 100 || problems[0].contains("transaction 2 "), "{problems:?}");
        }
    }
}
