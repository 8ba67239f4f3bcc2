//! Another application on the same broker: classic queues, dead-lettering through the default exchange.

use lapin::options::{BasicGetOptions, BasicPublishOptions, BasicRejectOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

use super::rabbit::Vhost;

/// Its connection.
pub struct Foreign {
    channel: Channel,
    _connection: Connection,
}

impl Foreign {
    /// Connects.
    pub async fn at(vhost: &Vhost) -> Self {
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(&vhost.url(), properties).await.expect("RabbitMQ answers");
        let channel = connection.create_channel().await.expect("a channel");
        Self { channel, _connection: connection }
    }

    /// Declares a durable classic queue that dead-letters into `dead`, with one more argument.
    pub async fn queue(&self, name: &str, dead: Option<&str>, argument: Option<(&str, i64)>) -> &Self {
        let mut arguments = FieldTable::default();
        if let Some(dead) = dead {
            arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString("".into()));
            arguments.insert("x-dead-letter-routing-key".into(), AMQPValue::LongString(dead.into()));
        }
        if let Some((key, number)) = argument {
            arguments.insert(key.into(), AMQPValue::LongLongInt(number));
        }
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(name.into(), options, arguments).await.expect("declared");
        self
    }

    /// Binds it.
    pub async fn bind(&self, queue: &str, exchange: &str, key: &str) {
        let (options, arguments) = (QueueBindOptions::default(), FieldTable::default());
        self.channel.queue_bind(queue.into(), exchange.into(), key.into(), options, arguments).await.expect("bound");
    }

    /// Publishes, unconfirmed.
    pub async fn publish(&self, exchange: &str, key: &str, body: &str) {
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        let sent = self.channel.basic_publish(exchange.into(), key.into(), options, body.as_bytes(), properties);
        sent.await.expect("published");
    }

    /// Takes the next message, once there is one, and rejects it.
    pub async fn reject(&self, queue: &str) {
        let mut taken = None;
        while taken.is_none() {
            taken = self.channel.basic_get(queue.into(), BasicGetOptions::default()).await.expect("an answer");
        }
        let reject = BasicRejectOptions { requeue: false };
        taken.expect("a message").delivery.acker.reject(reject).await.expect("rejected");
    }
}
