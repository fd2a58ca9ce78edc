//! What a path means: which file defines what it names, through every re-export.

use crate::source::House;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An item of one of our crates: crate, module, name.
    Item(usize, usize, String),
    /// A module of one of our crates.
    Module(usize, usize),
    /// Something of another crate, by its path.
    Foreign(Vec<String>),
}

/// A place in one of our crates: crate and module.
pub type Place = (usize, usize);

pub struct Resolver<'a> {
    pub house: &'a House,
    /// What is being looked up, so that imports that lead to themselves end.
    at_work: Vec<(Place, String)>,
}

impl<'a> Resolver<'a> {
    pub fn new(house: &'a House) -> Self {
        Self { house, at_work: Vec::new() }
    }

    /// Follows `crate`, `self`, `super` and the crate's own name; the rest of the path stays.
    pub fn start<'p>(&self, from: Place, path: &'p [String]) -> Option<(Place, &'p [String])> {
        let own = &self.house.crates[from.0];
        let mut module = match path.first()?.as_str() {
            "crate" => 0,
            "self" => from.1,
            "super" => own.modules[from.1].parent?,
            name if name == own.ident && !own.modules[from.1].children.contains_key(name) => 0,
            _ => return None,
        };
        let mut rest = &path[1..];
        while rest.first().is_some_and(|step| step == "super") {
            module = own.modules[module].parent?;
            rest = &rest[1..];
        }
        Some(((from.0, module), rest))
    }

    /// What the path names, seen from a module. `None` for the prelude, generics and locals.
    pub fn resolve(&mut self, from: Place, path: &[String], absolute: bool) -> Option<Target> {
        if let Some((place, rest)) = self.start(from, path).filter(|_| !absolute) {
            return self.walk(Target::Module(place.0, place.1), rest);
        }
        let (first, rest) = path.split_first()?;
        if !absolute && let Some(found) = self.look_up(from, first, !rest.is_empty()) {
            return self.walk(found, rest);
        }
        if let Some(krate) = self.house.by_ident(first) {
            return self.walk(Target::Module(krate, 0), rest);
        }
        let krate = first.chars().all(|c| c.is_lowercase() || c == '_' || c.is_ascii_digit());
        (krate && self.is_crate(from.0, first)).then(|| Target::Foreign(path.to_vec()))
    }

    fn is_crate(&self, krate: usize, name: &str) -> bool {
        matches!(name, "std" | "core" | "alloc" | "proc_macro")
            || self.house.crates[krate]
                .manifest
                .dependencies
                .iter()
                .any(|dependency| dependency.name.replace('-', "_") == name)
    }

    fn walk(&mut self, mut target: Target, path: &[String]) -> Option<Target> {
        for (at, step) in path.iter().enumerate() {
            match target {
                Target::Module(krate, module) => {
                    target = self.look_up((krate, module), step, at + 1 < path.len())?;
                }
                // A variant, an associated function.
                Target::Item(..) => return Some(target),
                Target::Foreign(mut whole) => {
                    whole.extend(path[at..].iter().cloned());
                    return Some(Target::Foreign(whole));
                }
            }
        }
        Some(target)
    }

    /// What a name means in a module. A module is preferred where more of the path follows.
    pub fn look_up(&mut self, place: Place, name: &str, module_first: bool) -> Option<Target> {
        let key = (place, name.to_owned());
        if self.at_work.contains(&key) {
            // `mod a; use a::a;`: the import of a name may lead through the module of that name.
            let child = self.house.crates[place.0].modules[place.1].children.get(name);
            return child.filter(|_| module_first).map(|child| Target::Module(place.0, *child));
        }
        self.at_work.push(key);
        let found = self.look_up_once(place, name, module_first);
        self.at_work.pop();
        found
    }

    fn look_up_once(&mut self, place: Place, name: &str, module_first: bool) -> Option<Target> {
        let house = self.house;
        let (krate, index) = place;
        let module = &house.crates[krate].modules[index];
        let child = module.children.get(name).map(|child| Target::Module(krate, *child));
        if module_first && child.is_some() {
            return child;
        }
        let item = || Target::Item(krate, index, name.to_owned());
        if module.names.contains(name) {
            return Some(item());
        }
        for import in module.imports.iter().filter(|i| i.name.as_deref() == Some(name)) {
            if let Some(found) = self.resolve(place, &import.path, import.absolute) {
                return Some(found);
            }
        }
        if child.is_some() {
            return child;
        }
        for import in module.imports.iter().filter(|i| i.name.is_none()) {
            let target = self.resolve(place, &import.path, import.absolute);
            if let Some(Target::Module(krate, index)) = target
                && (krate, index) != place
                && let Some(found) = self.look_up((krate, index), name, module_first)
            {
                return Some(found);
            }
        }
        if index == 0
            && let Some(definer) = house.crates[krate].exported_macros.get(name)
        {
            return Some(Target::Item(krate, *definer, name.to_owned()));
        }
        module.perhaps.contains(name).then(item)
    }

    pub fn file(&self, krate: usize, module: usize) -> &'a str {
        &self.house.crates[krate].modules[module].file
    }
}
