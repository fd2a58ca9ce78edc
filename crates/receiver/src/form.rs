use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use percent_encoding::percent_decode;

/// Takes the JSON out of a form body: the one field `payload`.
///
/// The decoding is strict where `form_urlencoded` is not: that crate replaces bytes that are no
/// UTF-8, and the payload would no longer be what was signed.
pub(crate) fn payload(form: &[u8]) -> Result<Bytes, NoPayload> {
    let mut payloads = form
        .split(|byte| *byte == b'&')
        .map(|field| match field.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&field[..equals], &field[equals + 1..]),
            None => (field, &[][..]),
        })
        .filter(|(name, _)| *decoded(name) == *b"payload");
    let (_, value) = payloads.next().ok_or(NoPayload::Missing)?;
    if payloads.next().is_some() {
        return Err(NoPayload::Twice);
    }
    Ok(decoded(value).into_owned().into())
}

fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'+') {
        let spaced: Vec<u8> = text.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        Cow::Owned(percent_decode(&spaced).collect())
    } else {
        percent_decode(text).into()
    }
}

/// A form body without exactly one field `payload`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPayload {
    Missing,
    Twice,
}

impl fmt::Display for NoPayload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "the form has no field `payload`",
            Self::Twice => "the form has the field `payload` more than once",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_unwrapped_exactly() {
        for (form, json) in [
            (
                &b"payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%7D"[..],
                &br#"{"zen":"Keep it logically awesome."}"#[..],
            ),
            (b"a=b&payload=%7b%7D&c", b"{}"),
            (b"p%61yload={}", b"{}"),
            (b"payload={\"a\":\"=&%26\"}".split_at(15).0, b"{\"a\":\"="),
            (b"payload=", b""),
            (b"payload", b""),
            (b"payload=1%2B1", b"1+1"),
            (b"payload=%ff", b"\xff"),
            (b"payload=100%", b"100%"),
        ] {
            assert_eq!(payload(form).as_deref(), Ok(json), "{}", form.escape_ascii());
        }
    }

    #[test]
    fn exactly_one_payload() {
        for form in
            [&b""[..], b"&", b"Payload={}", b"payloads={}", b"%7B%7D={}", b"{\"payload\":1}"]
        {
            assert_eq!(payload(form), Err(NoPayload::Missing), "{}", form.escape_ascii());
        }
        assert_eq!(payload(b"payload={}&payload={}"), Err(NoPayload::Twice));
    }
}
