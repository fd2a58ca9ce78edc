//! Whether a sentence has a verb: by a list of verbs, their forms, and the words beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::entries;

/// How sure it is that a form is a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In any place.
    Sure,
    /// It may be a noun as well; its neighbours decide.
    Perhaps,
}

pub struct Verbs {
    forms: BTreeMap<String, Form>,
}

/// Verbs that need no other and are no nouns.
const SURE: &str = "is are was were am be been has have had does do did can cannot could may might \
    must shall should will would let's isn't aren't wasn't weren't hasn't haven't hadn't doesn't \
    don't didn't can't couldn't mustn't shouldn't won't wouldn't it's that's there's it'll they're \
    you're we're you'll we'll needn't who's what's";

/// After these comes a verb, in whatever form.
const BEFORE: &str = "who which that what not never always also then please so";

/// After these, a verb ends with an `s`; what does not is a noun (`this name`).
const SINGULAR: &str = "he she it nobody somebody everybody nothing something everything anything \
    one each this else";

/// After these, a verb does not end with an `s`; what does is a noun (`these names`).
const PLURAL: &str = "i you we they to two three both these those";

/// Before these stands a verb, after a noun.
const AFTER: &str = "a an the this that these those its their his her our your my it them him us \
    you me no not nothing nobody everything whatever what how when where whether who which why to \
    from in on at by with as into for only again all any each every one another something somebody \
    than until up out off back down away so `";

impl Verbs {
    /// Reads a list of verbs, each as `base`, or as `base past participle` where those are irregular.
    /// A `*` behind the base says that it is a noun, too.
    pub fn parse(list: &str) -> Self {
        let mut forms = BTreeMap::new();
        for word in SURE.split_whitespace() {
            forms.insert(word.to_owned(), Form::Sure);
        }
        for entry in entries(list).into_iter().flat_map(|line| line.split(',')) {
            let mut words = entry.split_whitespace();
            let Some(base) = words.next() else { continue };
            let form = if base.ends_with('*') { Form::Perhaps } else { Form::Sure };
            let base = base.trim_end_matches('*');
            forms.entry(base.to_owned()).or_insert(form);
            forms.entry(third_person(base)).or_insert(form);
            let irregular: Vec<&str> = words.collect();
            if irregular.is_empty() {
                forms.entry(past(base)).or_insert(Form::Sure);
            }
            for word in irregular {
                forms.entry(word.to_owned()).or_insert(form);
            }
        }
        Self { forms }
    }

    pub fn has_verb(&self, words: &[String]) -> bool {
        let words: Vec<String> = words.iter().map(|word| bare(word)).collect();
        let set = |words: &'static str| words.split_whitespace().collect::<BTreeSet<_>>();
        let (before_any, singular, plural) = (set(BEFORE), set(SINGULAR), set(PLURAL));
        let after = set(AFTER);
        words.iter().enumerate().any(|(at, word)| {
            let form = match self.forms.get(word.as_str()) {
                None if word.contains('-') => {
                    let last = word.rsplit('-').next().unwrap_or_default();
                    self.forms.get(last).filter(|form| **form == Form::Sure)
                }
                found => found,
            };
            match form {
                None => false,
                Some(Form::Sure) => true,
                Some(Form::Perhaps) => {
                    let before = at.checked_sub(1).map(|i| words[i].as_str());
                    let next = words.get(at + 1).map(String::as_str);
                    let third = word.ends_with('s');
                    let subject = |before: &str| {
                        before_any.contains(before)
                            || before.ends_with("ly")
                            || (third && singular.contains(before))
                            || (!third && (plural.contains(before) || is_plural(before)))
                    };
                    // An order, a subject before it, or an object behind it.
                    (at == 0 && next.is_some_and(|next| next != "of"))
                        || before.is_some_and(subject)
                        || next.is_some_and(|next| after.contains(next) && !is_article(before))
                }
            }
        })
    }
}

/// `a call to`, `the answer that`: with an article it is a noun. After `and`, a verb has another before it.
fn is_article(word: Option<&str>) -> bool {
    word.is_none_or(|word| {
        matches!(
            word,
            "a" | "an"
                | "the"
                | "this"
                | "that"
                | "its"
                | "their"
                | "his"
                | "her"
                | "our"
                | "your"
                | "no"
                | "any"
                | "each"
                | "every"
                | "of"
                | "for"
                | "in"
                | "on"
                | "by"
                | "with"
                | "all"
                | "and"
                | "or"
        ) || word.ends_with("'s")
    })
}

/// `hooks`, but not `hook's`, `status`, `process`.
fn is_plural(word: &str) -> bool {
    word.ends_with('s') && !["'s", "ss", "us", "is"].iter().any(|end| word.ends_with(end))
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '`')
        .to_lowercase()
        .replace('\u{2019}', "'")
}

fn third_person(base: &str) -> String {
    if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| base.ends_with(end)) {
        format!("{base}es")
    } else if ends_in_consonant_y(base) {
        format!("{}ies", &base[..base.len() - 1])
    } else {
        format!("{base}s")
    }
}

fn past(base: &str) -> String {
    if base.ends_with('e') {
        format!("{base}d")
    } else if ends_in_consonant_y(base) {
        format!("{}ied", &base[..base.len() - 1])
    } else {
        format!("{base}ed")
    }
}

fn ends_in_consonant_y(base: &str) -> bool {
    base.strip_suffix('y').is_some_and(|rest| !rest.ends_with(['a', 'e', 'i', 'o', 'u']))
}
