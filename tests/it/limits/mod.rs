//! Every bound of `limits`: what is at it is taken, and what is one over is refused, or cut where everybody sees it.

mod archives;
mod audits;
mod documents;
mod names;
mod pages;
mod queries;
mod seeds;
mod tables;
mod used;
