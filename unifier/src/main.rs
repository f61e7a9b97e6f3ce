//! The program: reads the command line, does what it says, and answers with an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    unifier::cli::main()
}
