//! A corpus of JSON texts in the manner of JSONTestSuite: `n_` must be refused, `i_` is left to the implementation
//! (here: refused or read, but always the same), `y_` must be read. Each is tried as a body, as binary data, and inside
//! a good event.

use std::collections::BTreeSet;

use makegood::event::DecodeError;

use super::*;

/// Name, text, code when it stands inside a good event (`read` if it is read).
const CORPUS: &[(&str, &[u8], &str)] = &[
    ("n_array_1_true_without_comma", b"[1 true]", "invalid_json"),
    ("n_array_colon_instead_of_comma", b"[\"\": 1]", "invalid_json"),
    ("n_array_comma_and_number", b"[,1]", "invalid_json"),
    ("n_array_double_comma", b"[1,,2]", "invalid_json"),
    ("n_array_double_extra_comma", b"[\"x\",,]", "invalid_json"),
    ("n_array_extra_comma", b"[1,]", "invalid_json"),
    ("n_array_incomplete_invalid_value", b"[x", "invalid_json"),
    ("n_array_inner_not_closed", b"[3[4]]", "invalid_json"),
    ("n_array_just_minus", b"[-]", "invalid_json"),
    ("n_array_newlines_unclosed", b"[\"a\",\n4\n,1,", "invalid_json"),
    ("n_array_spaces_vertical_tab", b"[\"\x0Ba\"\\f]", "invalid_json"),
    ("n_array_star_inside", b"[*]", "invalid_json"),
    ("n_incomplete_false", b"[fals]", "invalid_json"),
    ("n_incomplete_null", b"[nul]", "invalid_json"),
    ("n_incomplete_true", b"[tru]", "invalid_json"),
    ("n_number_plus_plus", b"[++1234]", "invalid_json"),
    ("n_number_plus_one", b"[+1]", "invalid_json"),
    ("n_number_minus_leading_zero", b"[-01]", "invalid_json"),
    ("n_number_leading_zero", b"[012]", "invalid_json"),
    ("n_number_minus_space_one", b"[- 1]", "invalid_json"),
    ("n_number_two_points", b"[1.2.3]", "invalid_json"),
    ("n_number_point_minus", b"[2.-3]", "invalid_json"),
    ("n_number_trailing_point", b"[1.]", "invalid_json"),
    ("n_number_leading_point", b"[.1]", "invalid_json"),
    ("n_number_empty_exponent", b"[1e]", "invalid_json"),
    ("n_number_exponent_plus_only", b"[1e+]", "invalid_json"),
    ("n_number_hex", b"[0x42]", "invalid_json"),
    ("n_number_infinity", b"[Infinity]", "invalid_json"),
    ("n_number_minus_nan", b"[-NaN]", "invalid_json"),
    ("n_number_with_letter", b"[1.2a-3]", "invalid_json"),
    ("n_number_underscore", b"[1_000]", "invalid_json"),
    ("n_number_full_width_digit", "[１]".as_bytes(), "invalid_json"),
    ("n_object_bad_value", b"{\"x\": truth}", "invalid_json"),
    ("n_object_bracket_key", b"{[: \"x\"}", "invalid_json"),
    ("n_object_comma_instead_of_colon", b"{\"x\", null}", "invalid_json"),
    ("n_object_double_colon", b"{\"x\"::\"b\"}", "invalid_json"),
    ("n_object_garbage_at_end", b"{\"a\":\"a\" 123}", "invalid_json"),
    ("n_object_key_with_single_quotes", b"{'a': 0}", "invalid_json"),
    ("n_object_missing_key", b"{:1}", "invalid_json"),
    ("n_object_missing_value", b"{\"a\":", "invalid_json"),
    ("n_object_non_string_key", b"{1:1}", "invalid_json"),
    ("n_object_trailing_comma", b"{\"id\":0,}", "invalid_json"),
    ("n_object_trailing_comment", b"{\"a\":\"b\"/**/}", "invalid_json"),
    ("n_object_line_comment", b"{\"a\":1 // one\n}", "invalid_json"),
    ("n_object_unquoted_key", b"{a: 1}", "invalid_json"),
    ("n_object_two_commas", b"{\"a\":1,,\"b\":2}", "invalid_json"),
    ("n_string_escape_x", b"[\"\\x00\"]", "invalid_json"),
    ("n_string_escaped_control", b"[\"\\\x01\"]", "invalid_json"),
    ("n_string_incomplete_escape", b"[\"\\\"]", "invalid_json"),
    ("n_string_incomplete_escaped_character", b"[\"\\u00A\"]", "invalid_json"),
    ("n_string_invalid_unicode_escape", b"[\"\\uqqqq\"]", "invalid_json"),
    ("n_string_single_quotes", b"['single']", "invalid_json"),
    ("n_string_unescaped_newline", b"[\"new\nline\"]", "invalid_json"),
    ("n_string_unescaped_tab", b"[\"\t\"]", "invalid_json"),
    ("n_string_unescaped_nul", b"[\"a\0a\"]", "invalid_json"),
    ("n_structure_nul_between", b"[1,\x002]", "invalid_json"),
    ("n_structure_capitalised_true", b"[True]", "invalid_json"),
    ("n_structure_form_feed", b"[\x0C]", "invalid_json"),
    ("n_structure_no_break_space", "[\u{A0}]".as_bytes(), "invalid_json"),
    ("n_structure_word_joiner", "[\u{2060}]".as_bytes(), "invalid_json"),
    ("n_structure_open_object_string", b"[{\"a", "invalid_json"),
    ("i_string_lone_high_surrogate", b"[\"\\uD800\"]", "invalid_json"),
    ("i_string_lone_low_surrogate", b"[\"\\uDC00\"]", "invalid_json"),
    ("i_string_surrogates_reversed", b"[\"\\uDC00\\uD800\"]", "invalid_json"),
    ("i_string_high_surrogate_twice", b"[\"\\uD800\\uD800\"]", "invalid_json"),
    ("i_string_high_surrogate_then_letter", b"[\"\\uD800abc\"]", "invalid_json"),
    ("i_object_key_lone_surrogate", b"{\"\\uDFAA\":0}", "invalid_json"),
    ("i_string_invalid_utf8", b"[\"\xFF\"]", "invalid_utf8"),
    ("i_string_overlong_utf8", b"[\"\xC0\xAF\"]", "invalid_utf8"),
    ("i_string_utf8_surrogate", b"[\"\xED\xA0\x80\"]", "invalid_utf8"),
    ("i_string_truncated_utf8", b"[\"\xE0\xFF\"]", "invalid_utf8"),
    ("i_string_beyond_unicode", b"[\"\xF4\xBF\xBF\xBF\"]", "invalid_utf8"),
    ("i_number_huge_exponent", b"[0.4e00669999999999999999999999999999999999999999999999969999999006]", "number_range"),
    ("i_number_double_overflow", b"[123123e100000]", "number_range"),
    ("i_number_negative_overflow", b"[-1e+9999]", "number_range"),
    ("i_number_big_integer", b"[100000000000000000000]", "number_range"),
    ("i_number_big_negative_integer", b"[-123123123123123123123123123123]", "number_range"),
    ("i_number_2_63", b"[9223372036854775808]", "number_range"),
    ("i_number_underflow", b"[123e-10000000]", "read"),
    ("i_object_key_twice", b"{\"a\":\"b\",\"a\":\"c\"}", "duplicate_key"),
    ("i_object_key_twice_same_value", b"{\"a\":1,\"a\":1}", "duplicate_key"),
    ("i_string_nul_escape", b"[\"\\u0000\"]", "nul"),
    ("i_object_nul_key", b"{\"foo\\u0000bar\": 42}", "nul"),
    (
        "i_structure_deep",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "too_deep",
    ),
    ("y_array_heterogeneous", b"[null, 1, \"1\", {}]", "read"),
    ("y_number_minus_zero", b"[-0]", "read"),
    ("y_number_real_exponent", b"[123.456e-7]", "read"),
    ("y_object_empty_key", b"{\"\":0}", "read"),
    ("y_object_extreme_numbers", b"{\"min\": -1.5e-28, \"max\": 1.25}", "read"),
    ("y_string_surrogate_pair", b"[\"\\uD801\\udc37\"]", "read"),
    ("y_string_noncharacter", b"[\"\\uFFFF\\uFDD0\"]", "read"),
    ("y_string_bidi_and_marks", "[\"\u{202E}abc\u{2066}Z\u{0351}\u{036B}\"]".as_bytes(), "read"),
    ("y_string_escapes", b"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "read"),
    ("y_string_delete", b"[\"\x7F\"]", "read"),
    ("y_structure_white_space", b" \t\r\n[ \t\r\n] \t\r\n", "read"),
    ("y_structure_lone_string", b"\"asd\"", "read"),
    ("y_structure_lone_null", b"null", "read"),
];

fn inside(text: &[u8], head: &[u8]) -> Vec<u8> {
    let event = canceled().to_string().into_bytes();
    let at = event.windows(8).position(|w| w == b"\"data\":{").unwrap() + 8;
    [&event[..at], head, text, b",", &event[at..]].concat()
}

#[test]
fn every_text_of_the_corpus_has_its_code_and_harms_nothing() {
    assert!(CORPUS.len() >= 60);
    let good = read(&structured(&canceled())).unwrap();
    for (name, text, code) in CORPUS {
        let whole = read(&Message::structured(inside(text, b"\"x\":")));
        assert_eq!(whole.as_ref().map_or_else(DecodeError::code, |_| "read"), *code, "{name}: {whole:?}");

        // Alone it is never an event, whatever it is.
        let alone = read(&Message::structured(text.to_vec())).expect_err(name);
        let as_data = read(&Message { body: text.to_vec(), ..binary(&canceled(), "cloudEvents_") }).expect_err(name);
        if *code == "read" {
            assert_eq!(alone.code(), "not_an_event", "{name}");
            assert!(["wrong_type", "missing"].contains(&as_data.code()), "{name}: {as_data}");
        } else {
            assert_eq!(alone.code(), as_data.code(), "{name}");
        }
        for error in [&alone, &as_data] {
            assert!(DecodeError::CODES.contains(&error.code()));
            assert!(!error.to_string().contains('\0') && !error.pointer().unwrap_or_default().contains('\0'), "{name}");
        }
        assert!(read(&structured(&canceled())).unwrap() == good, "{name}");
    }
}

#[test]
fn what_is_refused_elsewhere_is_refused_here() {
    for (name, text, code) in CORPUS {
        let elsewhere = serde_json::from_slice::<Value>(text).is_ok();
        assert!(elsewhere || *code != "read", "{name}");
        assert_eq!(name.starts_with("n_"), *code == "invalid_json" && !name.starts_with("i_"), "{name}");
    }
}

#[test]
fn what_follows_a_whole_event_is_refused() {
    for tail in ["}", "]", "1", ",", "{}", "\0", "\u{FEFF}", "garbage", "/**/", "\n{\"specversion\":\"1.0\"}"] {
        let error = read(&Message::structured((canceled().to_string() + tail).into_bytes())).unwrap_err();
        assert_eq!(error.code(), "trailing_data", "{tail:?}");
    }
    for tail in [" ", "\n", "\r\n\t "] {
        assert!(read(&Message::structured((canceled().to_string() + tail).into_bytes())).is_ok(), "{tail:?}");
    }
}

#[test]
fn every_beginning_of_an_event_is_refused() {
    let body = removed().to_string().into_bytes();
    for end in 0..body.len() {
        let error = read(&Message::structured(body[..end].to_vec())).unwrap_err();
        let expected = if end == 0 { ["empty_body"; 2] } else { ["invalid_json", "invalid_utf8"] };
        assert!(expected.contains(&error.code()), "{end}: {error}");
    }
}

/// One message for each code, so that no code exists on paper only.
#[test]
fn every_code_can_happen() {
    let raw = |text: &[u8]| Message::structured(text.to_vec());
    let typed = |content_type: &str| Message { content_type: Some(content_type.to_owned()), ..structured(&canceled()) };
    let spoilt = |pointer, value: Value| structured(&with(canceled(), pointer, value));
    let mut two = structured(&canceled());
    two.headers.insert("cloudEvents_id".into(), "other".into());
    let messages = [
        raw(&[b' '; 300_000]),
        raw(b""),
        raw(b"\xEF\xBB\xBF"),
        raw(b"\xFF"),
        raw(b"{"),
        raw(b"{}{}"),
        raw(&[b'['; 99]),
        raw(b"{\"a\":1,\"a\":1}"),
        raw(b"\"\\u0000\""),
        raw(b"1e999"),
        raw(b"{}"),
        Message { content_encoding: Some("gzip".to_owned()), ..structured(&canceled()) },
        typed("text/plain"),
        typed("application/json;charset=x"),
        typed("application/cloudevents+avro"),
        typed("application/cloudevents-batch+json"),
        two,
        structured(&without(canceled(), "/id")),
        spoilt("/id", Value::Bool(true)),
        spoilt("/specversion", "1.1".into()),
        spoilt("/type", "other".into()),
        spoilt("/data_base64", "".into()),
        spoilt("/datacontenttype", "a/b".into()),
        spoilt("/time", "now".into()),
        spoilt("/data/job_id", "".into()),
        spoilt("/data/cause", "".into()),
        spoilt("/data/note", "x".repeat(5_000).into()),
    ];
    let seen: BTreeSet<_> = messages.iter().map(|m| read(m).unwrap_err().code()).collect();
    assert_eq!(seen, DecodeError::CODES.iter().copied().collect());
}
