//! Mail into a folder: `<dir>/new/<name>.eml`, written beside it and renamed, so that a reader never sees half a mail
//! and the same notice again replaces itself. The embedded default; any mail program opens the files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::compose::Mail;
use super::transport::{Receipt, Transport};

/// Tries for a file name nobody uses: leftovers of killed processes with our process id.
const NAME_TRIES: u32 = 64;

/// Where the mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderOptions {
    /// The folder; `new` and `tmp` are made in it.
    pub dir: PathBuf,
}

/// The transport.
pub(super) struct Folder {
    options: FolderOptions,
}

impl Folder {
    pub(super) fn new(options: FolderOptions) -> Self {
        Self { options }
    }
}

#[async_trait]
impl Transport for Folder {
    async fn send(&mut self, mail: &Mail) -> Receipt {
        let (dir, name, bytes) = (self.options.dir.clone(), format!("{}.eml", mail.name()), mail.bytes().to_vec());
        match tokio::task::spawn_blocking(move || write(&dir, &name, &bytes)).await {
            Ok(Ok(())) => Receipt::Accepted { code: 250, reply: format!("in the folder as new/{}.eml", mail.name()) },
            Ok(Err(error)) => {
                Receipt::Away { why: why(&error), permanent_setup: error.kind() == ErrorKind::PermissionDenied }
            }
            Err(_) => Receipt::Away { why: "folder", permanent_setup: false },
        }
    }

    async fn close(&mut self) {}
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (new, tmp) = (dir.join("new"), dir.join("tmp"));
    fs::create_dir_all(&new)?;
    fs::create_dir_all(&tmp)?;
    let (path, mut file) = create(&tmp, name)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&path, new.join(name)));
    if let Err(error) = written {
        // Best effort: what remains in `tmp` is never read.
        drop(fs::remove_file(&path));
        return Err(error);
    }
    // The rename is only as durable as the folder that holds it.
    File::open(&new)?.sync_all()
}

fn create(tmp: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    for attempt in 0..NAME_TRIES {
        let path = tmp.join(format!("{name}.{}.{attempt}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn why(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied => "folder_permission",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "folder_full",
        _ => "folder",
    }
}
