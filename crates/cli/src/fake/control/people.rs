//! What people do with pull requests and issues, and what they say about them.

use hookstead_testkit::{FakeIssue, FakePullRequest};
use serde_json::{Value, json};

use super::call::Call;
use super::field::{Field, Kind, optional, required};
use super::refusal::Refusal;
use super::route::{Route, post};
use super::shown;

const NUMBER: Field = required("number", Kind::Whole, "the number");
const LOGIN: Field = optional("login", Kind::Text, "who does it; by default the owner");
const TITLE: Field = required("title", Kind::Text, "the title");
const BODY: Field = optional("body", Kind::Text, "the description");
const LABELS: Field = optional("labels", Kind::Texts, "the names of its labels");
const AUTHOR: Field = optional("author", Kind::Text, "who opens it; by default the owner");

pub(super) const ROUTES: &[Route] = &[
    post(
        "/repositories/{owner}/{name}/open-pull-request",
        "Opens a pull request; its branch is made, with a commit, if it is not there",
        &[
            TITLE,
            optional("head", Kind::Text, "the branch it comes from; feature by default"),
            optional("base", Kind::Text, "the branch it goes to; the default branch if missing"),
            BODY,
            AUTHOR,
            optional("fork", Kind::Text, "the login of the account whose fork it comes from"),
            optional("draft", Kind::Flag, "whether it is a draft"),
            LABELS,
            optional("assignees", Kind::Texts, "the logins of those who care for it"),
            optional("reviewers", Kind::Texts, "the logins of those who are asked for a review"),
        ],
        open_pull_request,
    ),
    post(
        "/repositories/{owner}/{name}/close-pull-request",
        "Closes a pull request without merging it",
        &[NUMBER],
        close_pull_request,
    ),
    post(
        "/repositories/{owner}/{name}/reopen-pull-request",
        "Opens a closed pull request again",
        &[NUMBER],
        reopen_pull_request,
    ),
    post(
        "/repositories/{owner}/{name}/merge-pull-request",
        "Merges a pull request by a merge commit",
        &[NUMBER],
        merge_pull_request,
    ),
    post(
        "/repositories/{owner}/{name}/carry-out-merges",
        "Carries out the merges that were asked for with merge-async",
        &[],
        carry_out_merges,
    ),
    post(
        "/repositories/{owner}/{name}/delete-fork",
        "Deletes the fork that a pull request comes from",
        &[NUMBER],
        delete_fork,
    ),
    post(
        "/repositories/{owner}/{name}/review",
        "Reviews a pull request",
        &[
            NUMBER,
            required("verdict", Kind::OneOf(&["approve", "request_changes"]), "what it comes to"),
            optional("body", Kind::Text, "what it says, where changes are asked for"),
            LOGIN,
        ],
        review,
    ),
    post(
        "/repositories/{owner}/{name}/open-issue",
        "Opens an issue",
        &[TITLE, BODY, AUTHOR, LABELS],
        open_issue,
    ),
    post("/repositories/{owner}/{name}/close-issue", "Closes an issue", &[NUMBER], close_issue),
    post(
        "/repositories/{owner}/{name}/comment",
        "Comments on an issue or a pull request",
        &[NUMBER, required("body", Kind::Text, "what it says"), LOGIN],
        comment,
    ),
    post(
        "/repositories/{owner}/{name}/edit-comment",
        "Edits a comment",
        &[
            required("id", Kind::Whole, "the comment's id"),
            required("body", Kind::Text, "what it says from now on"),
            LOGIN,
        ],
        edit_comment,
    ),
    post(
        "/repositories/{owner}/{name}/set-labels",
        "Puts labels in the place of all that an issue or a pull request has",
        &[NUMBER, required("labels", Kind::Texts, "the names")],
        set_labels,
    ),
    post(
        "/repositories/{owner}/{name}/set-role",
        "Gives an account a role",
        &[
            required("login", Kind::Text, "the account"),
            required(
                "role",
                Kind::OneOf(&["admin", "maintain", "write", "triage", "read", "none"]),
                "what it may do",
            ),
        ],
        set_role,
    ),
];

fn open_pull_request(call: &Call) -> Result<Value, Refusal> {
    let mut new = FakePullRequest::new(call.text("title"));
    if let Some(head) = call.optional_text("head") {
        new = new.head(head);
    }
    if let Some(base) = call.optional_text("base") {
        new = new.base(base);
    }
    if let Some(body) = call.optional_text("body") {
        new = new.body(body);
    }
    if let Some(author) = call.optional_text("author") {
        new = new.author(author);
    }
    if let Some(fork) = call.optional_text("fork") {
        new = new.from_fork(fork);
    }
    if call.flag("draft") {
        new = new.draft();
    }
    let all = |name: &str| call.texts(name).unwrap_or_default();
    new = all("labels").into_iter().fold(new, FakePullRequest::label);
    new = all("assignees").into_iter().fold(new, FakePullRequest::assignee);
    new = all("reviewers").into_iter().fold(new, FakePullRequest::reviewer);
    let number = call.repository()?.open_pull_request(new);
    pull_request(call, number)
}

fn pull_request(call: &Call, number: u64) -> Result<Value, Refusal> {
    Ok(shown::pull_request(&call.repository()?.pull_request(number)))
}

fn close_pull_request(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.close_pull_request(call.whole("number"));
    pull_request(call, call.whole("number"))
}

fn reopen_pull_request(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.reopen_pull_request(call.whole("number"));
    pull_request(call, call.whole("number"))
}

fn merge_pull_request(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.merge_pull_request(call.whole("number"));
    pull_request(call, call.whole("number"))
}

fn carry_out_merges(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.carry_out_merges();
    Ok(json!({}))
}

fn delete_fork(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.delete_fork_of(call.whole("number"));
    Ok(json!({}))
}

fn review(call: &Call) -> Result<Value, Refusal> {
    let (repository, number, login) = (call.repository()?, call.whole("number"), call.login()?);
    let id = if call.text("verdict") == "approve" {
        repository.approve(number, &login)
    } else {
        repository.request_changes(number, &login, call.text("body"))
    };
    Ok(json!({ "id": id }))
}

fn open_issue(call: &Call) -> Result<Value, Refusal> {
    let mut new = FakeIssue::new(call.text("title"));
    if let Some(body) = call.optional_text("body") {
        new = new.body(body);
    }
    if let Some(author) = call.optional_text("author") {
        new = new.author(author);
    }
    new = call.texts("labels").unwrap_or_default().into_iter().fold(new, FakeIssue::label);
    let repository = call.repository()?;
    let number = repository.open_issue(new);
    Ok(shown::issue(&repository.issue(number)))
}

fn close_issue(call: &Call) -> Result<Value, Refusal> {
    let (repository, number) = (call.repository()?, call.whole("number"));
    repository.close_issue(number);
    Ok(shown::issue(&repository.issue(number)))
}

fn comment(call: &Call) -> Result<Value, Refusal> {
    let (repository, login) = (call.repository()?, call.login()?);
    let id = repository.comment(call.whole("number"), &login, call.text("body"));
    Ok(json!({ "id": id }))
}

fn edit_comment(call: &Call) -> Result<Value, Refusal> {
    let (repository, login) = (call.repository()?, call.login()?);
    repository.edit_comment(call.whole("id"), &login, call.text("body"));
    Ok(json!({}))
}

fn set_labels(call: &Call) -> Result<Value, Refusal> {
    let labels = call.texts("labels").unwrap_or_default();
    call.repository()?.set_labels(call.whole("number"), &labels);
    Ok(json!({}))
}

fn set_role(call: &Call) -> Result<Value, Refusal> {
    call.repository()?.set_role(call.text("login"), call.text("role"));
    Ok(json!({}))
}
