//! A ZIP archive of documents, or a compressed document.

use tierbook::{LoadInput, LoadOptions, check_each};

use super::support::{check_error, chosen};

/// Reads it from a file; the first byte chooses the end of its name.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let folder = tempfile::tempdir().unwrap();
    let name = match form {
        b'g' => "a.txt.gz",
        b'z' => "a.txt.zst",
        _ => "a.zip",
    };
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    match LoadInput::from(path).documents() {
        Err(error) => check_error(&error),
        Ok(documents) => {
            let mut reports = 0;
            check_each(&documents, &LoadOptions::default(), &mut |report| {
                reports += 1;
                drop(report);
            });
            assert_eq!(reports, documents.len());
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, [name], "reading an archive writes nothing");
}
