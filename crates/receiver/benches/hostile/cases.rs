//! Bodies of one length: usual ones, and such as somebody would make to cost the most.

use hookstead_events::EventName;

/// A body, by the name of what it is made of.
pub(crate) type Case = (&'static str, Vec<u8>);

/// A sample, as JSON.
fn sample() -> String {
    hookstead_testkit::samples::payload(&EventName::PullRequest).unwrap().to_string()
}

/// As many `unit`s between `start` and `end` as fit.
fn fill(length: usize, start: &str, unit: &str, end: &str) -> Vec<u8> {
    let count = (length - start.len() - end.len()) / unit.len();
    let mut body = format!("{start}{}", unit.repeat(count)).into_bytes();
    body.resize(length - end.len(), b' ');
    body.extend_from_slice(end.as_bytes());
    body
}

fn encoded(json: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    json.bytes().map(encode).collect()
}

/// JSON: first the plain one, recorded objects without end.
pub(crate) fn json(length: usize) -> Vec<Case> {
    let nested = |open: &str, close: &str| {
        let depth = (length - 20) / (open.len() + close.len());
        let (open, close) = (open.repeat(depth), close.repeat(depth));
        fill(length, &format!("{{\"a\":{open}0{close}"), " ", "}")
    };
    let list = |unit: &str| fill(length, "{\"a\":[0", unit, "]}");
    let text = |unit: &str| fill(length, "{\"a\":\"", unit, "\"}");
    let fields = |unit: &str| fill(length, "{\"a\":0", unit, "}");
    vec![
        ("plain: recorded objects", list(&format!(",{}", sample()))),
        ("deep lists", nested("[", "]")),
        ("deep objects", nested("{\"\":", "}")),
        ("lists and objects", nested("[{\"a\":", "}]")),
        ("unclosed lists", fill(length, "{\"a\":", "[", "}")),
        ("unclosed objects", fill(length, "{\"a\":", "{\"\":", "}")),
        ("empty lists", list(",[]")),
        ("empty objects", list(",{}")),
        ("empty strings", list(",\"\"")),
        ("one digit", list(",1")),
        ("two digits", list(",10")),
        ("negative fractions", list(",-1.5e-9")),
        ("words", list(",null,true,false")),
        ("all kinds", list(",[[],{\"\":[1,{}]},-1e1,\"\\n\",null]")),
        ("digits", fill(length, "{\"a\":1", "1", "}")),
        ("an exponent", fill(length, "{\"a\":1e9", "9", "}")),
        ("fields without a name", fields(",\"\":0")),
        ("fields with lists", fields(",\"a\":[]")),
        ("fields with objects", fields(",\"a\":{\"b\":0}")),
        ("action again", fields(",\"action\":\"x\"")),
        ("installation again", fields(",\"installation\":{\"id\":1}")),
        ("action, escaped", fields(",\"\\u0061ction\":0")),
        ("nearly action", fields(",\"actio\\u006f\":0")),
        ("a long action", fill(length, "{\"action\":\"", "\\u00e9", "\"}")),
        (
            "an installation of fields",
            fill(length, "{\"installation\":{\"id\":1", ",\"id\":1", "}}"),
        ),
        ("short escapes", text("\\n")),
        ("long escapes", text("\\u00e9")),
        ("lone surrogates", text("\\ud800")),
        ("escapes between letters", text("a\\n")),
        ("two bytes a letter", text("\u{e9}")),
        ("letters of all lengths", text("a\u{e9}\u{20ac}\u{1f600}")),
        ("white space", fields(" \n\t\r")),
        ("white space between", list(" , 1 ")),
        ("no UTF-8 at the end", {
            let mut body = text("\u{e9}");
            if let Some(byte) = body.iter_mut().rev().nth(4) {
                *byte = 0xff;
            }
            body
        }),
        ("broken at the end", fill(length, "{\"a\":[0", ",1\n", ",}")),
    ]
}

/// Forms: first the plain one, recorded objects without end.
pub(crate) fn forms(length: usize) -> Vec<Case> {
    let fields = |unit: &str| fill(length, "payload=%7B%7D&a", unit, "");
    let value = |unit: &str| fill(length, "payload=%7B%22a%22%3A%22", unit, "%22%7D");
    vec![
        (
            "plain: recorded objects",
            fill(
                length,
                "payload=%7B%22a%22%3A%5B0",
                &format!("%2C{}", encoded(&sample())),
                "%5D%7D",
            ),
        ),
        ("+=&", fields("+=&")),
        ("&", fields("&")),
        ("=&", fields("=&")),
        ("%&", fields("%&")),
        ("%70&", fields("%70&")),
        ("payloa=&", fields("payloa=&")),
        ("payload, nearly, encoded", fields("%70%61%79%6c%6f%61=&")),
        ("one long name", fields("+")),
        ("one long name, encoded", fields("%70")),
        ("no field", fill(length, "", "&=", "")),
        ("all encoded", value("%61")),
        ("%", value("%")),
        ("%4", value("%4")),
        ("%%34", value("%%34")),
        ("spaces", value("+")),
        ("both spaces", value("+%20")),
        ("letters", value("a")),
        ("deep lists", {
            let deep = fill(length - 20, "payload={\"a\":", "[", "");
            [deep, vec![b'}'; 20]].concat()
        }),
        ("fields of JSON", fill(length, "payload={\"a\":0", ",\"\":0", "}")),
    ]
}
