//! A question disturbs nobody: its process takes no lock, starts no thread, writes nothing but its answer, and waits
//! for no disk. The system calls are counted.

use super::tool::Tool;

/// The system calls that no question makes: locks, threads, waiting for the disk, and changes of files.
const NEVER: [&str; 13] = [
    "flock",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "msync",
    "clone",
    "clone3",
    "rename",
    "renameat2",
    "unlink",
    "ftruncate",
    "mkdir",
    "pwrite64",
];

/// The system calls of a run of the program.
fn calls_of(tool: &Tool, arguments: &[&str]) -> Option<Vec<String>> {
    let log = tool.dir().with_file_name("calls");
    let mut command = tool.command_of("strace");
    command.args(["-f", "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_tierbook")).args(arguments);
    let Ok(output) = command.output() else {
        eprintln!("strace is not on this machine: the system calls of a question were not counted");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let calls = std::fs::read_to_string(&log).unwrap();
    Some(calls.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim().to_string())).collect())
}

#[test]
fn a_question_takes_no_lock_starts_no_thread_writes_nothing_and_waits_for_no_disk() {
    let tool = Tool::seeded();
    for query in [
        "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z",
        "changes of all",
        "mmr of all at 1k known at 2026-02-04",
    ] {
        let Some(calls) = calls_of(&tool, &["query", query]) else { return };
        assert!(
            calls.iter().any(|call| call.starts_with("openat(") && call.contains("/image")),
            "the image is read"
        );
        for call in &calls {
            let name = call.split('(').next().unwrap_or_default();
            assert!(!NEVER.contains(&name), "{query}: {call}");
            let changes = ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
            assert!(!(name.starts_with("open") && changes && call.contains("/db/")), "{query}: {call}");
            let is_output = call.starts_with("write(1,") || call.starts_with("write(2,");
            assert!(!name.starts_with("write") || is_output, "{query}: {call}");
        }
    }
}
