//! Names of files, which may be any bytes, in addresses, headers and on pages.

/// The names of a path in an address. What is no code stays as it is.
pub(super) fn of_address(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(decoded).collect()
}

fn decoded(part: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = (*byte == b'%').then(|| after.split_at_checked(2)).flatten();
        match code.and_then(|(code, after)| Some((byte_of(code)?, after))) {
            Some((byte, after)) => {
                bytes.push(byte);
                rest = after;
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    bytes
}

fn byte_of(code: &[u8]) -> Option<u8> {
    let is_code = code.iter().all(u8::is_ascii_hexdigit);
    let code = std::str::from_utf8(code).ok().filter(|_| is_code)?;
    u8::from_str_radix(code, 16).ok()
}

/// A path as the end of an address.
pub(super) fn in_address(path: &[u8]) -> String {
    let mut address = encoded(path, |byte| byte == b'/');
    // Else it would be the address of a page's JSON.
    if address.ends_with(".json") {
        address.truncate(address.len() - 5);
        address.push_str("%2Ejson");
    }
    address
}

/// Where a browser puts a file, and what it calls it.
pub(super) fn disposition(name: &[u8]) -> String {
    let plain: String = name
        .iter()
        .map(|byte| match byte {
            b'"' | b'\\' | b'%' | b'/' => '_',
            b' '..=b'~' => char::from(*byte),
            _ => '_',
        })
        .collect();
    let whole = encoded(String::from_utf8_lossy(name).as_bytes(), |_| false);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

fn encoded(bytes: &[u8], is_plain: impl Fn(u8) -> bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') || is_plain(*byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A path as people read it: without characters that nobody sees, or that turn the line around.
pub(super) fn shown(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if is_odd(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_comes_back_from_its_address() {
        for path in [
            &b"out/report.txt"[..],
            b"a b/c%2Fd",
            b"report.json",
            b"new\nline\r\"quote\\",
            b"\xff\xfe",
            "münchen/\u{202e}gpj.exe".as_bytes(),
            b"<script>?#",
        ] {
            let address = in_address(path);
            assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
            assert!(!address.contains(['"', '<', '>', '?', '#', '\\']), "{address}");
            assert!(!address.ends_with(".json"));
            assert_eq!(of_address(&address).join(&b'/'), path, "{address}");
        }
        // An encoded slash is a part of a name, and no file has one.
        assert_eq!(of_address("a%2Fb%2f..%00"), [b"a/b/..\0".to_vec()]);
        assert_eq!(of_address("%zz%4%+1"), [b"%zz%4%+1".to_vec()]);
    }

    #[test]
    fn a_name_breaks_out_of_no_header() {
        let disposition = disposition(b"a\r\nSet-Cookie: b\"\\\xff.txt");
        assert_eq!(
            disposition,
            "attachment; filename=\"a__Set-Cookie: b___.txt\"; \
             filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b%22%5C%EF%BF%BD.txt"
        );
        assert!(http::HeaderValue::from_str(&disposition).is_ok());
        assert_eq!(shown("a\n\u{202e}b\u{7}".as_bytes()), "a\u{fffd}\u{fffd}b\u{fffd}");
    }
}
