//! The types of other crates that our public signatures name.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{ImplItem, Item, Path, Signature, TraitItem};

use crate::finding::{Finding, entries};
use crate::public;
use crate::resolve::{Place, Resolver, Target};
use crate::source::{self, House};

/// Compares with a list of crates (`http`) and types (`serde_json::Value`) that the API may show.
pub fn check(house: &House, allowed: &str) -> Vec<Finding> {
    let allowed = entries(allowed);
    let mut findings = Vec::new();
    for (krate, own) in house.crates.iter().enumerate() {
        let mut found: BTreeMap<Vec<String>, (String, usize)> = BTreeMap::new();
        for (index, module) in own.modules.iter().enumerate().filter(|(_, m)| !m.test && !m.hidden)
        {
            let mut paths = Paths { found: Vec::new() };
            let mut resolver = Resolver::new(house);
            for item in &module.items {
                if !source::is_hidden(source::attributes_of(item))
                    && !source::is_test(source::attributes_of(item))
                {
                    show(item, &mut paths, &mut resolver, (krate, index));
                }
            }
            let mut named: Vec<(Vec<String>, usize)> = paths.found;
            for import in module.imports.iter().filter(|i| i.public && !i.hidden && !i.nested) {
                named.push((import.path.clone(), import.line));
            }
            for (path, line) in named {
                if let Some(Target::Foreign(path)) = resolver.resolve((krate, index), &path, false)
                    && !matches!(path[0].as_str(), "std" | "core" | "alloc" | "proc_macro")
                {
                    found.entry(path).or_insert((module.file.clone(), line));
                }
            }
        }
        for (path, (file, line)) in found {
            let last = path.last().cloned().unwrap_or_default();
            let whole = path.join("::");
            let short = format!("{}::{last}", path[0]);
            if ![path[0].as_str(), &whole, &short].iter().any(|name| allowed.contains(name)) {
                let message = format!("the public API of {} shows `{whole}`", own.folder);
                let key = format!("{}: {whole}", own.folder);
                findings.push(Finding::new(&file, line, message, key));
            }
        }
    }
    findings
}

/// The paths that a signature names.
struct Paths {
    found: Vec<(Vec<String>, usize)>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast Path) {
        let line = path.segments.first().map_or(0, |s| s.ident.span().start().line);
        self.found.push((path.segments.iter().map(|s| s.ident.to_string()).collect(), line));
        visit::visit_path(self, path);
    }

    // What attributes name and what bodies do is not shown.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_block(&mut self, _: &'ast syn::Block) {}
    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

impl Paths {
    fn signature(&mut self, signature: &Signature) {
        self.visit_signature(signature);
    }
}

fn show(item: &Item, paths: &mut Paths, resolver: &mut Resolver<'_>, place: Place) {
    let public = source::visibility_of(item).is_some_and(source::is_public);
    match item {
        Item::Impl(block) if is_shown(&block.self_ty, resolver, place) => match &block.trait_ {
            None => {
                for item in &block.items {
                    match item {
                        ImplItem::Fn(it) if source::is_public(&it.vis) => paths.signature(&it.sig),
                        ImplItem::Const(it) if source::is_public(&it.vis) => {
                            paths.visit_type(&it.ty)
                        }
                        _ => {}
                    }
                }
            }
            Some((_, name, _)) => {
                paths.visit_path(name);
                for item in &block.items {
                    if let ImplItem::Type(it) = item {
                        paths.visit_type(&it.ty);
                    }
                }
            }
        },
        _ if !public => {}
        Item::Struct(it) => {
            paths.visit_generics(&it.generics);
            for field in it.fields.iter().filter(|field| source::is_public(&field.vis)) {
                paths.visit_type(&field.ty);
            }
        }
        Item::Enum(it) => paths.visit_item_enum(it),
        Item::Trait(it) => {
            paths.visit_generics(&it.generics);
            it.supertraits.iter().for_each(|bound| paths.visit_type_param_bound(bound));
            for item in &it.items {
                match item {
                    TraitItem::Fn(it) => paths.signature(&it.sig),
                    TraitItem::Const(it) => paths.visit_type(&it.ty),
                    TraitItem::Type(it) => paths.visit_trait_item_type(it),
                    _ => {}
                }
            }
        }
        Item::Fn(it) => paths.signature(&it.sig),
        Item::Const(it) => paths.visit_type(&it.ty),
        Item::Static(it) => paths.visit_type(&it.ty),
        Item::Type(it) => paths.visit_item_type(it),
        Item::Union(it) => paths.visit_item_union(it),
        _ => {}
    }
}

/// Whether the type of an `impl` is one of our public ones.
fn is_shown(ty: &syn::Type, resolver: &mut Resolver<'_>, place: Place) -> bool {
    let syn::Type::Path(path) = ty else { return false };
    let path: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
    let Some(target) = resolver.resolve(place, &path, false) else { return false };
    public::item_of(resolver.house, &target)
        .and_then(source::visibility_of)
        .is_some_and(source::is_public)
}
