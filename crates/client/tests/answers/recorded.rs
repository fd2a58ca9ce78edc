//! Answers in the shapes of their time.
//!
//! Those of 2012 to 2016 have the shapes that are recorded in the tests of PyGithub 1.39 (PyPI), those of
//! 2022 are from `@octokit/fixtures` 23.1.2 (npm), the others follow what GitHub's documentation of the
//! year showed, of previews among it. All are trimmed, and the values are others.

use std::fmt;
use std::pin::Pin;

use hookstead_client::{
    CheckConclusion, DeploymentFilter, DeploymentOutcome, Error, HookConfigUpdate, HookUpdate,
    MergeAction, MergeOptions, MergeOutcome, NewCheckRun, NewDeployment, NewDeploymentStatus,
    NewHook, NewInstallationToken, NewStatus, Repo,
};

use crate::support::sha;

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Status,
    CombinedStatus,
    Deployment,
    DeploymentStatus,
    PullRequest,
    Merged,
    MergedBranch,
    MergeRequest,
    Repository,
    CheckRun,
    Commit,
    Comparison,
    Branch,
    Tree,
    CheckRuns,
    CheckSuites,
    Reviews,
    PullRequestsListed,
    Environments,
    BranchRules,
    IssueComment,
    Label,
    Reaction,
    CollaboratorPermission,
    Hook,
    HookConfig,
    HookDelivery,
    Installation,
    InstallationToken,
}

type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// An answer, and a call that it answers.
pub(crate) struct Recorded {
    pub(crate) r#type: Type,
    pub(crate) from: &'static str,
    pub(crate) call: fn(Repo) -> Calling,
    pub(crate) json: &'static str,
}

impl fmt::Display for Recorded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} of {}", self.r#type, self.from)
    }
}

/// One answer for each type, or more where its shape has changed.
pub(crate) const ALL: &[Recorded] = &[
    Recorded {
        r#type: Type::Status,
        from: "2012, created",
        call: |repo| {
            Box::pin(
                async move { repo.create_status(&sha(), &NewStatus::success()).await.map(drop) },
            )
        },
        // No context: there was one per commit.
        json: r#"{
            "creator": {
                "gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1,
                "url": "https://api.github.com/users/octocat"
            },
            "state": "success", "updated_at": "2012-09-08T11:30:56Z", "id": 277040,
            "url": "https://api.github.com/repos/octocat/hello/statuses/277040",
            "target_url": "https://github.com/octocat/hello/issues/67",
            "description": "The build is good", "created_at": "2012-09-08T11:30:56Z"
        }"#,
    },
    Recorded {
        r#type: Type::Status,
        from: "2022, listed",
        call: |repo| Box::pin(async move { repo.statuses("main").await.map(drop) }),
        json: r#"[{
            "url": "https://api.github.com/repos/octocat/hello/statuses/ec26c3e57ca3a959ca5aad62de7213c562f8c821",
            "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4", "id": 18402522398,
            "node_id": "SC_kwDOHrjsos8AAAAESOA1Hg", "state": "success", "description": "test",
            "target_url": null, "context": "example/2", "created_at": "2022-07-19T04:37:31Z",
            "updated_at": "2022-07-19T04:37:31Z",
            "creator": {"login": "octocat", "id": 1, "type": "User", "site_admin": false}
        }]"#,
    },
    Recorded {
        r#type: Type::CombinedStatus,
        from: "2016",
        call: |repo| Box::pin(async move { repo.combined_status("main").await.map(drop) }),
        json: r#"{
            "state": "success",
            "statuses": [{
                "url": "https://api.github.com/repos/octocat/hello/statuses/ec26c3e57ca3a959ca5aad62de7213c562f8c821",
                "id": 390601376, "state": "success", "description": "Build finished.",
                "target_url": "https://ci.example.com/job/10357/", "context": "jenkins/js",
                "created_at": "2015-12-14T12:54:25Z", "updated_at": "2015-12-14T12:54:25Z"
            }],
            "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "total_count": 1,
            "repository": {
                "id": 1296269, "name": "hello", "full_name": "octocat/hello", "private": false,
                "owner": {"login": "octocat", "id": 1}
            },
            "commit_url": "https://api.github.com/repos/octocat/hello/commits/ec26c3e57ca3a959ca5aad62de7213c562f8c821",
            "url": "https://api.github.com/repos/octocat/hello/commits/ec26c3e57ca3a959ca5aad62de7213c562f8c821/status"
        }"#,
    },
    Recorded {
        r#type: Type::Deployment,
        from: "2014, created",
        call: |repo| {
            Box::pin(async move {
                let outcome = repo.create_deployment(&NewDeployment::new("master")).await?;
                assert!(matches!(outcome, DeploymentOutcome::Created(_)), "{outcome:?}");
                Ok(())
            })
        },
        json: r#"{
            "url": "https://api.github.com/repos/octocat/hello/deployments/1", "id": 1,
            "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d", "ref": "master", "task": "deploy",
            "payload": {"task": "deploy:migrate"}, "environment": "production",
            "description": "Deploy request from hubot",
            "creator": {"login": "octocat", "id": 1, "gravatar_id": "", "type": "User"},
            "created_at": "2012-07-20T01:19:13Z", "updated_at": "2012-07-20T01:19:13Z",
            "statuses_url": "https://api.github.com/repos/octocat/hello/deployments/1/statuses",
            "repository_url": "https://api.github.com/repos/octocat/hello"
        }"#,
    },
    Recorded {
        r#type: Type::Deployment,
        from: "2014, listed, before there were tasks",
        call: |repo| {
            Box::pin(async move { repo.deployments(&DeploymentFilter::new()).await.map(drop) })
        },
        json: r#"[{
            "id": 1, "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d", "ref": "master",
            "url": "https://api.github.com/repos/octocat/hello/deployments/1",
            "payload": "{\"task\":\"deploy:migrate\"}", "environment": "production",
            "description": null, "creator": {"login": "octocat", "id": 1},
            "created_at": "2012-07-20T01:19:13Z", "updated_at": "2012-07-20T01:19:13Z",
            "statuses_url": "https://api.github.com/repos/octocat/hello/deployments/1/statuses"
        }]"#,
    },
    Recorded {
        r#type: Type::DeploymentStatus,
        from: "2014, created",
        call: |repo| {
            Box::pin(async move {
                let status = NewDeploymentStatus::success();
                repo.create_deployment_status(42, &status).await.map(drop)
            })
        },
        // No environment, no log.
        json: r#"{
            "url": "https://api.github.com/repos/octocat/hello/deployments/42/statuses/1", "id": 1,
            "state": "success", "creator": {"login": "octocat", "id": 1},
            "description": "Deployment finished successfully.",
            "target_url": "https://example.com/deployment/42/output",
            "created_at": "2012-07-20T01:19:13Z", "updated_at": "2012-07-20T01:19:13Z",
            "deployment_url": "https://api.github.com/repos/octocat/hello/deployments/42",
            "repository_url": "https://api.github.com/repos/octocat/hello"
        }"#,
    },
    Recorded {
        r#type: Type::DeploymentStatus,
        from: "2018, of a preview, listed",
        call: |repo| Box::pin(async move { repo.deployment_statuses(42).await.map(drop) }),
        json: r#"[{
            "url": "https://api.github.com/repos/octocat/hello/deployments/42/statuses/1", "id": 1,
            "node_id": "MDE2OkRlcGxveW1lbnRTdGF0dXMx", "state": "in_progress", "description": "",
            "environment": "production", "target_url": "", "environment_url": "", "log_url": "",
            "creator": {"login": "octocat", "id": 1, "node_id": "MDQ6VXNlcjE="},
            "created_at": "2012-07-20T01:19:13Z", "updated_at": "2012-07-20T01:19:13Z",
            "deployment_url": "https://api.github.com/repos/octocat/hello/deployments/42"
        }]"#,
    },
    Recorded {
        r#type: Type::PullRequest,
        from: "2012, from a fork that was deleted",
        call: |repo| Box::pin(async move { repo.pull_request(31).await.map(drop) }),
        json: r#"{
            "additions": 511, "merged_at": "2012-05-27T10:29:07Z", "changed_files": 45,
            "merge_commit_sha": "28ae6dd10ebccd5eaf8db8dacb5b699ee7f4a663", "number": 31,
            "closed_at": "2012-05-27T10:29:07Z", "updated_at": "2012-11-03T08:19:40Z",
            "created_at": "2012-05-27T09:25:36Z", "id": 1436215, "state": "closed",
            "milestone": null, "assignee": null, "merged": true, "mergeable": false,
            "mergeable_state": "dirty", "title": "Title", "body": "Body", "comments": 1,
            "merged_by": {"gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1},
            "user": {"gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1},
            "_links": {"self": {"href": "https://api.github.com/repos/octocat/hello/pulls/31"}},
            "head": {
                "label": "hubot:master", "repo": null, "ref": "master",
                "sha": "8a4f306d4b223682dd19410d4a9150636ebe4206",
                "user": {"login": "hubot", "id": 2}
            },
            "base": {
                "label": "octocat:topic", "ref": "topic",
                "sha": "ed866fc43833802ab553e5ff8581c81bb00dd433",
                "user": {"login": "octocat", "id": 1},
                "repo": {
                    "watchers": 15, "full_name": "octocat/hello", "name": "hello", "id": 1296269,
                    "owner": {"login": "octocat", "id": 1}, "private": false, "fork": false
                }
            }
        }"#,
    },
    Recorded {
        r#type: Type::PullRequest,
        from: "2019, of a commit, by a preview",
        call: |repo| Box::pin(async move { repo.pull_requests_of(&sha()).await.map(drop) }),
        json: r#"[{
            "url": "https://api.github.com/repos/octocat/hello/pulls/1347", "id": 1,
            "node_id": "MDExOlB1bGxSZXF1ZXN0MQ==", "number": 1347, "state": "open", "locked": true,
            "title": "new-feature", "user": {"login": "octocat", "id": 1}, "body": null,
            "labels": [{"id": 208045946, "name": "bug", "color": "f29513", "default": true}],
            "created_at": "2011-01-26T19:01:12Z", "updated_at": "2011-01-26T19:01:12Z",
            "closed_at": null, "merged_at": null,
            "merge_commit_sha": "e5bd3914e2e596debea16f433f57875b5b90bcd6", "draft": false,
            "head": {
                "label": "octocat:new-topic", "ref": "new-topic",
                "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
                "user": {"login": "octocat", "id": 1},
                "repo": {"id": 1296269, "full_name": "octocat/hello", "default_branch": "master"}
            },
            "base": {
                "label": "octocat:master", "ref": "master",
                "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
                "user": {"login": "octocat", "id": 1},
                "repo": {"id": 1296269, "full_name": "octocat/hello", "default_branch": "master"}
            }
        }]"#,
    },
    Recorded {
        r#type: Type::Merged,
        from: "2012",
        call: |repo| {
            Box::pin(async move {
                let options = MergeOptions::new();
                let outcome = repo.merge_pull_request(31, &sha(), &options).await?;
                assert!(matches!(outcome, MergeOutcome::Merged { .. }), "{outcome:?}");
                Ok(())
            })
        },
        json: r#"{
            "merged": true, "message": "Pull Request successfully merged",
            "sha": "688208b1a5a074871d0e9376119556897439697d"
        }"#,
    },
    Recorded {
        r#type: Type::MergedBranch,
        from: "2012",
        call: |repo| {
            Box::pin(async move { repo.merge_branch("main", "topic", None).await.map(drop) })
        },
        json: r#"{
            "sha": "a01fa060858e3aced1fe4ad74798295376e76fd4",
            "committer": {"gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1},
            "author": {"gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1},
            "parents": [{"sha": "3be2e82b400f3398c05b68f00a4427604e74c7c5"}],
            "commit": {"message": "Merge topic into main", "comment_count": 0}
        }"#,
    },
    Recorded {
        r#type: Type::MergeRequest,
        from: "2026, there is none before",
        call: |repo| Box::pin(async move { repo.merge_request(31, "630b9d5e").await.map(drop) }),
        json: r#"{
            "status": "pending",
            "details": {
                "message": "The merge request is being processed", "uuid": "630b9d5e",
                "merge_method": "merge", "merge_action": "default",
                "expected_head_sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
            }
        }"#,
    },
    Recorded {
        r#type: Type::MergeRequest,
        from: "2026, requested",
        call: |repo| {
            Box::pin(async move {
                let (action, options) = (MergeAction::Default, MergeOptions::new());
                repo.request_merge(31, &sha(), &action, &options).await.map(drop)
            })
        },
        json: r#"{
            "status": "merged",
            "details": {
                "message": "Pull Request is already merged",
                "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
            }
        }"#,
    },
    Recorded {
        r#type: Type::Repository,
        from: "2012",
        call: |repo| Box::pin(async move { repo.get().await.map(drop) }),
        // No default branch.
        json: r#"{
            "clone_url": "https://github.com/octocat/hello.git", "watchers": 15, "size": 308,
            "updated_at": "2012-05-27T06:55:28Z", "pushed_at": "2012-05-27T06:00:28Z",
            "created_at": "2012-02-25T12:53:47Z", "mirror_url": null, "fork": false,
            "permissions": {"pull": true, "admin": true, "push": true}, "private": false,
            "owner": {"gravatar_id": "b68de5ae38616c296fa345d2b9df2225", "login": "octocat", "id": 1},
            "name": "hello", "full_name": "octocat/hello", "id": 1296269, "description": "Hello",
            "html_url": "https://github.com/octocat/hello", "language": "Python"
        }"#,
    },
    Recorded {
        r#type: Type::CheckRun,
        from: "2018, of a preview, created",
        call: |repo| {
            Box::pin(async move {
                repo.create_check_run(&sha(), "ci", &NewCheckRun::queued()).await.map(drop)
            })
        },
        json: r#"{
            "id": 4, "head_sha": "ce587453ced02b1526dfb4cb910479d431683101", "external_id": "42",
            "url": "https://api.github.com/repos/octocat/hello/check-runs/4",
            "html_url": "https://github.com/octocat/hello/runs/4", "status": "in_progress",
            "conclusion": null, "started_at": "2018-05-04T01:14:52Z", "completed_at": null,
            "output": {"title": "Report", "summary": "", "text": "", "annotations_count": 2},
            "name": "mighty_readme", "check_suite": {"id": 5},
            "app": {"id": 1, "owner": {"login": "github", "id": 2}, "name": "Super CI"},
            "pull_requests": []
        }"#,
    },
    Recorded {
        r#type: Type::CheckRun,
        from: "2020, updated",
        call: |repo| {
            Box::pin(async move {
                let run = NewCheckRun::completed(CheckConclusion::Neutral);
                repo.update_check_run(4, &run).await.map(drop)
            })
        },
        json: r#"{
            "id": 4, "head_sha": "ce587453ced02b1526dfb4cb910479d431683101", "external_id": "",
            "node_id": "MDg6Q2hlY2tSdW40", "details_url": "https://example.com",
            "status": "completed", "conclusion": "neutral", "started_at": "2018-05-04T01:14:52Z",
            "completed_at": "2018-05-04T01:14:52Z", "name": "mighty_readme",
            "check_suite": {"id": 5}, "app": null, "pull_requests": [{"id": 1934, "number": 3956}]
        }"#,
    },
    Recorded {
        r#type: Type::Hook,
        from: "2012, of a repository, created",
        call: |repo| {
            Box::pin(async move {
                repo.hooks().create(&NewHook::new("https://example.com")).await.map(drop)
            })
        },
        // No content type: it was a form.
        json: r#"{
            "updated_at": "2012-05-29T18:49:47Z", "events": ["push"], "id": 257993, "name": "web",
            "url": "https://api.github.com/repos/octocat/hello/hooks/257993", "active": true,
            "config": {"url": "https://example.com"}, "created_at": "2012-05-19T06:01:45Z",
            "last_response": {"status": "unused", "message": null, "code": null}
        }"#,
    },
    Recorded {
        r#type: Type::Hook,
        from: "2014, of a service, listed",
        call: |repo| Box::pin(async move { repo.hooks().list().await.map(drop) }),
        json: r#"[{
            "id": 1, "url": "https://api.github.com/repos/octocat/hello/hooks/1", "name": "email",
            "events": ["push"], "active": true,
            "config": {"address": "octocat@example.com", "send_from_author": "0", "secret": "********"},
            "updated_at": "2011-09-06T20:39:23Z", "created_at": "2011-09-06T17:26:27Z",
            "last_response": {"code": 200, "status": "active", "message": "OK"}
        }]"#,
    },
    Recorded {
        r#type: Type::Hook,
        from: "2018, of an organization, updated",
        call: |repo| {
            Box::pin(async move {
                let hooks = repo.client().organization_hooks("octo-org");
                hooks.update(1, &HookUpdate::new().active(true)).await.map(drop)
            })
        },
        json: r#"{
            "id": 1, "url": "https://api.github.com/orgs/octo-org/hooks/1", "name": "web",
            "ping_url": "https://api.github.com/orgs/octo-org/hooks/1/pings", "active": true,
            "events": ["push", "pull_request"],
            "config": {"url": "http://example.com", "content_type": "json", "insecure_ssl": 0},
            "updated_at": "2011-09-06T20:39:23Z", "created_at": "2011-09-06T17:26:27Z"
        }"#,
    },
    Recorded {
        r#type: Type::HookConfig,
        from: "2020",
        call: |repo| {
            Box::pin(async move {
                let update = HookConfigUpdate::new().url("https://example.com");
                repo.hooks().update_config(1, &update).await.map(drop)
            })
        },
        json: r#"{
            "content_type": "json", "insecure_ssl": "0", "secret": "********",
            "url": "https://example.com/webhook"
        }"#,
    },
    Recorded {
        r#type: Type::HookDelivery,
        from: "2021, listed",
        call: |repo| Box::pin(async move { repo.hooks().deliveries(1).list().await.map(drop) }),
        json: r#"[{
            "id": 12345678, "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
            "delivered_at": "2019-06-03T00:57:16Z", "redelivery": false, "duration": 0.27,
            "status": "OK", "status_code": 200, "event": "issues", "action": "opened",
            "installation_id": 123, "repository_id": 456
        }]"#,
    },
    Recorded {
        r#type: Type::HookDelivery,
        from: "2021, of an App's hook",
        call: |repo| {
            Box::pin(
                async move { repo.client().app_hook_deliveries().get(12345678).await.map(drop) },
            )
        },
        json: r#"{
            "id": 12345678, "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
            "delivered_at": "2019-06-02T16:57:16-08:00", "redelivery": true, "duration": 0,
            "status": "failed to connect", "status_code": 0, "event": "ping", "action": null,
            "installation_id": null, "repository_id": null,
            "url": "https://example.com/webhook",
            "request": {
                "headers": {"X-GitHub-Event": "ping", "Accept": "*/*"},
                "payload": {"zen": "Design for failure.", "hook": {"id": 1, "events": ["*"]}}
            },
            "response": {"headers": {"Content-Type": "text/html"}, "payload": "ok"}
        }"#,
    },
    Recorded {
        r#type: Type::Installation,
        from: "2017, of a preview",
        call: |repo| Box::pin(async move { repo.installation().await.map(drop) }),
        json: r#"{
            "id": 1, "account": {"login": "github", "id": 1, "type": "Organization"},
            "access_tokens_url": "https://api.github.com/installations/1/access_tokens",
            "app_id": 1, "target_id": 1, "target_type": "Organization",
            "permissions": {"metadata": "read", "contents": "read", "statuses": "write"},
            "events": ["push", "pull_request"], "single_file_name": "config.yml",
            "repository_selection": "selected"
        }"#,
    },
    Recorded {
        r#type: Type::Installation,
        from: "2024, in an enterprise",
        call: |repo| Box::pin(async move { repo.installation().await.map(drop) }),
        json: r#"{
            "id": 1, "account": {"id": 7, "slug": "octo-business", "name": "Octo Business"},
            "app_id": 1, "app_slug": "super-ci", "target_type": "Enterprise", "permissions": {},
            "events": [], "repository_selection": "all", "suspended_by": {"login": "octocat", "id": 1},
            "suspended_at": "2024-01-01T00:00:00Z"
        }"#,
    },
    Recorded {
        r#type: Type::InstallationToken,
        from: "2016, of a preview",
        call: |repo| {
            Box::pin(async move {
                let (client, wish) = (repo.client(), NewInstallationToken::new());
                client.create_installation_token(1, &wish).await.map(drop)
            })
        },
        json: r#"{"token": "v1.1f699f1069f60abc", "expires_at": "2016-07-11T22:14:10Z"}"#,
    },
    Recorded {
        r#type: Type::InstallationToken,
        from: "2020",
        call: |repo| {
            Box::pin(async move {
                let wish = NewInstallationToken::new().repositories(["hello"]);
                repo.client().create_installation_token(1, &wish).await.map(drop)
            })
        },
        json: r#"{
            "token": "v1.1f699f1069f60abc", "expires_at": "2016-07-11T22:14:10Z",
            "permissions": {"issues": "write", "contents": "read"},
            "repository_selection": "selected",
            "repositories": [{"id": 1296269, "name": "hello", "full_name": "octocat/hello"}]
        }"#,
    },
];
