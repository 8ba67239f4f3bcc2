//! The `makegood` binary: parses the command line and hands over to [`makegood::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    makegood::cli::main()
}
