//! `makegood console users`.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::json;

use super::password as ask;
use crate::admin::console::records::{self, Records};
use crate::admin::console::users::User;
use crate::admin::console::{Role, password};
use crate::cli::{Exit, output};
use crate::config::Config;

/// Options of `makegood console users`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A running daemon takes a change at once; another password or role ends the sessions of that user.
The file holds no password, only an argon2id hash of each.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Adds a user; the password comes from the terminal, or from the first line of stdin.
    Add(AddOptions),
    /// Gives a user another password.
    Passwd(NameOptions),
    /// Gives a user another role.
    Role(AddOptions),
    /// Removes a user.
    Remove(NameOptions),
    /// Lists users and their roles.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
struct AddOptions {
    /// Who: letters, digits, dots, hyphens and underscores.
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What they may: viewer, support, operator or admin.
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct NameOptions {
    /// Who.
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct ListOptions {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// A name as files take it.
pub(super) fn name(text: &str) -> Result<String, String> {
    records::check_name(text).map(|()| text.to_owned())
}

/// Runs one of them.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let path = config.console.users_file.as_deref();
    let path = path.context("no file is named for local users: set console.users_file first")?;
    let users = known::<User>(path)?;
    let user = |name: &str| users.get(name).with_context(|| format!("{name} is not in {}", path.display()));
    match &options.verb {
        Verb::Add(options) => {
            if users.contains_key(&options.name) {
                bail!("{} is there already: makegood console users passwd, or role", options.name);
            }
            let hash = new_hash(&options.name, options.dry_run)?;
            let fields = User { role: options.role, hash }.fields();
            let done = format!("{} added as {}", options.name, options.role);
            put(path, &options.name, Some(&fields), options.dry_run, &done)
        }
        Verb::Passwd(options) => {
            let role = user(&options.name)?.role;
            let fields = User { role, hash: new_hash(&options.name, options.dry_run)? }.fields();
            let done = format!("{} has a new password; sessions with the old one end", options.name);
            put(path, &options.name, Some(&fields), options.dry_run, &done)
        }
        Verb::Role(options) => {
            let fields = User { role: options.role, hash: user(&options.name)?.hash.clone() }.fields();
            let done = format!("{} is {} now", options.name, options.role);
            put(path, &options.name, Some(&fields), options.dry_run, &done)
        }
        Verb::Remove(options) => {
            user(&options.name)?;
            put(path, &options.name, None, options.dry_run, &format!("{} removed", options.name))
        }
        Verb::List(options) => list(&users, options.json),
    }
}

/// What the file has; nothing if it is not there yet.
pub(super) fn known<T: records::Record>(path: &Path) -> anyhow::Result<Records<T>> {
    if path.exists() { records::read(path).map_err(anyhow::Error::msg) } else { Ok(Records::new()) }
}

/// Writes the record, or takes it away, and says so.
pub(super) fn put(path: &Path, name: &str, fields: Option<&str>, dry: bool, done: &str) -> anyhow::Result<Exit> {
    if dry {
        output::talk(format!("dry run, nothing was changed: {done} ({})", path.display()));
        return Ok(Exit::Done);
    }
    records::change(path, name, fields).map_err(anyhow::Error::msg)?;
    output::talk(format!("{done} ({})", path.display()));
    Ok(Exit::Done)
}

fn new_hash(name: &str, dry: bool) -> anyhow::Result<String> {
    if dry { Ok(String::new()) } else { password::hash(&ask::ask(name)?).map_err(anyhow::Error::msg) }
}

fn list(users: &Records<User>, json: bool) -> anyhow::Result<Exit> {
    if json {
        let users: Vec<_> = users.iter().map(|(name, user)| json!({"name": name, "role": user.role})).collect();
        output::json(&users)?;
    } else if users.is_empty() {
        output::talk("no user yet: makegood console users add NAME --role ROLE");
    } else {
        let mut table = output::table(&["user", "role"]);
        for (name, user) in users {
            table.add_row([name.as_str(), user.role.as_str()]);
        }
        output::say(table.to_string())?;
    }
    Ok(Exit::Done)
}
