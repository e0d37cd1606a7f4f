//! A file system of a test's own, in a mount namespace that only its programs see. It needs no root where users may
//! make namespaces; where nothing helps, the tests say so and are skipped.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::tool::Tool;

/// A file system that is mounted while this lives.
pub struct Mounted {
    holder: Child,
    is_root: bool,
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Says that a test was skipped. Not `eprintln!`, which passing tests swallow.
pub fn skipped(why: &str) {
    writeln!(std::io::stderr(), "skipped: {why}").expect("standard error");
}

impl Mounted {
    /// What a shell command mounts at `place` (it is `$0`); `None`, visibly, where that is not allowed.
    fn new(place: &Path, mount: &str) -> Option<Mounted> {
        let is_root = is_root();
        let mut command = Command::new("unshare");
        command.args(if is_root { &["-m"][..] } else { &["-r", "-m"] });
        // It ends with the test, also where that is killed: its input ends then.
        command.args(["sh", "-c", &format!("{mount} && echo mounted && exec cat > /dev/null")]).arg(place);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut holder) = command.spawn() else {
            skipped("there is no `unshare` on this machine");
            return None;
        };
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line == "mounted\n" {
            return Some(Mounted { holder, is_root });
        }
        holder.wait().unwrap();
        skipped("a mount namespace is not allowed here");
        None
    }

    /// A file system in memory of so many bytes, empty.
    pub fn in_memory(place: &Path, bytes: u64) -> Option<Mounted> {
        std::fs::create_dir_all(place).unwrap();
        Mounted::new(place, &format!("mount -t tmpfs -o size={bytes} none \"$0\""))
    }

    /// The folder itself, but nothing can be written there.
    pub fn read_only(place: &Path) -> Option<Mounted> {
        Mounted::new(place, "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"")
    }

    /// The built program, which sees the mount.
    pub fn command(&self, tool: &Tool) -> Command {
        let mut command = tool.command_of("nsenter");
        command.args(["-m", "-t", &self.holder.id().to_string()]);
        if !self.is_root {
            command.args(["-U", "--preserve-credentials"]);
        }
        command.arg("--").arg(env!("CARGO_BIN_EXE_tierbook"));
        command
    }

    /// Where this process finds a path that is in the mount.
    pub fn outside(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(path.strip_prefix("/").unwrap())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
