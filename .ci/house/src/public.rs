//! What a crate shows: the names that lead from its root, and the public items with their docs.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Fields, ImplItem, Item, TraitItem};

use crate::resolve::{Place, Resolver, Target};
use crate::source::{self, House, Module};

/// The names that a user can write after `crate_name::`, also below public modules.
pub fn exports(house: &House, krate: usize) -> BTreeMap<String, BTreeSet<Target>> {
    let mut all = BTreeMap::new();
    let mut seen = BTreeSet::new();
    collect(&mut Resolver::new(house), (krate, 0), &mut seen, &mut all);
    all
}

fn collect(
    resolver: &mut Resolver<'_>,
    place: Place,
    seen: &mut BTreeSet<Place>,
    all: &mut BTreeMap<String, BTreeSet<Target>>,
) {
    let (krate, index) = place;
    let house = resolver.house;
    // Crates that are re-exported whole have names of their own.
    if !seen.insert(place) || (index == 0 && seen.len() > 1 && !seen.contains(&(krate, 0))) {
        return;
    }
    let module = &house.crates[krate].modules[index];
    for item in &module.items {
        let public = source::visibility_of(item).is_some_and(source::is_public);
        if let Some(name) = source::name_of(item)
            && public
            && !source::is_hidden(source::attributes_of(item))
        {
            let target = Target::Item(krate, index, name.clone());
            all.entry(name).or_default().insert(target);
        }
    }
    for child in module.children.values() {
        if house.crates[krate].modules[*child].public {
            collect(resolver, (krate, *child), seen, all);
        }
    }
    for import in module.imports.iter().filter(|i| i.public && !i.hidden && !i.nested) {
        match (resolver.resolve(place, &import.path, import.absolute), &import.name) {
            (Some(Target::Module(krate, index)), None) => {
                collect(resolver, (krate, index), seen, all);
            }
            (Some(Target::Module(other, index)), Some(_)) if index != 0 => {
                collect(resolver, (other, index), seen, all);
            }
            (Some(target @ (Target::Item(..) | Target::Foreign(_))), Some(name)) => {
                all.entry(name.clone()).or_default().insert(target);
            }
            _ => {}
        }
    }
}

/// The item of a target, if it stands in the sources as an item.
pub fn item_of<'a>(house: &'a House, target: &Target) -> Option<&'a Item> {
    let Target::Item(krate, module, name) = target else { return None };
    house.crates[*krate].modules[*module]
        .items
        .iter()
        .find(|item| source::name_of(item).as_deref() == Some(name))
}

/// Lines of docs, each with its place in the file.
pub type Docs = Vec<(usize, String)>;

pub fn docs_of(attributes: &[Attribute]) -> Docs {
    let mut docs = Docs::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        let line = attribute.pound_token.span.start().line;
        if let Some(text) = source::string_of(attribute) {
            docs.extend(text.lines().enumerate().map(|(at, text)| (line + at, text.to_owned())));
            if text.is_empty() {
                docs.push((line, String::new()));
            }
        }
    }
    docs
}

/// A public thing: its name (where it is one of ours to choose) and its docs.
pub struct Shown {
    pub name: Option<String>,
    pub line: usize,
    pub docs: Docs,
}

/// Everything public in a module. A plain `pub` is public: a lint sees to that.
pub fn shown_in(module: &Module, is_root: bool) -> Vec<Shown> {
    let mut all = Vec::new();
    if is_root || module.public {
        all.push(Shown { name: None, line: module.line, docs: docs_of(&module.attributes) });
    }
    for item in &module.items {
        show_item(item, &mut all);
    }
    all
}

fn show_item(item: &Item, all: &mut Vec<Shown>) {
    let attributes = source::attributes_of(item);
    if source::is_hidden(attributes) || source::is_test(attributes) {
        return;
    }
    let public = source::visibility_of(item).is_some_and(source::is_public);
    let mut show = |name: Option<&syn::Ident>, attributes: &[Attribute]| {
        if !source::is_hidden(attributes) {
            let line = name.map_or(0, |name| name.span().start().line);
            all.push(Shown {
                name: name.map(ToString::to_string),
                line,
                docs: docs_of(attributes),
            });
        }
    };
    match item {
        Item::Impl(block) => {
            let inherent = block.trait_.is_none();
            for item in &block.items {
                let (name, visibility, attributes) = match item {
                    ImplItem::Fn(it) => (&it.sig.ident, &it.vis, &it.attrs),
                    ImplItem::Const(it) => (&it.ident, &it.vis, &it.attrs),
                    ImplItem::Type(it) => (&it.ident, &it.vis, &it.attrs),
                    _ => continue,
                };
                if inherent && source::is_public(visibility) {
                    show(Some(name), attributes);
                } else if !inherent {
                    show(None, attributes);
                }
            }
        }
        Item::Macro(it) if it.ident.is_some() => {
            if it.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
                show(it.ident.as_ref(), &it.attrs);
            }
            docs_in_macro(it.mac.tokens.clone(), all);
        }
        Item::Macro(it) if crate::scan::wrapped_items(&it.mac.tokens).is_none() => {
            docs_in_macro(it.mac.tokens.clone(), all);
        }
        _ if !public => {}
        Item::Struct(it) => {
            show(Some(&it.ident), &it.attrs);
            for field in it.fields.iter().filter(|field| source::is_public(&field.vis)) {
                show(field.ident.as_ref(), &field.attrs);
            }
        }
        Item::Enum(it) => {
            show(Some(&it.ident), &it.attrs);
            for variant in &it.variants {
                show(Some(&variant.ident), &variant.attrs);
                if let Fields::Named(fields) = &variant.fields {
                    for field in &fields.named {
                        show(field.ident.as_ref(), &field.attrs);
                    }
                }
            }
        }
        Item::Trait(it) => {
            show(Some(&it.ident), &it.attrs);
            for item in &it.items {
                match item {
                    TraitItem::Fn(it) => show(Some(&it.sig.ident), &it.attrs),
                    TraitItem::Const(it) => show(Some(&it.ident), &it.attrs),
                    TraitItem::Type(it) => show(Some(&it.ident), &it.attrs),
                    _ => {}
                }
            }
        }
        Item::Fn(it) => show(Some(&it.sig.ident), &it.attrs),
        Item::Const(it) => show(Some(&it.ident), &it.attrs),
        Item::Static(it) => show(Some(&it.ident), &it.attrs),
        Item::Type(it) => show(Some(&it.ident), &it.attrs),
        Item::Union(it) => show(Some(&it.ident), &it.attrs),
        _ => {}
    }
}

/// Runs of `#[doc = ".."]` in a macro: they document what it makes.
fn docs_in_macro(tokens: TokenStream, all: &mut Vec<Shown>) {
    let mut docs = Docs::new();
    let mut flush = |docs: &mut Docs| {
        if !docs.is_empty() {
            all.push(Shown { name: None, line: docs[0].0, docs: std::mem::take(docs) });
        }
    };
    let mut groups = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => match doc_text(group.stream()) {
                Some((line, text)) => docs.push((line, text)),
                None => {
                    flush(&mut docs);
                    groups.push(group.stream());
                }
            },
            TokenTree::Punct(punct) if punct.as_char() == '#' => {}
            _ => flush(&mut docs),
        }
    }
    flush(&mut docs);
    for group in groups {
        docs_in_macro(group, all);
    }
}

fn doc_text(tokens: TokenStream) -> Option<(usize, String)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let [TokenTree::Ident(doc), TokenTree::Punct(_), TokenTree::Literal(text)] = tokens.as_slice()
    else {
        return None;
    };
    let syn::Lit::Str(string) = syn::parse2(TokenTree::from(text.clone()).into()).ok()? else {
        return None;
    };
    (doc == "doc").then(|| (text.span().start().line, string.value()))
}
