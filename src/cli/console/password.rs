//! Asks for a password: twice at a terminal, without an echo; else the first line of stdin. Never an argument: the
//! list of processes and the shell's history would have it.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::{Context, bail};

use crate::admin::console::password;

/// Longest line that is read: more than the longest password, so that a longer one is refused and not cut.
const LINE_BYTES_MAX: u64 = 4_096;

/// A password for `name` that keeps to the rule.
pub(super) fn ask(name: &str) -> anyhow::Result<String> {
    let given = if std::io::stdin().is_terminal() {
        let once = rpassword::prompt_password(format!("New password of {name}: ")).context("cannot ask")?;
        let again = rpassword::prompt_password("The same again: ").context("cannot ask")?;
        if once != again {
            bail!("the two differ; nothing was changed");
        }
        once
    } else {
        let mut line = String::new();
        std::io::stdin().lock().take(LINE_BYTES_MAX).read_line(&mut line).context("cannot read the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    password::rule(&given, name).map_err(anyhow::Error::msg)?;
    Ok(given)
}
