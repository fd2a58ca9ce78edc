//! The crates as trees of modules: what each declares, imports and names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, Visibility};

use crate::manifest::Manifest;
use crate::scan::{self, Import};

/// All crates below `crates/`.
pub struct House {
    pub root: PathBuf,
    pub crates: Vec<Crate>,
}

pub struct Crate {
    /// The folder's name below `crates/`: `client`.
    pub folder: String,
    /// The name in paths: `hookstead_client`.
    pub ident: String,
    pub manifest: Manifest,
    /// The first one is the root, `lib.rs` or `main.rs`.
    pub modules: Vec<Module>,
    /// Macros that `#[macro_export]` puts into the root, with the module that defines them.
    pub exported_macros: BTreeMap<String, usize>,
}

pub struct Module {
    pub parent: Option<usize>,
    /// The file from the repository's root.
    pub file: String,
    pub line: usize,
    pub public: bool,
    pub test: bool,
    /// It, or a module around it, is `#[doc(hidden)]`.
    pub hidden: bool,
    pub attributes: Vec<Attribute>,
    /// The items that stand here or come out of a macro that wraps them as they are.
    pub items: Vec<Item>,
    /// The names that are defined here.
    pub names: BTreeSet<String>,
    /// Names in macro calls whose syntax is their own: they are perhaps defined here.
    pub perhaps: BTreeSet<String>,
    pub imports: Vec<Import>,
    pub children: BTreeMap<String, usize>,
    /// Whether anything stands here beside declarations of modules and re-exports.
    pub has_code: bool,
}

impl House {
    pub fn open(root: &Path) -> Result<Self, String> {
        let mut folders: Vec<PathBuf> = fs::read_dir(root.join("crates"))
            .map_err(|error| format!("crates: {error}"))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.join("Cargo.toml").is_file())
            .collect();
        folders.sort();
        let crates =
            folders.iter().map(|folder| Crate::open(root, folder)).collect::<Result<_, _>>()?;
        Ok(Self { root: root.to_owned(), crates })
    }

    pub fn by_ident(&self, ident: &str) -> Option<usize> {
        self.crates.iter().position(|one| one.ident == ident)
    }
}

impl Crate {
    fn open(root: &Path, folder: &Path) -> Result<Self, String> {
        let manifest = Manifest::read(&folder.join("Cargo.toml"))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut new = Self {
            folder: name,
            ident: manifest.package.replace('-', "_"),
            manifest,
            modules: Vec::new(),
            exported_macros: BTreeMap::new(),
        };
        let source = folder.join("src");
        let top = ["lib.rs", "main.rs"].iter().map(|name| source.join(name)).find(|p| p.is_file());
        if let Some(top) = top {
            new.read_file(root, &top, &source, None, true, false, Vec::new())?;
        }
        Ok(new)
    }

    /// Reads a file and the files of the modules that it declares, which lie in `below`.
    #[expect(clippy::too_many_arguments, reason = "what the parent knows of the file, used once")]
    fn read_file(
        &mut self,
        root: &Path,
        path: &Path,
        below: &Path,
        parent: Option<usize>,
        public: bool,
        test: bool,
        attributes: Vec<Attribute>,
    ) -> Result<usize, String> {
        let shown = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
        let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        let parsed = syn::parse_file(&text).map_err(|error| {
            format!("{shown}:{}: is not Rust: {error}", error.span().start().line)
        })?;
        let mut all = attributes;
        all.extend(parsed.attrs);
        let place = Place { root, file: shown, line: 1, below: below.to_owned() };
        self.read_items(place, parsed.items, parent, public, test, all)
    }

    fn read_items(
        &mut self,
        place: Place<'_>,
        items: Vec<Item>,
        parent: Option<usize>,
        public: bool,
        test: bool,
        attributes: Vec<Attribute>,
    ) -> Result<usize, String> {
        let index = self.modules.len();
        let hidden = is_hidden(&attributes) || parent.is_some_and(|p| self.modules[p].hidden);
        self.modules.push(Module {
            parent,
            file: place.file.clone(),
            line: place.line,
            public,
            test,
            hidden,
            attributes,
            items: Vec::new(),
            names: BTreeSet::new(),
            perhaps: BTreeSet::new(),
            imports: Vec::new(),
            children: BTreeMap::new(),
            has_code: false,
        });
        for item in items {
            self.read_item(&place, item, index)?;
        }
        Ok(index)
    }

    fn read_item(&mut self, place: &Place<'_>, item: Item, index: usize) -> Result<(), String> {
        match item {
            Item::Mod(module) => {
                let name = module.ident.to_string();
                let public = is_public(&module.vis) && !is_hidden(&module.attrs);
                let test = self.modules[index].test || is_test(&module.attrs);
                let below = place.below.join(&name);
                let line = module.ident.span().start().line;
                let child = match module.content {
                    Some((_, items)) => {
                        let place =
                            Place { root: place.root, file: place.file.clone(), line, below };
                        self.read_items(place, items, Some(index), public, test, module.attrs)?
                    }
                    None => {
                        let found = place.file_of(&name, &module.attrs).ok_or_else(|| {
                            format!("{}:{line}: the file of `mod {name}` is missing", place.file)
                        })?;
                        let below = if found.ends_with("mod.rs") {
                            found.parent().unwrap_or(&below).to_owned()
                        } else {
                            below
                        };
                        self.read_file(
                            place.root,
                            &found,
                            &below,
                            Some(index),
                            public,
                            test,
                            module.attrs,
                        )?
                    }
                };
                self.modules[index].children.insert(name, child);
            }
            Item::Use(import) => {
                self.modules[index].imports.extend(scan::imports_of(&import, false));
            }
            Item::ExternCrate(_) => {}
            Item::Macro(call) if call.ident.is_none() => {
                let module = &mut self.modules[index];
                module.has_code = true;
                match scan::wrapped_items(&call.mac.tokens) {
                    Some(items) => {
                        for item in items {
                            self.read_item(place, item, index)?;
                        }
                    }
                    None => scan::idents(call.mac.tokens.clone(), &mut module.perhaps),
                }
                self.modules[index].items.push(Item::Macro(call));
            }
            item => {
                if let Item::Macro(definition) = &item {
                    let name = definition.ident.as_ref().map(ToString::to_string);
                    if definition.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
                        self.exported_macros.extend(name.map(|name| (name, index)));
                    }
                    let mut generated = BTreeSet::new();
                    scan::defined_in_macro(definition.mac.tokens.clone(), &mut generated);
                    self.modules[index].perhaps.extend(generated);
                }
                let module = &mut self.modules[index];
                let nested = scan::nested_imports(&item);
                module.imports.extend(nested);
                module.names.extend(name_of(&item));
                module.names.extend(derive_of(&item));
                module.has_code |= !is_doctest(attributes_of(&item));
                module.items.push(item);
            }
        }
        Ok(())
    }
}

struct Place<'a> {
    root: &'a Path,
    file: String,
    line: usize,
    /// Where the files of the modules lie that are declared here.
    below: PathBuf,
}

impl Place<'_> {
    fn file_of(&self, name: &str, attributes: &[Attribute]) -> Option<PathBuf> {
        let given = attributes.iter().find(|a| a.path().is_ident("path")).and_then(string_of);
        let folder = Path::new(&self.file).parent()?;
        let candidates = match given {
            Some(given) => vec![self.root.join(folder).join(given)],
            None => {
                vec![self.below.join(format!("{name}.rs")), self.below.join(name).join("mod.rs")]
            }
        };
        candidates.into_iter().find(|path| path.is_file())
    }
}

/// The string of `#[name = "string"]`.
pub fn string_of(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(literal) = &pair.value else { return None };
    let syn::Lit::Str(text) = &literal.lit else { return None };
    Some(text.value())
}

pub fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn list_has(attributes: &[Attribute], list: &str, word: &str) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(found) = &attribute.meta else { return false };
        let mut words = BTreeSet::new();
        scan::idents(found.tokens.clone(), &mut words);
        found.path.is_ident(list) && words.contains(word)
    })
}

pub fn is_hidden(attributes: &[Attribute]) -> bool {
    list_has(attributes, "doc", "hidden")
}

pub fn is_test(attributes: &[Attribute]) -> bool {
    list_has(attributes, "cfg", "test") && !list_has(attributes, "cfg", "not")
}

fn is_doctest(attributes: &[Attribute]) -> bool {
    list_has(attributes, "cfg", "doctest")
}

pub fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::TraitAlias(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Union(it) => &it.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The name of the derive that a function implements.
fn derive_of(item: &Item) -> Option<String> {
    let derive = attributes_of(item).iter().find(|a| a.path().is_ident("proc_macro_derive"))?;
    let syn::Meta::List(list) = &derive.meta else { return None };
    list.tokens.clone().into_iter().next().map(|name| name.to_string())
}

pub fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::TraitAlias(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Union(it) => &it.attrs,
        _ => &[],
    }
}

pub fn visibility_of(item: &Item) -> Option<&Visibility> {
    Some(match item {
        Item::Const(it) => &it.vis,
        Item::Enum(it) => &it.vis,
        Item::Fn(it) => &it.vis,
        Item::Static(it) => &it.vis,
        Item::Struct(it) => &it.vis,
        Item::Trait(it) => &it.vis,
        Item::TraitAlias(it) => &it.vis,
        Item::Type(it) => &it.vis,
        Item::Union(it) => &it.vis,
        _ => return None,
    })
}
