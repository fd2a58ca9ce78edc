//! Answers about what git knows, in the shapes of their time.

use hookstead_client::CommitFilter;

use crate::recorded::{Recorded, Type};

pub(crate) const CODE: &[Recorded] = &[
    Recorded {
        r#type: Type::Commit,
        from: "2012",
        call: |repo| Box::pin(async move { repo.commit("main").await.map(drop) }),
        json: r#"{
            "stats": {"deletions": 20, "additions": 0, "total": 20},
            "author": {"login": "octocat", "id": 1, "gravatar_id": "b68d"},
            "committer": null,
            "url": "https://api.github.com/repos/octocat/hello/commits/1292bf0e22c796e91cc3d6e24b544aece8c21f2a",
            "sha": "1292bf0e22c796e91cc3d6e24b544aece8c21f2a",
            "files": [{
                "status": "modified", "filename": "github/Timeline.py", "additions": 0,
                "deletions": 20, "changes": 20, "patch": "@@ -1,3 +1,1 @@",
                "sha": "de6f6e1d9ca6d7b1e4ae3eaf0c9b4c6f1b4a1d11"
            }],
            "commit": {
                "author": {"date": "2012-05-25T11:23:46-07:00", "name": "O", "email": "o@example.com"},
                "committer": {"date": "2012-05-25T11:23:46-07:00", "name": "O", "email": "o@example.com"},
                "tree": {"sha": "4c6bd50994f0f9823f898b1c6c964ad7d4fa11ab"}, "message": "Fix"
            },
            "parents": [{"sha": "b46ed0dfde5ad02d3b91eb54a41c5ed960710eae"}]
        }"#,
    },
    Recorded {
        r#type: Type::Commit,
        from: "2012, listed",
        call: |repo| Box::pin(async move { repo.commits(&CommitFilter::new()).await.map(drop) }),
        json: r#"[{
            "sha": "1292bf0e22c796e91cc3d6e24b544aece8c21f2a", "author": {}, "parents": [],
            "commit": {"message": "", "tree": {"sha": "4c6bd50994f0f9823f898b1c6c964ad7d4fa11ab"}}
        }]"#,
    },
    Recorded {
        r#type: Type::Comparison,
        from: "2012",
        call: |repo| Box::pin(async move { repo.compare("v0.6", "v0.7").await.map(drop) }),
        json: r#"{
            "status": "ahead", "ahead_by": 4, "behind_by": 0, "total_commits": 4,
            "html_url": "https://github.com/octocat/hello/compare/v0.6...v0.7",
            "merge_base_commit": {"sha": "4303c5b90e2216d927155e9609436ccb8984c495"},
            "commits": [{"sha": "5bb654d26dd014d36794acd1e6ecf3736f12aad7", "parents": [],
                "commit": {"message": "Publish"}}],
            "files": [{"filename": "a.py", "status": "renamed", "previous_filename": "b.py"}]
        }"#,
    },
    Recorded {
        r#type: Type::Branch,
        from: "2012, listed",
        call: |repo| Box::pin(async move { repo.branches().await.map(drop) }),
        json: r#"[{"name": "topic/a", "commit": {
            "sha": "1292bf0e22c796e91cc3d6e24b544aece8c21f2a",
            "url": "https://api.github.com/repos/octocat/hello/commits/1292bf0e"
        }}]"#,
    },
    Recorded {
        r#type: Type::Branch,
        from: "2020",
        call: |repo| Box::pin(async move { repo.branch("main").await.map(drop) }),
        // Before 2022 a protection had no `checks`.
        json: r#"{
            "name": "main", "commit": {"sha": "1292bf0e22c796e91cc3d6e24b544aece8c21f2a"},
            "protected": true, "protection_url": "https://api.github.com/x",
            "protection": {"enabled": true, "required_status_checks": {
                "enforcement_level": "non_admins", "contexts": ["ci-test", "linter"],
                "checks": [{"context": "ci-test", "app_id": -1}]
            }}
        }"#,
    },
    Recorded {
        r#type: Type::Tree,
        from: "2012",
        call: |repo| Box::pin(async move { repo.tree("main").await.map(drop) }),
        json: r#"{
            "sha": "f492784d8ca837779650d1fb406a1a3587a764ad",
            "url": "https://api.github.com/repos/octocat/hello/git/trees/f492784d",
            "tree": [
                {"type": "blob", "path": ".gitignore", "mode": "100644", "size": 53,
                    "sha": "8a9af1462c3f4e3358315c2d2e6ef1e7334c59dd"},
                {"type": "commit", "path": "sub", "mode": "160000",
                    "sha": "8a9af1462c3f4e3358315c2d2e6ef1e7334c59dd"}
            ]
        }"#,
    },
];
