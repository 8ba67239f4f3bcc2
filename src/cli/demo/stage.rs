//! The demo's folder: what an earlier demo left in it is removed, and nothing else.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, bail};

/// The database's file.
pub(super) const DATABASE: &str = "makegood.db";
/// The folder of the letters.
pub(super) const MAIL: &str = "mail";
/// Says that the folder is a demo's, and is locked while one plays.
const MARK: &str = "makegood-demo.lock";

/// Makes the folder, or empties an earlier demo's. The file returned keeps a second demo out of it.
///
/// A folder that is not empty and was not made by a demo is refused.
pub(super) fn set(dir: &Path) -> anyhow::Result<File> {
    let shown = dir.display();
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {shown}"))?;
    let mark = dir.join(MARK);
    let strange = || -> std::io::Result<bool> { Ok(!mark.exists() && fs::read_dir(dir)?.next().is_some()) };
    if strange().with_context(|| format!("cannot read the folder {shown}"))? {
        bail!("the folder {shown} holds what is not a demo's: give another one (--dir)");
    }
    let options = File::options().create(true).truncate(false).write(true).open(&mark);
    let alone = options.with_context(|| format!("cannot write into the folder {shown}"))?;
    match alone.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!("another demo is playing in {shown}: wait for it, or give --dir"),
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock {}", mark.display()));
        }
    }
    clear(dir)?;
    Ok(alone)
}

fn clear(dir: &Path) -> anyhow::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        remove(&dir.join(format!("{DATABASE}{ending}")))?;
    }
    for folder in ["new", "tmp"] {
        let folder = dir.join(MAIL).join(folder);
        let files = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            files => files.with_context(|| format!("cannot read {}", folder.display()))?,
        };
        for file in files {
            let path = file.with_context(|| format!("cannot read {}", folder.display()))?.path();
            // In `tmp`, the process id follows the ending.
            if path.file_name().is_some_and(|name| name.to_string_lossy().contains(".eml")) {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
