//! The command `tierbook`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tierbook::cli::run::main()
}
