//! The command `tierbook`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run::main()
}
