//! What `cargo metadata` says of the workspace and of all it depends on.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The metadata with what is locked, for the machine's own platform.
pub fn read(root: &Path) -> Result<Value, String> {
    let version = run(Command::new("rustc").arg("-vV"))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc -vV names no host")?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let text = run(Command::new(cargo)
        .current_dir(root)
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .args(["--filter-platform", host]))?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// The packages that are in use: those of the dependency graph, which a platform may leave out.
pub fn packages(metadata: &Value) -> Vec<&Value> {
    let used: Vec<&str> =
        list(&metadata["resolve"]["nodes"]).filter_map(|n| n["id"].as_str()).collect();
    list(&metadata["packages"])
        .filter(|package| package["id"].as_str().is_some_and(|id| used.contains(&id)))
        .collect()
}

/// The workspace's packages that are published: those without `publish = false`.
pub fn published(metadata: &Value) -> Vec<&Value> {
    let members: Vec<&str> =
        list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
    list(&metadata["packages"])
        .filter(|package| package["id"].as_str().is_some_and(|id| members.contains(&id)))
        .filter(|package| package["publish"].is_null())
        .collect()
}

pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}
