//! How many members an archive may have.

use std::path::PathBuf;

use tierbook::{Archive, Error, ErrorCode, limits};

/// An archive of empty members, stored: one document, and others that are none. Written by hand, because it has a
/// hundred thousand.
fn archive(members: usize) -> (tempfile::TempDir, PathBuf) {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for number in 0..members {
        let name = if number == 0 { "a.txt".to_string() } else { number.to_string() };
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        // Version, flags, method, time, check, both sizes, the lengths of the name and of what is extra.
        let about =
            [&[10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &[0; 12], &[name.len() as u8, 0, 0, 0]].concat();
        bytes.extend([b"PK\x03\x04", &about[..], name.as_bytes()].concat());
        list.extend([b"PK\x01\x02\x0a\0", &about[..], &[0; 10], &at, name.as_bytes()].concat());
    }
    let [start, size, count] = [bytes.len(), list.len(), members].map(|it| (it as u64).to_le_bytes());
    let record = bytes.len() as u64 + list.len() as u64;
    bytes.extend(list);
    bytes.extend(
        [b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0", &[0; 8][..], &count, &count, &size, &start].concat(),
    );
    bytes.extend([b"PK\x06\x07\0\0\0\0", &record.to_le_bytes()[..], &[1, 0, 0, 0]].concat());
    bytes.extend([b"PK\x05\x06\0\0\0\0", &[0xff; 12][..], &[0, 0]].concat());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.zip");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn refusal(error: &Error) -> (ErrorCode, &str, &[String]) {
    (error.code(), error.message(), error.hints())
}

#[test]
fn an_archive_of_the_most_members_is_opened_and_one_more_is_refused() {
    let most = limits::ARCHIVE_MEMBERS;
    let (_folder, path) = archive(most);
    let opened = Archive::open(&path).unwrap();
    assert_eq!((opened.documents().len(), opened.skipped().len()), (1, most - 1));
    let (_folder, path) = archive(most + 1);
    let error = Archive::open(&path).unwrap_err();
    let message = format!("{} has {} members; at most {most} are read", path.display(), most + 1);
    assert_eq!(
        refusal(&error),
        (ErrorCode::TooLarge, message.as_str(), &["unpack it, and load the folder".to_string()][..])
    );
}

/// The list of an archive is memory: one that states a thousand million members is refused by what it states.
#[test]
fn what_an_archive_states_is_refused_before_its_list_is_read() {
    let (_folder, path) = archive(10);
    let mut bytes = std::fs::read(&path).unwrap();
    let record = bytes.windows(4).rposition(|it| it == b"PK\x06\x06").unwrap();
    for at in [24, 32] {
        bytes[record + at..record + at + 8].copy_from_slice(&1_000_000_000_u64.to_le_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
    let error = Archive::open(&path).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    assert!(error.message().contains("has 1000000000 members"), "{}", error.message());
}
