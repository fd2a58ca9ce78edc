use serde_json::{Value, json};

use super::ids::node_id;
use super::user;
use crate::state::account;
use crate::state::facts::RepositoryFacts;
use crate::state::history::Commit;
use crate::state::links::Links;

/// The shape of the REST API and of `status`.
pub(crate) fn full(links: &Links, repository: &RepositoryFacts, commit: &Commit) -> Value {
    let api = links.api_repository(&repository.name);
    let web = links.web_repository(&repository.name);
    let Commit { sha, tree, message, author, .. } = commit;
    let person = json!({ "name": author, "email": account::email(author), "date": commit.date });
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
        "author": user::user(links, author),
        "committer": user::user(links, author),
        "parents": parents,
        "commit": {
            "author": person,
            "committer": person,
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

/// The shape of `push`.
pub(crate) fn pushed(links: &Links, repository: &RepositoryFacts, commit: &Commit) -> Value {
    let mut json = short(commit);
    let web = links.web_repository(&repository.name);
    json["distinct"] = json!(true);
    json["url"] = json!(format!("{web}/commit/{}", commit.sha));
    json["author"]["username"] = json!(commit.author);
    json["committer"]["username"] = json!(commit.author);
    json["added"] = json!([]);
    json["removed"] = json!([]);
    json["modified"] = json!(["README.md"]);
    json
}

/// The shape of check suites and workflow runs.
pub(crate) fn short(commit: &Commit) -> Value {
    let person = json!({ "name": commit.author, "email": account::email(&commit.author) });
    json!({
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.date,
        "author": person,
        "committer": person,
    })
}
