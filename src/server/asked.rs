//! What a handler of a path gets: the request, its basis, and the snapshot that answers.

use super::basis::Basis;
use super::request::Request;
use super::state::Server;
use crate::snapshot::Snapshot;
use crate::statement::At;

/// A request that is to be answered by one path.
pub struct Asked<'a> {
    pub server: &'a Server,
    pub request: &'a Request,
    /// The parts of the path without those of the basis.
    pub path: Vec<&'a str>,
    /// The times that the request fixes.
    pub basis: Basis,
    /// The basis of the answer.
    pub at: At,
    pub rules: Snapshot,
}
