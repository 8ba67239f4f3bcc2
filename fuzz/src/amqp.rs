//! Bytes of the broker: the sieve before lapin's parser, that parser, the headers it finds.

use lapin::protocol::{basic, parse_class};
use makegood::broker::{HEADERS_MAX, fuzzing};
use makegood::event::{DecodeLimits, Message, decode};

use super::event::assert_explained;

/// Type, channel, size.
const HEAD: usize = 7;
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const END: u8 = 0xCE;

/// Longest name AMQP knows.
const NAME_BYTES_MAX: usize = 255;

/// A value of a header is replaced by a text of at most 60 bytes, and the shortest there is has 6.
const GROWTH_MAX: usize = 12;

/// Reads it as a stream of frames, and as the inside of each kind of frame the sieve looks at.
pub fn run(data: &[u8]) {
    stream(data);
    stream(&frame(METHOD, data));
    stream(&frame(HEADER, data));
    // Class basic, a body of 2 bytes, headers and nothing else.
    let mut payload = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 0];
    payload.extend(length(data));
    payload.extend(data);
    stream(&frame(HEADER, &payload));
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 0, 1][..], &length(payload), payload, &[END]].concat()
}

fn stream(data: &[u8]) {
    let Ok(out) = fuzzing::sieved([data]) else {
        assert!(fuzzing::sieved(data.chunks(1)).is_err(), "refused whole and taken in pieces");
        return;
    };
    assert!(out.len() <= GROWTH_MAX * data.len());
    for size in [1, 7, 64] {
        let pieces = fuzzing::sieved(data.chunks(size)).expect("taken whole");
        assert_eq!(pieces, out, "in pieces of {size}");
    }
    assert_eq!(fuzzing::sieved([&*out]).expect("harmless"), out, "what is harmless is left alone");
    let (mut before, mut after) = (frames(data), frames(&out));
    for made in after.by_ref() {
        let came = before.next().expect("a frame for each frame");
        assert_eq!(came[..3], made[..3], "the same frame");
        look(made, came != made);
    }
    assert!(before.next().is_none(), "a frame is missing");
}

/// Whole frames, up to what is none.
fn frames(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let head = rest.first_chunk::<HEAD>().filter(|head| matches!(head[0], 1 | 2 | 3 | 8))?;
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
        let (frame, after) = rest.split_at_checked(HEAD + size + 1)?;
        rest = after;
        Some(frame)
    })
}

/// What lapin would do with the frame; one that was changed must be one it takes.
fn look(frame: &[u8], changed: bool) {
    let [_, _, _, _, _, _, _, payload @ .., END] = frame else {
        return assert!(!changed, "a broken frame is left alone");
    };
    match frame[0] {
        METHOD => {
            let readable = !says_what_others_said(payload) || parse_class(payload).is_ok();
            assert!(readable || !changed, "{payload:?}");
        }
        HEADER => {
            let Some((_, properties)) = payload.split_at_checked(12) else { return assert!(!changed) };
            let parsed = basic::parse_properties(properties);
            assert!(parsed.is_ok() || !changed, "{payload:?}");
            if let Ok((_, properties)) = parsed {
                headers(&properties);
            }
        }
        _ => assert!(!changed, "all others are left alone"),
    }
}

/// Deliver, return and the two closes, of the right length: a client of the broker has its words in them.
fn says_what_others_said(payload: &[u8]) -> bool {
    match payload {
        [0, 60, 0, 50 | 60, ..] => true,
        [0, 10, 0, 50, _, _, length, ..] | [0, 20, 0, 40, _, _, length, ..] => {
            payload.len() == 7 + usize::from(*length) + 4
        }
        _ => false,
    }
}

fn headers(properties: &lapin::BasicProperties) {
    let headers = fuzzing::headers(properties);
    // The table's own, one that says how many were left out, four properties.
    assert!(headers.len() <= HEADERS_MAX + 5);
    if let Some(death) = fuzzing::death(properties) {
        let names = [&death.queue, &death.exchange, &death.routing_key];
        assert!(names.into_iter().flatten().all(|name| name.len() <= NAME_BYTES_MAX), "{death:?}");
    }
    let message = Message { body: b"{}".to_vec(), headers, ..Message::default() };
    if let Err(error) = decode(&message, DecodeLimits { body_bytes_max: 2_048 }) {
        assert_explained(&error);
    }
}
