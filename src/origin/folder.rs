//! A publication in a folder of this machine.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::wanted::Wanted;
use crate::error::{Error, ErrorCode, Result};

/// A folder.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The publication in this folder.
    pub fn of(path: PathBuf) -> Folder {
        Folder(path)
    }

    /// The content of a file, cut off at its limit; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read (`origin_unreachable`).
    pub fn get(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
        let path = self.0.join(&wanted.path);
        let read = || -> io::Result<Vec<u8>> {
            // What is no file may never end, or never begin.
            if !path.metadata()?.is_file() {
                return Err(io::Error::other("it is not a file"));
            }
            let mut bytes = Vec::new();
            File::open(&path)?.take(wanted.most).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => {
                let what = format!("cannot read {}: {error}", path.display());
                Err(Error::new(ErrorCode::OriginUnreachable, what)
                    .hint("check that you may read the folder and its files"))
            }
        }
    }
}
