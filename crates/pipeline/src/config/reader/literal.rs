use toml::de::{DeTable, DeValue};

use super::section::shown_name;
use crate::config::problem::Report;

/// How GitHub's tokens begin, and how private keys do.
const BEGINNINGS: [&str; 7] =
    ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "-----BEGIN "];

/// A shorter text behind the beginning is no token, but somebody's placeholder.
const MIN_TOKEN: usize = 20;

/// Says where a token or a private key stands in the file, also where a text may stand: in `env`, in a command.
pub(super) fn check_literals(table: &DeTable<'_>, shown: &str, report: &Report<'_>) {
    for (name, value) in table {
        let name = shown_name(name.get_ref());
        let shown = if shown.is_empty() { name } else { format!("{shown}.{name}") };
        check_value(value, &shown, report);
    }
}

fn check_value(value: &toml::Spanned<DeValue<'_>>, shown: &str, report: &Report<'_>) {
    match value.get_ref() {
        DeValue::String(text) if is_secret(text) => {
            report.hide(value.span());
            let text = "holds a token or a private key, which the config must not; name its place in `secrets`";
            report.error(value.span(), shown, text);
        }
        DeValue::Array(items) => items.iter().for_each(|item| check_value(item, shown, report)),
        DeValue::Table(table) => check_literals(table, shown, report),
        _ => {}
    }
}

fn is_secret(text: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| {
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ' ';
        text.match_indices(beginning).any(|(at, _)| {
            let rest = text.get(at + beginning.len()..).unwrap_or_default();
            rest.chars().take_while(|c| is_token(*c)).count() >= MIN_TOKEN
                || (*beginning == "-----BEGIN " && rest.contains("PRIVATE KEY-----"))
        })
    })
}
