//! `makegood audit seals`.

use serde_json::json;

use crate::cli::{Exit, dlq, output};
use crate::config::Config;
use crate::store::PAGE_MAX;
use crate::worker::audit::seals::{Compared, Kept, compare};

/// Options of `makegood audit seals`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each seal's digest covers its entries and the seal before it, so the newest one covers the whole
ledger. Keep it where no administrator of the database can write, and compare it later.

Exit code 3: the seal is missing or differs from the one expected.")]
pub(super) struct Options {
    /// Compares this seal with its digest as it was kept elsewhere.
    #[arg(long, value_name = "NO:DIGEST")]
    expect: Option<Kept>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_MAX)))]
    limit: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Shows them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let seals = store.seals(options.limit).await?;
    let compared = match &options.expect {
        Some(kept) => Some(compare(&*store, kept).await?),
        None => None,
    };
    store.close().await;
    let exit = if compared.as_ref().is_none_or(|compared| compared.agrees) { Exit::Done } else { Exit::Partly };
    if options.json {
        output::json(&json!({ "seals": seals, "expected": compared }))?;
        return Ok(exit);
    }
    if let Some(compared) = &compared {
        output::say(words(compared))?;
        return Ok(exit);
    }
    let mut table = output::table(&["seal", "entries", "sum", "sealed", "digest"]);
    for seal in &seals {
        let range = format!("{} ({} to {})", seal.entries, seal.from, seal.to);
        let digest = seal.digest.clone();
        table.add_row([seal.no.to_string(), range, seal.sum.to_string(), dlq::moment(seal.sealed_at), digest]);
    }
    output::say(table.to_string())?;
    match seals.first() {
        Some(seal) => output::talk(format!("keep this elsewhere: {}:{}", seal.no, seal.digest)),
        None => output::talk("nothing is sealed yet: makegood audit, or a daemon, does it"),
    }
    Ok(exit)
}

fn words(compared: &Compared) -> String {
    let Compared { kept, found, agrees } = compared;
    match found {
        _ if *agrees => format!("seal {} is the one that was kept", kept.no),
        Some(seal) => format!("seal {} is not the one that was kept: its digest is {} now", kept.no, seal.digest),
        None => format!(
            "there is no seal {}: this database is older than the digest that was kept, or seals were taken out",
            kept.no
        ),
    }
}
