//! Answers about issues, in the shapes of their time.

use hookstead_client::ReactionContent;

use crate::recorded::{Recorded, Type};

pub(crate) const TALK: &[Recorded] = &[
    Recorded {
        r#type: Type::IssueComment,
        from: "2012, created",
        call: |repo| Box::pin(async move { repo.create_comment(1, "Hello").await.map(drop) }),
        json: r#"{
            "id": 4653757, "url": "https://api.github.com/repos/octocat/hello/issues/comments/4653757",
            "user": {
                "gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1,
                "url": "https://api.github.com/users/octocat"
            },
            "body": "Comment created by a test", "created_at": "2012-03-19T19:30:35Z",
            "updated_at": "2012-03-19T19:30:35Z"
        }"#,
    },
    Recorded {
        r#type: Type::IssueComment,
        from: "2022, listed",
        call: |repo| Box::pin(async move { repo.comments(1).await.map(drop) }),
        json: r#"[{
            "id": 1000, "node_id": "IC_kwDO", "html_url": "https://github.com/o/h/issues/1#issuecomment-1000",
            "body": null, "user": {"login": "ghost", "id": 10137, "type": "User"},
            "author_association": "NONE", "created_at": "2022-07-02T00:00:00Z",
            "reactions": {"total_count": 1, "+1": 1}, "performed_via_github_app": null
        }]"#,
    },
    Recorded {
        r#type: Type::Label,
        from: "2012, listed",
        call: |repo| Box::pin(async move { repo.labels_of(1).await.map(drop) }),
        json: r#"[{"name": "Bug", "color": "e10c02",
            "url": "https://api.github.com/repos/octocat/hello/labels/Bug"}]"#,
    },
    Recorded {
        r#type: Type::Label,
        from: "2022, added",
        call: |repo| Box::pin(async move { repo.add_labels(1, ["bug"]).await.map(drop) }),
        json: r#"[{"id": 208045946, "node_id": "MDU6TGFiZWwyMDgwNDU5NDY=", "name": "bug",
            "description": "Something is broken", "color": "f29513", "default": true}]"#,
    },
    Recorded {
        r#type: Type::Reaction,
        from: "2017, of a preview",
        call: |repo| {
            Box::pin(async move { repo.react_to_issue(1, &ReactionContent::Heart).await.map(drop) })
        },
        json: r#"{"id": 1, "user": {"login": "octocat", "id": 1}, "content": "heart",
            "created_at": "2016-05-20T20:09:31Z"}"#,
    },
    Recorded {
        r#type: Type::CollaboratorPermission,
        from: "2017, of a preview",
        call: |repo| Box::pin(async move { repo.permission_of("octocat").await.map(drop) }),
        json: r#"{"permission": "admin", "user": {"login": "octocat", "id": 1}}"#,
    },
    Recorded {
        r#type: Type::CollaboratorPermission,
        from: "2023",
        call: |repo| Box::pin(async move { repo.permission_of("octocat").await.map(drop) }),
        json: r#"{"permission": "write", "role_name": "maintain",
            "user": {"login": "octocat", "id": 1, "permissions": {"pull": true}, "role_name": "maintain"}}"#,
    },
];
