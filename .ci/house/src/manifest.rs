//! The few things of a `Cargo.toml` that the checks ask for, read without a TOML library.

use std::fs;
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Manifest {
    pub package: String,
    /// It does not say `publish = false`.
    pub published: bool,
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The package's name, with `-`.
    pub name: String,
    pub line: usize,
    /// It is wanted by tests, benchmarks and examples only.
    pub dev: bool,
}

impl Manifest {
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self::parse(&text))
    }

    pub fn parse(text: &str) -> Self {
        let mut section = String::new();
        let mut new = Self { package: String::new(), published: true, dependencies: Vec::new() };
        let mut depth = 0_i32;
        for (at, line) in text.lines().enumerate() {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if depth == 0 && line.starts_with('[') {
                section = line.trim_matches(['[', ']']).to_owned();
                // `[dependencies.name]`, a table for one.
                if let Some((before, name)) = section.rsplit_once("dependencies.") {
                    new.add(name, at + 1, before.ends_with("dev-"));
                }
                continue;
            }
            let opens_here = depth == 0;
            depth += line.matches(['[', '{']).count() as i32;
            depth -= line.matches([']', '}']).count() as i32;
            if !opens_here {
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.trim();
            if section == "package" && key == "name" {
                new.package = value.trim().trim_matches('"').to_owned();
            } else if section == "package" && key == "publish" {
                new.published = value.trim() != "false";
            } else if section == "dependencies" || section.ends_with("dependencies") {
                let name = key.split('.').next().unwrap_or(key).trim_matches('"');
                new.add(name, at + 1, section.ends_with("dev-dependencies"));
            }
        }
        new
    }

    fn add(&mut self, name: &str, line: usize, dev: bool) {
        self.dependencies.push(Dependency { name: name.to_owned(), line, dev });
    }
}
