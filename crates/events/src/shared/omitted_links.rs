/// The links that the types leave out on purpose: for an object, the keys that are not kept.
///
/// Each of them is made from the object's name by a rule that never changes, and together they are
/// most of a payload's bytes. Nothing else that GitHub sends for the events of this crate is
/// dropped; the tests hold the types to that over GitHub's own examples.
///
/// `Repository` stands for [`Repository`](crate::Repository) and
/// [`MinimalRepository`](crate::MinimalRepository).
pub const OMITTED_LINKS: &[(&str, &[&str])] = &[
    ("Repository", REPOSITORY),
    ("Organization", ORGANIZATION),
    ("User", hookstead_types::OMITTED_USER_LINKS),
];

const ORGANIZATION: &[&str] =
    &["events_url", "hooks_url", "issues_url", "members_url", "public_members_url", "repos_url"];

const REPOSITORY: &[&str] = &[
    "archive_url",
    "assignees_url",
    "blobs_url",
    "branches_url",
    "collaborators_url",
    "comments_url",
    "commits_url",
    "compare_url",
    "contents_url",
    "contributors_url",
    "deployments_url",
    "downloads_url",
    "events_url",
    "forks_url",
    "git_commits_url",
    "git_refs_url",
    "git_tags_url",
    "hooks_url",
    "issue_comment_url",
    "issue_events_url",
    "issues_url",
    "keys_url",
    "labels_url",
    "languages_url",
    "merges_url",
    "milestones_url",
    "notifications_url",
    "pulls_url",
    "releases_url",
    "stargazers_url",
    "statuses_url",
    "subscribers_url",
    "subscription_url",
    "tags_url",
    "teams_url",
    "trees_url",
];
