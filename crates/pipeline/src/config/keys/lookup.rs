use super::key::Key;
use super::limitation::LIMITATIONS;
use super::{environment, job, project, top};

/// All keys, in the order of the docs.
pub fn all_keys() -> impl Iterator<Item = &'static Key> {
    [top::KEYS, project::KEYS, job::KEYS, environment::KEYS].into_iter().flatten()
}

/// The key of this path.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    all_keys().find(|key| key.path == path)
}

/// What holds if the key of this path is not there.
pub(crate) fn default_of(path: &str) -> &'static str {
    find(path).map_or("", |key| key.default)
}

/// The keys of a table, by its path; the path on top is empty.
pub(crate) fn children(table: &str) -> impl Iterator<Item = &'static Key> {
    all_keys().filter(move |key| key.path.rsplit_once('.').map_or("", |(table, _)| table) == table)
}

/// The tables in which a key of this name is known: `[projects.NAME.jobs.NAME]`.
pub(crate) fn home_of(name: &str) -> Option<String> {
    let tables = all_keys().filter(|key| key.name() == name).map(|key| {
        key.path
            .rsplit_once('.')
            .map_or("the top of the file".to_owned(), |(table, _)| format!("[{table}]"))
    });
    let tables: Vec<String> = tables.take(3).collect();
    (!tables.is_empty()).then(|| tables.join(" or "))
}

/// The table of all keys as Markdown, and what this version cannot do.
#[must_use]
pub fn keys_table() -> String {
    let mut text = String::from(
        "| key | type | default | why this default | what it is for |\n|---|---|---|---|---|\n",
    );
    for key in all_keys() {
        let default = match (key.is_required, key.default) {
            (false, default) if !default.is_empty() => format!("`{default}`"),
            _ => key.default_words().to_owned(),
        };
        let Key { path, kind, about, reason, .. } = key;
        text.push_str(&format!("| `{path}` | {kind} | {default} | {reason} | {about} |\n"));
    }
    text.push_str("\nWhat this version cannot do:\n\n| key | what becomes of it |\n|---|---|\n");
    for limitation in LIMITATIONS {
        let value = match limitation.value {
            "" => String::new(),
            value => format!(" = \"{value}\""),
        };
        let word = if limitation.refuses { "Error: it" } else { "It" };
        text.push_str(&format!("| `{}{value}` | {word} {}. |\n", limitation.key, limitation.text));
    }
    text
}
