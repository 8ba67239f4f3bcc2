//! `makegood templates preview --serve`: the gallery in a browser, rendered anew when a template changes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::admin::{self, Shown};
use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::{Form, Gallery, Letters, LettersOptions};
use crate::shutdown::Signals;

/// Where it is served unless told otherwise.
pub(super) const ADDRESS: &str = "127.0.0.1:8025";

/// How often the templates are looked at: soon enough for a person, and next to nothing for a few dozen files. Looking
/// works on every file system; being told does not (network folders, containers).
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Files that are looked at; a templates directory may hold no more (`mail/template/source.rs`).
const FILES_MAX: usize = 500;

/// Deepest folder that is looked into, as there.
const DEPTH_MAX: usize = 2;

/// How long open pages may take to end: they only wait.
const GRACE: Duration = Duration::from_secs(1);

/// Made-up notices, but the templates of someone: they are shown on this machine alone.
pub(super) fn loopback(text: &str) -> anyhow::Result<SocketAddr> {
    let address: SocketAddr = text.parse().context("ADDRESS:PORT is expected, as in 127.0.0.1:8025")?;
    ensure!(address.ip().is_loopback(), "{} is no address of the loopback, such as 127.0.0.1", address.ip());
    Ok(address)
}

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(address: SocketAddr, config: &Config) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let options = app::letters_options(config);
    let folder = options.templates_dir.clone();
    let mark = mark(folder.as_deref());
    let (show, shown) = watch::channel(render(options.clone(), mark).await?);
    output::say(format!("http://{}/", listener.local_addr()?))?;
    if folder.is_none() {
        output::talk("mail.templates_dir is not set: these are the built-in letters, which do not change");
    }
    let stop = CancellationToken::new();
    let routes = admin::gallery_routes(shown);
    tokio::select! {
        () = admin::serve(listener, routes, None, &stop) => Ok(Exit::Done),
        failed = keep_up(options, mark, &show) => failed.map(|()| Exit::Done),
        _ = signals.run(&stop, GRACE) => Ok(Exit::Done),
    }
}

/// Renders anew whenever a file changed; what cannot be rendered is shown as findings.
async fn keep_up(options: LettersOptions, mut last: u64, show: &watch::Sender<Shown>) -> anyhow::Result<()> {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        let now = mark(options.templates_dir.as_deref());
        if now != last {
            // Before rendering, so that a change meanwhile is seen at the next look.
            last = now;
            show.send_replace(render(options.clone(), now).await?);
        }
    }
}

async fn render(options: LettersOptions, mark: u64) -> anyhow::Result<Shown> {
    let version = format!("{mark:016x}");
    let form = version.clone();
    let gallery = tokio::task::spawn_blocking(move || {
        let form = Form::Served { version: &form };
        match Letters::load(&options) {
            Ok(letters) => Gallery::of(&letters, &Letters::check(&options), form),
            Err(error) => Gallery::broken(&error.findings, form),
        }
    });
    Ok(Shown { version, gallery: Arc::new(gallery.await.context("rendering broke off")??) })
}

/// What the folder looks like: names, sizes and times of its files. A file that goes or comes changes it too.
fn mark(folder: Option<&Path>) -> u64 {
    let mut seen = Vec::new();
    if let Some(folder) = folder {
        look(folder, 0, &mut seen);
    }
    seen.sort();
    let mut hasher = DefaultHasher::new();
    seen.hash(&mut hasher);
    hasher.finish()
}

fn look(folder: &Path, depth: usize, seen: &mut Vec<(PathBuf, u64, Option<std::time::SystemTime>)>) {
    // A folder that is gone is a finding of the templates, told by their own reader.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if seen.len() >= FILES_MAX {
            return;
        }
        match std::fs::metadata(entry.path()) {
            Ok(meta) if meta.is_dir() && depth < DEPTH_MAX => look(&entry.path(), depth + 1, seen),
            Ok(meta) => seen.push((entry.path(), meta.len(), meta.modified().ok())),
            Err(_) => {}
        }
    }
}
