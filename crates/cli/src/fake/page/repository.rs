//! One repository, with all that is in it.

use hookstead_testkit::{
    FakeRepository, RecordedCheckRun, RecordedComment, RecordedDeployment, RecordedHook,
    RecordedIssue, RecordedPullRequest, RecordedStatus,
};
use maud::{Markup, html};

use super::parts::{List, Tone, badge, list, lists, sha, state, whole};

/// The place of a repository on the page; its name may have any character.
pub(super) fn anchor(position: usize) -> String {
    format!("repository-{}", position + 1)
}

pub(super) fn repository(it: &FakeRepository, position: usize) -> Markup {
    let issues = it.issues();
    let pull_requests = it.pull_requests();
    let numbers = pull_requests.iter().map(|it| it.number);
    let numbers = numbers.chain(issues.iter().map(|it| it.number));
    let mut comments: Vec<RecordedComment> =
        numbers.flat_map(|number| it.comments(number)).collect();
    comments.sort_by_key(|it| it.id);
    html! {
        article id=(anchor(position)) {
            h2 { (it.name()) " " @if it.is_private() { (badge("private", Tone::Plain)) } }
            dl {
                dt { "Clone" }
                dd { @if it.has_git() { code { (it.clone_url()) } } @else { "no git behind it" } }
                dt { "Branches" }
                dd {
                    @for (name, head) in it.branches() {
                        span class="pair" { (name) " " (sha(&head)) } " "
                    }
                }
            }
            (lists(&[
                list(
                    "Pull requests",
                    &["Number", "Title", "State", "From", "Head", "Into", "Labels"],
                    &pull_requests,
                    |pull| pull_request(it, pull),
                ),
                list("Issues", &["Number", "Title", "State", "By", "Labels"], &issues, issue),
                list("Comments", &["On", "By", "Text", "At"], &comments, comment),
                list(
                    "Statuses",
                    &["Commit", "Context", "State", "Description", "By", "At"],
                    &it.all_statuses(),
                    status,
                ),
                list(
                    "Check runs",
                    &["Commit", "Name", "State", "Title", "Id"],
                    &it.all_check_runs(),
                    check_run,
                ),
                list(
                    "Deployments",
                    &["Id", "Commit", "Environment", "Task", "By", "Statuses"],
                    &it.deployments(),
                    |deployment| self::deployment(it, deployment),
                ),
                hooks(&it.hooks()),
            ]))
        }
    }
}

pub(super) fn hooks(hooks: &[RecordedHook]) -> List {
    list("Hooks", &["Id", "URL", "Events", "Sends", "Last answer"], hooks, hook)
}

fn pull_request(repository: &FakeRepository, it: &RecordedPullRequest) -> Vec<Markup> {
    let state_now = match (it.merged, it.open, it.draft) {
        (true, ..) => "merged",
        (_, true, true) => "draft",
        (_, true, false) => "open",
        _ => "closed",
    };
    vec![
        html! { "#" (it.number) },
        html! { (it.title) },
        html! {
            (state(state_now))
            @for review in repository.reviews(it.number) {
                " " (state(&review.state)) " by " (review.author)
            }
        },
        html! { (it.author) ": " (it.head_ref) },
        sha(&it.head_sha),
        html! { (it.base_ref) },
        labels(&it.labels),
    ]
}

fn labels(labels: &[String]) -> Markup {
    html! { @for label in labels { (badge(label, Tone::Plain)) " " } }
}

fn issue(it: &RecordedIssue) -> Vec<Markup> {
    vec![
        html! { "#" (it.number) },
        html! { (it.title) },
        state(if it.open { "open" } else { "closed" }),
        html! { (it.author) },
        labels(&it.labels),
    ]
}

fn comment(it: &RecordedComment) -> Vec<Markup> {
    vec![
        html! { "#" (it.issue) },
        html! { (it.author) },
        html! { span class="lines" { (it.body) } },
        whole(it.created_at.to_string()),
    ]
}

fn status(it: &RecordedStatus) -> Vec<Markup> {
    vec![
        sha(&it.sha),
        html! { (it.context) },
        state(it.state.as_str()),
        html! {
            (it.description.as_deref().unwrap_or_default())
            @if let Some(url) = &it.target_url { " " span class="url" { (url) } }
        },
        html! { (it.creator) },
        whole(it.created_at.to_string()),
    ]
}

fn check_run(it: &RecordedCheckRun) -> Vec<Markup> {
    let conclusion = it.conclusion.as_ref().map(|it| it.as_str());
    vec![
        sha(&it.sha),
        html! { (it.name) },
        state(conclusion.unwrap_or(it.status.as_str())),
        html! { (it.title.as_deref().unwrap_or_default()) },
        whole(it.id),
    ]
}

fn deployment(repository: &FakeRepository, it: &RecordedDeployment) -> Vec<Markup> {
    vec![
        whole(it.id),
        html! { (it.r#ref) " " (sha(&it.sha)) },
        html! { (it.environment) },
        html! { (it.task) },
        html! { (it.creator) },
        html! {
            @for status in repository.deployment_statuses(it.id) {
                (state(status.state.as_str())) " " (status.description) " "
            }
        },
    ]
}

fn hook(it: &RecordedHook) -> Vec<Markup> {
    vec![
        whole(it.id),
        html! { span class="url" { (it.url) } },
        html! { (it.events.join(", ")) },
        html! {
            (if it.form { "form" } else { "JSON" })
            (if it.signed { ", signed" } else { ", not signed" })
            @if !it.active { ", switched off" }
        },
        html! {
            @match it.last_status.as_deref() {
                Some("OK") => (badge("OK", Tone::Good)),
                Some(status) => (badge(status, Tone::Bad)),
                None => "none yet",
            }
        },
    ]
}
