//! Commits, branches and files: what is asked, and what is read from the answer.

use hookstead_client::{CommitFilter, ComparisonStatus};

use crate::support::{Reply, SHA, Server, answer, json, sha, without_place};

const RAW: &str = "application/vnd.github.raw+json; charset=utf-8";

fn file(contents: &str) -> Reply {
    answer(200, &[("content-type", RAW)], contents)
}

#[tokio::test]
async fn what_is_asked_about_code() {
    let commit = format!(
        r#"{{"sha": "{SHA}", "commit": {{"message": "Fix", "tree": {{"sha": "{SHA}"}}}}}}"#
    );
    let branch = format!(r#"{{"name": "a/b", "commit": {{"sha": "{SHA}"}}}}"#);
    let server = Server::start([
        json(200, &commit),
        json(200, &format!("[{commit}]")),
        json(200, r#"{"status": "diverged", "ahead_by": 1, "behind_by": 2}"#),
        json(200, &format!("[{branch}]")),
        json(200, &branch),
        json(
            200,
            &format!(r#"{{"sha": "{SHA}", "tree": [{{"path": "README.md"}}], "truncated": null}}"#),
        ),
        file("\u{0}\n"),
    ])
    .await;
    let repo = server.repo();
    let found = repo.commit("heads/a/b").await.unwrap();
    assert_eq!((found.message(), found.tree()), ("Fix", Some(&sha())));
    let filter = CommitFilter::new().git_ref("a/b").path("docs/a b");
    assert_eq!(repo.commits(&filter).await.unwrap().items[0].sha, sha());
    let comparison = repo.compare("main", "octo:a/b").await.unwrap();
    assert_eq!(comparison.status, ComparisonStatus::Diverged);
    assert!(!comparison.is_up_to_date());
    assert_eq!(repo.branches().await.unwrap().items[0].name, "a/b");
    assert_eq!(repo.branch("a/b").await.unwrap().commit.sha, sha());
    assert_eq!(repo.tree(sha()).await.unwrap().entries[0].path, "README.md");
    assert_eq!(repo.file("docs/a b.md", "a/b").await.unwrap(), "\u{0}\n");

    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| &*request.line).collect();
    let tree = format!("GET /repos/octocat/hello/git/trees/{SHA}?recursive=1");
    assert_eq!(
        lines,
        [
            "GET /repos/octocat/hello/commits/heads%2Fa%2Fb",
            "GET /repos/octocat/hello/commits?sha=a%2Fb&path=docs%2Fa%20b&per_page=100",
            "GET /repos/octocat/hello/compare/main...octo%3Aa%2Fb",
            "GET /repos/octocat/hello/branches?per_page=100",
            "GET /repos/octocat/hello/branches/a%2Fb",
            &*tree,
            "GET /repos/octocat/hello/contents/docs%2Fa%20b.md?ref=a%2Fb",
        ]
    );
    assert_eq!(requests[6].header("accept"), Some("application/vnd.github.raw+json"));
}

#[tokio::test]
async fn a_file_is_what_github_calls_one() {
    let server = Server::start([
        file(""),
        file("<html>a page of the repository</html>"),
        answer(200, &[("content-type", "application/json")], "[]"),
        answer(200, &[("content-type", "text/html")], "<title>Sign in</title>"),
        answer(200, &[], "words"),
        json(404, r#"{"message": "Not Found"}"#),
    ])
    .await;
    let repo = server.repo();
    let get = async || repo.file("README.md", "main").await;
    assert_eq!(get().await.unwrap(), "");
    assert_eq!(get().await.unwrap(), "<html>a page of the repository</html>");
    let folder = get().await.unwrap_err();
    assert!(!folder.is_not_github());
    assert_eq!(
        without_place(&folder),
        "cannot get README.md at main of octocat/hello: 200 OK: the answer does not decode: it is a \
         folder or a submodule, and no file"
    );
    let page = get().await.unwrap_err();
    assert!(page.is_not_github() && page.to_string().contains("Sign in"), "{page}");
    assert!(get().await.unwrap_err().is_not_github());
    assert!(get().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn no_path_leads_elsewhere() {
    let server = Server::start([]).await;
    let repo = server.repo();
    for path in ["", "/README.md", "docs/", "a//b", ".", "..", "../x", "docs/../../x", "a/./b"] {
        let error = repo.file(path, "main").await.unwrap_err();
        assert_eq!(error.status(), None, "{path}: {error}");
    }
    assert!(repo.branch("..").await.is_err());
    assert_eq!(server.connections(), 0);
}
