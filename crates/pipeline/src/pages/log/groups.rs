/// Groups are nested so deeply at most; what begins a deeper one is a line like others. A browser lays out what
/// is nested deeper ever more slowly.
pub(super) const DEEPEST: usize = 20;

/// Which groups are open, the outermost first.
#[derive(Debug, Default)]
pub(super) struct Groups {
    open: Vec<String>,
    /// So many of GitHub's began too deep: their ends end nothing.
    too_deep: usize,
}

impl Groups {
    /// Whether a group that begins is one, and not too deep.
    pub(super) fn begin(&mut self, name: &str) -> bool {
        let is_deep = self.open.len() >= DEEPEST;
        if is_deep {
            self.too_deep += usize::from(name.is_empty());
        } else {
            self.open.push(name.to_owned());
        }
        !is_deep
    }

    /// How many groups end when the innermost of this name does. There may be none of it.
    pub(super) fn end(&mut self, name: &str) -> usize {
        if name.is_empty() && self.too_deep > 0 {
            self.too_deep -= 1;
            return 0;
        }
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return 0 };
        let ended = self.open.len() - at;
        self.open.truncate(at);
        ended
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_ends_all_that_began_since() {
        let mut groups = Groups::default();
        assert!(groups.begin("a") && groups.begin("") && groups.begin("b"));
        assert_eq!(groups.end("unknown"), 0);
        assert_eq!(groups.end(""), 2);
        assert_eq!(groups.end(""), 0);
        assert_eq!((groups.end("a"), groups.depth()), (1, 0));
    }

    #[test]
    fn groups_that_are_too_deep_are_none() {
        let mut groups = Groups::default();
        assert!((0..DEEPEST).all(|_| groups.begin("")));
        assert!(!groups.begin("") && !groups.begin("name"));
        assert_eq!(groups.end(""), 0);
        assert_eq!(groups.end(""), 1);
        assert_eq!(groups.depth(), DEEPEST - 1);
    }
}
