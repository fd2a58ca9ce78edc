use std::error::Error;

use hookstead_pipeline::config::{Key, LIMITATIONS, all_keys};
use serde_json::json;

use crate::output;
use crate::text;

/// Prints all keys for people: by table, each with its type, its default and what it is for.
pub(super) fn print() -> Result<(), Box<dyn Error>> {
    let width = text::width().clamp(40, 100);
    let mut lines = Vec::new();
    let mut tables: Vec<&str> = Vec::new();
    for table in all_keys().map(table_of) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    for table in tables {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(if table.is_empty() {
            "on top of the file".to_owned()
        } else {
            format!("[{table}]")
        });
        for key in all_keys().filter(|key| table_of(key) == table) {
            lines.push(format!("  {}: {}", key.name(), key.kind.to_string().replace('`', "")));
            let reason =
                if key.reason.is_empty() { String::new() } else { format!(" {}", key.reason) };
            let text = format!("{} {}{reason}", key.about.replace('`', ""), default_words(key));
            lines.extend(
                text::wrapped(&text, width - 6).into_iter().map(|line| format!("      {line}")),
            );
        }
    }
    lines.push(String::new());
    lines.push("What this version cannot do:".to_owned());
    for limitation in LIMITATIONS {
        let value = match limitation.value {
            "" => String::new(),
            value if value.ends_with(':') => format!(" = \"{value}..\""),
            value => format!(" = \"{value}\""),
        };
        let text = format!("{}{value} {}.", limitation.key, limitation.text.replace('`', ""));
        let wrapped = text::wrapped(&text, width - 6).into_iter().enumerate();
        lines
            .extend(wrapped.map(|(index, line)| {
                format!("{}{line}", if index == 0 { "  " } else { "      " })
            }));
    }
    output::print_lines(&lines)
}

/// The table that a key stands in.
fn table_of(key: &Key) -> &'static str {
    key.path.rsplit_once('.').map_or("", |(table, _)| table)
}

fn default_words(key: &Key) -> String {
    match (key.is_required, key.default) {
        (true, _) => "It has to be there.".to_owned(),
        (false, "") => String::new(),
        (false, default) => format!("Default: {default}."),
    }
}

/// Prints all keys for programs.
pub(super) fn print_json() -> Result<(), Box<dyn Error>> {
    let keys = all_keys().map(|key| {
        let default = (!key.default.is_empty()).then_some(key.default);
        json!({
            "key": key.path,
            "type": key.kind.to_string(),
            "required": key.is_required,
            "default": default,
            "about": key.about,
            "reason": key.reason,
        })
    });
    output::print_json(&keys.collect::<Vec<_>>())
}
