//! The figures of a test that does damage: one line, which `.ci/faults` collects. For tests inside the library and for
//! those from outside.
#![allow(dead_code)]

/// What came of each time that a fault was made.
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
    /// Prints the line of a fault, `what` being what was done; fails where anything was lost or wrong.
    ///
    /// # Panics
    /// Something was lost or wrong; it is named.
    pub fn conclude(&self, fault: &str, what: &str) {
        let Tally { kept, refused, lost, wrong } = self;
        println!(
            "fault: {fault} | {what} | lost {}, wrong {} | kept {kept}, refused {refused}",
            lost.len(),
            wrong.len()
        );
        let first = |bad: &[String]| bad.iter().take(5).cloned().collect::<Vec<_>>();
        assert!(lost.is_empty() && wrong.is_empty(), "{:#?} {:#?}", first(lost), first(wrong));
    }
}
