use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The way through a list, from page to page: a list without an end must not be read for ever.
///
/// A proxy that answers each question with one page, or a link that GitHub got wrong, makes one. It is noticed
/// at once where a page leads to one that was there before, and after
/// [so many](crate::ClientBuilder::max_pages) pages otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    /// The places of the pages so far, as hashes: two for a page that was redirected.
    places: Vec<u64>,
    pages: usize,
}

/// A list has no end.
#[derive(Debug)]
pub(crate) enum Endless {
    /// A page leads to one that was there before.
    Circle,
    /// There are more pages than this.
    Pages(usize),
}

impl Trail {
    /// Goes on from a page to the next, unless that is a step too far.
    pub(crate) fn go_on(mut self, from: &str, to: &str, max_pages: usize) -> Result<Self, Endless> {
        // The first page is not noted before it is left.
        self.pages = self.pages.max(1);
        self.note(from);
        if self.places.contains(&place(to)) {
            return Err(Endless::Circle);
        }
        if self.pages >= max_pages {
            return Err(Endless::Pages(max_pages));
        }
        self.note(to);
        self.pages += 1;
        Ok(self)
    }

    fn note(&mut self, url: &str) {
        let place = place(url);
        if self.places.last() != Some(&place) {
            self.places.push(place);
        }
    }
}

fn place(url: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for Endless {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle => formatter
                .write_str("the list has no end: a page leads to one that was there before"),
            Self::Pages(limit) => write!(
                formatter,
                "the list has more than {limit} pages, the limit that `max_pages` sets"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks these pages; how many there were before it ended.
    fn walk(pages: &[&str], max_pages: usize) -> Result<usize, String> {
        let mut trail = Trail::default();
        for (count, step) in pages.windows(2).enumerate() {
            trail = trail
                .go_on(step[0], step[1], max_pages)
                .map_err(|endless| format!("{} {endless:?}", count + 1))?;
        }
        Ok(pages.len())
    }

    #[test]
    fn circles_of_every_size_end_before_they_repeat() {
        assert_eq!(walk(&["a", "b", "c", "d"], 9), Ok(4));
        assert_eq!(walk(&["a", "a"], 9), Err("1 Circle".to_owned()));
        assert_eq!(walk(&["a", "b", "a"], 9), Err("2 Circle".to_owned()));
        assert_eq!(walk(&["a", "b", "c", "d", "c"], 9), Err("4 Circle".to_owned()));
    }

    #[test]
    fn there_is_a_last_page_however_far_the_list_goes() {
        assert_eq!(walk(&["a", "b", "c"], 3), Ok(3));
        assert_eq!(walk(&["a", "b", "c", "d"], 3), Err("3 Pages(3)".to_owned()));
        assert_eq!(walk(&["a", "b"], 1), Err("1 Pages(1)".to_owned()));
        assert_eq!(walk(&["a", "b"], 0), Err("1 Pages(0)".to_owned()));
    }
}
