//! What became of a database under one kind of fault, for tests inside the library and for those from outside:
//! counted, printed in one line for `.ci/faults`, and asserted.
#![allow(dead_code, reason = "the tests inside and those from outside use different parts of it")]

use std::fmt::Write;

/// The counts of one kind of fault.
#[derive(Default, Debug)]
pub struct Tally {
    /// Everything acknowledged was there.
    pub kept: usize,
    /// Nothing was answered or recorded, and the error said what to do.
    pub refused: usize,
    /// The cases in which something acknowledged was not there, or a part of something else was.
    pub lost: Vec<String>,
    /// The cases in which an answer was another one, or an error did not help.
    pub wrong: Vec<String>,
}

impl Tally {
    /// Whatever was there is there and is right.
    pub fn keep(&mut self) {
        self.kept += 1;
    }

    /// It was refused by name, with what to do.
    pub fn refuse(&mut self) {
        self.refused += 1;
    }

    /// Counts what is expected of one fault: something acknowledged must not be missing, nothing may be wrong.
    pub fn count(&mut self, is_lost: bool, is_wrong: bool, describe: impl Fn() -> String) {
        match (is_lost, is_wrong) {
            (true, _) => self.lost.push(describe()),
            (_, true) => self.wrong.push(describe()),
            _ => self.keep(),
        }
    }

    /// Adds what another thread counted.
    pub fn add(&mut self, other: Tally) {
        self.kept += other.kept;
        self.refused += other.refused;
        self.lost.extend(other.lost);
        self.wrong.extend(other.wrong);
    }

    /// Prints the line of the fault, `done` with its count, and fails where anything was lost or wrong.
    pub fn end(&self, fault: &str, done: &str) {
        let Tally { kept, refused, lost, wrong } = self;
        let counts = format!("lost {}, wrong {}", lost.len(), wrong.len());
        println!("fault: {fault} | {done} | {counts} | kept {kept}, refused {refused}");
        let mut failures = String::new();
        for failure in lost.iter().chain(wrong).take(20) {
            writeln!(failures, "{failure}").expect("a string");
        }
        assert!(lost.is_empty() && wrong.is_empty(), "{counts}\n{failures}");
    }
}
