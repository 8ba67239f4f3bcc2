//! Reads a file or stdin line by line, with a bound on a line.

use std::io::IsTerminal;
use std::path::Path;
use std::pin::Pin;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};

use super::output;

/// Longest line: the largest message RabbitMQ 4 takes by default (16 MiB).
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What is read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Lines of one source.
pub(super) struct Lines {
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    name: String,
    /// What was read of the next line.
    begun: Vec<u8>,
    /// Lines read so far: the number of the last one.
    pub(super) number: u64,
    /// Bytes in all; 0 where not known.
    pub(super) bytes_total: u64,
    /// Bytes read so far.
    pub(super) bytes_read: u64,
}

impl Lines {
    /// Opens a file, or stdin for `-`.
    pub(super) async fn open(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        if is_stdin(path) {
            if std::io::stdin().is_terminal() {
                output::talk("reading stdin, one line each; end with Ctrl-D");
            }
            return Ok(Self::over(Box::pin(BufReader::new(tokio::io::stdin())), "stdin".to_owned(), 0));
        }
        let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {name}"))?;
        let metadata = file.metadata().await.with_context(|| format!("cannot read {name}"))?;
        if metadata.is_dir() {
            bail!("{name} is a folder, not a file");
        }
        Ok(Self::over(Box::pin(BufReader::with_capacity(BUFFER_BYTES, file)), name, metadata.len()))
    }

    fn over(reader: Pin<Box<dyn AsyncBufRead + Send>>, name: String, bytes_total: u64) -> Self {
        Self { reader, name, begun: Vec::new(), number: 0, bytes_total, bytes_read: 0 }
    }

    /// The next line that is not blank, without its end; `None` at the end. May be dropped and asked again: nothing is
    /// lost.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        loop {
            let left = (LINE_BYTES_MAX + 1).saturating_sub(self.begun.len() as u64);
            let mut bounded = (&mut self.reader).take(left);
            let reading = bounded.read_until(b'\n', &mut self.begun);
            reading.await.with_context(|| format!("cannot read {}", self.name))?;
            let mut line = std::mem::take(&mut self.begun);
            if line.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            self.bytes_read += line.len() as u64;
            if line.len() as u64 > LINE_BYTES_MAX {
                bail!("{} is longer than {LINE_BYTES_MAX} bytes", self.here());
            }
            let end = line.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
            line.truncate(end);
            if !line.is_empty() {
                return Ok(Some(line));
            }
        }
    }

    /// Where we are, for messages: `events.ndjson:17`.
    pub(super) fn here(&self) -> String {
        format!("{}:{}", self.name, self.number)
    }
}

/// `-` means stdin.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
