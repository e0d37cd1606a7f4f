//! The mistakes that more than one part of the store can make.

use std::fmt::Display;
use std::path::Path;

use crate::mistake::Mistake;

/// The mistake for an action that the disk refuses.
pub(super) fn disk_mistake(action: &str, path: &Path, error: &dyn Display) -> Mistake {
    Mistake::input("disk", format!("cannot {action} {}: {error}", path.display()))
}

/// The mistake for a transaction that is larger than a record or a line may be.
pub(super) fn too_long(message: String) -> Mistake {
    Mistake::input("too_large", message).hint("split the document; nothing was recorded")
}
