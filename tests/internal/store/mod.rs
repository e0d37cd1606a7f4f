//! The store from outside: what is recorded comes back, and what is true after each kind of failure.

mod beside;
mod head;
mod held_lock;
mod hostile_index;
mod build;
mod crash;
mod disk_errors;
mod format;
mod frames;
mod image_damage;
mod index_damage;
mod journal_damage;
mod look;
mod migration;
mod power;
mod power_cut;
mod recovery;
mod roundtrip;
mod script;
mod simulated_disk;
