//! Pages: an announcement as HTML, as a browser saves it.

use super::draft::{Draft, Input};
use crate::mistake::Mistake;

/// Reads one.
pub(super) fn read(_input: &Input, _text: &str) -> Result<Draft, Mistake> {
    Err(Mistake::input("not_read_yet", "not read yet"))
}
