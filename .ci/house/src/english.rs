//! Plain English in what users read: public docs, error texts, and the Markdown beside them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

use crate::finding::{Finding, entries};
use crate::markdown::{self, Kind, Sentence};
use crate::public::{self, Shown};
use crate::source::{self, House, Module};
use crate::verbs::Verbs;

/// The longest sentence, in words.
pub const MAX_WORDS: usize = 35;

/// The first sentence of a doc comment may be a label, such as "The hook's address."; longer than
/// this, it is a sentence that lacks its verb.
const MAX_LABEL: usize = 22;

/// A label that begins with one of these names nothing: it is a riddle.
const RIDDLES: [&str; 12] =
    ["and", "as", "because", "for", "from", "or", "so", "than", "that", "who", "whose", "with"];

pub struct English<'a> {
    pub verbs: &'a Verbs,
    /// Words that no public name may have.
    pub banned: Vec<(&'a str, &'a str)>,
}

impl<'a> English<'a> {
    /// `banned`: lines of a word and what to say instead.
    pub fn new(verbs: &'a Verbs, banned: &'a str) -> Self {
        let banned = entries(banned)
            .into_iter()
            .map(|line| line.split_once(' ').unwrap_or((line, "")))
            .map(|(word, instead)| (word, instead.trim()))
            .collect();
        Self { verbs, banned }
    }

    pub fn check(&self, house: &House) -> Vec<Finding> {
        let mut findings = Vec::new();
        for own in &house.crates {
            let mut found = Vec::new();
            let mut included = BTreeSet::new();
            for (index, module) in
                own.modules.iter().enumerate().filter(|(_, m)| !m.test && !m.hidden)
            {
                let shown = public::shown_in(module, index == 0);
                self.names(&shown, &module.file, &mut found);
                for one in &shown {
                    // A macro's call and the item that it wraps are seen both.
                    self.prose(&one.docs, &module.file, true, &mut found);
                }
                for (line, text) in error_texts(module) {
                    self.error_text(line, &text, &module.file, &mut found);
                }
                included.extend(included_markdown(module, &house.root));
            }
            included.insert(format!("crates/{}/README.md", own.folder));
            for file in included {
                found.extend(self.file(&house.root, &file));
            }
            found.sort();
            found.dedup();
            for finding in found {
                let key = format!("{}: {}", own.folder, finding.key);
                findings.push(Finding { key, ..finding });
            }
        }
        let readme = self.file(&house.root, "README.md");
        findings.retain(|f| f.file != "README.md");
        findings.extend(
            readme.into_iter().map(|f| Finding { key: format!("README.md: {}", f.key), ..f }),
        );
        findings
    }

    fn file(&self, root: &Path, file: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Ok(text) = fs::read_to_string(root.join(file)) {
            let lines: Vec<_> =
                text.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned())).collect();
            self.prose(&lines, file, false, &mut found);
        }
        found
    }

    /// `labelled`: the first sentence stands beside the name of what it documents.
    fn prose(
        &self,
        lines: &[(usize, String)],
        file: &str,
        labelled: bool,
        found: &mut Vec<Finding>,
    ) {
        let mut first = labelled;
        for block in markdown::blocks(lines) {
            for (at, sentence) in block.sentences.iter().enumerate() {
                self.length(sentence, file, found);
                let label = first || (block.kind == Kind::ListItem && at == 0);
                first = false;
                if sentence.length() == 0 || self.verbs.has_verb(&sentence.words) {
                    continue;
                }
                // What leads to a list or to code, and `Permission: none.`, a field of a form.
                let whole = ['.', '!', '?'].iter().any(|mark| sentence.ends_with(*mark));
                let code = sentence.words.len() == 1 && sentence.words[0].starts_with('`');
                let lead = !whole || code || sentence.words[0].ends_with(':');
                let riddle = RIDDLES.contains(&lower(&sentence.words[0]).as_str());
                if (riddle && whole) || (!lead && (!label || sentence.length() > MAX_LABEL)) {
                    let beginning = sentence.beginning();
                    let message = format!("a sentence without a verb: {beginning}");
                    found.push(Finding::new(file, sentence.line, message.clone(), message));
                }
            }
        }
    }

    fn length(&self, sentence: &Sentence, file: &str, found: &mut Vec<Finding>) {
        let length = sentence.length();
        if length > MAX_WORDS {
            let beginning = sentence.beginning();
            let message = format!("a sentence of {length} words: {beginning}");
            found.push(Finding::new(file, sentence.line, message.clone(), message));
        }
    }

    /// Errors are clauses that others put behind a colon; a verb is asked of whole sentences only.
    fn error_text(&self, line: usize, text: &str, file: &str, found: &mut Vec<Finding>) {
        let mut plain = String::new();
        let mut depth = 0;
        for c in text.replace("{{", "(").replace("}}", ")").chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    plain.push_str(" ` ");
                }
                other if depth == 0 => plain.push(if other == '`' { '\'' } else { other }),
                _ => {}
            }
        }
        // The placeholders are words already: no inline code is left to be read.
        let plain = plain.replace(" ` ", " Value ");
        for block in markdown::blocks(&[(line, plain)]) {
            for sentence in &block.sentences {
                self.length(sentence, file, found);
                if sentence.ends_with('.')
                    && sentence.length() > 2
                    && !self.verbs.has_verb(&sentence.words)
                {
                    let message =
                        format!("an error's sentence without a verb: {}", sentence.beginning());
                    found.push(Finding::new(file, line, message.clone(), message));
                }
            }
        }
    }

    fn names(&self, shown: &[Shown], file: &str, found: &mut Vec<Finding>) {
        for one in shown {
            let Some(name) = &one.name else { continue };
            let words = words_of(name);
            for (banned, instead) in &self.banned {
                if words.iter().any(|word| word == banned) {
                    let instead =
                        if instead.is_empty() { String::new() } else { format!(": {instead}") };
                    let message = format!("`{name}` has the banned word `{banned}`{instead}");
                    let key = format!("`{name}` has the banned word `{banned}`");
                    found.push(Finding::new(file, one.line, message, key));
                }
            }
        }
    }
}

fn lower(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// `NewCheckRun` and `new_check_run` in their words.
pub fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.trim_start_matches("r#").chars() {
        if c == '_' || (c.is_uppercase() && words.last().is_some_and(|w| !w.is_empty())) {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut()
            && c != '_'
        {
            last.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The texts in `impl Display` and in `#[error("..")]`.
fn error_texts(module: &Module) -> Vec<(usize, String)> {
    let mut texts = Vec::new();
    for item in &module.items {
        if source::is_test(source::attributes_of(item)) {
            continue;
        }
        match item {
            Item::Impl(block) => {
                let display = block.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
                if display.is_some_and(|last| last.ident == "Display") {
                    strings(block.to_token_stream(), &mut texts);
                }
            }
            Item::Enum(_) | Item::Struct(_) => thiserror_texts(item.to_token_stream(), &mut texts),
            _ => {}
        }
    }
    texts
}

fn strings(tokens: TokenStream, texts: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => strings(group.stream(), texts),
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                if let Ok(syn::Lit::Str(text)) = syn::parse2(TokenTree::from(literal).into()) {
                    texts.push((line, text.value()));
                }
            }
            _ => {}
        }
    }
}

fn thiserror_texts(tokens: TokenStream, texts: &mut Vec<(usize, String)>) {
    let mut after_error = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => after_error = ident == "error",
            TokenTree::Group(group) if after_error => {
                strings(group.stream(), texts);
                after_error = false;
            }
            TokenTree::Group(group) => thiserror_texts(group.stream(), texts),
            _ => after_error = false,
        }
    }
}

/// Markdown that the docs include, from the repository's root.
fn included_markdown(module: &Module, root: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut tokens = TokenStream::new();
    for attribute in &module.attributes {
        tokens.extend(attribute.to_token_stream());
    }
    for item in &module.items {
        for attribute in source::attributes_of(item) {
            tokens.extend(attribute.to_token_stream());
        }
    }
    let mut texts = Vec::new();
    strings(tokens, &mut texts);
    for (_, text) in texts.into_iter().filter(|(_, text)| text.ends_with(".md")) {
        let folder = root.join(&module.file);
        let path = folder.parent().map(|folder| folder.join(text));
        let whole = path.and_then(|path| path.canonicalize().ok());
        let root = root.canonicalize().unwrap_or_default();
        all.extend(
            whole.and_then(|p| Some(p.strip_prefix(root).ok()?.to_string_lossy().into_owned())),
        );
    }
    all
}
