//! The store from outside: what is recorded comes back, and what is true after each kind of failure.

mod beside;
mod head;
mod build;
mod clock;
mod crash;
mod disk_errors;
mod every_byte;
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
mod recovery_faults;
mod replaced;
mod roundtrip;
mod salvage;
mod salvage_faults;
mod salvage_format;
mod salvage_model;
mod script;
mod simulated_disk;
