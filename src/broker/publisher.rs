//! Publishing: persistent, mandatory, confirmed, pipelined within a window.

use super::connection::Link;
use super::error::{BrokerError, PublishError};
use super::options::BrokerOptions;
use futures_util::FutureExt;
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation, PublisherConfirm};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::time::timeout;

/// Most messages under way without a confirm: enough to hide the round trip, few enough to repeat cheaply.
pub const WINDOW: usize = 256;

/// Most bytes of bodies under way without a confirm; one larger message travels alone.
const WINDOW_BYTES: usize = 16 * 1024 * 1024;

/// Most bytes of header names and values together: they must fit one frame, 128 KiB by RabbitMQ's default.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Heartbeats without a confirm after which a message is lost: by then a dead connection has been noticed.
const HEARTBEATS: u32 = 3;

/// AMQP's limit of a short string.
const SHORT_MAX: usize = 255;

/// AMQP's `delivery-mode`: written to disk before it is confirmed.
const PERSISTENT: u8 = 2;

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outgoing {
    /// AMQP `message-id`. The same id with the same exchange and routing key in one call is the same message.
    pub message_id: String,
    /// Where to.
    pub exchange: String,
    /// With which key.
    pub routing_key: String,
    /// AMQP `content-type`; empty for none.
    pub content_type: String,
    /// AMQP headers, all text.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection that only publishes.
pub struct Publisher {
    options: BrokerOptions,
    line: Option<Line>,
}

/// A connection with its channel in confirm mode.
struct Line {
    link: Link,
    channel: Channel,
    heartbeat: Duration,
}

/// What a returned message is recognised by: lapin hands returned messages to whatever confirm comes next.
type Identity = (String, String, String);

impl Publisher {
    /// Connects.
    ///
    /// # Errors
    /// As [`attach`](super::attach), without the queue.
    pub async fn connect(options: &BrokerOptions) -> Result<Self, BrokerError> {
        Ok(Self { options: options.clone(), line: Some(Line::open(options).await?) })
    }

    /// Publishes in order and waits for every confirm. The results are in the order of `messages`.
    ///
    /// `Ok` means: routed to at least one queue, and stored there. If the connection was lost before, it is opened
    /// anew, once. If it is lost meanwhile, or the broker says nothing for three heartbeats, everything unconfirmed
    /// is [`PublishError::Lost`]. So it is when a message names an exchange that does not exist, because the broker
    /// then closes the channel; the cause says so. The next call starts on a new connection.
    ///
    /// Dropping the future leaves some messages published, some not; the next call starts on a new connection.
    pub async fn publish(&mut self, messages: Vec<Outgoing>) -> Vec<Result<(), PublishError>> {
        let line = match self.line.take().filter(Line::is_up) {
            Some(line) => line,
            None => match Line::open(&self.options).await {
                Ok(line) => line,
                Err(error) => return messages.iter().map(|_| Err(PublishError::Lost(error.clone()))).collect(),
            },
        };
        let mut round = Round::default();
        for message in messages {
            round.publish(&line, message).await;
        }
        while round.settle_oldest(&line).await {}
        if round.broken.is_none() {
            self.line = Some(line);
        }
        round.results()
    }

    /// The connection holds, as far as is known.
    pub fn is_up(&self) -> bool {
        self.line.as_ref().is_some_and(Line::is_up)
    }

    /// Closes channel and connection within `close_timeout`.
    pub async fn close(self) {
        if let Some(Line { link, channel, .. }) = self.line {
            link.close(&channel).await;
        }
    }
}

impl Line {
    async fn open(options: &BrokerOptions) -> Result<Self, BrokerError> {
        let link = Link::open(options, "publisher").await?;
        let channel = link.channel().await?;
        link.bounded("confirm publishes", channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(Self { link, channel, heartbeat: options.heartbeat })
    }

    fn is_up(&self) -> bool {
        self.link.connection.status().connected() && self.channel.status().connected()
    }

    /// Waits for the broker: three heartbeats, or one if it has said that it takes nothing now.
    async fn answer<T>(&self, answer: impl Future<Output = lapin::Result<T>>) -> Result<T, BrokerError> {
        let place = &self.link.place;
        let mut answer = std::pin::pin!(answer);
        for _ in 0..HEARTBEATS {
            if let Ok(answer) = timeout(self.heartbeat, &mut answer).await {
                return answer.map_err(|error| BrokerError::of_doing(place, "publish", error));
            }
            if self.link.connection.status().blocked() {
                return Err(BrokerError::Blocked { place: place.clone() });
            }
        }
        let (place, doing) = (place.clone(), "confirm a message".to_owned());
        Err(BrokerError::Timeout { place, doing, after: self.heartbeat * HEARTBEATS })
    }
}

/// One call of [`Publisher::publish`].
#[derive(Default)]
struct Round {
    outcomes: Vec<Outcome>,
    under_way: VecDeque<UnderWay>,
    bytes: usize,
    returned: HashSet<Identity>,
    broken: Option<BrokerError>,
}

struct UnderWay {
    index: usize,
    bytes: usize,
    confirm: PublisherConfirm,
}

enum Outcome {
    Settled(Result<(), PublishError>),
    /// Confirmed, unless it turns out to have been returned.
    Confirmed(Identity),
}

impl Round {
    async fn publish(&mut self, line: &Line, message: Outgoing) {
        let index = self.outcomes.len();
        let (exchange, routing_key, properties) = match encode(&message) {
            Ok(encoded) => encoded,
            Err(error) => return self.outcomes.push(Outcome::Settled(Err(error))),
        };
        let bytes = message.body.len();
        while self.under_way.len() >= WINDOW || (!self.under_way.is_empty() && self.bytes + bytes > WINDOW_BYTES) {
            self.settle_oldest(line).await;
        }
        if let Some(cause) = &self.broken {
            return self.outcomes.push(Outcome::Settled(Err(PublishError::Lost(cause.clone()))));
        }
        self.outcomes.push(Outcome::Confirmed((message.message_id, message.exchange, message.routing_key)));
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        // Awaited one by one: lapin numbers concurrent publishes of a channel wrongly.
        let sending = line.channel.basic_publish(exchange, routing_key, options, &message.body, properties);
        match line.answer(sending).await {
            Ok(confirm) => {
                self.bytes += bytes;
                self.under_way.push_back(UnderWay { index, bytes, confirm });
            }
            Err(cause) => {
                // Why the broker closed the channel is told to what was sent before; what comes after learns that it is
                // closed, and no more.
                while self.broken.is_none() && self.settle_oldest(line).await {}
                self.fail(index, cause);
            }
        }
    }

    /// Waits for the oldest confirm. `false`: none is under way.
    async fn settle_oldest(&mut self, line: &Line) -> bool {
        let Some(UnderWay { index, bytes, confirm }) = self.under_way.pop_front() else { return false };
        self.bytes -= bytes;
        let answer = match &self.broken {
            // A broken line answers nothing more; what it had answered before stands.
            Some(cause) => confirm.now_or_never().and_then(Result::ok).ok_or_else(|| cause.clone()),
            None => line.answer(confirm).await,
        };
        match answer {
            Ok(Confirmation::Ack(returned)) => self.note(returned),
            Ok(Confirmation::Nack(returned)) => {
                self.note(returned);
                self.settle(index, Err(PublishError::Nacked));
            }
            Ok(Confirmation::NotRequested) => self.settle(index, Err(PublishError::Nacked)),
            Err(cause) => self.fail(index, cause),
        }
        true
    }

    fn note(&mut self, returned: Option<BasicReturnMessage>) {
        if let Some(returned) = returned {
            let id = returned.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
            self.returned.insert((id, returned.exchange.to_string(), returned.routing_key.to_string()));
        }
    }

    fn fail(&mut self, index: usize, cause: BrokerError) {
        let cause = self.broken.get_or_insert(cause).clone();
        self.settle(index, Err(PublishError::Lost(cause)));
    }

    fn settle(&mut self, index: usize, outcome: Result<(), PublishError>) {
        if let Some(place) = self.outcomes.get_mut(index) {
            *place = Outcome::Settled(outcome);
        }
    }

    /// A returned message is confirmed after it was returned, so once every confirm is in, every return is.
    fn results(self) -> Vec<Result<(), PublishError>> {
        let returned = self.returned;
        let result = |outcome| match outcome {
            Outcome::Settled(result) => result,
            Outcome::Confirmed(identity) if returned.contains(&identity) => {
                let (_, exchange, routing_key) = identity;
                Err(PublishError::Unroutable { exchange, routing_key })
            }
            Outcome::Confirmed(_) => Ok(()),
        };
        self.outcomes.into_iter().map(result).collect()
    }
}

fn encode(message: &Outgoing) -> Result<(ShortString, ShortString, BasicProperties), PublishError> {
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(short("the message id", &message.message_id)?);
    if !message.content_type.is_empty() {
        properties = properties.with_content_type(short("the content type", &message.content_type)?);
    }
    let header_bytes: usize = message.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if header_bytes > HEADER_BYTES_MAX {
        return Err(PublishError::Unencodable { what: "the headers together".to_owned(), limit: HEADER_BYTES_MAX });
    }
    let mut headers = FieldTable::default();
    for (name, value) in &message.headers {
        headers.insert(short("a header's name", name)?, AMQPValue::LongString(value.as_str().into()));
    }
    if !message.headers.is_empty() {
        properties = properties.with_headers(headers);
    }
    Ok((short("the exchange", &message.exchange)?, short("the routing key", &message.routing_key)?, properties))
}

fn short(what: &str, text: &str) -> Result<ShortString, PublishError> {
    ShortString::try_new(text).map_err(|_| PublishError::Unencodable { what: what.to_owned(), limit: SHORT_MAX })
}
