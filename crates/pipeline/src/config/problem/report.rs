use std::cell::{Cell, RefCell};
use std::ops::Range;

use super::config_problem::{ConfigProblem, Severity};
use super::source_text::SourceText;

/// More errors are counted, and not listed: nobody reads them.
const MAX_ERRORS: usize = 100;

/// Gathers what is wrong while a file is read.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    source: &'a SourceText<'a>,
    found: RefCell<Vec<Found>>,
    /// What no excerpt may show.
    hidden: RefCell<Vec<Range<usize>>>,
    /// How many errors were found, those among them that are not listed.
    errors: Cell<usize>,
}

#[derive(Debug)]
struct Found {
    severity: Severity,
    span: Range<usize>,
    key: String,
    text: String,
}

impl<'a> Report<'a> {
    pub(crate) fn new(source: &'a SourceText<'a>) -> Self {
        Self {
            source,
            found: RefCell::default(),
            hidden: RefCell::default(),
            errors: Cell::default(),
        }
    }

    /// Something is wrong here. The text goes on after the key.
    pub(crate) fn error(&self, span: Range<usize>, key: &str, text: impl Into<String>) {
        let mut found = self.found.borrow_mut();
        // The first that is said of a value is the most exact.
        if found.iter().any(|it| it.severity == Severity::Error && it.span == span && it.key == key)
        {
            return;
        }
        self.errors.set(self.errors.get() + 1);
        if self.errors.get() > MAX_ERRORS {
            return;
        }
        let (key, text) = (key.to_owned(), text.into());
        found.push(Found { severity: Severity::Error, span, key, text });
    }

    /// This version cannot do what is asked for here.
    pub(crate) fn notice(&self, span: Range<usize>, key: &str, text: impl Into<String>) {
        let (key, text) = (key.to_owned(), text.into());
        self.found.borrow_mut().push(Found { severity: Severity::Notice, span, key, text });
    }

    /// What stands here may be secret.
    pub(crate) fn hide(&self, span: Range<usize>) {
        self.hidden.borrow_mut().push(span);
    }

    /// Whether further errors are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.errors.get() >= MAX_ERRORS
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors.get() > 0
    }

    /// What was found, in the order of the file, and how many errors more there were.
    pub(crate) fn finish(self) -> (Vec<ConfigProblem>, usize) {
        let mut spans = self.hidden.into_inner();
        spans.sort_by_key(|span| span.start);
        let mut hidden: Vec<Range<usize>> = Vec::new();
        for span in spans {
            match hidden.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => hidden.push(span),
            }
        }
        let mut found = self.found.into_inner();
        found.sort_by_key(|it| it.span.start);
        let problems = found.into_iter().map(|Found { severity, span, key, text }| {
            let (line, column) = self.source.place(span.start);
            let excerpt = self.source.excerpt(&span, &hidden);
            ConfigProblem {
                severity,
                line,
                column,
                key,
                text,
                excerpt: excerpt.text,
                offset: excerpt.offset,
                width: excerpt.width,
            }
        });
        (problems.collect(), self.errors.get().saturating_sub(MAX_ERRORS))
    }
}
