//! Instructions by `valgrind --tool=callgrind`: unlike time, they are nearly the same on a busy machine.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::work::Book;

/// How often a question is asked in the two runs whose difference counts.
const TIMES: [usize; 2] = [2_000, 12_000];

/// Prints the instructions of a point look-up and of a cold question.
pub fn report(dir: &Path) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions: SKIPPED, there is no valgrind here");
        return;
    }
    let this = std::env::current_exe().unwrap();
    for name in ["name", "handle"] {
        let run = |times: usize| {
            let times = times.to_string();
            let arguments =
                ["--ask".as_ref(), name.as_ref(), times.as_ref(), "--at".as_ref(), dir.as_os_str()];
            counted(&this, arguments)
        };
        let [few, many] = TIMES.map(run);
        println!("point by {name:<13}{:>12} instructions", (many - few) / (TIMES[1] - TIMES[0]) as u64);
    }
    let program = Book::program();
    let question = ["query".as_ref(), Book::COLD.as_ref()];
    let cold = counted(&program, ["--db".as_ref(), dir.as_os_str()].into_iter().chain(question));
    let nothing = counted(&program, ["--version"]);
    println!(
        "cold question         {cold:>12} instructions, {nothing} of them for a process that asks nothing"
    );
}

/// The instructions of a whole process.
fn counted<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> u64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.unwrap_or_else(|| panic!("no count: {text}"))
}
