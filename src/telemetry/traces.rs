//! Spans of what makegood does with messages and letters, told to a collector by OTLP; nothing at all while none is
//! set.
//!
//! Names, kinds and attributes follow the OpenTelemetry conventions for messaging (v1.44): a batch is one `process`
//! span with a link to the context of each message in it. A letter's span continues the trace of the event behind it,
//! however much later it is sent: the context lies in the database with the event.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, SpanContext, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};

/// Links of one span: as many as a batch may have messages.
const LINKS_MAX: u32 = 1_024;
/// How long the collector may take to answer, and how long the end of the daemon waits for the last spans.
const PATIENCE: Duration = Duration::from_secs(3);

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Why spans cannot be exported.
#[derive(Debug, thiserror::Error)]
#[error("the exporter of traces cannot be made: {0}")]
pub struct TracesError(String);

/// The export of this process.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to export to `endpoint` (`http://host:4318/v1/traces`); once a process. It has a thread of its own, and a
    /// queue of 2,048 spans (the SDK's default); what does not fit is dropped. Of traces that nobody has decided on
    /// before, `sample_ratio` (0 to 1) are kept; a publisher's decision is followed.
    pub fn install(endpoint: &str, sample_ratio: f64) -> Result<Self, TracesError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| TracesError(error.to_string()))?;
        let resource = Resource::builder()
            .with_service_name("makegood")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(sample_ratio))))
            .with_max_links_per_span(LINKS_MAX)
            .with_resource(resource)
            .build();
        drop(TRACER.set(provider.tracer("makegood")));
        Ok(Self(provider))
    }

    /// Sends what is left. Blocks, for some seconds at most.
    pub fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::debug!(%error, "the last spans were not taken");
        }
    }
}

/// A span under way: it ends with the value. Nothing where nothing is exported.
#[derive(Debug)]
pub struct Span(Option<opentelemetry_sdk::trace::Span>);

impl Span {
    /// A batch of messages from `queue` is decoded, decided and committed.
    pub fn process<'a>(queue: &str, messages: usize, contexts: impl Iterator<Item = &'a str>) -> Self {
        Self::of_broker(("process", SpanKind::Consumer), queue, messages, contexts)
    }

    /// A batch is acked.
    pub fn ack(queue: &str) -> Self {
        Self::of_broker(("ack", SpanKind::Client), queue, 0, std::iter::empty())
    }

    /// A batch is published to `exchange`.
    pub fn send<'a>(exchange: &str, messages: usize, contexts: impl Iterator<Item = &'a str>) -> Self {
        Self::of_broker(("send", SpanKind::Producer), exchange, messages, contexts)
    }

    /// A letter is written and given to the mail server, in the trace of the event behind it.
    pub fn letter(event_type: &'static str, context: Option<&str>) -> Self {
        Self::begun(|tracer| {
            let parent = context.and_then(remote);
            let parent = parent.map_or_else(Context::new, |context| Context::new().with_remote_span_context(context));
            let about = [KeyValue::new("makegood.event_type", event_type)];
            let span = tracer.span_builder("send mail").with_kind(SpanKind::Client).with_attributes(about);
            span.start_with_context(tracer, &parent)
        })
    }

    fn of_broker<'a>(
        (operation, kind): (&'static str, SpanKind), place: &str, messages: usize,
        contexts: impl Iterator<Item = &'a str>,
    ) -> Self {
        Self::begun(|tracer| {
            let mut attributes = vec![
                KeyValue::new("messaging.system", "rabbitmq"),
                KeyValue::new("messaging.operation.name", operation),
                KeyValue::new("messaging.destination.name", place.to_owned()),
            ];
            if messages > 0 {
                let count = i64::try_from(messages).unwrap_or(i64::MAX);
                attributes.push(KeyValue::new("messaging.batch.message_count", count));
            }
            let span = tracer.span_builder(format!("{operation} {place}")).with_kind(kind).with_attributes(attributes);
            let mut span = span.start_with_context(tracer, &Context::new());
            contexts.filter_map(remote).for_each(|context| span.add_link(context, Vec::new()));
            span
        })
    }

    fn begun(begin: impl FnOnce(&SdkTracer) -> opentelemetry_sdk::trace::Span) -> Self {
        Self(TRACER.get().map(begin))
    }

    /// What came of it: `error.type` where it failed.
    pub fn ends(mut self, error_type: Option<&str>) {
        if let (Some(span), Some(error)) = (&mut self.0, error_type) {
            span.set_attribute(KeyValue::new("error.type", error.to_owned()));
            span.set_status(Status::error(error.to_owned()));
        }
    }
}

/// The context that a `traceparent` names (W3C Trace Context).
fn remote(traceparent: &str) -> Option<SpanContext> {
    let carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

/// The id of the trace that a `traceparent` names: what log lines carry.
pub fn trace_id(traceparent: Option<&str>) -> Option<&str> {
    traceparent?.split('-').nth(1)
}

#[cfg(test)]
mod tests {
    use super::{Span, remote, trace_id};

    const CONTEXT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_context_is_read_or_left() {
        let context = remote(CONTEXT).expect("a context");
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.is_remote() && context.is_sampled());
        assert!(remote("00-nonsense-01").is_none());
        assert_eq!(trace_id(Some(CONTEXT)), Some("0af7651916cd43dd8448eb211c80319c"));
    }

    #[test]
    fn without_an_endpoint_nothing_is_even_looked_at() {
        let looked = std::iter::once_with(|| panic!("a context was looked at"));
        Span::process("queue", 1, looked).ends(None);
    }
}
