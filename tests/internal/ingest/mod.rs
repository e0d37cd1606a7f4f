//! Reading documents: announcements, pages, exchange tables and seeds, from text to statements and findings.

mod classes;
mod edges;
mod exchange;
mod families;
pub mod export;
mod fragments;
mod fuzz;
mod growth;
mod hidden;
mod invariants;
mod layouts;
mod losses;
mod markdown;
mod marks;
mod markup;
mod mutations;
mod page;
mod random;
mod seed;
mod seed_file;
mod seed_lives;
mod shared;
mod snapshots;
mod starts;
mod truth;
mod wordings;
