//! A mail server that takes everything and keeps of each letter what the checker needs: fast enough not to be what is
//! measured. Its 250 follows the record, as that of a real server follows the disk.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::checker::Letter;

type Shelf = Arc<Mutex<Vec<Letter>>>;

/// The server; it ends with the value.
pub struct Mailbox {
    address: SocketAddr,
    letters: Shelf,
    _tasks: JoinSet<()>,
}

impl Mailbox {
    /// Listens on a free port of the loopback.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let letters = Shelf::default();
        let (shelf, mut tasks) = (Arc::clone(&letters), JoinSet::new());
        tasks.spawn(async move {
            let mut talks = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shelf = Arc::clone(&shelf);
                // A client that is killed in mid-sentence ends its conversation with an error; nobody is left to hear it.
                talks.spawn(async move { drop(talk(stream, &shelf).await) });
                while talks.try_join_next().is_some() {}
            }
        });
        Mailbox { address, letters, _tasks: tasks }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Letters accepted so far, copies included.
    pub fn accepted(&self) -> usize {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// All of them.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn talk(stream: TcpStream, shelf: &Shelf) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let (mut line, mut recipient) = (Vec::new(), String::new());
    write.write_all(b"220 mailbox ESMTP\r\n").await?;
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-mailbox\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            "RCPT" => {
                recipient = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 ok\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let letter = letter(&mut read, &recipient).await?;
                shelf.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                b"250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
}

/// Reads up to the final dot.
async fn letter(
    read: &mut (impl AsyncBufReadExt + Unpin), recipient: &str,
) -> std::io::Result<Letter> {
    let (mut hash, mut line, mut message_id) = (Sha256::new(), Vec::new(), String::new());
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            break;
        }
        hash.update(&line);
        if message_id.is_empty() && line.len() > 11 && line[..11].eq_ignore_ascii_case(b"Message-ID:") {
            message_id = String::from_utf8_lossy(&line[11..]).trim().trim_matches(['<', '>']).to_owned();
        }
    }
    Ok(Letter { message_id, recipient: recipient.to_owned(), sha256: hash.finalize().into() })
}
