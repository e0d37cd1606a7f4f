//! Loading, killed at any moment: nothing acknowledged is lost, nothing is recorded in part.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::tool::{Tool, seed};

/// Documents that differ from the seed in one note of their front matter, so that each is a source of its
/// own.
fn documents(folder: &std::path::Path, count: usize) -> Vec<std::path::PathBuf> {
    let text = std::fs::read_to_string(seed()).unwrap();
    (0..count)
        .map(|number| {
            let path = folder.join(format!("copy-{number:03}.txt"));
            std::fs::write(&path, text.replacen("---\n", &format!("---\ntitle: copy {number}\n"), 1))
                .unwrap();
            path
        })
        .collect()
}

#[test]
fn a_killed_load_loses_nothing_that_it_acknowledged() {
    let tool = Tool::empty();
    let folder = tempfile::tempdir().unwrap();
    let files = documents(folder.path(), 40);
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut acknowledged = 0_usize;
    let mut kills = 0;
    for round in 0.. {
        let mut child = tool
            .command()
            .arg("load")
            .args(&files)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // Killed after some acknowledgements and a pause of its own length, or finished before that.
        let wanted = round % 5;
        let fresh = lines
            .by_ref()
            .map_while(Result::ok)
            .filter(|line| line.contains(": loaded as "))
            .take(wanted)
            .count();
        acknowledged += fresh;
        std::thread::sleep(Duration::from_micros(137 * (round as u64 * 7 % 31)));
        child.kill().unwrap();
        // What was printed before the kill was acknowledged too.
        acknowledged += lines.map_while(Result::ok).filter(|line| line.contains(": loaded as ")).count();
        child.wait().unwrap();
        kills += 1;
        let (sources, _) = tool.rows("sources");
        assert!(sources.len() >= acknowledged, "{} stored, {acknowledged} acknowledged", sources.len());
        assert!(sources.iter().all(|source| source["statements"] == 68), "a part of a source");
        let verified = tool.run(["verify"]);
        if acknowledged > 0 {
            assert_eq!(verified.code, 0, "{}", verified.text());
        }
        acknowledged = sources.len();
        if acknowledged == files.len() || (kills >= 8 && Instant::now() > deadline) {
            break;
        }
    }
    assert!(kills >= 8, "only {kills} kills");
    let ran = tool.run([std::ffi::OsStr::new("load")].into_iter().chain(files.iter().map(|f| f.as_os_str())));
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(tool.rows("sources").0.len(), files.len());
    assert_eq!(tool.run(["verify"]).code, 0);
}
