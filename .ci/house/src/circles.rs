//! No circle of imports among a crate's files, and no import through the crate's own `lib.rs`.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;

use crate::finding::Finding;
use crate::resolve::{Resolver, Target};
use crate::source::{Crate, House};

/// Arrows between the files of one crate, each with the line and the path of its first reason.
pub type Arrows = BTreeMap<String, BTreeMap<String, (usize, String)>>;

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in 0..house.crates.len() {
        let seen = look(house, krate);
        findings.extend(seen.findings);
        for circle in circles(&seen.arrows) {
            findings.push(describe(&house.crates[krate], &circle, &seen.arrows));
        }
    }
    findings.sort();
    findings
}

/// What a crate's files import from each other.
pub struct Seen {
    pub arrows: Arrows,
    /// Imports through `lib.rs`, and paths that lead nowhere.
    pub findings: Vec<Finding>,
}

pub fn look(house: &House, krate: usize) -> Seen {
    let mut seen = Seen { arrows: Arrows::new(), findings: Vec::new() };
    let own = &house.crates[krate];
    let root_file = &own.modules[0].file;
    let mut resolver = Resolver::new(house);
    let mut through_root: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (index, module) in own.modules.iter().enumerate() {
        let place = (krate, index);
        let mut paths: Vec<(Vec<String>, usize, bool, bool)> = Vec::new();
        for import in &module.imports {
            paths.push((import.path.clone(), import.line, import.absolute, import.name.is_none()));
        }
        let has_globs = module.imports.iter().any(|import| import.name.is_none());
        for item in &module.items {
            for mention in crate::scan::mentions(item.to_token_stream()) {
                let single = mention.path.len() == 1;
                let capital = mention.path[0].starts_with(|c: char| c.is_uppercase());
                // A single name means another file only by an import, which was seen above, or by
                // a glob; a small one may be a variable, unless it is called.
                if !single || (has_globs && (capital || mention.called)) {
                    paths.push((mention.path, mention.line, false, false));
                }
            }
        }
        for (path, line, absolute, glob) in paths {
            let shown = path.join("::");
            let started = resolver.start(place, &path).filter(|_| !absolute);
            if let Some(((_, 0), rest)) = started
                && module.file != *root_file
                && is_through_root(own, rest, glob)
            {
                let entry = through_root.entry(&module.file).or_insert((line, BTreeSet::new()));
                entry.1.insert(if glob { format!("{shown}::*") } else { shown.clone() });
            }
            match resolver.resolve(place, &path, absolute) {
                Some(Target::Item(other, definer, _)) if other == krate => {
                    let file = resolver.file(krate, definer);
                    // A file that only declares and re-exports takes part in no circle.
                    if file != module.file && passes_nothing_on(own, &module.file) {
                        let arrows = seen.arrows.entry(module.file.clone()).or_default();
                        arrows.entry(file.to_owned()).or_insert((line, shown));
                    }
                }
                Some(_) => {}
                None if started.is_some_and(|(_, rest)| !rest.is_empty()) => {
                    let message = format!("it is not clear which file defines `{shown}`");
                    let key = format!("{}: {message}", module.file);
                    seen.findings.push(Finding::new(&module.file, line, message, key));
                }
                None => {}
            }
        }
    }
    for (file, (line, names)) in through_root {
        let names: Vec<_> = names.into_iter().collect();
        let few = if names.len() > 4 { "..." } else { "" };
        let shown = format!("{}{few}", names[..names.len().min(4)].join(", "));
        let message = format!(
            "{} paths lead through lib.rs; name the file that defines it: {shown}",
            names.len()
        );
        let key = format!("{file}: paths lead through lib.rs");
        seen.findings.push(Finding::new(file, line, message, key));
    }
    seen
}

/// Whether `crate::rest` finds its first step among the root's imports.
fn is_through_root(own: &Crate, rest: &[String], glob: bool) -> bool {
    let root = &own.modules[0];
    let Some(first) = rest.first() else { return glob };
    let here = root.names.contains(first)
        || root.perhaps.contains(first)
        || own.exported_macros.contains_key(first);
    let module = root.children.contains_key(first);
    let imported = root.imports.iter().any(|import| import.name.as_deref() == Some(first));
    !here && (if module { imported && rest.len() == 1 } else { true })
}

/// Whether a file has anything of its own beside declarations and re-exports.
fn passes_nothing_on(own: &Crate, file: &str) -> bool {
    own.modules.iter().any(|module| module.file == file && module.has_code)
}

/// The sets of files that reach each other, of more than one file.
pub fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reachable(arrows, from))).collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut all = Vec::new();
    for (from, reached) in &reach {
        if done.contains(*from) || !reached.contains(*from) {
            continue;
        }
        let circle: Vec<String> = reached
            .iter()
            .filter(|to| reach.get(*to).is_some_and(|back| back.contains(*from)))
            .map(|to| (*to).to_owned())
            .collect();
        done.extend(
            reached.iter().copied().filter(|to| circle.iter().any(|one| one.as_str() == *to)),
        );
        all.push(circle);
    }
    all
}

fn reachable<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> =
        arrows.get(from).into_iter().flatten().map(|(to, _)| to.as_str()).collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(arrows.get(next).into_iter().flatten().map(|(to, _)| to.as_str()));
        }
    }
    reached
}

/// A circle as a finding: its files, and the shortest way round from the first one.
fn describe(own: &Crate, circle: &[String], arrows: &Arrows) -> Finding {
    let prefix = format!("crates/{}/src/", own.folder);
    let short = |file: &str| file.strip_prefix(&prefix).unwrap_or(file).to_owned();
    let way = shortest(arrows, circle);
    let mut steps = Vec::new();
    for pair in way.windows(2) {
        let (line, path) = &arrows[&pair[0]][&pair[1]];
        steps.push(format!("{}:{line} names {path} of {}", short(&pair[0]), short(&pair[1])));
    }
    let line = arrows[&way[0]][&way[1]].0;
    let files = circle.iter().map(|file| short(file)).collect::<Vec<_>>().join(" ");
    let message =
        format!("{} files import each other in a circle: {}", circle.len(), steps.join(", "));
    Finding::new(&way[0], line, message, format!("circle in {}: {files}", own.folder))
}

/// The shortest way from one of the files back to itself.
fn shortest(arrows: &Arrows, circle: &[String]) -> Vec<String> {
    let mut best: Option<Vec<String>> = None;
    for start in circle {
        let mut open = vec![vec![start.clone()]];
        let mut seen = BTreeSet::new();
        'search: while !open.is_empty() {
            let mut next = Vec::new();
            for way in open {
                for to in arrows.get(&way[way.len() - 1]).into_iter().flatten().map(|(to, _)| to) {
                    let longer = [way.as_slice(), std::slice::from_ref(to)].concat();
                    if to == start {
                        if best.as_ref().is_none_or(|best| longer.len() < best.len()) {
                            best = Some(longer);
                        }
                        break 'search;
                    }
                    if circle.contains(to) && seen.insert(to.clone()) {
                        next.push(longer);
                    }
                }
            }
            open = next;
        }
    }
    best.unwrap_or_default()
}
