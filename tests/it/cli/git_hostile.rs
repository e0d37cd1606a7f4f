//! Git repositories of others: their configuration makes git open no pipe.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::repository::{Repository, table};
use super::tool::Tool;

#[test]
fn no_file_that_a_repository_names_in_its_configuration_makes_a_load_wait() {
    let repository = Repository::new();
    repository.commit("tiers.json", &table("0.1"), "2026-01-01T00:00:00Z");
    let pipe = repository.beside("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for (key, value) in [
        ("diff.orderFile", pipe),
        ("log.mailmap", "true"),
        ("mailmap.file", pipe),
        ("mailmap.blob", "HEAD:tiers.json"),
        ("core.attributesFile", pipe),
        ("core.excludesFile", pipe),
    ] {
        repository.git(&["config", key, value], "2026-01-02T00:00:00Z");
    }
    let tool = Tool::empty();
    let mut command = tool.command();
    command.args(["load", "--git", repository.path().to_str().unwrap(), "tiers.json"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (mut child, began) = (command.spawn().unwrap(), Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("git waits for a pipe");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success());
    assert_eq!(tool.rows("sources").0.len(), 1);
}
