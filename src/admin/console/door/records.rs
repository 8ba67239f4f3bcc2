//! Files of users and tokens: one record a line, its fields parted by colons, its name first; `#` begins a remark.
//!
//! Read again whenever the file is another one, so that a change needs no restart. A file that cannot be used is used
//! for nothing: nobody is known until it is mended.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Longest file in bytes: thousands of records.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Longest name in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Bits of a file's mode that must not be set: nothing for others, no writing for the group.
const MODE_FORBIDDEN: u32 = 0o027;

/// One line that says something.
pub trait Record: Sized {
    /// From what follows the name and its colon; else what is wrong with it.
    fn parse(fields: &str) -> Result<Self, String>;
}

/// The records by name.
pub type Records<T> = BTreeMap<String, T>;

/// What stands in the file; else what is wrong with it.
pub fn read<T: Record>(path: &Path) -> Result<Records<T>, String> {
    let text = text(path)?;
    let mut records = Records::new();
    for (at, line) in text.lines().enumerate() {
        if let Some((name, fields)) = record(line) {
            let wrong = |why: String| format!("{}, line {}: {why}", path.display(), at + 1);
            check_name(name).map_err(wrong)?;
            if records.insert(name.to_owned(), T::parse(fields).map_err(wrong)?).is_some() {
                return Err(wrong(format!("{name} is there twice")));
            }
        }
    }
    Ok(records)
}

/// Puts `fields` in the place of the record `name`, or at the end; `None` takes it away. Remarks stay. The old file
/// stays whole until the new one is.
pub fn change(path: &Path, name: &str, fields: Option<&str>) -> Result<(), String> {
    let old = if path.exists() { text(path)? } else { String::new() };
    let new = fields.map(|fields| format!("{name}:{fields}"));
    let is_it = |line: &str| record(line).is_some_and(|(known, _)| known == name);
    let mut lines: Vec<String> = Vec::new();
    let mut placed = false;
    for line in old.lines() {
        match (is_it(line), &new) {
            (false, _) => lines.push(line.to_owned()),
            (true, Some(new)) if !placed => {
                placed = true;
                lines.push(new.clone());
            }
            (true, _) => {}
        }
    }
    lines.extend(new.filter(|_| !placed));
    let mode = std::fs::metadata(path).map_or(0o600, |old| old.mode() & 0o777 & !MODE_FORBIDDEN);
    replace(path, &format!("{}\n", lines.join("\n")), mode).map_err(|error| format!("{}: {error}", path.display()))
}

/// Names are what can stand in a log and between colons; no `@`, so that none is an address.
pub fn check_name(name: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(fits) {
        return Ok(());
    }
    Err(format!("a name of 1 to {NAME_BYTES_MAX} letters, digits, dots, hyphens and underscores is expected"))
}

fn record(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') { None } else { Some(line.split_once(':').unwrap_or((line, ""))) }
}

/// Others can neither read it nor change it; else what is to be done.
pub(in crate::admin) fn check_mode(path: &Path) -> Result<(), String> {
    let mode = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.mode();
    if mode & MODE_FORBIDDEN == 0 {
        return Ok(());
    }
    Err(format!("has the mode {:03o}: others could read or change it; chmod 600", mode & 0o777))
}

fn text(path: &Path) -> Result<String, String> {
    let wrong = |why: String| format!("{}: {why}", path.display());
    let file = std::fs::File::open(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    check_mode(path).map_err(wrong)?;
    let mut text = String::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if text.len() as u64 > FILE_BYTES_MAX {
        Err(wrong(format!("is longer than {FILE_BYTES_MAX} bytes")))
    } else {
        Ok(text)
    }
}

/// Writes beside the file, and renames. Of two commands at once the second finds the first one's file, and says so.
fn replace(path: &Path, text: &str, mode: u32) -> Result<(), String> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside);
    let mut file = file.map_err(|error| {
        format!("{} cannot be made ({error}); if no other command is at it, remove it", beside.display())
    })?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| std::fs::rename(&beside, path));
    placed.map_err(|error| {
        drop(std::fs::remove_file(&beside));
        error.to_string()
    })
}

/// A file that is read again when it is another one.
#[derive(Debug)]
pub(super) struct Watched<T> {
    path: PathBuf,
    seen: Mutex<(Option<Stamp>, Found<T>)>,
}

/// What stood in it, or what was wrong.
type Found<T> = Result<Arc<Records<T>>, String>;

/// What tells that a file is another one, or in another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    mode: u32,
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let file = std::fs::metadata(path).ok()?;
        let changed = (file.ctime(), file.ctime_nsec());
        Some(Self { inode: file.ino(), bytes: file.size(), mode: file.mode(), changed })
    }
}

impl<T: Record> Watched<T> {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, seen: Mutex::new((None, Err("not read yet".to_owned()))) }
    }

    /// What stands in it now. An error was logged once.
    pub(super) fn now(&self) -> Found<T> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.path);
        if stamp.is_none() || stamp != seen.0 {
            let read = read(&self.path).map(Arc::new);
            if let Err(error) = &read
                && seen.1.as_ref().err() != Some(error)
            {
                tracing::error!(
                    error,
                    "a file of the console cannot be used: nobody in it is known until it is mended"
                );
            }
            *seen = (stamp, read);
        }
        seen.1.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[derive(Debug, PartialEq, Eq)]
    struct Text(String);

    impl Record for Text {
        fn parse(fields: &str) -> Result<Self, String> {
            if fields.is_empty() { Err("empty".to_owned()) } else { Ok(Text(fields.to_owned())) }
        }
    }

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users");
        (folder, path)
    }

    #[test]
    fn a_change_leaves_the_rest_as_it_was() {
        let (_folder, path) = file();
        change(&path, "ana", Some("1:a")).expect("made");
        change(&path, "bo", Some("2:b")).expect("added");
        std::fs::write(&path, format!("# people\n\n{}", std::fs::read_to_string(&path).expect("text")))
            .expect("a remark");
        change(&path, "ana", Some("3:c")).expect("changed");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "# people\n\nana:3:c\nbo:2:b\n");
        change(&path, "ana", None).expect("removed");
        assert_eq!(read::<Text>(&path).expect("read"), [("bo".to_owned(), Text("2:b".to_owned()))].into());
        assert_eq!(std::fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
    }

    #[test]
    fn what_others_could_read_or_what_is_wrong_is_refused_whole() {
        let (_folder, path) = file();
        for (text, why) in [("ana:1\nana:2", "twice"), ("a b:1", "a name"), ("ana", "empty"), ("a@b.org:1", "a name")] {
            std::fs::write(&path, text).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
            let error = read::<Text>(&path).expect_err(text);
            assert!(error.contains(why), "{error}");
        }
        std::fs::write(&path, "ana:1").expect("written");
        for mode in [0o644, 0o620, 0o666] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            assert!(read::<Text>(&path).expect_err("refused").contains("chmod 600"));
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("set");
        assert_eq!(read::<Text>(&path).expect("read").len(), 1);
    }

    #[test]
    fn a_file_that_changes_is_read_again_and_one_that_breaks_knows_nobody() {
        let (_folder, path) = file();
        let watched = Watched::<Text>::new(path.clone());
        assert!(watched.now().is_err());
        change(&path, "ana", Some("1")).expect("made");
        assert_eq!(watched.now().expect("read").len(), 1);
        change(&path, "bo", Some("1")).expect("added");
        assert_eq!(watched.now().expect("read").len(), 2);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        assert!(watched.now().is_err());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
        assert_eq!(watched.now().expect("read").len(), 2);
        std::fs::remove_file(&path).expect("removed");
        assert!(watched.now().is_err());
    }

    #[test]
    fn two_commands_at_once_do_not_lose_a_record() {
        let (_folder, path) = file();
        change(&path, "ana", Some("1")).expect("made");
        std::fs::write(path.with_file_name("users.new"), "").expect("another is at it");
        assert!(change(&path, "bo", Some("2")).expect_err("refused").contains("users.new"));
        assert_eq!(read::<Text>(&path).expect("whole").len(), 1);
    }
}
