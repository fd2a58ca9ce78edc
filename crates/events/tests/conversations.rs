//! Issues, discussions, reviews, releases and what is around them: the odd shapes of their
//! payloads. Each event also decodes from the least that identifies it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{
    AnyEvent, CommitCommentEvent, CreateEvent, DecodeError, DeleteEvent, DiscussionCommentEvent,
    DiscussionEvent, DiscussionState, Event, ForkEvent, GollumEvent, IssueCommentEvent,
    IssueDependenciesEvent, IssueFieldDataType, IssueRelatesToAction, IssueRelatesToEvent,
    IssueStateReason, IssuesAction, IssuesEvent, LabelEvent, MilestoneEvent, PageBuildEvent,
    PublicEvent, PullRequestReviewCommentEvent, PullRequestReviewEvent, PullRequestReviewState,
    PullRequestReviewThreadEvent, PusherType, RefType, ReleaseEvent, ReviewCommentSubject,
    StarEvent, SubIssuesAction, SubIssuesEvent, WatchEvent,
};
use serde::Serialize;
use serde_json::{Value, json};

const SHA: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";

#[track_caller]
fn decode<E: Event>(payload: &Value) -> E {
    try_decode(payload).unwrap()
}

fn try_decode<E: Event>(payload: &Value) -> Result<E, DecodeError> {
    E::decode(&E::NAME.unwrap(), payload.to_string().as_bytes())
}

/// The payload of an event in a repository: what all have, and these fields.
fn in_repository(fields: &Value) -> Value {
    let mut payload = json!({
        "action": "created",
        "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
    });
    let object = payload.as_object_mut().unwrap();
    object.extend(fields.as_object().unwrap().clone());
    payload
}

fn pull_request() -> Value {
    json!({
        "id": 279_147_437, "number": 2, "title": "Update the README", "state": "open",
        "head": {"ref": "changes", "sha": SHA}, "base": {"ref": "main", "sha": SHA}
    })
}

/// Decodes the payload, and checks that it survives writing and reading.
#[track_caller]
fn round_trip<E: Event + Serialize + PartialEq + std::fmt::Debug>(fields: &Value) -> E {
    let event: E = decode(&in_repository(fields));
    let written = serde_json::to_value(&event).unwrap();
    assert_eq!(decode::<E>(&written), event);
    let any = AnyEvent::decode(&E::NAME.unwrap(), written.to_string().as_bytes()).unwrap();
    assert!(!matches!(any, AnyEvent::Other(_)), "{} has a type", any.name());
    assert_eq!(any.common().repository.unwrap().full_name.name(), "hello");
    event
}

#[test]
fn little_is_required() {
    let issue = json!({"id": 1, "number": 2});
    let comment = json!({"id": 3});
    let discussion = json!({"id": 4, "number": 5});
    round_trip::<IssuesEvent>(&json!({"issue": issue}));
    round_trip::<IssueCommentEvent>(&json!({"issue": issue, "comment": comment}));
    round_trip::<IssueDependenciesEvent>(&json!({"blocked_issue_id": 1, "blocking_issue_id": 2}));
    round_trip::<SubIssuesEvent>(&json!({"parent_issue_id": 1, "sub_issue_id": 2}));
    round_trip::<IssueRelatesToEvent>(&json!({}));
    round_trip::<DiscussionEvent>(&json!({"discussion": discussion}));
    round_trip::<DiscussionCommentEvent>(&json!({"discussion": discussion, "comment": comment}));
    round_trip::<LabelEvent>(&json!({"label": {"id": 1, "name": "bug"}}));
    round_trip::<MilestoneEvent>(&json!({"milestone": {"id": 1, "number": 1, "title": "1.0"}}));
    round_trip::<CommitCommentEvent>(&json!({"comment": {"id": 3, "commit_id": SHA}}));
    let review = json!({"id": 6, "state": "approved"});
    round_trip::<PullRequestReviewEvent>(
        &json!({"pull_request": pull_request(), "review": review}),
    );
    round_trip::<PullRequestReviewCommentEvent>(
        &json!({"pull_request": pull_request(), "comment": comment}),
    );
    round_trip::<PullRequestReviewThreadEvent>(
        &json!({"pull_request": pull_request(), "thread": {}}),
    );
    round_trip::<CreateEvent>(&json!({"ref": "main", "ref_type": "branch"}));
    round_trip::<DeleteEvent>(&json!({"ref": "main", "ref_type": "branch"}));
    round_trip::<ForkEvent>(&json!({"forkee": {"id": 2, "name": "hi", "full_name": "hubot/hi"}}));
    round_trip::<GollumEvent>(&json!({}));
    round_trip::<PageBuildEvent>(&json!({"id": 7, "build": {}}));
    round_trip::<PublicEvent>(&json!({}));
    round_trip::<StarEvent>(&json!({}));
    round_trip::<WatchEvent>(&json!({}));
    round_trip::<ReleaseEvent>(&json!({"release": {"id": 8, "tag_name": "v1"}}));
}

mod issues {
    use super::*;

    #[test]
    fn an_app_or_a_label_may_have_no_number() {
        let event: IssuesEvent = round_trip(&json!({"issue": {
            "id": 1, "number": 2, "labels": [{"id": null, "name": "bug"}, {"name": "help"}],
            "performed_via_github_app": {"id": null, "name": "Robot"}
        }}));
        assert!(event.issue.labels.iter().all(|label| label.id == 0));
        assert_eq!(event.issue.performed_via_github_app.unwrap().id, 0);
    }

    #[test]
    fn a_deleted_account_and_the_absence_of_things_are_null() {
        let event: IssuesEvent = round_trip(&json!({
            "action": "closed",
            "issue": {
                "id": 1, "number": 2, "title": null, "body": null, "user": null, "labels": null,
                "assignees": [null, {"login": "octocat", "id": 7}], "milestone": null,
                "state": "closed", "state_reason": "not_planned", "type": null, "comments": null,
                "performed_via_github_app": null, "active_lock_reason": null, "reactions": null
            }
        }));
        assert_eq!(event.action, IssuesAction::Closed);
        assert_eq!(event.issue.state_reason, Some(IssueStateReason::NotPlanned));
        assert_eq!(event.issue.assignees.len(), 1);
        assert!(event.issue.user.is_none() && !event.issue.is_pull_request());
    }

    #[test]
    fn a_transfer_shows_both_sides() {
        let opened: IssuesEvent = round_trip(&json!({
            "issue": {"id": 1, "number": 2, "title": "Spelling"},
            "changes": {
                "old_issue": {"id": 3, "number": 4},
                "old_repository": {"id": 9, "name": "old", "full_name": "octocat/old"}
            }
        }));
        let changes = opened.changes.unwrap();
        assert_eq!(changes.old_issue.unwrap().number, 4);
        assert_eq!(changes.old_repository.unwrap().name, "old");

        let without_its_past =
            json!({"issue": {"id": 1, "number": 2}, "changes": {"old_issue": null}});
        let opened: IssuesEvent = round_trip(&without_its_past);
        assert!(opened.changes.unwrap().old_issue.is_none());
    }

    #[test]
    fn a_label_may_be_a_mere_name() {
        let labels = |labels| {
            let issue = json!({"issue": {"id": 1, "number": 2, "labels": labels}});
            decode::<IssuesEvent>(&in_repository(&issue)).issue.labels
        };
        let found = labels(json!(["bug", null, {"id": 7, "name": "help", "color": null}]));
        let [name, label] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((name.id, name.name.as_str()), (0, "bug"));
        assert_eq!((label.id, label.name.as_str()), (7, "help"));
        assert!(labels(json!([{"id": 7, "name": 8}])).is_empty());
    }

    #[test]
    fn custom_fields_hold_texts_and_numbers() {
        let event: IssuesEvent = round_trip(&json!({"issue": {
            "id": 1, "number": 2,
            "type": {"id": 5, "name": "Bug", "color": "mauve"},
            "issue_field_values": [
                {"issue_field_id": 1, "data_type": "number", "value": 2.5},
                {"issue_field_id": 2, "data_type": "single_select", "value": "High",
                 "single_select_option": {"id": 3, "name": "High", "color": "red"}},
                {"issue_field_id": 4, "data_type": "date", "value": "2026-10-01"}
            ]
        }}));
        assert_eq!(event.issue.r#type.unwrap().color.unwrap(), "mauve");
        let [number, choice, date] = event.issue.issue_field_values.as_slice() else { panic!() };
        assert_eq!(number.value, 2.5);
        assert_eq!(choice.single_select_option.as_ref().unwrap().id, Some(3));
        assert_eq!(date.data_type, Some(IssueFieldDataType::Date));
    }

    #[test]
    fn reactions_keep_their_signs() {
        let event: IssuesEvent = round_trip(&json!({"issue": {
            "id": 1, "number": 2, "reactions": {"total_count": 3, "+1": 2, "-1": 1}
        }}));
        let reactions = event.issue.reactions.as_ref().unwrap();
        assert_eq!((reactions.thumbs_up, reactions.thumbs_down), (2, 1));
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["issue"]["reactions"]["+1"], 2);
    }
}

mod issue_comments {
    use super::*;

    #[test]
    fn a_pull_request_is_told_from_an_issue() {
        let is_pull_request = |pull_request| {
            let event: IssueCommentEvent = round_trip(&json!({
                "issue": {"id": 1, "number": 2, "pull_request": pull_request},
                "comment": {"id": 3, "body": "LGTM", "user": null}
            }));
            event.issue.is_pull_request()
        };
        assert!(is_pull_request(json!({"url": "https://api.github.com/x", "merged_at": null})));
        assert!(!is_pull_request(Value::Null));
    }

    #[test]
    fn a_pin_says_who_and_a_hidden_comment_says_why() {
        let event: IssueCommentEvent = round_trip(&json!({
            "action": "pinned", "issue": {"id": 1, "number": 2},
            "comment": {
                "id": 3,
                "pin": {
                    "pinned_at": "2026-09-16T13:53:24Z",
                    "pinned_by": {"login": "octocat", "id": 1},
                },
                "minimized": {"reason": "off-topic"},
            }
        }));
        assert_eq!(event.comment.pin.unwrap().pinned_by.unwrap().login, "octocat");
        assert_eq!(event.comment.minimized.unwrap().reason.unwrap(), "off-topic");
    }
}

mod relations_of_issues {
    use super::*;

    #[test]
    fn an_issue_that_github_does_not_show_has_its_number() {
        let event: SubIssuesEvent = round_trip(&json!({
            "action": "parent_issue_added", "parent_issue_id": 4_300_000_000_u64,
            "parent_issue": null, "parent_issue_repo": null, "sub_issue_id": 5,
            "sub_issue": {"id": 5, "number": 6, "title": "Part", "labels": ["bug"],
                          "sub_issues_summary": {"total": 2, "completed": 1}}
        }));
        assert_eq!(event.action, SubIssuesAction::ParentIssueAdded);
        assert_eq!(event.parent_issue_id, Some(4_300_000_000));
        assert!(event.parent_issue.is_none());
        assert_eq!(event.sub_issue.unwrap().sub_issues_summary.unwrap().completed, 1);
    }

    #[test]
    fn the_undocumented_fields_of_a_relation_are_kept() {
        let fields = json!({"action": "relates_to_removed", "related_issue": {"id": 5}, "n": null});
        let event: IssueRelatesToEvent = round_trip(&fields);
        assert_eq!(event.action, IssueRelatesToAction::RelatesToRemoved);
        assert_eq!(event.details["related_issue"]["id"], 5);
        assert_eq!(event.details.len(), 2);
        assert_eq!(serde_json::to_value(&event).unwrap()["related_issue"], json!({"id": 5}));

        let mut payload = in_repository(&fields);
        payload["repository"]["id"] = json!("one");
        assert!(decode::<IssueRelatesToEvent>(&payload).repository.is_none());
        payload.as_object_mut().unwrap().remove("repository");
        assert!(decode::<IssueRelatesToEvent>(&payload).repository.is_none());
        payload.as_object_mut().unwrap().remove("action");
        let error = try_decode::<IssueRelatesToEvent>(&payload).unwrap_err();
        assert!(error.problem().contains("missing field `action`"), "{error}");
    }
}

mod discussions {
    use super::*;

    #[test]
    fn an_answer_comes_and_goes() {
        let answer = json!({"id": 9, "parent_id": null, "discussion_id": 4, "user": null});
        let event: DiscussionEvent = round_trip(&json!({
            "action": "unanswered", "old_answer": answer,
            "discussion": {"id": 4, "number": 5, "state": "converting", "category": null,
                           "answer_chosen_by": null, "labels": null}
        }));
        assert_eq!(event.old_answer.unwrap().discussion_id, Some(4));
        assert_eq!(event.discussion.state, Some(DiscussionState::Converting));
    }

    #[test]
    fn a_category_before_is_a_whole_category() {
        let event: DiscussionEvent = round_trip(&json!({
            "action": "category_changed", "discussion": {"id": 4, "number": 5},
            "changes": {"category": {"from": {"id": 1, "slug": "ideas", "is_answerable": true}}}
        }));
        let before = event.changes.unwrap().category.unwrap().from.unwrap();
        assert!(before.is_answerable);
    }
}

mod reviews {
    use super::*;

    #[test]
    fn a_commit_that_is_gone_is_null() {
        let event: PullRequestReviewEvent = round_trip(&json!({
            "pull_request": pull_request(),
            "review": {"id": 6, "state": "changes_requested", "body": null, "commit_id": null,
                       "user": null, "submitted_at": null, "_links": {"html": {"href": "x"}}}
        }));
        assert_eq!(event.review.state, PullRequestReviewState::ChangesRequested);
        assert!(event.review.commit_id.is_none());
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["review"]["_links"]["html"]["href"], "x");
    }

    #[test]
    fn a_comment_on_a_whole_file_has_no_line() {
        let comment = json!({
            "id": 3, "path": "README.md", "subject_type": "file", "line": null,
            "original_line": null, "position": 1, "start_side": null, "side": "RIGHT",
            "pull_request_review_id": null
        });
        let event: PullRequestReviewThreadEvent = round_trip(&json!({
            "action": "resolved", "pull_request": pull_request(), "updated_at": null,
            "thread": {"node_id": "x", "comments": [comment]}
        }));
        let comment = event.thread.comments.first().unwrap();
        assert_eq!(comment.subject_type, Some(ReviewCommentSubject::File));
        assert!(comment.line.is_none());
    }
}

mod the_rest {
    use super::*;

    #[test]
    fn a_deploy_key_may_push() {
        let event: CreateEvent = round_trip(&json!({
            "ref": "v1", "ref_type": "tag", "pusher_type": "deploy_key", "description": null
        }));
        assert_eq!(event.ref_type, RefType::Tag);
        assert!(matches!(event.pusher_type, Some(PusherType::Unknown(_))));
        assert!(event.common().action.is_none());
    }

    #[test]
    fn a_star_taken_back_has_no_time() {
        let event: StarEvent = round_trip(&json!({"action": "deleted", "starred_at": null}));
        assert!(event.starred_at.is_none());
        assert_eq!(event.common().action, Some("deleted"));
    }

    #[test]
    fn a_release_may_be_nameless_and_its_files_nobodys() {
        let event: ReleaseEvent = round_trip(&json!({
            "action": "edited", "changes": {"make_latest": {"to": true}, "name": {"from": null}},
            "release": {
                "id": 8, "tag_name": "v1", "name": null, "body": null, "author": null,
                "assets": [null, {"id": 9, "name": "tool.tar.gz", "uploader": null, "label": null,
                                  "digest": null, "state": "starter"}]
            }
        }));
        assert_eq!(event.changes.unwrap().make_latest.unwrap().to, Some(true));
        let asset = event.release.assets.first().unwrap();
        assert_eq!(asset.state.as_ref().unwrap(), &"starter");
    }

    #[test]
    fn a_good_build_has_an_empty_error() {
        let event: PageBuildEvent = round_trip(&json!({
            "id": 7, "build": {"status": "built", "error": {"message": null}, "pusher": null,
                               "commit": null}
        }));
        assert!(event.build.error.unwrap().message.is_none());
    }
}
