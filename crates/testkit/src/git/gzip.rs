//! Bodies of requests: git's clients compress those of long fetches.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// What a member's header consists of at least, and its trailer.
const HEADER: usize = 10;
const TRAILER: usize = 8;

const CHECKSUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// What was compressed; `None` if it is no gzip, is cut off, or would be longer than the limit. The checksum is not
/// compared: TCP has one, too.
pub(crate) fn decompress(body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (header, mut rest) = body.split_at_checked(HEADER)?;
    let [0x1f, 0x8b, 8, flags, ..] = *header else { return None };
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_at_checked(2)?;
        let length = u16::from_le_bytes(length.try_into().ok()?);
        rest = after.get(usize::from(length)..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    let (data, trailer) = rest.split_at_checked(rest.len().checked_sub(TRAILER)?)?;
    let plain = decompress_to_vec_with_limit(data, limit).ok()?;
    let length = u32::from_le_bytes(trailer.get(4..)?.try_into().ok()?);
    (u32::try_from(plain.len()).ok() == Some(length)).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `hello hello hello hello\n`, as `gzip -n` compresses it.
    const HELLO: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9,
        0x57, 0xc8, 0x40, 0x27, 0xb9, 0x00, 0x00, 0x88, 0x59, 0x0b, 0x18, 0x00, 0x00, 0x00,
    ];

    #[test]
    fn a_body_is_decompressed_within_its_limit() {
        assert_eq!(decompress(HELLO, 24).unwrap(), b"hello hello hello hello\n");
        assert_eq!(decompress(HELLO, 23), None, "too long");
        assert_eq!(decompress(&HELLO[..HELLO.len() - 1], 24), None, "cut off");
        assert_eq!(decompress(b"hello", 24), None, "no gzip");
        assert_eq!(decompress(b"", 24), None);
    }

    #[test]
    fn what_a_header_may_have_besides_is_skipped() {
        let mut body = HELLO[..HEADER].to_vec();
        body[3] = CHECKSUM | EXTRA | NAME | COMMENT;
        body.extend_from_slice(&[3, 0, 1, 2, 3]);
        body.extend_from_slice(b"name\0comment\0cc");
        body.extend_from_slice(&HELLO[HEADER..]);
        assert_eq!(decompress(&body, 24).unwrap(), b"hello hello hello hello\n");
    }
}
