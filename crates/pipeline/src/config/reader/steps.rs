use std::path::{Component, Path, PathBuf};

use toml::de::DeValue;

use super::section::Section;
use super::value::Value;
use crate::config::model::{Command, JobStep};
use crate::config::problem::quoted;

/// More steps are refused: each has a line of its own on the pages.
const MAX_STEPS: usize = 100;

impl Value<'_> {
    /// What is run.
    pub(super) fn command(&self) -> Option<Command> {
        match self.value {
            DeValue::Array(_) => {
                let items = self.items()?;
                let words: Option<Vec<String>> =
                    items.iter().map(|item| item.any_text("a text").map(str::to_owned)).collect();
                let words = words?;
                match words.first() {
                    Some(program) if !program.trim().is_empty() => Some(Command::List(words)),
                    Some(_) => {
                        self.fails("begins with an empty text, where the program belongs");
                        None
                    }
                    None => {
                        self.fails("is an empty list, so there is nothing to run");
                        None
                    }
                }
            }
            _ => {
                let text =
                    self.any_text("a text for `sh`, or a list: a program and its arguments")?;
                if text.trim().is_empty() {
                    self.fails("is empty, so there is nothing to run");
                    return None;
                }
                Some(Command::Shell(text.to_owned()))
            }
        }
    }

    /// Paths below the checkout.
    pub(super) fn paths_below(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for (item, text) in self.lines().unwrap_or_default() {
            let path = Path::new(text);
            let is_normal =
                |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
            let has_name = path.components().any(|part| matches!(part, Component::Normal(_)));
            let problem = if !path.components().all(is_normal) {
                "leaves the checkout: say a path below it, without `/` at its beginning and `..`"
            } else if !has_name {
                "is the checkout itself; say what of it"
            } else if path.components().find(|part| *part != Component::CurDir)
                == Some(Component::Normal(".git".as_ref()))
            {
                "is git's own folder"
            } else if text.contains(['*', '?']) {
                "has a `*` or a `?`, and patterns are not known here; say a folder"
            } else {
                // `./target/` and `target` are the same.
                paths.push(path.components().filter(|part| *part != Component::CurDir).collect());
                continue;
            };
            item.fails(format!("is {}, which {problem}", quoted(text)));
        }
        paths
    }

    /// Absolute paths.
    pub(super) fn absolute_paths(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for (item, text) in self.lines().unwrap_or_default() {
            if !text.starts_with('/') {
                item.fails(format!("is {}, and has to begin with `/`", quoted(text)));
            } else if text.contains(':') {
                item.fails(format!("is {}, and `:` parts the folders of PATH", quoted(text)));
            } else {
                paths.push(PathBuf::from(text));
            }
        }
        paths
    }
}

impl Section<'_> {
    pub(super) fn command(&self, name: &str) -> Option<Command> {
        self.value(name)?.command()
    }

    /// What `run` or `steps` say. Without either there is none.
    pub(super) fn steps(&self) -> Vec<JobStep> {
        if let Some(command) = self.command("run") {
            return vec![JobStep { name: "run".to_owned(), command }];
        }
        let mut steps: Vec<JobStep> = Vec::new();
        let sections = self.list_of_sections("steps");
        if self.is_empty_list("steps") {
            self.fails("steps", "is empty, so there is nothing to run");
        }
        if sections.len() > MAX_STEPS {
            self.fails("steps", format!("has {} steps, and may have {MAX_STEPS}", sections.len()));
        }
        for (index, section) in sections.iter().take(MAX_STEPS).enumerate() {
            let name = section.value("name").and_then(|value| value.line().map(str::to_owned));
            let name = name.unwrap_or_else(|| format!("step {}", index + 1));
            if steps.iter().any(|step| step.name == name) {
                section.fails("name", format!("is {}, as a step before is called", quoted(&name)));
            }
            if let Some(command) = section.command("run") {
                steps.push(JobStep { name, command });
            }
        }
        steps
    }
}
