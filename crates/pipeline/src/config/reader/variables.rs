use std::collections::BTreeMap;
use std::path::Path;

use toml::de::DeValue;

use super::section::{Section, in_order, shown_name};
use super::value::Value;
use crate::config::problem::{nearest, quoted};
use crate::config::value::SecretSource;

/// Variables that the server sets itself, and what to do in place of setting them.
const RESERVED: [(&str, &str); 4] = [
    ("PATH", "; the key `path` puts folders in front of it"),
    ("HOME", "; it is the server's user's, or the workspace under bubblewrap"),
    ("PWD", "; it is the checkout"),
    ("SHELL", "; a text is always run by `sh`"),
];

/// How secrets are written.
const SECRET_FORM: &str = "`{ env = \"NAME\" }` or `{ file = \"PATH\" }`";

impl<'a> Value<'a> {
    /// The place of a secret. A message never repeats what stands here: it may be the secret itself.
    pub(super) fn secret(&self, folder: &Path) -> Option<SecretSource> {
        let fails = |text: String| {
            self.report.hide(self.span.clone());
            self.fails(text);
            None
        };
        let table = match self.value {
            DeValue::Table(table) => table,
            DeValue::String(_) => {
                return fails(format!(
                    "holds the secret itself, which the config must not; name its place by {SECRET_FORM}"
                ));
            }
            _ => return fails(format!("has to be {SECRET_FORM}")),
        };
        let entries = in_order(table);
        let [(name, value)] = entries.as_slice() else {
            return fails(format!(
                "names {} places, where one is needed: {SECRET_FORM}",
                entries.len()
            ));
        };
        let place = Value {
            shown: format!("{}.{}", self.shown, shown_name(name.get_ref())),
            span: value.span(),
            value: value.get_ref(),
            report: self.report,
        };
        match name.get_ref().as_ref() {
            "env" => match place.value.as_str() {
                Some(name) if is_variable(name) => Some(SecretSource::Env(name.to_owned())),
                _ => fails(
                    "names no environment variable by `env`: letters, digits and `_`, as `WEBHOOK_SECRET`"
                        .to_owned(),
                ),
            },
            "file" => match place.value.as_str() {
                Some(path) if is_path(path) => Some(SecretSource::File(folder.join(path))),
                _ => fails("names no file by `file`, as \"/etc/pipeline/secret\"".to_owned()),
            },
            other => {
                let near = nearest(other, ["env", "file"]);
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                fails(format!("has no key {}, and has to be {SECRET_FORM}{hint}", quoted(other)))
            }
        }
    }

    /// One secret, or a list of them.
    pub(super) fn secrets(&self, folder: &Path) -> Vec<SecretSource> {
        if !matches!(self.value, DeValue::Array(_)) {
            return self.secret(folder).into_iter().collect();
        }
        let items = self.items().unwrap_or_default();
        if items.is_empty() {
            self.fails("is an empty list, and one secret at least is needed");
        }
        items.iter().filter_map(|item| item.secret(folder)).collect()
    }
}

/// What one of the two kinds of variables is read to: by the name, the value and where it stands.
type Entry<'a> = (String, Value<'a>);

impl<'a> Section<'a> {
    pub(super) fn secret(&self, name: &str, folder: &Path) -> Option<SecretSource> {
        self.value(name)?.secret(folder)
    }

    /// Environment variables, those of the project among them.
    pub(super) fn env(&self, of_project: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut env = of_project.clone();
        for (name, value) in self.variables("env") {
            if let Some(text) = value.any_text("a text, in quotes") {
                env.insert(name, text.to_owned());
            }
        }
        env
    }

    /// Secret environment variables, those of the project among them.
    pub(super) fn secret_env(
        &self,
        of_project: &BTreeMap<String, SecretSource>,
        folder: &Path,
    ) -> BTreeMap<String, SecretSource> {
        let mut secrets = of_project.clone();
        for (name, value) in self.variables("secrets") {
            if let Some(secret) = value.secret(folder) {
                secrets.insert(name, secret);
            }
        }
        secrets
    }

    /// The entries of a table of variables whose names can be used.
    fn variables(&self, key: &str) -> Vec<Entry<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(table) = value.table() else { return Vec::new() };
        let mut entries = Vec::new();
        for (name, inner) in in_order(table) {
            let shown = format!("{}.{}", value.shown, shown_name(name.get_ref()));
            let name_text = name.get_ref().as_ref();
            let reserved = RESERVED.iter().find(|(reserved, _)| *reserved == name_text);
            let problem = if !is_variable(name_text) {
                Some(
                    "is no name of a variable: letters, digits and `_`, the first no digit"
                        .to_owned(),
                )
            } else if name_text.starts_with("HOOKSTEAD_") {
                Some(
                    "begins with `HOOKSTEAD_`, as only the variables do that the server sets"
                        .to_owned(),
                )
            } else {
                reserved.map(|(_, hint)| format!("is set by the server{hint}"))
            };
            match problem {
                Some(problem) => {
                    // Whatever the reason: the line may hold a secret.
                    self.report.hide(inner.span());
                    self.report.error(name.span(), &shown, problem);
                }
                None => entries.push((
                    name_text.to_owned(),
                    Value {
                        shown,
                        span: inner.span(),
                        value: inner.get_ref(),
                        report: self.report,
                    },
                )),
            }
        }
        entries
    }
}

/// Whether a text can be the name of an environment variable.
pub(super) fn is_variable(name: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.len() <= 200
        && name.starts_with(is_first)
        && name.chars().all(|c| is_first(c) || c.is_ascii_digit())
}

fn is_path(path: &str) -> bool {
    // Only a shell knows what `~` is.
    !path.trim().is_empty()
        && path.trim() == path
        && !path.starts_with('~')
        && !path.contains(char::is_control)
}
