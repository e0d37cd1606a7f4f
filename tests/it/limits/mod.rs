//! Every bound of `limits`: what is at it is taken, and what is one over is refused, or cut where everybody sees it.

mod archives;
mod audits;
mod documents;
#[cfg(feature = "columnar")]
mod evaluation;
mod journal;
mod names;
mod pages;
mod positions;
mod queries;
mod replication;
mod seeds;
#[cfg(feature = "server")]
mod server;
mod tables;
mod used;
