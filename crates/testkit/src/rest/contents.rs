//! Files and trees.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::ACCEPT;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use crate::git::files::TreeFile;
use crate::state::repository::RepositoryState;
use crate::state::world::World;

/// A file: its bytes if they are asked for, else in JSON. A folder is a list.
pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let reference = call.query("ref").unwrap_or(&repository.default_branch);
    let no_commit = || {
        let message = format!("No commit found for the ref {reference}");
        Answer::error(http::StatusCode::NOT_FOUND, &message)
    };
    let sha = repository.resolve(reference).ok_or_else(no_commit)?.sha;
    let path = call.parameter("path");
    let api = world.links.api_repository(&repository.name);
    let web = world.links.web_repository(&repository.name);
    let entry = |file: &TreeFile| {
        let TreeFile { path, sha: name, size, .. } = file;
        let address = format!("{api}/contents/{path}?ref={reference}");
        let page = format!("{web}/blob/{reference}/{path}");
        let blob = format!("{api}/git/blobs/{name}");
        json!({
            "type": "file",
            "name": path.rsplit('/').next(),
            "path": path,
            "sha": name,
            "size": size.unwrap_or(0),
            "url": address,
            "html_url": page,
            "git_url": blob,
            "download_url": format!("{web}/raw/{reference}/{path}"),
            "_links": { "self": address, "git": blob, "html": page },
        })
    };
    let files = repository.files_at(&sha);
    let found = files.iter().find(|file| file.path == path);
    if let Some((file, contents)) = found.zip(repository.file_at(&sha, path)) {
        let accepts = call.headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if accepts.contains("raw") {
            return Ok(Answer::raw(contents));
        }
        let mut json = entry(file);
        json["encoding"] = json!("base64");
        json["content"] = json!(BASE64_STANDARD.encode(contents));
        return Ok(Answer::ok(json));
    }
    let folder = format!("{path}/");
    let inside = files.iter().filter(|file| file.path.starts_with(&folder));
    let inside: Vec<Value> = inside.map(entry).collect();
    if inside.is_empty() { Err(Answer::not_found()) } else { Ok(Answer::ok(inside.into())) }
}

/// All files of a tree, which is named by its own sha, a commit or a branch.
pub(super) fn tree(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let sha = call.parameter("tree_sha");
    let (commit, tree) = found(repository, sha).ok_or_else(Answer::not_found)?;
    let api = world.links.api_repository(&repository.name);
    let entries: Vec<Value> = repository
        .files_at(&commit)
        .into_iter()
        .map(|TreeFile { path, mode, sha, size }| {
            json!({
                "path": path,
                "mode": mode,
                "type": if mode == "160000" { "commit" } else { "blob" },
                "sha": sha,
                "size": size,
                "url": format!("{api}/git/blobs/{sha}"),
            })
        })
        .collect();
    Ok(Answer::ok(json!({
        "sha": tree,
        "url": format!("{api}/git/trees/{tree}"),
        "tree": entries,
        "truncated": false,
    })))
}

/// A commit and its tree.
fn found(
    repository: &RepositoryState,
    name: &str,
) -> Option<(hookstead_types::Sha, hookstead_types::Sha)> {
    let resolved = repository.resolve(name).map(|found| found.sha);
    let commit = match resolved {
        Some(sha) => repository.history.get(sha.as_str())?,
        None => repository.history.with_tree(name)?,
    };
    Some((commit.sha.clone(), commit.tree.clone()))
}
