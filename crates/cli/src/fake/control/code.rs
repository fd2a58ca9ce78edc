//! What people do with branches, commits and the repository itself.

use hookstead_testkit::{FakeCommit, FakeProtection};
use serde_json::{Value, json};

use super::call::Call;
use super::field::{Field, Kind, optional, required};
use super::refusal::Refusal;
use super::route::{Route, post};
use super::shown;

const BRANCH: Field = required("branch", Kind::Text, "the branch");

const PROTECTION: &[Field] = &[
    BRANCH,
    required("checks", Kind::Texts, "the contexts and check runs that must be green"),
    optional("strict", Kind::Flag, "whether a branch must have all commits of this one"),
];

pub(super) const ROUTES: &[Route] = &[
    post(
        "/repositories/{owner}/{name}/push",
        "Pushes a commit to a branch, which is made if it is not there",
        &[BRANCH],
        push,
    ),
    post(
        "/repositories/{owner}/{name}/commit",
        "Commits files to a branch and pushes it; needs git behind the repository",
        &[
            BRANCH,
            required("message", Kind::Text, "the commit's message"),
            required("files", Kind::Files, "what it changes"),
            optional("executables", Kind::Texts, "which of the files can be executed"),
            optional("author", Kind::Text, "the login of who commits; the owner by default"),
        ],
        commit,
    ),
    post(
        "/repositories/{owner}/{name}/force-push",
        "Moves a branch to a commit, whatever it had before; needs git",
        &[BRANCH, required("to", Kind::Text, "a full sha, or a branch")],
        force_push,
    ),
    post(
        "/repositories/{owner}/{name}/push-tag",
        "Makes a tag, or moves it; needs git",
        &[
            required("tag", Kind::Text, "the tag"),
            required("to", Kind::Text, "a full sha, or a branch"),
        ],
        push_tag,
    ),
    post(
        "/repositories/{owner}/{name}/delete-branch",
        "Deletes a branch; pull requests from it or into it are closed",
        &[BRANCH],
        delete_branch,
    ),
    post(
        "/repositories/{owner}/{name}/make-conflicting",
        "Lets the changes of a branch conflict with all others, until somebody pushes to it",
        &[BRANCH],
        make_conflicting,
    ),
    post(
        "/repositories/{owner}/{name}/set-file",
        "Puts a file into all commits of a repository without git",
        &[
            required("path", Kind::Text, "the file's path"),
            required("text", Kind::Text, "what it says"),
        ],
        set_file,
    ),
    post(
        "/repositories/{owner}/{name}/rename",
        "Gives the repository another name, under the same owner",
        &[required("name", Kind::Text, "the new name, without the owner")],
        rename,
    ),
    post(
        "/repositories/{owner}/{name}/make-private",
        "Makes the repository private",
        &[],
        make_private,
    ),
    post(
        "/repositories/{owner}/{name}/fork",
        "Makes an account's fork of the repository, which needs git",
        &[required("owner", Kind::Text, "the account's login")],
        fork,
    ),
    post(
        "/repositories/{owner}/{name}/protect",
        "Sets what a branch requires, in place of what it required before",
        PROTECTION,
        protect,
    ),
    post(
        "/repositories/{owner}/{name}/add-ruleset",
        "Adds a ruleset for a branch, beside its protection",
        PROTECTION,
        add_ruleset,
    ),
];

fn push(call: &Call) -> Result<Value, Refusal> {
    let sha = call.repository()?.push(call.text("branch"));
    Ok(json!({ "sha": sha.as_str() }))
}

fn commit(call: &Call) -> Result<Value, Refusal> {
    let executables = call.texts("executables").unwrap_or_default();
    let files = call.files("files");
    let stray = executables.iter().find(|path| !files.iter().any(|(it, _)| it == *path));
    if let Some(path) = stray {
        let message = format!("{path:?} is not among the files");
        return Err(Refusal::bad("body.executables", message));
    }
    let mut commit = FakeCommit::new(call.text("message"));
    if let Some(author) = call.optional_text("author") {
        commit = commit.author(author);
    }
    for (path, text) in files {
        commit = match text {
            Some(text) if executables.contains(&path) => commit.executable(path, text),
            Some(text) => commit.file(path, text),
            None => commit.remove(path),
        };
    }
    let sha = call.repository()?.commit(call.text("branch"), commit);
    Ok(json!({ "sha": sha.as_str() }))
}

fn force_push(call: &Call) -> Result<Value, Refusal> {
    let to = call.commit("to")?;
    call.repository()?.force_push(call.text("branch"), &to);
    Ok(json!({ "sha": to.as_str() }))
}

fn push_tag(call: &Call) -> Result<Value, Refusal> {
    let to = call.commit("to")?;
    call.repository()?.push_tag(call.text("tag"), &to);
    Ok(json!({ "sha": to.as_str() }))
}

fn delete_branch(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.delete_branch(call.text("branch"));
    Ok(json!({}))
}

fn make_conflicting(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.make_conflicting(call.text("branch"));
    Ok(json!({}))
}

fn set_file(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.set_file(call.text("path"), call.text("text"));
    Ok(json!({}))
}

fn rename(call: &Call) -> Result<Value, Refusal> {
    let repository = call.repository()?;
    repository.rename(call.text("name"));
    Ok(json!({ "name": repository.name().to_string() }))
}

fn make_private(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.make_private();
    Ok(json!({}))
}

fn fork(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::repository(&call.repository()?.fork(call.text("owner"))))
}

fn protect(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.protect(call.text("branch"), protection(call));
    Ok(json!({}))
}

fn add_ruleset(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.add_ruleset(call.text("branch"), protection(call));
    Ok(json!({}))
}

fn protection(call: &Call) -> FakeProtection {
    let checks = call.texts("checks").unwrap_or_default();
    let protection = checks.into_iter().fold(FakeProtection::new(), FakeProtection::check);
    if call.flag("strict") { protection.strict() } else { protection }
}
