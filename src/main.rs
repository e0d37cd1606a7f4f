//! The command `tierbook`.

mod cli;

use std::io::{self, BufReader};
use std::process::ExitCode;

use cli::console::Console;
use cli::environment::Environment;

fn main() -> ExitCode {
    let (mut stdin, mut stdout, mut stderr) = (BufReader::new(io::stdin()), io::stdout(), io::stderr());
    let console = Console::of_process(&mut stdin, &mut stdout, &mut stderr);
    let status = cli::run::run(std::env::args_os(), &console, &Environment::of_process());
    ExitCode::from(status.code())
}
