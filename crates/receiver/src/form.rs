use std::fmt;

use bytes::Bytes;

const NAME: &[u8] = b"payload";

/// Takes the JSON out of a form body: the one field `payload`.
///
/// The decoding is strict where `form_urlencoded` is not: that crate replaces bytes that are no
/// UTF-8, and the payload would no longer be what was signed.
///
/// What begins as JSON is none: the content type is not signed, and somebody could send a delivery
/// that came as JSON as a form, with a `&payload=` of his own in the middle of a title or a comment.
///
/// Whatever the form is made of, each byte is looked at a few times at most, and nothing is
/// allocated but the payload.
pub(crate) fn payload(form: &[u8]) -> Result<Bytes, NoPayload> {
    if form.trim_ascii_start().starts_with(b"{") {
        return Err(NoPayload::Json);
    }
    let mut payload = None;
    let mut rest = form;
    loop {
        let value = value_of_payload(rest);
        let end = ampersand(value.unwrap_or(rest));
        if let Some(value) = value {
            let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
            if payload.replace(value).is_some() {
                return Err(NoPayload::Twice);
            }
        }
        let Some(end) = end else { break };
        rest = value.unwrap_or(rest).get(end + 1..).unwrap_or_default();
    }
    payload.map(decoded).ok_or(NoPayload::Missing)
}

/// Where the first `&` stands.
fn ampersand(text: &[u8]) -> Option<usize> {
    // A short field is over before a search by many bytes at once has begun. A long one is searched
    // so, piece by piece.
    const NEAR: usize = 32;
    const PIECE: usize = 4096;
    let is_ampersand = |byte: &u8| *byte == b'&';
    let (near, far) = text.split_at(NEAR.min(text.len()));
    near.iter().position(is_ampersand).or_else(|| {
        let piece = far.chunks(PIECE).position(|piece| piece.contains(&b'&'))?;
        let start = piece * PIECE;
        Some(NEAR + start + far.get(start..)?.iter().position(is_ampersand)?)
    })
}

/// The value and all that follows it, if a field called `payload` begins here.
///
/// Any letter of a name may be percent-encoded. The name is compared letter by letter, so that only
/// a name that begins as this one does costs more than a look at its first byte.
fn value_of_payload(form: &[u8]) -> Option<&[u8]> {
    let mut rest = form;
    for letter in NAME {
        rest = match rest {
            [b'%', encoded @ ..] => match digits(encoded) {
                Some((byte, following)) if byte == *letter => following,
                _ => return None,
            },
            [byte, following @ ..] if byte == letter => following,
            _ => return None,
        };
    }
    match rest {
        [b'=', value @ ..] => Some(value),
        [] | [b'&', ..] => Some(rest),
        _ => None,
    }
}

/// Decodes a value into as much space as it takes, no more.
fn decoded(value: &[u8]) -> Bytes {
    let percents = value.iter().filter(|byte| **byte == b'%').count();
    let json = decoded_to(value, value.len().saturating_sub(2 * percents));
    json.unwrap_or_else(|| {
        // Not every `%` begins an escape. Nobody who means well sends that.
        let escapes = value.split(|byte| *byte == b'%').skip(1).filter(|it| digits(it).is_some());
        decoded_to(value, value.len() - 2 * escapes.count()).unwrap_or_default()
    })
    .into()
}

/// Decodes a value of which this length is expected; none if it is longer.
fn decoded_to(value: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut json = vec![0; length];
    let mut rest = value.iter();
    for decoded in &mut json {
        *decoded = match *rest.next()? {
            b'+' => b' ',
            b'%' => match digits(rest.as_slice()) {
                Some((byte, following)) => {
                    rest = following.iter();
                    byte
                }
                None => b'%',
            },
            byte => byte,
        };
    }
    rest.as_slice().is_empty().then_some(json)
}

/// The byte that the next two hex digits stand for, and what follows them.
#[inline]
fn digits(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, following @ ..] = text else { return None };
    let (high, low) = (HEX[usize::from(*high)], HEX[usize::from(*low)]);
    ((high | low) < 16).then_some((high << 4 | low, following))
}

/// The value of each hex digit; of anything else a number that has no place in four bits.
const HEX: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Why a body is no form with exactly one field `payload`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPayload {
    Json,
    Missing,
    Twice,
}

impl fmt::Display for NoPayload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Json => "the body is JSON, not a form with the field `payload`",
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
            (b"payload=%%41%4", b"%A%4"),
            (b"+=&%70%61%79%6C%6f%61%64=1&%7=&payload%3D=2", b"1"),
        ] {
            assert_eq!(payload(form).as_deref(), Ok(json), "{}", form.escape_ascii());
        }
    }

    #[test]
    fn exactly_one_payload() {
        for form in [&b""[..], b"&", b"Payload={}", b"payloads={}", b"%7B%7D={}"] {
            assert_eq!(payload(form), Err(NoPayload::Missing), "{}", form.escape_ascii());
        }
        assert_eq!(payload(b"payload={}&payload={}"), Err(NoPayload::Twice));
    }

    #[test]
    fn json_is_no_form() {
        for json in [&br#"{"payload":1}"#[..], br#"{"title":"&payload={}&"}"#, b"\n {&payload={}"] {
            assert_eq!(payload(json), Err(NoPayload::Json), "{}", json.escape_ascii());
        }
    }
}
