//! Each bound of `limits`: at it, and one over it.

#[cfg(feature = "columnar")]
mod evaluation;
mod journal;
mod positions;
mod replication;
#[cfg(feature = "server")]
mod server;
