/// Texts to be found in a stream, all at once: an automaton by Aho and Corasick.
///
/// It costs a few steps for each byte, however many texts there are and however alike they begin.
#[derive(Debug)]
pub(super) struct Patterns {
    nodes: Vec<Node>,
    /// The next node from the root, for each byte: where most of a log stays.
    first: Box<[u32; 256]>,
}

/// What has been read ends with the beginning of some text: the longest such beginning is a node.
#[derive(Debug, Default)]
struct Node {
    /// How long the beginning is.
    depth: u32,
    /// How long the longest beginning is that ends here and that a text goes on after.
    open: u32,
    /// How long the longest text is that has just ended; 0 if none has.
    ended: u32,
    /// The node of the next shorter beginning.
    shorter: u32,
    next: Vec<(u8, u32)>,
}

/// How far the texts have been read: a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reached(u32);

impl Patterns {
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut patterns = Self { nodes: vec![Node::default()], first: Box::new([0; 256]) };
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            patterns.add(text);
        }
        patterns.link();
        patterns
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Reads a byte.
    pub(super) fn step(&self, mut at: Reached, byte: u8) -> Reached {
        while at.0 != 0 {
            if let Some(next) = self.edge(at.0, byte) {
                return Reached(next);
            }
            at = Reached(self.node(at.0).shorter);
        }
        Reached(self.first[usize::from(byte)])
    }

    /// How many of the bytes read last may be the beginning of a text that has not ended.
    pub(super) fn open(&self, at: Reached) -> u64 {
        u64::from(self.node(at.0).open)
    }

    /// How long the longest text is that has just ended; 0 if none has.
    pub(super) fn ended(&self, at: Reached) -> u64 {
        u64::from(self.node(at.0).ended)
    }

    fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    fn edge(&self, from: u32, byte: u8) -> Option<u32> {
        self.node(from).next.iter().find(|(with, _)| *with == byte).map(|(_, to)| *to)
    }

    fn add(&mut self, text: &[u8]) {
        let mut at = 0;
        for byte in text {
            at = match self.edge(at, *byte) {
                Some(next) => next,
                None => {
                    let new = self.nodes.len() as u32;
                    let depth = self.node(at).depth + 1;
                    self.nodes.push(Node { depth, ..Node::default() });
                    self.nodes[at as usize].next.push((*byte, new));
                    new
                }
            };
        }
        let node = &mut self.nodes[at as usize];
        node.ended = node.depth;
    }

    /// Finds for each node the next shorter beginning, the short ones first.
    fn link(&mut self) {
        for (byte, to) in self.nodes[0].next.clone() {
            self.first[usize::from(byte)] = to;
            let node = &mut self.nodes[to as usize];
            node.open = if node.next.is_empty() { 0 } else { node.depth };
        }
        let mut row: Vec<u32> = self.nodes[0].next.iter().map(|(_, to)| *to).collect();
        while !row.is_empty() {
            let mut below = Vec::new();
            for at in row {
                for (byte, to) in self.node(at).next.clone() {
                    let shorter = self.step(Reached(self.node(at).shorter), byte).0;
                    let (ended, open) = (self.node(shorter).ended, self.node(shorter).open);
                    let node = &mut self.nodes[to as usize];
                    node.shorter = shorter;
                    node.open = if node.next.is_empty() { open } else { node.depth };
                    node.ended = node.ended.max(ended);
                    below.push(to);
                }
            }
            row = below;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_ends_and_what_may_begin() {
        let patterns = Patterns::new([&b"abcd"[..], b"bc", b"cdx"]);
        let mut at = Reached::default();
        let mut seen = Vec::new();
        for byte in *b"zabcdx" {
            at = patterns.step(at, byte);
            seen.push((patterns.open(at), patterns.ended(at)));
        }
        assert_eq!(seen, [(0, 0), (1, 0), (2, 0), (3, 2), (2, 4), (0, 3)]);
    }
}
