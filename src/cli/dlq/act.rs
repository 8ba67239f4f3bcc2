//! Who acts and why, and whether they mean it.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};

use crate::cli::output;
use crate::store::Act;
pub(in crate::cli) use crate::worker::operator::line;

/// Who acts.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OperatorArg {
    /// Who you are, for the operators' log; without it MAKEGOOD_OPERATOR, or the name you are logged in with.
    #[arg(long, value_name = "NAME", value_parser = line)]
    pub(in crate::cli) operator: Option<String>,
}

/// Who acts, and why.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ActArgs {
    /// Why, for the operators' log.
    #[arg(long, value_name = "TEXT", value_parser = line)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) operator: OperatorArg,
}

impl ActArgs {
    /// The act. `names` are those the environment gives, the best first.
    pub(in crate::cli) fn act(&self, names: &[String]) -> anyhow::Result<Act> {
        self.operator.act(&self.reason, names)
    }
}

impl OperatorArg {
    /// The act, for this reason.
    pub(in crate::cli) fn act(&self, reason: &str, names: &[String]) -> anyhow::Result<Act> {
        let named = self.operator.clone().or_else(|| names.iter().find_map(|name| line(name).ok()));
        let operator = named.context(
            "the operators' log must say who acts, and the environment does not: add --operator NAME, or set \
             MAKEGOOD_OPERATOR",
        )?;
        Ok(Act { operator, reason: reason.to_owned() })
    }
}

/// Asks whether to go on, where somebody is there to answer; otherwise `--yes` must have been said.
pub(in crate::cli) fn confirm(yes: bool, question: &str) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        bail!("{question} Nobody is at a terminal to be asked: say --yes");
    }
    output::talk(format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { bail!("nothing was changed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_is_one_counts() {
        let names = ["", " \t", "ana"].map(str::to_owned);
        let said = OperatorArg { operator: Some("bo".to_owned()) };
        assert_eq!(said.act("why", &names).expect("an act").operator, "bo");
        let unsaid = OperatorArg { operator: None };
        assert_eq!(unsaid.act("why", &names).expect("an act").operator, "ana");
        assert!(unsaid.act("why", &[]).expect_err("nobody").to_string().contains("--operator NAME"));
    }
}
