//! Addresses out of a file or stdin, one a line; what is wrong with a line is said without what stands in it.

use std::path::Path;

use anyhow::bail;

use crate::cli::lines::Lines;
use crate::cli::output;
use crate::mail::spellings;
use crate::store::{Address, SUPPRESSIONS_MAX};

/// Wrong lines told one by one; the rest is counted.
const TOLD_MAX: usize = 20;

/// The spellings of each address. One line that holds no address, and nothing is taken.
pub(super) async fn read(path: &Path) -> anyhow::Result<Vec<Vec<Address>>> {
    let mut lines = Lines::open(path).await?;
    let (mut addresses, mut wrong) = (Vec::new(), 0_usize);
    while let Some(line) = lines.next().await? {
        if addresses.len() >= SUPPRESSIONS_MAX {
            bail!("{}: at most {SUPPRESSIONS_MAX} addresses at once: split the file", lines.here());
        }
        let text = String::from_utf8_lossy(&line);
        match spellings(&text) {
            Ok(spelled) => addresses.push(spelled.into_iter().map(Address).collect()),
            Err(why) => {
                wrong += 1;
                if wrong <= TOLD_MAX {
                    output::talk(format!("{}: {why}", lines.here()));
                }
            }
        }
    }
    match wrong {
        0 => Ok(addresses),
        1 => bail!("1 line holds no address; nothing was changed"),
        _ => bail!("{wrong} lines hold no address; nothing was changed"),
    }
}
