//! What a proxy reads along: AMQP's frames and PostgreSQL's messages, to cut at a moment that bytes alone do not show.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// PostgreSQL was told to commit and did; its answer never arrives.
    CommitReply,
    /// The client said COMMIT; PostgreSQL never hears it.
    CommitRequest,
    /// The consumer acknowledged; RabbitMQ never hears it.
    Ack,
    /// RabbitMQ confirmed; the publisher never hears it.
    Confirm,
}

impl Cut {
    /// Its name in a verdict.
    pub fn name(self) -> &'static str {
        match self {
            Cut::CommitReply => "commit_reply_cut",
            Cut::CommitRequest => "commit_request_cut",
            Cut::Ack => "ack_cut",
            Cut::Confirm => "confirm_cut",
        }
    }
}

/// Which cuts are still to come, and which were made. Shared by all connections of the proxies of a run.
#[derive(Debug)]
pub struct Cuts {
    plan: Mutex<Plan>,
}

#[derive(Debug)]
struct Plan {
    rng: StdRng,
    lines: BTreeMap<Cut, Line>,
}

#[derive(Debug)]
struct Line {
    left: u64,
    done: u64,
    stride: u64,
    /// Chances to be passed by before the next.
    wait: u64,
}

impl Cuts {
    /// None, yet.
    pub fn new(seed: u64) -> Arc<Self> {
        let plan = Plan { rng: StdRng::seed_from_u64(seed), lines: BTreeMap::new() };
        Arc::new(Self { plan: Mutex::new(plan) })
    }

    /// From now on `times` more of these, each at a random one of the next `stride` chances.
    pub fn order(&self, cut: Cut, times: u64, stride: u64) {
        let mut plan = self.plan();
        let wait = plan.rng.random_range(0..stride);
        let line = plan.lines.entry(cut).or_insert(Line { left: 0, done: 0, stride, wait });
        (line.left, line.stride) = (line.left + times, stride);
    }

    /// No more of any.
    pub fn stop(&self) {
        self.plan().lines.values_mut().for_each(|line| line.left = 0);
    }

    /// Ordered and not made yet.
    pub fn left(&self) -> u64 {
        self.plan().lines.values().map(|line| line.left).sum()
    }

    /// Made so far, by name.
    pub fn done(&self) -> BTreeMap<&'static str, u64> {
        self.plan().lines.iter().map(|(cut, line)| (cut.name(), line.done)).collect()
    }

    /// A chance for this cut: is it to be taken?
    fn take(&self, cut: Cut) -> bool {
        let mut plan = self.plan();
        let Plan { rng, lines } = &mut *plan;
        let Some(line) = lines.get_mut(&cut).filter(|line| line.left > 0) else { return false };
        if line.wait > 0 {
            line.wait -= 1;
            return false;
        }
        (line.left, line.done, line.wait) = (line.left - 1, line.done + 1, rng.random_range(0..line.stride));
        true
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who sent some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// What a proxy speaks.
#[derive(Debug, Clone, Copy)]
pub enum Protocol {
    Amqp,
    Postgres,
}

/// Reads one connection, both ways.
#[derive(Debug)]
pub struct Reader {
    protocol: Protocol,
    cuts: Arc<Cuts>,
    client: Vec<u8>,
    server: Vec<u8>,
    greeted: bool,
    /// PostgreSQL answers an SSLRequest by one byte that is no message.
    bare_byte_due: bool,
    /// The transaction under way has changed rows.
    wrote: bool,
    /// Its answer to COMMIT is to be cut off.
    doomed: bool,
}

/// What goes on, and whether it ends there.
pub struct Passed {
    pub bytes: Vec<u8>,
    pub cut: bool,
}

impl Reader {
    /// Of a new connection.
    pub fn new(protocol: Protocol, cuts: Arc<Cuts>) -> Self {
        let (client, server) = (Vec::new(), Vec::new());
        Self { protocol, cuts, client, server, greeted: false, bare_byte_due: false, wrote: false, doomed: false }
    }

    /// Takes what `side` sent and passes on every whole message up to a cut.
    pub fn read(&mut self, side: Side, bytes: &[u8]) -> Passed {
        let mut buffer = std::mem::take(if side == Side::Client { &mut self.client } else { &mut self.server });
        buffer.extend_from_slice(bytes);
        let mut at = 0;
        let mut cut = false;
        while let Some(length) = self.length(side, &buffer[at..]) {
            if buffer.len() - at < length {
                break;
            }
            cut = self.cuts_off(side, &buffer[at..at + length]);
            if cut {
                break;
            }
            at += length;
        }
        let rest = buffer.split_off(at);
        *(if side == Side::Client { &mut self.client } else { &mut self.server }) = rest;
        Passed { bytes: buffer, cut }
    }

    /// Length of the message that begins here, once enough of it is there to tell.
    fn length(&self, side: Side, bytes: &[u8]) -> Option<usize> {
        let number = |at: usize| bytes.get(at..at + 4).map(|n| u32::from_be_bytes([n[0], n[1], n[2], n[3]]) as usize);
        match self.protocol {
            // "AMQP" and a version; then type, channel, size, payload, end.
            Protocol::Amqp if side == Side::Client && !self.greeted => Some(8),
            Protocol::Amqp => number(3).map(|size| size + 8),
            Protocol::Postgres if side == Side::Client && !self.greeted => number(0),
            Protocol::Postgres if side == Side::Server && self.bare_byte_due => (!bytes.is_empty()).then_some(1),
            Protocol::Postgres => number(1).map(|size| size + 1),
        }
    }

    fn cuts_off(&mut self, side: Side, message: &[u8]) -> bool {
        match self.protocol {
            Protocol::Amqp => self.amqp(side, message),
            Protocol::Postgres => self.postgres(side, message),
        }
    }

    fn amqp(&mut self, side: Side, frame: &[u8]) -> bool {
        if side == Side::Client && !self.greeted {
            self.greeted = true;
            return false;
        }
        // A method frame with basic.ack, class 60 and method 80: the same from either side.
        let ack = frame[0] == 1 && frame.get(7..11) == Some(&[0, 60, 0, 80]);
        ack && self.cuts.take(if side == Side::Client { Cut::Ack } else { Cut::Confirm })
    }

    fn postgres(&mut self, side: Side, message: &[u8]) -> bool {
        if side == Side::Client && !self.greeted {
            // 80877103 asks for TLS; anything else here is the startup message.
            self.bare_byte_due = message.get(4..8) == Some(&[4, 210, 22, 47]);
            self.greeted = !self.bare_byte_due;
            return false;
        }
        if side == Side::Server && self.bare_byte_due {
            assert_eq!(message, b"N", "the proxy cannot read TLS");
            self.bare_byte_due = false;
            return false;
        }
        let (kind, body) = (message[0], &message[5..]);
        match (side, kind) {
            (Side::Client, b'Q') if body.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"commit")) => {
                if !self.wrote {
                    return false;
                }
                if self.cuts.take(Cut::CommitRequest) {
                    return true;
                }
                self.doomed = self.cuts.take(Cut::CommitReply);
                false
            }
            // CommandComplete: what was done, and how many rows it changed.
            (Side::Server, b'C') => {
                let tag = String::from_utf8_lossy(body.strip_suffix(b"\0").unwrap_or(body)).into_owned();
                let mut words = tag.split(' ');
                match words.next() {
                    Some("COMMIT") if self.doomed => return true,
                    Some("INSERT" | "UPDATE" | "DELETE") => self.wrote |= words.next_back() != Some("0"),
                    _ => {}
                }
                false
            }
            // ReadyForQuery, outside of a transaction.
            (Side::Server, b'Z') if body == b"I" => {
                self.wrote = false;
                false
            }
            _ => false,
        }
    }
}
