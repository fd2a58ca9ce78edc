use hookstead_types::{RepoName, Timestamp};
use serde_json::{Value, json};

use super::ids::{node_id, with_links};
use super::user;
use crate::objects::pull_request::Fork;
use crate::state::account;
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
];

/// The short shape, inside of other objects.
pub(crate) fn minimal(links: &Links, repository: &RepositoryFacts) -> Value {
    named(links, repository, &repository.name, repository.id, user::owner(links, repository))
}

/// The full shape.
pub(crate) fn full(links: &Links, repository: &RepositoryFacts) -> Value {
    complete(links, repository, &repository.name, minimal(links, repository))
}

/// The shape that stands in `push`: old times as epoch seconds, some fields more.
pub(crate) fn pushed(links: &Links, repository: &RepositoryFacts) -> Value {
    let mut pushed = full(links, repository);
    let login = repository.name.owner();
    pushed["owner"]["name"] = json!(login);
    pushed["owner"]["email"] = json!(account::email(login));
    pushed["url"] = json!(links.web_repository(&repository.name));
    pushed["created_at"] = epoch_seconds(&repository.created_at);
    pushed["pushed_at"] = epoch_seconds(&repository.pushed_at);
    pushed["stargazers"] = json!(0);
    pushed["master_branch"] = json!(repository.default_branch);
    if repository.of_organization {
        pushed["organization"] = json!(login);
    }
    pushed
}

/// A fork of the repository.
pub(crate) fn fork(links: &Links, repository: &RepositoryFacts, fork: &Fork) -> Value {
    // An owner's login is no less valid in one full name than in another.
    let Ok(name) = RepoName::new(&fork.owner, repository.name.name()) else {
        return Value::Null;
    };
    let owner = user::user(links, &fork.owner);
    let mut json =
        complete(links, repository, &name, named(links, repository, &name, fork.id, owner));
    json["fork"] = json!(true);
    json["open_issues"] = json!(0);
    json["open_issues_count"] = json!(0);
    json
}

/// The shape of `GET /repos/{owner}/{repo}`, which adds what the caller may do.
pub(crate) fn for_caller(links: &Links, repository: &RepositoryFacts) -> Value {
    let mut json = full(links, repository);
    let settings = json!({
        "permissions": { "admin": true, "maintain": true, "push": true, "triage": true, "pull": true },
        "allow_merge_commit": true,
        "allow_squash_merge": true,
        "allow_rebase_merge": true,
        "allow_auto_merge": false,
        "allow_update_branch": false,
        "delete_branch_on_merge": false,
        "merge_commit_message": "PR_TITLE",
        "merge_commit_title": "MERGE_MESSAGE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "use_squash_pr_title_as_default": false,
        "network_count": 0,
        "subscribers_count": 0,
    });
    if let (Some(json), Value::Object(settings)) = (json.as_object_mut(), settings) {
        json.extend(settings);
    }
    json
}

fn named(
    links: &Links,
    repository: &RepositoryFacts,
    name: &RepoName,
    id: u64,
    owner: Value,
) -> Value {
    let minimal = json!({
        "id": id,
        "node_id": node_id("R_kgDO", id),
        "name": name.name(),
        "full_name": name,
        "private": repository.private,
        "owner": owner,
        "html_url": links.web_repository(name),
        "description": format!("A repository of the fake GitHub, by {}", repository.name.owner()),
        "fork": repository.is_fork,
    });
    with_links(minimal, &links.api_repository(name), LINKS)
}

fn complete(links: &Links, repository: &RepositoryFacts, name: &RepoName, short: Value) -> Value {
    let web = links.web_repository(name);
    let open = repository.open_issues;
    let mut json = with_links(short, &web, &[("clone_url", ".git"), ("svn_url", "")]);
    let rest = json!({
        "created_at": repository.created_at,
        "updated_at": repository.pushed_at,
        "pushed_at": repository.pushed_at,
        "git_url": format!("git://{}/{name}.git", links.host()),
        "ssh_url": format!("git@{}:{name}.git", links.host()),
        "homepage": null,
        "size": 108,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "language": "Rust",
        "has_issues": true,
        "has_projects": true,
        "has_downloads": true,
        "has_wiki": true,
        "has_pages": false,
        "has_discussions": false,
        "forks_count": 0,
        "forks": 0,
        "mirror_url": null,
        "archived": false,
        "disabled": false,
        "open_issues_count": open,
        "open_issues": open,
        "license": {
            "key": "mit",
            "name": "MIT License",
            "spdx_id": "MIT",
            "url": format!("{}/licenses/mit", links.api),
            "node_id": "MDc6TGljZW5zZTEz",
        },
        "allow_forking": true,
        "is_template": false,
        "web_commit_signoff_required": false,
        "topics": [],
        "visibility": if repository.private { "private" } else { "public" },
        "default_branch": repository.default_branch,
        "custom_properties": {},
    });
    if let (Some(json), Value::Object(rest)) = (json.as_object_mut(), rest) {
        json.extend(rest);
    }
    json
}

fn epoch_seconds(time: &Timestamp) -> Value {
    json!(time.instant().map(|instant| instant.as_second()))
}
