//! A database on a network file system. There is no server here: the list of mounts that the program reads is replaced
//! by one that says so.

use std::fs;
use std::process::Command;

use super::mounted::{is_root, skipped};
use super::tool::{Tool, seed};
use crate::fault::Tally;

/// Runs the program with another list of mounts; `None` where that cannot be done.
fn with_mounts(tool: &Tool, mounts: &str, arguments: &[&str]) -> Option<(i32, String)> {
    let list = tool.dir().with_file_name("mounts");
    fs::write(&list, mounts).unwrap();
    // The shell becomes the program, so that it keeps the number under which its list is.
    let script = "mount --bind \"$0\" /proc/$$/mountinfo || exit 99; exec \"$@\"";
    let mut command: Command = tool.command_of("unshare");
    command.args(if is_root() { &["-m"][..] } else { &["-r", "-m"] });
    command.args(["sh", "-c", script]).arg(&list).arg(env!("CARGO_BIN_EXE_tierbook")).args(arguments);
    let output = command.output().ok()?;
    let code = output.status.code().unwrap();
    let is_mounted = code != 99 && !String::from_utf8_lossy(&output.stderr).contains("unshare: ");
    is_mounted.then(|| (code, String::from_utf8(output.stderr).unwrap()))
}

#[test]
fn who_writes_to_a_network_file_system_is_told_and_who_asks_is_not() {
    let tool = Tool::empty();
    let place = fs::canonicalize(tool.dir().parent().unwrap()).unwrap();
    let mounts = |kind: &str| {
        format!(
            "1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / {} rw shared:1 - {kind} server:/ rw\n",
            place.display()
        )
    };
    let mut tally = Tally::default();
    for (kind, is_told) in
        [("nfs4", true), ("cifs", true), ("9p", true), ("fuse.sshfs", true), ("xfs", false)]
    {
        let (seed, note) = (seed(), format!("is on a network file system ({kind})"));
        let load = ["load", "--published-at", "2026-02-03T06:00Z", seed.to_str().unwrap()];
        let Some((code, errors)) = with_mounts(&tool, &mounts(kind), &load) else {
            return skipped("the list of mounts cannot be replaced here");
        };
        assert_eq!((code, errors.contains(&note)), (0, is_told), "{kind}: {errors}");
        let asked = with_mounts(&tool, &mounts(kind), &["query", "mmr of ACTUSDT at 1k as of 2026-02-07"]);
        assert_eq!(asked, Some((0, String::new())), "{kind}");
        fs::remove_dir_all(tool.dir()).unwrap();
        tally.kept += 1;
    }
    tally.end("network file system", "a list of mounts with 4 kinds of them, and a local one");
}
