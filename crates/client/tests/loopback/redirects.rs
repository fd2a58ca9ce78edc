use hookstead_client::{Client, NewStatus, Token};

use crate::support::{SHA, Server, TOKEN, answer, assert_hidden, json, sha, without_place};

const MOVED: &str = r#"{"message": "Moved Permanently", "url": "x"}"#;
const STATUS: &str = r#"{"id": 1, "state": "pending"}"#;

#[tokio::test]
async fn reads_follow_every_kind() {
    for status in [301, 302, 307, 308] {
        let server = Server::start([]).await;
        let target = format!("{}/repositories/1/commits/main/statuses?per_page=100", server.url());
        server.then(answer(status, &[("location", &target)], MOVED));
        server.then(json(200, "[]"));
        server.repo().statuses("main").await.unwrap();

        let [_, second] = &server.requests()[..] else { panic!("two requests") };
        assert_eq!(second.line, "GET /repositories/1/commits/main/statuses?per_page=100");
        assert_eq!(second.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert_eq!(server.connections(), 1, "the connection is used again");
    }
}

#[tokio::test]
async fn writes_keep_their_method_and_body() {
    for status in [301, 302, 307, 308] {
        let server = Server::start([]).await;
        let target = format!("{}/repositories/1/statuses/{SHA}", server.url());
        server.then(answer(status, &[("location", &target)], MOVED));
        server.then(json(201, STATUS));
        server.repo().create_status(&sha(), &NewStatus::pending().context("ci")).await.unwrap();

        let [first, second] = &server.requests()[..] else { panic!("two requests") };
        assert_eq!(second.line, format!("POST /repositories/1/statuses/{SHA}"));
        assert_eq!(second.body, first.body);
        assert_eq!(second.header("content-type"), Some("application/json"));
        assert_eq!(second.header("authorization"), first.header("authorization"));
    }
}

#[tokio::test]
async fn other_redirects_are_errors() {
    for (status, headers) in
        [(303, vec![("location", "/x")]), (300, vec![("location", "/x")]), (301, vec![])]
    {
        let server = Server::start([answer(status, &headers, MOVED)]).await;
        let error = server.repo().statuses("main").await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_that_is_not_github_s_is_told_as_somebody_else_s_answer() {
    let login = ("location", "/login?return_to=s3cret");
    for (status, headers) in
        [(303, vec![login]), (300, vec![login]), (302, vec![]), (301, vec![]), (304, vec![])]
    {
        let server = Server::start([answer(status, &headers, "")]).await;
        let error = server.repo().create_status(&sha(), &NewStatus::pending()).await.unwrap_err();
        assert!(error.is_not_github() && !error.took_effect(), "{error}");
        assert!(error.to_string().contains("single sign-on"), "{error}");
        assert_eq!(server.requests().len(), 1);
        assert_hidden(&error, "s3cret");
    }
    // In GitHub's words it is GitHub's.
    let server = Server::start([answer(301, &[], MOVED)]).await;
    assert!(!server.repo().statuses("main").await.unwrap_err().is_not_github());
}

#[tokio::test]
async fn a_foreign_host_never_hears_from_us() {
    let foreign = Server::start([json(201, STATUS)]).await;
    for target in [
        format!("{}/repositories/1/statuses", foreign.url()),
        format!("//127.0.0.1:{}/repositories/1", foreign.port()),
        format!("http://localhost:{}/repositories/1", foreign.port()),
    ] {
        let server = Server::start([answer(307, &[("location", &target)], MOVED)]).await;
        let error = server.repo().create_status(&sha(), &NewStatus::pending()).await.unwrap_err();
        assert_hidden(&error, "repositories");
        assert_eq!(error.status().unwrap().as_u16(), 307);
        assert!(!error.took_effect() && error.is_not_github());
        let text = without_place(&error);
        let start = "cannot create a status for octocat/hello: 307 Temporary Redirect: \
                     GitHub's answer leads to a place at http://";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains(&format!("which is not below {}; look", server.url())), "{text}");
        assert!(text.contains("single sign-on") && text.contains("also_at"), "{text}");
    }
    assert_eq!(foreign.connections(), 0);
}

#[tokio::test]
async fn redirects_stay_below_the_path_of_an_enterprise_server() {
    let server = Server::start([
        answer(301, &[("location", "/api/v3/repositories/1/commits/main/statuses")], MOVED),
        json(200, "[]"),
        answer(302, &[("location", "/login?return_to=x")], ""),
    ])
    .await;
    let client = Client::builder(Token::new(TOKEN).unwrap())
        .base_url(format!("{}/api/v3/", server.url()))
        .build()
        .unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.statuses("main").await.unwrap();
    let error = repo.statuses("main").await.unwrap_err();
    assert!(error.to_string().contains("/api/v3; look"), "{error}");

    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines,
        [
            "GET /api/v3/repos/octocat/hello/commits/main/statuses?per_page=100",
            "GET /api/v3/repositories/1/commits/main/statuses",
            "GET /api/v3/repos/octocat/hello/commits/main/statuses?per_page=100",
        ]
    );
}

/// It writes its own name into its links, and is reached by another one.
#[tokio::test]
async fn another_name_of_the_server_is_followed_where_it_is_reached() {
    let link = r#"<http://github.example.com/api/v3/repositories/1/statuses?page=2>; rel="next""#;
    let script = || {
        [
            answer(301, &[("location", "https://github.example.com/api/v3/repositories/1")], MOVED),
            answer(200, &[("link", link)], "[]"),
            json(200, "[]"),
            answer(307, &[("location", "https://github.example.com/login")], MOVED),
        ]
    };
    let server = Server::start(script()).await;
    let named = || {
        let builder = server.builder().base_url(format!("{}/api/v3", server.url()));
        builder.also_at("https://github.example.com").also_at("http://github.example.com/api/v3")
    };
    let client = named().build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let page = repo.statuses("main").await.unwrap();
    assert!(client.next_page(&page).await.unwrap().is_some());
    // Below the base URL, as ever.
    repo.statuses("main").await.unwrap_err();
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines[1..],
        [
            "GET /api/v3/repositories/1",
            "GET /api/v3/repositories/1/statuses?page=2",
            "GET /api/v3/repos/octocat/hello/commits/main/statuses?per_page=100",
        ]
    );
    assert!(!format!("{:?}", named()).contains("github.example.com"));
    assert!(named().also_at("github.example.com").build().is_err());

    let server = Server::start(script()).await;
    let base = format!("{}/api/v3", server.url());
    let client = server.builder().base_url(base).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.statuses("main").await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_loop_ends() {
    let circle = || answer(301, &[("location", "/repositories/1")], MOVED);
    let server = Server::start((0..9).map(|_| circle())).await;
    let error = server.repo().statuses("main").await.unwrap_err();
    assert!(error.to_string().contains(": more than 5 redirects; look"), "{error}");
    assert_eq!(server.requests().len(), 6);

    let server = Server::start([circle()]).await;
    let client = server.builder().max_redirects(0).build().unwrap();
    let error = client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap_err();
    assert!(error.to_string().contains(": more than 0 redirects; look"), "{error}");
    assert_eq!(server.requests().len(), 1);
}
