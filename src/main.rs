//! The `makegood` binary: parses the command line and hands over to [`makegood::cli`].

use std::process::ExitCode;

/// glibc's allocator takes a third of the daemon's time, and keeps what two threads once had at the same moment
/// (`benches/README.md`). How it is set stands in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    makegood::cli::main()
}
