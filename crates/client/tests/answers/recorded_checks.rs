//! Answers about checks, reviews and rules, in the shapes of their time.

use hookstead_client::{CheckRunFilter, PullRequestFilter};

use crate::recorded::{Recorded, Type};

pub(crate) const CHECKS: &[Recorded] = &[
    Recorded {
        r#type: Type::CheckRuns,
        from: "2018, of a preview",
        call: |repo| {
            Box::pin(
                async move { repo.check_runs_of("main", &CheckRunFilter::new()).await.map(drop) },
            )
        },
        json: r#"{"total_count": 1, "check_runs": [{
            "id": 4, "head_sha": "ce587453ced02b1526dfb4cb910479d431683101", "external_id": "",
            "url": "https://api.github.com/repos/octocat/hello/check-runs/4", "status": "completed",
            "conclusion": "neutral", "started_at": "2018-05-04T01:14:52Z", "name": "mighty_readme",
            "check_suite": {"id": 5}, "app": {"id": 1, "name": "Super Duper"}, "pull_requests": []
        }]}"#,
    },
    Recorded {
        r#type: Type::CheckSuites,
        from: "2018, of a preview",
        call: |repo| Box::pin(async move { repo.check_suites_of("main").await.map(drop) }),
        json: r#"{"total_count": 1, "check_suites": [{
            "id": 5, "head_branch": "main", "head_sha": "d6fde92930d4715a2b49857d24b940956b26d2d3",
            "status": "completed", "conclusion": "neutral", "before": "146e867f55c26428e5f9fade55a9bbf5e95a7912",
            "app": {"id": 1, "name": "octoapp"}, "repository": {"id": 1296269}
        }]}"#,
    },
    Recorded {
        r#type: Type::Reviews,
        from: "2017, of a preview",
        call: |repo| Box::pin(async move { repo.reviews(1).await.map(drop) }),
        json: r#"[{
            "id": 80, "user": {"login": "octocat", "id": 1}, "body": "", "state": "APPROVED",
            "commit_id": "ecdd80bb57125d7ba9641ffaa4d7d2c19d3f3091",
            "html_url": "https://github.com/octocat/hello/pull/12#pullrequestreview-80"
        }]"#,
    },
    Recorded {
        r#type: Type::PullRequestsListed,
        from: "2012",
        call: |repo| {
            Box::pin(async move { repo.pull_requests(&PullRequestFilter::new()).await.map(drop) })
        },
        json: r#"[{
            "number": 31, "state": "open", "title": "Title",
            "head": {"ref": "master", "sha": "8a4f306d4b223682dd19410d4a9150636ebe4206"},
            "base": {"ref": "topic", "sha": "ed866fc43833802ab553e5ff8581c81bb00dd433"}
        }]"#,
    },
    Recorded {
        r#type: Type::Environments,
        from: "2021",
        call: |repo| Box::pin(async move { repo.environments().await.map(drop) }),
        json: r#"{"total_count": 1, "environments": [{
            "id": 161088068, "name": "staging", "created_at": "2020-11-23T22:00:40Z",
            "protection_rules": [{"id": 3736, "type": "wait_timer", "wait_timer": 30}]
        }]}"#,
    },
    Recorded {
        r#type: Type::BranchRules,
        from: "2023",
        call: |repo| Box::pin(async move { repo.branch_rules("main").await.map(drop) }),
        json: r#"[
            {"type": "deletion", "ruleset_source": "octocat/hello", "ruleset_id": 42},
            {"type": "required_status_checks", "parameters": {
                "required_status_checks": [{"context": "ci", "integration_id": 7}],
                "strict_required_status_checks_policy": true
            }}
        ]"#,
    },
];
