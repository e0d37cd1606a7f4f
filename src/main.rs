//! The command `tierbook`.
fn main() {}
