//! Input made to hurt: size, depth, bytes. Each has its code at once and leaves the process as it was.

use makegood::event::{DEPTH_MAX, DecodeLimits, decode};

use super::*;

fn code_and_pointer(body: Vec<u8>) -> (&'static str, Option<String>) {
    let error = read(&Message::structured(body)).unwrap_err();
    (error.code(), error.pointer().map(str::to_owned))
}

#[test]
fn a_hundred_thousand_levels_are_refused_without_a_stack() {
    let levels = 100_000;
    let limits = DecodeLimits { body_bytes_max: usize::MAX };
    // The least stack a thread can have here and run the decoder at all: 100,000 frames would not fit by far.
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[{\"\":", "")] {
            let nested = open.repeat(levels) + "1" + &close.repeat(levels);
            let whole = format!(r#"{{"specversion":"1.0","data":{nested}}}"#);
            for message in [
                Message::structured(nested.clone().into_bytes()),
                Message::structured(open.repeat(levels).into_bytes()),
                Message::structured(whole.into_bytes()),
                Message { body: nested.into_bytes(), ..binary(&canceled(), "cloudEvents_") },
            ] {
                let error = decode(&message, limits).unwrap_err();
                assert_eq!(error.code(), "too_deep");
                assert_eq!(error.pointer().unwrap().matches('/').count(), DEPTH_MAX, "{error:?}");
            }
        }
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn the_depth_limit_is_the_same_in_both_modes() {
    let nested =
        |levels: usize| -> Value { serde_json::from_str(&("[".repeat(levels) + &"]".repeat(levels))).unwrap() };
    // Event and data are two levels.
    let good = with(canceled(), "/data/extra", nested(DEPTH_MAX - 2));
    let bad = with(canceled(), "/data/extra", nested(DEPTH_MAX - 1));
    assert!(read(&structured(&good)).unwrap() == read(&binary(&good, "cloudEvents_")).unwrap());
    for message in [structured(&bad), binary(&bad, "cloudEvents_")] {
        assert_eq!(read(&message).unwrap_err().code(), "too_deep");
    }
}

#[test]
fn a_giant_body_is_refused_unread_and_both_sizes_are_named() {
    // Read, the second would be no UTF-8 and the third an event with something after it.
    for body in [vec![b'['; 16 << 20], vec![0xFF; 16 << 20], canceled().to_string().into_bytes().repeat(80_000)] {
        let bytes = body.len().to_string();
        let error = read(&Message::structured(body)).unwrap_err();
        assert_eq!(error.code(), "body_too_large");
        assert!(error.to_string().contains(&bytes) && error.to_string().contains("262144"), "{error}");
    }
}

#[test]
fn the_limit_is_inclusive_and_holds_for_the_canonical_form_too() {
    let body = canceled().to_string().into_bytes();
    let exact = DecodeLimits { body_bytes_max: body.len() };
    assert!(decode(&Message::structured(body.clone()), exact).is_ok());
    let short = DecodeLimits { body_bytes_max: body.len() - 1 };
    assert_eq!(decode(&Message::structured(body), short).unwrap_err().code(), "body_too_large");
    // In binary mode the attributes come on top of the body.
    assert_eq!(decode(&binary(&canceled(), "cloudEvents_"), short).unwrap_err().code(), "body_too_large");
    assert!(decode(&binary(&canceled(), "cloudEvents_"), exact).is_ok());
}

#[test]
fn sixteen_mebibytes_are_read_when_allowed() {
    let limits = DecodeLimits { body_bytes_max: 16 << 20 };
    let event = with(canceled(), "/data/extra", Value::String("é".repeat(8 << 20 >> 1)));
    let event = decode(&structured(&event), limits).unwrap();
    assert!(event.canonical.len() > 8 << 20);
    let note = with(canceled(), "/data/cause", Value::String("x".repeat(15 << 20)));
    let error = decode(&structured(&note), limits).unwrap_err();
    assert_eq!(error.code(), "unknown_value");
    assert!(error.to_string().len() < 300);
}

#[test]
fn bytes_that_are_no_text_are_named_by_offset() {
    assert_eq!(code_and_pointer(b"\xEF\xBB\xBF{}".to_vec()).0, "bom");
    assert_eq!(code_and_pointer(b"\xFF\xFE{\0}\0".to_vec()).0, "invalid_utf8");
    let error = read(&Message::structured(b"{\"a\":\"\xC3\x28\"}".to_vec())).unwrap_err();
    assert_eq!(error.code(), "invalid_utf8");
    assert!(error.to_string().contains("offset 6"), "{error}");
}

#[test]
fn what_a_database_cannot_keep_is_refused_anywhere() {
    for (text, pointer) in [
        (r#"{"a":"x\u0000"}"#, "/a"),
        (r#"{"a":[0,{"b~/":"\u0000"}]}"#, "/a/1/b~0~1"),
        (r#"{"a":{"k\u0000":1}}"#, "/a/k\\0"),
        (r#"{"id":"\u0000"}"#, "/id"),
    ] {
        assert_eq!(code_and_pointer(text.into()), ("nul", Some(pointer.to_owned())), "{text}");
    }
}

/// Found by fuzzing: the name of a header becomes a key of the canonical text.
#[test]
fn what_a_database_cannot_keep_is_refused_in_headers_too() {
    for (name, text) in [("cloudEvents_x", "a\0"), ("cloudEvents_x\0", "a"), ("cloudEvents:\0", "")] {
        let mut message = binary(&canceled(), "cloudEvents_");
        message.headers.insert(name.to_owned(), text.to_owned());
        assert_eq!(read(&message).expect_err(name).code(), "nul", "{name:?}");
    }
}

#[test]
fn a_key_twice_is_refused_wherever_it_is_and_however_it_is_written() {
    for (text, pointer) in [
        (r#"{"id":"a","id":"a"}"#, "/id"),
        (r#"{"data":{"cause":"accident","cause":"fraud"}}"#, "/data/cause"),
        (r#"{"data":{"cause":"accident","c\u0061use":"fraud"}}"#, "/data/cause"),
        (r#"{"x":[1,{"":1,"":2}]}"#, "/x/1/"),
    ] {
        assert_eq!(code_and_pointer(text.into()), ("duplicate_key", Some(pointer.to_owned())), "{text}");
    }
    let twice = Message { body: br#"{"job_id":"a","job_id":"b"}"#.to_vec(), ..binary(&canceled(), "cloudEvents_") };
    assert_eq!(read(&twice).unwrap_err().pointer(), Some("/data/job_id"));
}

#[test]
fn numbers_are_kept_or_refused() {
    let extra = |number: &str| {
        let body = canceled().to_string().replacen("\"data\":{", &format!("\"data\":{{\"n\":{number},"), 1);
        read(&Message::structured(body.into_bytes()))
    };
    for kept in [
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1.5",
        "9007199254740991",
        "0.1",
        "1e-7",
        "5e-324",
        "0.30000000000000004",
        "1.7976931348623157e-300",
        "123456.789012345678",
    ] {
        let event = extra(kept).unwrap_or_else(|e| panic!("{kept}: {e}"));
        let again = read(&Message::structured(event.canonical.clone().into_bytes())).unwrap();
        assert!(event == again, "{kept}");
    }
    for refused in [
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "1e400",
        "-1e400",
        "1e16",
        "9007199254740992.0",
        "1.7976931348623157e308",
        "100000000000000000000000000000000000000000",
    ] {
        let error = extra(refused).expect_err(refused);
        assert_eq!((error.code(), error.pointer()), ("number_range", Some("/data/n")), "{refused}: {error}");
    }
    for nonsense in ["NaN", "Infinity", "-", "01", "+1", ".5", "1.", "0x10", "1e", "١"] {
        assert_eq!(extra(nonsense).expect_err(nonsense).code(), "invalid_json", "{nonsense}");
    }
}
