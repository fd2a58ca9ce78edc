//! Imports and paths, found among tokens: also in the bodies of functions and macros.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Item, ItemUse, UseTree, Visibility};

/// One name that a `use` brings in.
#[derive(Debug, Clone)]
pub struct Import {
    /// `crate::a::Name`, in its segments; for a glob, the path before the `*`.
    pub path: Vec<String>,
    /// The name here; `None` for a glob.
    pub name: Option<String>,
    pub line: usize,
    pub public: bool,
    pub hidden: bool,
    /// It begins with `::`.
    pub absolute: bool,
    /// It stands in a function's or a macro's body.
    pub nested: bool,
}

/// A path that some code names.
#[derive(Debug, Clone)]
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
    /// A call or a macro follows: `name(`, `name!`.
    pub called: bool,
}

pub fn imports_of(item: &ItemUse, nested: bool) -> Vec<Import> {
    let mut all = Vec::new();
    let public = matches!(item.vis, Visibility::Public(_));
    let pattern = Import {
        path: Vec::new(),
        name: None,
        line: 0,
        public,
        hidden: crate::source::is_hidden(&item.attrs),
        absolute: item.leading_colon.is_some(),
        nested,
    };
    flatten(&item.tree, &mut Vec::new(), &pattern, &mut all);
    all
}

fn flatten(tree: &UseTree, path: &mut Vec<String>, pattern: &Import, all: &mut Vec<Import>) {
    let mut add = |path: Vec<String>, name: Option<String>, line: usize| {
        all.push(Import { path, name, line, ..pattern.clone() });
    };
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            flatten(&step.tree, path, pattern, all);
            path.pop();
        }
        UseTree::Name(last) => {
            let line = last.ident.span().start().line;
            let name = last.ident.to_string();
            if name == "self" {
                add(path.clone(), path.last().cloned(), line);
            } else {
                add([path.as_slice(), std::slice::from_ref(&name)].concat(), Some(name), line);
            }
        }
        UseTree::Rename(last) => {
            let line = last.ident.span().start().line;
            let mut whole = path.clone();
            if last.ident != "self" {
                whole.push(last.ident.to_string());
            }
            add(whole, Some(last.rename.to_string()), line);
        }
        UseTree::Glob(star) => add(path.clone(), None, star.star_token.spans[0].start().line),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, pattern, all);
            }
        }
    }
}

/// The imports in the bodies of an item.
pub fn nested_imports(item: &Item) -> Vec<Import> {
    let mut all = Vec::new();
    walk(item.to_token_stream(), &mut |seen| {
        if let Seen::Use(import) = seen {
            all.extend(imports_of(&import, true));
        }
    });
    all
}

/// The paths that the tokens name, without those of `use`.
pub fn mentions(tokens: TokenStream) -> Vec<Mention> {
    let mut all = Vec::new();
    walk(tokens, &mut |seen| {
        if let Seen::Path(mention) = seen {
            all.push(mention);
        }
    });
    all
}

enum Seen {
    Use(ItemUse),
    Path(Mention),
}

/// Attributes of serde whose strings are paths.
const PATHS_IN_STRINGS: [&str; 8] = [
    "default",
    "deserialize_with",
    "from",
    "into",
    "serialize_with",
    "skip_serializing_if",
    "try_from",
    "with",
];

fn walk(tokens: TokenStream, see: &mut impl FnMut(Seen)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => walk(group.stream(), see),
            TokenTree::Ident(ident) if ident == "use" && !punct(at + 1, '<') => {
                let end = (at..tokens.len()).find(|&i| punct(i, ';')).unwrap_or(tokens.len() - 1);
                let statement = tokens[at..=end].iter().cloned().collect();
                if let Ok(import) = syn::parse2::<ItemUse>(statement) {
                    see(Seen::Use(import));
                    at = end;
                }
            }
            TokenTree::Ident(ident) => {
                let before = at.checked_sub(1);
                let fragment = before.is_some_and(|i| punct(i, '$')) && ident != "crate";
                let skipped = fragment || before.is_some_and(|i| punct(i, '.') || punct(i, '\''));
                let tail = before.is_some_and(|i| punct(i, ':') && i > 0 && punct(i - 1, ':'));
                let mut path = vec![ident.to_string()];
                let line = ident.span().start().line;
                while punct(at + 1, ':') && punct(at + 2, ':') {
                    let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
                    path.push(next.to_string());
                    at += 3;
                }
                let called = punct(at + 1, '!')
                    || matches!(tokens.get(at + 1), Some(TokenTree::Group(g))
                        if g.delimiter() == Delimiter::Parenthesis);
                if !skipped && !tail {
                    see(Seen::Path(Mention { path, line, called }));
                }
            }
            TokenTree::Literal(literal) => {
                let attribute = at >= 2
                    && punct(at - 1, '=')
                    && matches!(&tokens[at - 2], TokenTree::Ident(name)
                        if PATHS_IN_STRINGS.iter().any(|known| name == known));
                let text = literal.to_string();
                let text = text.trim_matches('"');
                if attribute
                    && text.contains("::")
                    && text.chars().all(|c| c.is_alphanumeric() || "_:".contains(c))
                {
                    let path = text.split("::").map(str::to_owned).collect();
                    let line = literal.span().start().line;
                    see(Seen::Path(Mention { path, line, called: true }));
                }
            }
            TokenTree::Punct(_) => {}
        }
        at += 1;
    }
}

/// Every identifier among the tokens.
pub fn idents(tokens: TokenStream, all: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                all.insert(ident.to_string());
            }
            TokenTree::Group(group) => idents(group.stream(), all),
            _ => {}
        }
    }
}

/// What `macro_rules!` defines by a name of its own: `enum Name`, `fn name`.
pub fn defined_in_macro(tokens: TokenStream, all: &mut BTreeSet<String>) {
    let mut after_keyword = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let keyword = matches!(
                    name.as_str(),
                    "enum" | "struct" | "fn" | "trait" | "type" | "const" | "static" | "union"
                );
                if after_keyword && !keyword {
                    all.insert(name);
                }
                after_keyword = keyword;
            }
            TokenTree::Group(group) => {
                defined_in_macro(group.stream(), all);
                after_keyword = false;
            }
            _ => after_keyword = false,
        }
    }
}

struct Items(Vec<Item>);

impl Parse for Items {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(Self(items))
    }
}

/// The items that a macro wraps as they are, such as the enum in `open_enum! { pub enum .. }`.
pub fn wrapped_items(tokens: &TokenStream) -> Option<Vec<Item>> {
    let Items(items) = syn::parse2(tokens.clone()).ok()?;
    let real = !items.is_empty() && !items.iter().any(|i| matches!(i, Item::Verbatim(_)));
    real.then_some(items)
}
