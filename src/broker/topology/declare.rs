//! Declaring the topology, and the two questions both declaring and checking ask.

use super::{Part, Topology, kind, short, table};
use crate::broker::connection::Link;
use crate::broker::error::BrokerError;
use crate::broker::options::BrokerOptions;
use lapin::Channel;
use lapin::options::{
    ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use serde::Serialize;

/// Something that exists now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopologyItem {
    /// It, for people: "queue `makegood.events`".
    pub what: String,
    /// Whether it is new.
    pub declared: Declared,
}

impl std::fmt::Display for TopologyItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let declared = match self.declared {
            Declared::Created => "created",
            Declared::Existed => "existed",
            Declared::Bound => "bound",
        };
        write!(f, "{declared:<8} {}", self.what)
    }
}

/// What declaring did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declared {
    /// It was not there.
    Created,
    /// It was there, and as it must be.
    Existed,
    /// A binding: set; AMQP does not say whether it was there.
    Bound,
}

impl Topology {
    /// Creates what is missing, in an order in which nothing points to what is not there yet. Repeating it changes
    /// nothing.
    ///
    /// # Errors
    /// [`BrokerError::Differs`]: something exists with other arguments; what came before it in the list stays.
    /// [`BrokerError::AccessRefused`]: the user may not configure. Otherwise as connecting.
    pub async fn declare(&self, options: &BrokerOptions) -> Result<Vec<TopologyItem>, BrokerError> {
        let link = Link::open(options, "topology").await?;
        let mut items = Vec::new();
        for part in self.parts() {
            let existed = exists(&link, &part).await?;
            active(&link, &part).await?;
            let declared = match existed {
                Some(true) => Declared::Existed,
                Some(false) => Declared::Created,
                None => Declared::Bound,
            };
            items.push(TopologyItem { what: part.to_string(), declared });
        }
        finish(link).await;
        Ok(items)
    }
}

impl Topology {
    /// Deletes the queues and exchanges, messages and all: for trials that leave nothing behind. What is not there is
    /// fine.
    ///
    /// # Errors
    /// As connecting; [`BrokerError::AccessRefused`]: the user may not configure.
    pub async fn remove(&self, options: &BrokerOptions) -> Result<(), BrokerError> {
        let link = Link::open(options, "topology").await?;
        for part in self.parts().iter().rev() {
            let channel = link.channel().await?;
            let doing = format!("delete {part}");
            match part {
                Part::Queue { name, .. } => {
                    let asking = channel.queue_delete(short(name)?, QueueDeleteOptions::default());
                    link.bounded(&doing, asking).await?;
                }
                Part::Exchange { name, .. } => {
                    let asking = channel.exchange_delete(short(name)?, ExchangeDeleteOptions::default());
                    link.bounded(&doing, asking).await?;
                }
                Part::Binding { .. } => {}
            }
            dismiss(&link, &channel).await?;
        }
        finish(link).await;
        Ok(())
    }
}

/// Whether the part exists; `None` for a binding, which AMQP cannot ask for. Creates nothing.
pub(super) async fn exists(link: &Link, part: &Part) -> Result<Option<bool>, BrokerError> {
    // A channel for each question: the answer "no" closes it.
    let channel = link.channel().await?;
    let doing = format!("look for {part}");
    let answer = match part {
        Part::Exchange { name, kind: kind_name, .. } => {
            let passive = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
            let asking = channel.exchange_declare(short(name)?, kind(kind_name), passive, FieldTable::default());
            link.bounded(&doing, asking).await
        }
        Part::Queue { name, .. } => {
            let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let asking = channel.queue_declare(short(name)?, passive, FieldTable::default());
            link.bounded(&doing, asking).await.map(drop)
        }
        Part::Binding { .. } => return Ok(None),
    };
    match answer {
        Ok(()) => dismiss(link, &channel).await.map(|()| Some(true)),
        Err(BrokerError::NotFound { .. }) => Ok(Some(false)),
        Err(error) => Err(error),
    }
}

/// Declares the part as it is described: creates it if it is not there, and is an error if it is there and differs.
pub(super) async fn active(link: &Link, part: &Part) -> Result<(), BrokerError> {
    let channel = link.channel().await?;
    let doing = format!("declare {part}");
    match part {
        Part::Exchange { name, kind: kind_name, durable } => {
            let options = ExchangeDeclareOptions { durable: *durable, ..ExchangeDeclareOptions::default() };
            let asking = channel.exchange_declare(short(name)?, kind(kind_name), options, FieldTable::default());
            link.bounded(&doing, asking).await?;
        }
        Part::Queue { name, durable, arguments } => {
            let options = QueueDeclareOptions { durable: *durable, ..QueueDeclareOptions::default() };
            link.bounded(&doing, channel.queue_declare(short(name)?, options, table(arguments)?)).await?;
        }
        Part::Binding { exchange, queue, key } => {
            let (queue, exchange, key) = (short(queue)?, short(exchange)?, short(key)?);
            let asking = channel.queue_bind(queue, exchange, key, QueueBindOptions::default(), FieldTable::default());
            link.bounded(&doing, asking).await?;
        }
    }
    dismiss(link, &channel).await
}

async fn dismiss(link: &Link, channel: &Channel) -> Result<(), BrokerError> {
    link.bounded("close a channel", channel.close(200, "OK".into())).await
}

/// Closes the connection, on a channel of its own because the others are closed.
pub(super) async fn finish(link: Link) {
    if let Ok(channel) = link.channel().await {
        link.close(&channel).await;
    }
}
