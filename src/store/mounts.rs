//! Whether a database is on a network file system: there the locks, and what a sync promises, are those of a server.

use std::fs;
use std::path::Path;

/// File systems of which the files are on another machine, as Linux names them.
const OF_A_NETWORK: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.ceph-fuse",
    "fuse.s3fs",
    "fuse.rclone",
];

/// What to say to who writes to a database in `dir`; `None` where its files are on this machine, and where nothing
/// tells (the list of mounts is Linux's).
pub(super) fn notice(dir: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let dir = fs::canonicalize(dir).ok()?;
    let kind = kind_of(&dir, &mounts).filter(|kind| OF_A_NETWORK.contains(kind))?;
    Some(format!(
        "{} is on a network file system ({kind}): that nothing is lost, and that only one process writes, holds as far as \
         its server keeps its promises",
        dir.display()
    ))
}

/// The kind of the file system of a folder, by the lines of `/proc/self/mountinfo`: of the mounts above it the
/// innermost counts, and of several at one place the last.
fn kind_of<'m>(dir: &Path, mounts: &'m str) -> Option<&'m str> {
    let mount = |line: &'m str| {
        let (place, kind) = line.split_once(" - ")?;
        let place = unescaped(place.split(' ').nth(4)?);
        let depth = Path::new(&place).components().count();
        dir.starts_with(&place).then_some((depth, kind.split(' ').next()?))
    };
    mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// A path in which the kernel wrote these four as octal numbers.
fn unescaped(path: &str) -> String {
    path.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_tells_the_kind() {
        let mounts = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
                      30 27 0:40 / /mnt/my\\040data rw shared:5 master:1 - nfs4 server:/data rw,vers=4.2\n\
                      31 30 0:41 / /mnt/my\\040data/here rw - tmpfs none rw\n\
                      32 27 0:42 / /twice rw - nfs a:/ rw\n\
                      33 32 0:43 / /twice rw - xfs /dev/vdb rw\n\
                      torn line\n";
        for (dir, kind) in [
            ("/mnt/my data", "nfs4"),
            ("/mnt/my data/db", "nfs4"),
            ("/mnt/my data/here/db", "tmpfs"),
            ("/mnt/my data too", "ext4"),
            ("/twice/db", "xfs"),
        ] {
            assert_eq!(kind_of(Path::new(dir), mounts), Some(kind), "{dir}");
        }
        assert_eq!(kind_of(Path::new("/"), ""), None);
    }
}
