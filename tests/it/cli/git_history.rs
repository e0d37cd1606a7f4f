//! `load --git`: the history of one file, each version an observation at its committer time.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::repository::{Repository, git_in, table};
use super::tool::{Ran, Tool, shared};

fn load(tool: &Tool, repository: &Path, path: &str) -> Ran {
    tool.run([OsStr::new("load"), OsStr::new("--git"), repository.as_os_str(), OsStr::new(path)])
}

/// The report rows of a load.
fn report(tool: &Tool, repository: &Path, path: &str) -> (Vec<Value>, Ran) {
    let arguments = ["--format", "jsonl", "load", "--git"].map(OsStr::new);
    let ran = tool.run(arguments.into_iter().chain([repository.as_os_str(), OsStr::new(path)]));
    (ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect(), ran)
}

fn outcomes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

fn mmr(tool: &Tool, as_of: &str) -> (Value, Value) {
    let row = tool.row(&format!("mmr of ACTUSDT at 1k as of {as_of}"));
    (row["value"].clone(), row["last_confirmed_at"].clone())
}

/// Three versions; the last has the bytes of the first.
fn reverted() -> Repository {
    let repository = Repository::new();
    repository.commit("tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    repository.commit("README", b"about the data", "2026-01-03T00:00:00Z");
    repository.commit("tiers.json", &table("0.2"), "2026-01-08T10:00:00+02:00");
    repository.commit("tiers.json", &table("0.1"), "2026-01-15T00:00:00Z");
    repository
}

#[test]
fn every_version_is_an_observation_at_its_committer_time_and_twice_is_once() {
    let (tool, repository) = (Tool::empty(), reverted());
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"; 3], 0), "{}", ran.text());
    let published: Vec<&str> = rows.iter().map(|row| row["published_at"].as_str().unwrap()).collect();
    assert_eq!(published, ["2026-01-01T00:00:00Z", "2026-01-08T08:00:00Z", "2026-01-15T00:00:00Z"]);
    assert!(rows.iter().all(|row| row["published_by"] == "commit"), "{rows:?}");
    assert_eq!(mmr(&tool, "2026-01-03"), (json!("0.1"), json!("2026-01-01T00:00:00Z")));
    assert_eq!(mmr(&tool, "2026-01-10"), (json!("0.2"), json!("2026-01-08T08:00:00Z")));
    assert_eq!(mmr(&tool, "2026-01-20"), (json!("0.1"), json!("2026-01-15T00:00:00Z")));
    let row = tool.row("mmr of ACTUSDT at 1k as of 2026-01-20 known at 2026-01-10");
    assert_eq!(row["value"], "0.2", "what is committed later is not known earlier");
    let head = tool.run(["head"]).out;
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["already_loaded"; 3], 0), "{}", ran.text());
    assert_eq!(tool.run(["head"]).out, head);
}

#[test]
fn a_version_with_earlier_bytes_confirms_the_table_again() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    repository.commit("tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    fs::remove_file(repository.path().join("tiers.json")).unwrap();
    repository.commit_all("2026-01-03T00:00:00Z");
    repository.commit("tiers.json", &table("0.1"), "2026-01-08T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!(
        (outcomes(&rows), ran.code),
        (vec!["loaded"; 2], 0),
        "a deletion states nothing: {}",
        ran.text()
    );
    let row = tool.row("mmr of ACTUSDT at 1k as of 2026-01-05");
    assert_eq!((&row["holds"], &row["last_confirmed_at"]), (&json!("1"), &json!("2026-01-08T00:00:00Z")));
}

#[test]
fn a_history_that_grew_is_loaded_from_where_it_stopped() {
    let (tool, repository) = (Tool::empty(), reverted());
    assert_eq!(load(&tool, &repository.path(), "tiers.json").code, 0);
    repository.commit("tiers.json", &table("0.3"), "2026-01-22T00:00:00Z");
    let (rows, _) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!(outcomes(&rows), ["already_loaded", "already_loaded", "already_loaded", "loaded"]);
    assert_eq!(mmr(&tool, "2026-01-23").0, "0.3");
}

#[test]
fn a_version_that_cannot_be_read_is_reported_with_its_commit_and_stops_no_other() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    repository.commit("tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    let broken = repository.commit("tiers.json", b"{\"data\": [", "2026-01-08T00:00:00Z");
    let large = repository.commit("tiers.json", &vec![b' '; 17 << 20], "2026-01-09T00:00:00Z");
    repository.commit("tiers.json", &table("0.2"), "2026-01-15T00:00:00Z");
    for expected in ["loaded", "already_loaded"] {
        let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
        assert_eq!(outcomes(&rows), [expected, "unreadable", "unreadable", expected], "{}", ran.text());
        assert_eq!(ran.code, 4);
        for (row, commit) in [(&rows[1], &broken), (&rows[2], &large)] {
            assert!(row["file"].as_str().unwrap().contains(&commit[..7]), "{row}");
        }
        assert!(rows[2]["mistake"]["code"] == "too_large", "{}", rows[2]);
    }
}

#[test]
fn a_bare_clone_a_subfolder_and_a_name_with_signs_will_do() {
    let repository = Repository::new();
    repository.commit("a b/[x]*.json", &table("0.1"), "2026-01-01T00:00:00Z");
    repository.commit("a b/xy.json", &table("0.2"), "2026-01-08T00:00:00Z");
    repository.commit("a b/.json", &table("0.4"), "2026-01-08T00:00:00Z");
    let bare = repository.beside("bare.git");
    let clone = ["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()];
    repository.git(&clone, "2026-01-09T00:00:00Z");
    for (place, path) in [
        (repository.path(), "a b/[x]*.json"),
        (repository.path().join("a b"), "[x]*.json"),
        (repository.path().join(".git"), "a b/[x]*.json"),
        (bare, "a b/[x]*.json"),
    ] {
        let tool = Tool::empty();
        let (rows, ran) = report(&tool, &place, path);
        assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"], 0), "{}: {}", place.display(), ran.text());
        assert_eq!(mmr(&tool, "2026-01-09").0, "0.1");
    }
}

#[test]
fn what_stands_in_the_way_is_named_with_what_to_do() {
    let repository = Repository::new();
    let tool = Tool::empty();
    let empty = load(&tool, &repository.path(), "tiers.json");
    assert!(empty.code == 4 && empty.err.contains("commit"), "{}", empty.text());
    repository.commit("data/tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    for (place, path, words) in [
        (repository.path(), "data/tier.json", "data/tiers.json"),
        (repository.path(), "tiers.json", "data/tiers.json"),
        (repository.path(), "data", "folder"),
        (repository.beside("none"), "tiers.json", "none"),
        (std::env::temp_dir(), "tiers.json", "repository"),
    ] {
        let ran = load(&tool, &place, path);
        assert!([2, 4].contains(&ran.code) && ran.err.contains(words), "{path}, {words}: {}", ran.text());
        assert!(ran.err.contains("help:"), "{}", ran.err);
    }
    let mut without_git = tool.command();
    without_git.env("PATH", "/nonexistent").arg("load").arg("--git");
    let ran = without_git.arg(repository.path()).arg("data/tiers.json").output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(4) && err.contains("install git"), "{err}");
    assert!(tool.journal().is_none(), "nothing is made");
    for options in
        [&["--published-at", "2026-01-01"][..], &["--revises", "ee24"], &["--watch"], &["--recursive"]]
    {
        let path = repository.path();
        let arguments = [&["load"], options, &["--git", path.to_str().unwrap(), "x"]].concat();
        assert_eq!(tool.run(arguments).code, 2, "{options:?}");
    }
}

#[test]
fn a_merge_makes_no_version_of_its_own_unless_it_has_other_bytes() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    repository.commit("tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    repository.git(&["switch", "--quiet", "--create", "side"], "2026-01-01T00:00:00Z");
    repository.commit("tiers.json", &table("0.2"), "2026-01-08T00:00:00Z");
    repository.git(&["switch", "--quiet", "main"], "2026-01-09T00:00:00Z");
    repository.commit("README", b"other", "2026-01-09T00:00:00Z");
    repository.git(&["merge", "--quiet", "--no-ff", "--no-edit", "side"], "2026-01-20T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!(outcomes(&rows), ["loaded", "loaded"], "{}", ran.text());
    assert_eq!(mmr(&tool, "2026-01-21"), (json!("0.2"), json!("2026-01-08T00:00:00Z")));
    // Two sides that disagree; the merge has other bytes than both.
    repository.git(&["switch", "--quiet", "--create", "other"], "2026-01-21T00:00:00Z");
    repository.commit("tiers.json", &table("0.3"), "2026-01-22T00:00:00Z");
    repository.git(&["switch", "--quiet", "main"], "2026-01-23T00:00:00Z");
    repository.commit("tiers.json", &table("0.4"), "2026-01-23T00:00:00Z");
    let merge = ["merge", "--quiet", "--no-ff", "--no-commit", "--strategy=ours", "other"];
    repository.git(&merge, "2026-01-24T00:00:00Z");
    repository.commit("tiers.json", &table("0.5"), "2026-01-24T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!(outcomes(&rows)[2..], ["loaded"; 3], "{}", ran.text());
    let values = ["2026-01-22", "2026-01-23", "2026-01-24"].map(|day| mmr(&tool, day).0);
    assert_eq!(values, ["0.3", "0.4", "0.5"]);
}

#[test]
fn of_versions_within_one_second_the_last_counts_and_a_note_says_so() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    for rate in ["0.1", "0.2", "0.3"] {
        repository.commit("tiers.json", &table(rate), "2026-01-01T00:00:00Z");
    }
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"], 0), "{}", ran.text());
    assert!(ran.err.contains("note: tiers.json: 2 versions replaced within the second"), "{}", ran.err);
    assert_eq!(mmr(&tool, "2026-01-02").0, "0.3");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let (tool, repository) = (Tool::empty(), reverted());
    let (clone, origin) = (repository.beside("shallow"), format!("file://{}", repository.path().display()));
    let arguments = ["clone", "--quiet", "--depth=1", &origin, clone.to_str().unwrap()];
    repository.git(&arguments, "2026-02-01T00:00:00Z");
    let (rows, ran) = report(&tool, &clone, "tiers.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"], 0), "{}", ran.text());
    assert!(ran.err.contains("git fetch --unshallow"), "{}", ran.err);
}

#[test]
fn a_name_with_a_time_and_a_compressed_version_count_as_what_they_are() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let name = "tiers-20250101T000000Z.json.gz";
    repository.commit(name, &gzip(&table("0.1")), "2026-01-01T00:00:00Z");
    repository.commit(name, &gzip(&table("0.2")), "2026-01-08T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), name);
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"; 2], 0), "{}", ran.text());
    assert_eq!(rows[1]["published_at"], "2026-01-08T00:00:00Z");
    assert_eq!(mmr(&tool, "2026-01-03").0, "0.1");
    assert_eq!(tool.row("mmr of ACTUSDT at 1k as of 2025-06-01")["status"], "unknown");
    assert_eq!(outcomes(&report(&tool, &repository.path(), name).0), ["already_loaded"; 2]);
}

#[test]
fn a_repository_cannot_run_programs_and_the_environment_of_a_hook_does_not_matter() {
    let repository = reverted();
    let (script, mark) = (repository.beside("run.sh"), repository.beside("mark"));
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display())).unwrap();
    std::process::Command::new("chmod").arg("+x").arg(&script).status().unwrap();
    let script = script.to_str().unwrap();
    fs::write(repository.path().join(".gitattributes"), "*.json diff=x filter=x\n").unwrap();
    repository.commit_all("2026-01-16T00:00:00Z");
    for (key, value) in [
        ("core.fsmonitor", script),
        ("core.pager", script),
        ("core.sshCommand", script),
        ("gpg.program", script),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("diff.external", script),
        ("diff.x.textconv", script),
        ("filter.x.smudge", script),
    ] {
        repository.git(&["config", key, value], "2026-01-16T00:00:00Z");
    }
    // A commit that looks signed makes `log.showSignature` ask the program.
    let head = repository.git(&["cat-file", "commit", "HEAD~1"], "2026-01-16T00:00:00Z");
    let signed = head.replacen(
        "\n\n",
        "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n",
        1,
    );
    let file = repository.beside("signed");
    fs::write(&file, signed).unwrap();
    let hash = ["hash-object", "-t", "commit", "-w", file.to_str().unwrap()];
    let commit = repository.git(&hash, "2026-01-16T00:00:00Z");
    repository.git(&["update-ref", "refs/heads/main", commit.trim()], "2026-01-16T00:00:00Z");
    let _ = fs::remove_file(&mark);
    let tool = Tool::empty();
    let other = Repository::new();
    let mut command = tool.command();
    command.arg("load").arg("--git").arg(repository.path()).arg("tiers.json");
    command.env("GIT_DIR", other.path().join(".git")).env("GIT_WORK_TREE", other.path());
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(mmr(&tool, "2026-01-10").0, "0.2");
    assert!(!mark.exists(), "a program of the repository ran");
}

#[test]
fn the_time_in_a_version_is_its_observation_and_the_commit_its_publication() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    let tiers = json!([{"tier": 1, "symbol": "BTC/USDT:USDT", "currency": "USDT", "minNotional": 0,
        "maxNotional": 8000, "maintenanceMarginRate": 0.012, "maxLeverage": 50, "info": {}}]);
    let cache = json!({"updated": "2026-03-01T00:00:00+00:00", "data": {"BTC/USDT:USDT": tiers}});
    repository.commit("cache.json", cache.to_string().as_bytes(), "2026-03-03T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), "cache.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"], 0), "{}", ran.text());
    assert_eq!(rows[0]["published_at"], "2026-03-03T00:00:00Z");
    let row = tool.row("mmr of BTCUSDT at 1k as of 2026-03-02");
    assert_eq!((&row["value"], &row["last_confirmed_at"]), (&json!("0.012"), &json!("2026-03-01T00:00:00Z")));
    let row = tool.row("mmr of BTCUSDT at 1k as of 2026-03-02 known at 2026-03-02");
    assert_eq!(row["status"], "not_known_then");
    assert_eq!(outcomes(&report(&tool, &repository.path(), "cache.json").0), ["already_loaded"]);
}

#[test]
fn an_announcement_in_a_repository_keeps_its_own_time() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    let text = fs::read(super::tool::seed()).unwrap();
    repository.commit("a.txt", &text, "2026-02-20T00:00:00Z");
    let (rows, ran) = report(&tool, &repository.path(), "a.txt");
    assert_eq!((&rows[0]["published_at"], ran.code), (&json!("2026-02-03T06:00:46Z"), 0), "{}", ran.text());
    assert_eq!(rows[0]["published_by"], "text");
}

#[test]
fn a_dry_run_and_a_check_of_a_history_write_nothing() {
    let (tool, repository) = (Tool::empty(), reverted());
    let path = repository.path();
    for words in [&["load", "--dry-run"][..], &["check"]] {
        let arguments = words.iter().map(OsStr::new);
        let rest = [OsStr::new("--git"), path.as_os_str(), OsStr::new("tiers.json")];
        let ran = tool.run(arguments.chain(rest));
        assert!([0, 1].contains(&ran.code), "{}", ran.text());
        assert_eq!(ran.err.matches(": readable").count(), 3, "{}", ran.text());
        assert!(tool.journal().is_none());
    }
}

#[test]
fn a_load_that_was_killed_is_continued() {
    let (tool, repository) = (Tool::empty(), Repository::new());
    for day in 1..=28 {
        let rate = format!("0.{:03}", 100 + day);
        repository.commit("tiers.json", &table(&rate), &format!("2026-02-{day:02}T00:00:00Z"));
    }
    let mut acknowledged = 0;
    for _ in 0..3 {
        let mut command = tool.command();
        command.arg("load").arg("--git").arg(repository.path()).arg("tiers.json");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let fresh = lines.filter(|line| line.contains(": loaded as ")).take(4).count();
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged += fresh;
        assert!(tool.rows("sources").0.len() >= acknowledged);
    }
    let (rows, ran) = report(&tool, &repository.path(), "tiers.json");
    assert_eq!((rows.len(), ran.code), (28, 0), "{}", ran.text());
    assert!(rows.iter().filter(|row| row["outcome"] == "already_loaded").count() >= acknowledged);
    assert_eq!(tool.rows("sources").0.len(), 28);
    assert_eq!(tool.run(["verify"]).code, 0);
}

#[test]
fn the_shared_snapshots_as_a_history_answer_as_the_files_do() {
    let Some(folder) = shared("exchange/snapshots") else { return };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let files = &files[files.len() - 3..];
    let (by_file, by_git, repository) = (Tool::empty(), Tool::empty(), Repository::new());
    let time = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let stamp = name.trim_end_matches(".json").rsplit('-').next().unwrap().to_string();
        format!(
            "{}-{}-{}T{}:{}:{}Z",
            &stamp[..4],
            &stamp[4..6],
            &stamp[6..8],
            &stamp[9..11],
            &stamp[11..13],
            &stamp[13..15]
        )
    };
    for file in files {
        assert_eq!(by_file.run([OsStr::new("load"), OsStr::new("--quiet"), file.as_os_str()]).code, 0);
        repository.commit("binance.json", &fs::read(file).unwrap(), &time(file));
    }
    git_in(&repository.path(), &["gc", "--quiet"], "2026-01-01T00:00:00Z");
    let (rows, ran) = report(&by_git, &repository.path(), "binance.json");
    assert_eq!((outcomes(&rows), ran.code), (vec!["loaded"; 3], 0), "{}", ran.text());
    let facts = |tool: &Tool| {
        let mut row = tool.row("mmr of BTCUSDT at 1m");
        row.as_object_mut().unwrap().retain(|key, _| {
            ["value", "status", "tier", "seen_since", "last_confirmed_at", "changed_after"]
                .contains(&key.as_str())
        });
        row
    };
    assert_eq!(facts(&by_git), facts(&by_file));
    assert_eq!(outcomes(&report(&by_git, &repository.path(), "binance.json").0), ["already_loaded"; 3]);
}
