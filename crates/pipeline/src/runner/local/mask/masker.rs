use std::collections::VecDeque;

use super::forms::forms;
use super::patterns::{Patterns, Reached};

/// What stands in place of a secret.
const MASK: &[u8] = b"***";

/// So many bytes, which may be the beginning of a secret, are let out when nothing follows for a while.
const LET_OUT: u64 = 2;

/// Replaces secrets in a stream of bytes, in whatever chunks it comes.
///
/// What comes out does not depend on the chunks. Held back are only those last bytes that are the beginning of
/// a secret's form: in most logs none. They come out with the next byte that shows that they are not, with
/// [`finish`](Self::finish), or, when they are no more than two, with [`let_out`](Self::let_out). The rest of
/// the secret is masked even then.
///
/// Where forms overlap, one mask stands for all of them.
#[derive(Debug)]
pub(crate) struct Masker {
    patterns: Patterns,
    reached: Reached,
    /// Bytes that were read and have not come out.
    held: Vec<u8>,
    /// The position in the stream of the first byte of `held`.
    held_at: u64,
    /// Where the forms lie whose mask has not come out; in order, and none overlaps another.
    spans: VecDeque<(u64, u64)>,
    /// Where those end whose mask came out last.
    masked_to: u64,
}

impl Masker {
    /// Masks all forms of these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let forms = forms(secrets);
        Self {
            patterns: Patterns::new(forms.iter().map(Vec::as_slice)),
            reached: Reached::default(),
            held: Vec::new(),
            held_at: 0,
            spans: VecDeque::new(),
            masked_to: 0,
        }
    }

    /// Reads `chunk`, and appends to `out` what is sure.
    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        if self.patterns.is_empty() {
            out.extend_from_slice(chunk);
            return;
        }
        let mut position = self.end();
        for byte in chunk {
            position += 1;
            self.reached = self.patterns.step(self.reached, *byte);
            let ended = self.patterns.ended(self.reached);
            if ended > 0 {
                self.add(position - ended, position);
            }
        }
        self.held.extend_from_slice(chunk);
        // A form that is not complete begins no earlier than this.
        self.emit(position - self.patterns.open(self.reached), out);
    }

    /// Nothing came for a while: appends what is held back, if it is too short to show a secret.
    pub(crate) fn let_out(&mut self, out: &mut Vec<u8>) {
        if self.patterns.open(self.reached) <= LET_OUT {
            self.emit(self.end(), out);
        }
    }

    /// Nothing will come any more: appends what is held back.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.emit(self.end(), out);
        self.reached = Reached::default();
    }

    fn end(&self) -> u64 {
        self.held_at + self.held.len() as u64
    }

    /// A form lies at `start..end`, and no later than here ends another.
    fn add(&mut self, mut start: u64, end: u64) {
        while let Some((before, _)) = self.spans.pop_back_if(|(_, to)| *to > start) {
            start = start.min(before);
        }
        if start < self.masked_to {
            self.masked_to = end;
        } else {
            self.spans.push_back((start, end));
        }
    }

    fn emit(&mut self, limit: u64, out: &mut Vec<u8>) {
        let mut at = self.held_at;
        while at < limit {
            if at < self.masked_to {
                at = self.masked_to.min(limit);
            } else if let Some((_, end)) = self.spans.pop_front_if(|(start, _)| *start <= at) {
                out.extend_from_slice(MASK);
                self.masked_to = end;
            } else {
                let next = self.spans.front().map_or(limit, |(start, _)| limit.min(*start));
                let bytes = |position: u64| (position - self.held_at) as usize;
                out.extend_from_slice(&self.held[bytes(at)..bytes(next)]);
                at = next;
            }
        }
        self.held.drain(..(at - self.held_at) as usize);
        self.held_at = at;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str], chunks: &[&[u8]]) -> Vec<u8> {
        let mut masker = Masker::new(secrets.iter().copied());
        let mut out = Vec::new();
        for chunk in chunks {
            masker.push(chunk, &mut out);
        }
        masker.finish(&mut out);
        out
    }

    /// The same by the plainest way: finds every form everywhere, joins what overlaps.
    fn plainly(secrets: &[&str], text: &[u8]) -> Vec<u8> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for form in forms(secrets.iter().copied()) {
            let windows = text.windows(form.len()).enumerate();
            found.extend(windows.filter(|(_, w)| *w == form).map(|(at, _)| (at, at + form.len())));
        }
        found.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (start, end) in found {
            match joined.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        let (mut out, mut at) = (Vec::new(), 0);
        for (start, end) in joined {
            out.extend(&text[at..start]);
            out.extend(MASK);
            at = end;
        }
        out.extend(&text[at..]);
        out
    }

    #[test]
    fn over_the_border_of_chunks() {
        assert_eq!(mask(&["hunter2!"], &[b"key=hun", b"ter2", b"! hun", b"\n"]), b"key=*** hun\n");
        assert_eq!(mask(&["hunter2!"], &[b"aHVudG", b"VyMiE="]), b"***E=");
        assert_eq!(mask(&["hunter2!"], &[b"hunter2"]), b"hunter2");
    }

    #[test]
    fn overlapping_and_touching() {
        assert_eq!(mask(&["abcdef", "defghi"], &[b"-abcdefghi-"]), b"-***-");
        assert_eq!(mask(&["abcdef"], &[b"abcdefabcdef"]), b"******");
        assert_eq!(mask(&["aaaaaa"], &[b"aaaaaaaaaaaaaaaab"]), b"***b");
    }

    #[test]
    fn endless_overlaps_are_not_held() {
        let mut masker = Masker::new(["aaaaaa"]);
        let mut out = Vec::new();
        for _ in 0..100 {
            masker.push(&[b'a'; 1000], &mut out);
        }
        assert!(masker.held.len() <= 6);
        assert_eq!(out, MASK);
    }

    #[test]
    fn holds_back_beginnings_alone_and_lets_out_short_ones() {
        let mut masker = Masker::new(["hunter2!"]);
        let mut out = Vec::new();
        masker.push(b"password? h", &mut out);
        assert_eq!(out, b"password? ");
        masker.let_out(&mut out);
        assert_eq!(out, b"password? h");
        masker.push(b"unte", &mut out);
        masker.let_out(&mut out);
        assert_eq!(out, b"password? h", "five bytes of a secret stay");
        masker.push(b"r2!", &mut out);
        assert_eq!(out, b"password? h***");
        masker.push(b"hunt", &mut out);
        masker.finish(&mut out);
        assert_eq!(out, b"password? h***hunt");
    }

    proptest! {
        /// Few letters, so that secrets, their beginnings and overlaps come often.
        #[test]
        fn any_chunks_give_the_same_and_leak_nothing(
            secrets in prop::collection::vec("[ab/ ]{6,9}(\n[ab]{3,8})?", 1..4),
            pieces in prop::collection::vec((0..10usize, "[ab/ %2F\n]{0,9}"), 0..12),
            sizes in prop::collection::vec(0..7usize, 1..40),
            quiet in prop::collection::vec(any::<bool>(), 1..10),
        ) {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let all: Vec<Vec<u8>> = forms(secrets.iter().copied()).into_iter().collect();
            let mut text = Vec::new();
            for (which, filler) in &pieces {
                text.extend(filler.as_bytes());
                text.extend(&all[(which * 7) % all.len()]);
            }
            let mut chunks = Vec::new();
            let mut rest = &text[..];
            for size in sizes.iter().cycle().take(1000) {
                let (chunk, after) = rest.split_at((*size).min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            chunks.push(rest);

            let expected = plainly(&secrets, &text);
            prop_assert_eq!(mask(&secrets, &[&text]), expected.clone());
            prop_assert_eq!(mask(&secrets, &chunks), expected.clone());
            for form in &all {
                prop_assert!(!expected.windows(form.len()).any(|window| window == form));
            }

            // With pauses two bytes of a form may come out, and never a whole form.
            let mut masker = Masker::new(secrets.iter().copied());
            let mut out = Vec::new();
            for (chunk, quiet) in chunks.iter().zip(quiet.iter().cycle()) {
                masker.push(chunk, &mut out);
                if *quiet {
                    masker.let_out(&mut out);
                }
            }
            masker.finish(&mut out);
            for form in &all {
                prop_assert!(!out.windows(form.len()).any(|window| window == form));
            }
        }
    }
}
