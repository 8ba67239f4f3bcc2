//! Reads a file or stdin line by line, with a bound on a line.

use std::path::Path;
use std::pin::Pin;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};

/// Longest line: the largest message RabbitMQ 4 takes by default (16 MiB).
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Lines of one source.
pub(super) struct Lines {
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    name: String,
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
        if name == "-" {
            let reader = Box::pin(BufReader::new(tokio::io::stdin()));
            return Ok(Self { reader, name: "stdin".to_owned(), number: 0, bytes_total: 0, bytes_read: 0 });
        }
        let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {name}"))?;
        let bytes_total = file.metadata().await.with_context(|| format!("cannot read {name}"))?.len();
        Ok(Self { reader: Box::pin(BufReader::new(file)), name, number: 0, bytes_total, bytes_read: 0 })
    }

    /// The next line that is not blank, without its end; `None` at the end.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        loop {
            let mut line = Vec::new();
            let mut bounded = (&mut self.reader).take(LINE_BYTES_MAX + 1);
            let read =
                bounded.read_until(b'\n', &mut line).await.with_context(|| format!("cannot read {}", self.name))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.bytes_read += read as u64;
            if read as u64 > LINE_BYTES_MAX {
                bail!("{} is longer than {LINE_BYTES_MAX} bytes", self.here());
            }
            let end = line.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
            line.truncate(end);
            if !line.is_empty() {
                return Ok(Some(line));
            }
        }
    }

    /// Where we are, for messages.
    pub(super) fn here(&self) -> String {
        format!("{} line {}", self.name, self.number)
    }
}
