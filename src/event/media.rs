//! Content types: as much of RFC 2045 as is needed to tell CloudEvents, JSON and everything else apart.

use super::error::{Code, DecodeError, quote};

/// What a `content-type` (or `datacontenttype`) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/cloudevents+json`.
    CloudEvent,
    /// `application/cloudevents-batch+json`, or another format of a batch.
    CloudEventBatch,
    /// Another `application/cloudevents…`.
    CloudEventOther,
    /// `application/json`, `text/json` or anything with the suffix `+json`.
    Json,
    /// Anything else.
    Other,
}

/// Reads a content type; refuses a charset other than UTF-8. `pointer` is where it stands in the event, if it does.
pub(super) fn read(text: &str, pointer: Option<&str>) -> Result<Media, DecodeError> {
    let mut parts = text.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim().trim_matches('"');
        let utf8 = ["utf-8", "utf8"].iter().any(|known| value.eq_ignore_ascii_case(known));
        if name.trim().eq_ignore_ascii_case("charset") && !utf8 {
            let message = format!("the content type's charset is {}; send UTF-8", quote(value));
            let error = DecodeError::new(Code::Charset, message).expecting("utf-8");
            return Err(match pointer {
                Some(pointer) => error.pointing(pointer.to_owned()),
                None => error,
            });
        }
    }
    Ok(match essence.as_str() {
        "application/cloudevents+json" => Media::CloudEvent,
        other if other.starts_with("application/cloudevents-batch") => Media::CloudEventBatch,
        other if other.starts_with("application/cloudevents") => Media::CloudEventOther,
        "application/json" | "text/json" => Media::Json,
        other if other.ends_with("+json") => Media::Json,
        _ => Media::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_told_apart() {
        for (text, media) in [
            ("application/cloudevents+json", Media::CloudEvent),
            ("Application/CloudEvents+JSON ; Charset=\"UTF-8\"", Media::CloudEvent),
            ("application/cloudevents-batch+json", Media::CloudEventBatch),
            ("application/cloudevents+avro", Media::CloudEventOther),
            ("application/cloudevents", Media::CloudEventOther),
            ("application/json;charset=utf8;x=y", Media::Json),
            ("application/vnd.market.v1+json", Media::Json),
            ("text/plain", Media::Other),
            ("", Media::Other),
            (";;;==", Media::Other),
        ] {
            assert_eq!(read(text, None).unwrap(), media, "{text}");
        }
        let error = read("application/json; charset=latin1", Some("/datacontenttype")).unwrap_err();
        assert_eq!((error.code(), error.pointer()), ("charset", Some("/datacontenttype")));
    }
}
