//! One word, one type, among the crates that a user imports together.

use std::collections::{BTreeMap, BTreeSet};

use syn::Item;

use crate::finding::Finding;
use crate::public;
use crate::resolve::Target;
use crate::source::{self, House};

/// The crates that a user imports together.
pub const TOGETHER: [&str; 10] = [
    "types",
    "events",
    "signature",
    "client",
    "handler",
    "inbox",
    "receiver",
    "recovery",
    "report",
    "testkit",
];

/// How the docs of an event's and of the API's view of one object begin.
const VIEWS: [&str; 2] = ["as the event shows it", "as the API shows it"];

pub fn check(house: &House) -> Vec<Finding> {
    let mut by_name: BTreeMap<String, BTreeMap<Target, BTreeSet<&str>>> = BTreeMap::new();
    for (krate, own) in house.crates.iter().enumerate() {
        if !TOGETHER.contains(&own.folder.as_str()) {
            continue;
        }
        for (name, targets) in public::exports(house, krate) {
            for target in targets.into_iter().filter(|target| is_type(house, target)) {
                let types = by_name.entry(name.clone()).or_default();
                types.entry(target).or_default().insert(&own.folder);
            }
        }
    }
    let mut findings = Vec::new();
    for (name, types) in by_name {
        if types.len() < 2 || are_two_views(house, types.keys()) {
            continue;
        }
        let crates: Vec<&str> = types
            .keys()
            .map(|target| owner(house, target))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let places: Vec<String> = types.keys().map(|target| place(house, target)).collect();
        let (file, line) = types.keys().find_map(|t| position(house, t)).unwrap_or_default();
        let message = format!("`{name}` means {} types: {}", types.len(), places.join(", "));
        let key = format!("{name}: {}", crates.join(", "));
        findings.push(Finding::new(&file, line, message, key));
    }
    findings
}

fn is_type(house: &House, target: &Target) -> bool {
    match (public::item_of(house, target), target) {
        (Some(item), _) => matches!(
            item,
            Item::Struct(_) | Item::Enum(_) | Item::Trait(_) | Item::Union(_) | Item::Type(_)
        ),
        // What a macro makes, or another crate has: types are written in capitals and small letters.
        (None, Target::Item(_, _, name)) => is_type_name(name),
        (None, Target::Foreign(path)) => path.last().is_some_and(|name| is_type_name(name)),
        (None, Target::Module(..)) => false,
    }
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_uppercase()) && name.contains(|c: char| c.is_lowercase())
}

/// Whether these are the event's and the API's view of one object, and say so.
fn are_two_views<'a>(house: &House, types: impl Iterator<Item = &'a Target>) -> bool {
    let mut views: Vec<Option<usize>> = types
        .map(|target| {
            let item = public::item_of(house, target)?;
            let docs = public::docs_of(source::attributes_of(item));
            let first = &docs.first()?.1;
            VIEWS.iter().position(|view| first.contains(view))
        })
        .collect();
    views.sort();
    views == [Some(0), Some(1)]
}

fn owner<'a>(house: &'a House, target: &'a Target) -> &'a str {
    match target {
        Target::Item(krate, ..) | Target::Module(krate, _) => &house.crates[*krate].folder,
        Target::Foreign(path) => &path[0],
    }
}

fn position(house: &House, target: &Target) -> Option<(String, usize)> {
    let Target::Item(krate, module, name) = target else { return None };
    let file = house.crates[*krate].modules[*module].file.clone();
    let line = public::item_of(house, target).map_or(0, |item| {
        let mut line = 0;
        for token in quote::ToTokens::to_token_stream(item) {
            if let proc_macro2::TokenTree::Ident(ident) = token
                && ident == name
            {
                line = ident.span().start().line;
                break;
            }
        }
        line
    });
    Some((file, line))
}

fn place(house: &House, target: &Target) -> String {
    match (position(house, target), target) {
        (Some((file, _)), _) => file,
        (None, Target::Foreign(path)) => path.join("::"),
        (None, _) => String::new(),
    }
}
