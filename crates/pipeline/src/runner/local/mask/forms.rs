use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What has fewer characters is not masked: it would hide half of every log, and is no secret.
pub(super) const SHORTEST: usize = 6;

/// After how many characters programs break the lines of base64: `base64` itself, and PEM.
const BASE64_LINES: [usize; 2] = [76, 64];

/// All texts by which the secrets may show up in a log.
pub(super) fn forms<'a>(secrets: impl IntoIterator<Item = &'a str>) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for secret in secrets {
        // A secret that was read from a file often ends with a line break, and is written without it.
        let whole = secret.trim_matches(['\r', '\n']);
        for part in std::iter::once(whole).chain(secret.lines().map(str::trim)) {
            if part.chars().count() < SHORTEST {
                continue;
            }
            forms.insert(part.as_bytes().to_vec());
            percent_encoded(part, &mut forms);
            base64_encoded(part.as_bytes(), &mut forms);
        }
    }
    forms
}

/// As the encoders of URLs and forms write it, which differ in what they leave alone and in the case of hex.
fn percent_encoded(part: &str, forms: &mut BTreeSet<Vec<u8>>) {
    let strict = |byte: u8| b"-._~".contains(&byte);
    let component = |byte: u8| b"-._~!'()*".contains(&byte);
    let form = |byte: u8| b"-._*".contains(&byte);
    let path = |byte: u8| b"-._~!'()*/:@$&+,;=".contains(&byte);
    for upper in [true, false] {
        forms.insert(percent(part, upper, false, strict));
        forms.insert(percent(part, upper, false, component));
        forms.insert(percent(part, upper, false, path));
        forms.insert(percent(part, upper, true, form));
    }
}

fn percent(part: &str, upper: bool, plus: bool, is_kept: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut encoded = Vec::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || is_kept(byte) {
            encoded.push(byte);
        } else if plus && byte == b' ' {
            encoded.push(b'+');
        } else {
            let hex = if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
            encoded.extend(hex.as_bytes());
        }
    }
    encoded
}

/// As base64 shows it, wherever in the encoded bytes it begins: `user:secret` encodes it shifted. Characters
/// that also depend on what stands around are left out of the form.
fn base64_encoded(part: &[u8], forms: &mut BTreeSet<Vec<u8>>) {
    for shift in 0..3 {
        let mut bytes = vec![0; shift];
        bytes.extend(part);
        let whole = bytes.len() * 8 / 6;
        let from = (shift * 8).div_ceil(6);
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let Some(own) = encoded.as_bytes().get(from..whole) else { continue };
            insert_long(own, forms);
            for width in BASE64_LINES.into_iter().filter(|width| shift == 0 && own.len() > *width) {
                own.chunks(width).for_each(|line| insert_long(line, forms));
            }
        }
    }
}

fn insert_long(form: &[u8], forms: &mut BTreeSet<Vec<u8>>) {
    if form.len() >= SHORTEST {
        forms.insert(form.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(secret: &str) -> Vec<String> {
        forms([secret]).into_iter().map(|form| String::from_utf8(form).unwrap()).collect()
    }

    #[test]
    fn each_form_of_a_secret() {
        let found = texts("p@ss w/rd~");
        for form in [
            "p@ss w/rd~",
            "p%40ss%20w%2Frd~",
            "p%40ss%20w%2frd~",
            "p%40ss+w%2Frd%7E",
            "p@ss%20w/rd~",
        ] {
            assert!(found.contains(&form.to_owned()), "{form} of {found:?}");
        }
    }

    #[test]
    fn base64_wherever_it_begins() {
        let found = texts("hunter2!");
        for before in ["", "a", "me", "you", "user:", "them: "] {
            for after in ["", "\n", "xy", "xyz"] {
                let encoded = STANDARD_NO_PAD.encode(format!("{before}hunter2!{after}"));
                let form = found.iter().find(|form| encoded.contains(*form));
                assert!(form.is_some_and(|form| form.len() >= 8), "{encoded} of {found:?}");
            }
        }
    }

    #[test]
    fn long_base64_with_broken_lines() {
        let secret: String = (0..120).map(|n| char::from(b'a' + n % 23)).collect();
        let found = texts(&secret);
        let encoded = STANDARD_NO_PAD.encode(&secret);
        assert!(found.contains(&encoded[..76].to_owned()));
        assert!(found.contains(&encoded[76..152].to_owned()));
        assert!(found.contains(&encoded[64..128].to_owned()));
    }

    #[test]
    fn each_line_and_nothing_short() {
        let found = texts("-----BEGIN-----\r\n  c2VjcmV0IQ\nshort\n");
        assert!(found.contains(&"-----BEGIN-----".to_owned()));
        assert!(found.contains(&"c2VjcmV0IQ".to_owned()));
        assert!(!found.contains(&"short".to_owned()));
        assert!(forms(["five5", "", "\n\n\n\n\n\n\n"]).is_empty());
    }
}
