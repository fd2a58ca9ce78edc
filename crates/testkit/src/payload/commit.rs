use hookstead_types::Sha;
use serde_json::{Value, json};

use super::ids::node_id;
use super::user;
use crate::git::changes::ChangedFile;
use crate::git::person::Signature;
use crate::state::account;
use crate::state::facts::RepositoryFacts;
use crate::state::history::{Commit, GitDetails};
use crate::state::links::Links;

/// The shape of the REST API and of `status`.
pub(crate) fn full(links: &Links, repository: &RepositoryFacts, commit: &Commit) -> Value {
    let api = links.api_repository(&repository.name);
    let web = links.web_repository(&repository.name);
    let Commit { sha, tree, message, .. } = commit;
    let (author_person, committer_person) = people(commit);
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|sha| {
            json!({
                "sha": sha,
                "url": format!("{api}/commits/{sha}"),
                "html_url": format!("{web}/commit/{sha}"),
            })
        })
        .collect();
    json!({
        "sha": sha,
        "node_id": format!("{}{}", node_id("C_kwDO", repository.id), sha),
        "url": format!("{api}/commits/{sha}"),
        "html_url": format!("{web}/commit/{sha}"),
        "comments_url": format!("{api}/commits/{sha}/comments"),
        "author": account_of(links, commit, |git| &git.author),
        "committer": account_of(links, commit, |git| &git.committer),
        "parents": parents,
        "commit": {
            "author": author_person,
            "committer": committer_person,
            "message": message,
            "tree": { "sha": tree, "url": format!("{api}/git/trees/{tree}") },
            "url": format!("{api}/git/commits/{sha}"),
            "comment_count": 0,
            "verification": {
                "verified": false,
                "reason": "unsigned",
                "signature": null,
                "payload": null,
                "verified_at": null,
            },
        },
    })
}

/// The shape of a commit that is asked for by itself: what it changes is there too. Here, every commit changes
/// a line of one file.
pub(crate) fn with_changes(links: &Links, repository: &RepositoryFacts, commit: &Commit) -> Value {
    let mut json = full(links, repository, commit);
    let api = links.api_repository(&repository.name);
    let web = links.web_repository(&repository.name);
    let Commit { sha, tree, .. } = commit;
    json["stats"] = json!({ "additions": 1, "deletions": 1, "total": 2 });
    json["files"] = json!([{
        "sha": tree,
        "filename": "README.md",
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "blob_url": format!("{web}/blob/{sha}/README.md"),
        "raw_url": format!("{web}/raw/{sha}/README.md"),
        "contents_url": format!("{api}/contents/README.md?ref={sha}"),
        "patch": "@@ -1 +1 @@\n-before\n+after",
    }]);
    json
}

/// As [`with_changes`], with the files that git says have changed.
pub(crate) fn with_changed_files(
    links: &Links,
    repository: &RepositoryFacts,
    commit: &Commit,
    files: &[ChangedFile],
) -> Value {
    let mut json = full(links, repository, commit);
    let additions: u64 = files.iter().map(|file| file.additions).sum();
    let deletions: u64 = files.iter().map(|file| file.deletions).sum();
    let total = additions + deletions;
    json["stats"] = json!({ "additions": additions, "deletions": deletions, "total": total });
    let files = files.iter().map(|file| changed_file(links, repository, &commit.sha, file));
    json["files"] = files.collect();
    json
}

/// A file that a commit, a comparison or a pull request changes; `sha` is the commit that has it.
pub(crate) fn changed_file(
    links: &Links,
    repository: &RepositoryFacts,
    sha: &Sha,
    file: &ChangedFile,
) -> Value {
    let api = links.api_repository(&repository.name);
    let web = links.web_repository(&repository.name);
    let ChangedFile { path, previous, status, blob, additions, deletions, patch } = file;
    let mut json = json!({
        "sha": blob,
        "filename": path,
        "status": status,
        "additions": additions,
        "deletions": deletions,
        "changes": additions + deletions,
        "blob_url": format!("{web}/blob/{sha}/{path}"),
        "raw_url": format!("{web}/raw/{sha}/{path}"),
        "contents_url": format!("{api}/contents/{path}?ref={sha}"),
    });
    if let Some(patch) = patch {
        json["patch"] = json!(patch);
    }
    if let Some(previous) = previous {
        json["previous_filename"] = json!(previous);
    }
    json
}

/// The shape of `push`.
pub(crate) fn pushed(links: &Links, repository: &RepositoryFacts, commit: &Commit) -> Value {
    let mut json = short(commit);
    let web = links.web_repository(&repository.name);
    json["distinct"] = json!(true);
    json["url"] = json!(format!("{web}/commit/{}", commit.sha));
    match &commit.git {
        Some(git) => {
            for (role, signature) in [("author", &git.author), ("committer", &git.committer)] {
                // Whom GitHub does not know has no user name.
                if let Some(login) = login_of(signature) {
                    json[role]["username"] = json!(login);
                }
            }
            json["added"] = json!(git.changed.added);
            json["removed"] = json!(git.changed.removed);
            json["modified"] = json!(git.changed.modified);
        }
        None => {
            json["author"]["username"] = json!(commit.author);
            json["committer"]["username"] = json!(commit.author);
            json["added"] = json!([]);
            json["removed"] = json!([]);
            json["modified"] = json!(["README.md"]);
        }
    }
    json
}

/// The shape of check suites and workflow runs.
pub(crate) fn short(commit: &Commit) -> Value {
    let (mut author, mut committer) = people(commit);
    for person in [&mut author, &mut committer] {
        person.as_object_mut().and_then(|person| person.remove("date"));
    }
    json!({
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.date,
        "author": author,
        "committer": committer,
    })
}

/// The author and the committer, as the commit has them.
fn people(commit: &Commit) -> (Value, Value) {
    match &commit.git {
        Some(git) => (person(&git.author), person(&git.committer)),
        None => {
            let Commit { author, date, .. } = commit;
            let person = json!({ "name": author, "email": account::email(author), "date": date });
            (person.clone(), person)
        }
    }
}

fn person(signature: &Signature) -> Value {
    let Signature { person, date } = signature;
    json!({ "name": person.name, "email": person.email, "date": date })
}

/// The account of the author or the committer; `null` if GitHub knows nobody of that address.
fn account_of(links: &Links, commit: &Commit, of: fn(&GitDetails) -> &Signature) -> Value {
    match &commit.git {
        Some(git) => login_of(of(git)).map_or(Value::Null, |login| user::user(links, login)),
        None => user::user(links, &commit.author),
    }
}

/// GitHub itself has an account for what is committed on its website.
fn login_of(signature: &Signature) -> Option<&str> {
    match signature.person.email.as_str() {
        "noreply@github.com" => Some("web-flow"),
        email => account::login_of(email),
    }
}
