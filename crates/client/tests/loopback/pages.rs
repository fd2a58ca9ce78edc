use hookstead_client::{DeploymentFilter, Status};

use crate::support::{Server, TOKEN, answer, assert_hidden, json, without_place};

fn statuses(ids: std::ops::Range<u64>) -> String {
    let items: Vec<_> = ids.map(|id| format!(r#"{{"id": {id}, "state": "success"}}"#)).collect();
    format!("[{}]", items.join(","))
}

#[tokio::test]
async fn pages_follow_github_s_links_as_they_stand() {
    let server = Server::start([]).await;
    let next = format!("{}/repositories/1/x?cursor=a%2Fb&page=2", server.url());
    let link = format!(r#"<{next}>; rel="next", <{next}>; rel="last""#);
    server.then(answer(200, &[("link", &link)], &statuses(0..2)));
    server.then(answer(200, &[("link", r#"<?page=3>; rel="next""#)], &statuses(2..3)));
    server.then(answer(200, &[("link", r#"</>; rel="first""#)], &statuses(3..4)));

    let repo = server.repo();
    let mut ids = Vec::new();
    let mut page = Some(repo.statuses("main").await.unwrap());
    while let Some(current) = page {
        page = repo.client().next_page(&current).await.unwrap();
        assert_eq!(page.is_some(), current.has_next());
        ids.extend(current.into_iter().map(|status: Status| status.id));
    }
    assert_eq!(ids, [0, 1, 2, 3]);

    let requests = server.requests();
    assert_eq!(requests[1].line, "GET /repositories/1/x?cursor=a%2Fb&page=2");
    assert_eq!(requests[2].line, "GET /repositories/1/x?page=3");
    for request in &requests {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
}

#[tokio::test]
async fn a_link_to_elsewhere_is_not_followed() {
    let foreign = Server::start([json(200, "[]")]).await;
    let link = format!(r#"<{}/s3cret?page=2>; rel="next""#, foreign.url());
    let server = Server::start([answer(200, &[("link", &link)], "[]")]).await;
    let repo = server.repo();
    // The page itself is good.
    let page = repo.deployments(&DeploymentFilter::new()).await.unwrap();
    assert!(page.has_next());
    let error = repo.client().next_page(&page).await.unwrap_err();
    assert_hidden(&error, "s3cret");
    let text = without_place(&error);
    let expected = format!(
        "cannot list the deployments of octocat/hello: GitHub's answer leads to a place at {}, \
         which is not below {}; look for a single sign-on in between, or for another name of this \
         server (see `ClientBuilder::also_at`)",
        foreign.url(),
        server.url()
    );
    assert_eq!(text, expected);
    let page = format!("(GET {}/repos/octocat/hello/deployments)", server.url());
    assert!(error.to_string().ends_with(&page), "{error}");
    assert_eq!(foreign.connections(), 0);
}

#[tokio::test]
async fn an_error_on_a_later_page_names_the_list() {
    let link = r#"</x?page=2>; rel="next""#;
    let server = Server::start([answer(200, &[("link", link)], "[]")]).await;
    server.then(json(502, ""));
    let repo = server.repo();
    let page = repo.statuses("main").await.unwrap();
    let error = repo.client().next_page(&page).await.unwrap_err();
    assert_eq!(
        without_place(&error),
        "cannot list the statuses of main in octocat/hello: 502 Bad Gateway"
    );
}

#[tokio::test]
async fn items_cross_pages_and_end_after_an_error() {
    let link = |page: u32| format!(r#"</x?page={page}>; rel="next""#);
    let server = Server::start([
        answer(200, &[("link", &link(2))], &statuses(0..2)),
        // A page may be empty although there is another one.
        answer(200, &[("link", &link(3))], "[]"),
        answer(200, &[("link", &link(4))], &statuses(2..3)),
        json(502, ""),
    ])
    .await;
    let repo = server.repo();
    let mut items = repo.client().items(repo.statuses("main").await.unwrap());
    assert_eq!(server.requests().len(), 1, "pages come when they are needed");
    for id in 0..3 {
        assert_eq!(items.next().await.unwrap().unwrap().id, id);
    }
    assert_eq!(items.next().await.unwrap().unwrap_err().status().unwrap().as_u16(), 502);
    assert!(items.next().await.is_none());
    assert!(items.next().await.is_none());
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn items_are_a_stream() {
    use std::future::poll_fn;
    use std::pin::Pin;

    use futures_core::Stream;

    async fn collect<S: Stream<Item = Result<Status, hookstead_client::Error>> + Unpin + Send>(
        mut stream: S,
    ) -> Vec<u64> {
        let mut ids = Vec::new();
        while let Some(item) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
            ids.push(item.unwrap().id);
        }
        ids
    }
    let link = r#"</x?page=2>; rel="next""#;
    let server = Server::start([
        answer(200, &[("link", link)], &statuses(0..2)),
        json(200, &statuses(2..3)),
    ])
    .await;
    let repo = server.repo();
    let items = repo.client().items(repo.statuses("main").await.unwrap());
    assert_eq!(collect(items).await, [0, 1, 2]);
}

/// Reads a list item by item; how many items came, and the error at its end.
async fn drain(server: &Server, max_pages: usize) -> (usize, hookstead_client::Error) {
    let client = server.builder().max_pages(max_pages).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let mut items = client.items(repo.statuses("main").await.unwrap());
    let mut count = 0;
    loop {
        match items.next().await.unwrap() {
            Ok(_) => count += 1,
            Err(error) => {
                assert!(items.next().await.is_none());
                return (count, error);
            }
        }
    }
}

#[tokio::test]
async fn a_list_in_circles_ends_with_an_error_before_it_repeats() {
    let first = "/repos/octocat/hello/commits/main/statuses?per_page=100";
    for (links, pages) in [
        (vec![first], 1),
        (vec!["/x?page=2", first], 2),
        (vec!["/x?page=2", "/x?page=3", "/x?page=2"], 3),
        // The same place, written otherwise.
        (vec!["/x?page=2", "/y/../x?page=2#there"], 2),
    ] {
        let server = Server::start([]).await;
        for link in links.iter().cycle().take(9) {
            let link = format!(r#"<{link}>; rel="next""#);
            server.then(answer(200, &[("link", &link)], &statuses(0..2)));
        }
        let (count, error) = drain(&server, 1000).await;
        assert!(error.is_endless_list());
        assert_eq!(
            without_place(&error),
            "cannot list the statuses of main in octocat/hello: the list has no end: a page leads to \
             one that was there before"
        );
        let last = &server.requests()[pages - 1].line;
        let path = last.strip_prefix("GET ").unwrap().split('?').next().unwrap();
        assert_eq!(error.url().unwrap(), format!("{}{path}", server.url()));
        assert_eq!((count, server.requests().len()), (2 * pages, pages), "{links:?}");
        assert!(!error.is_rate_limited() && error.status().is_none());
    }
}

#[tokio::test]
async fn a_redirect_back_is_a_circle_too() {
    let server = Server::start([]).await;
    let to = |path: &str| answer(301, &[("location", path)], "");
    let linked =
        |path: &str| answer(200, &[("link", &format!(r#"<{path}>; rel="next""#))], &statuses(0..1));
    server.then(linked("/x?page=2"));
    for _ in 0..9 {
        server.then(to("/repositories/1/x?page=2"));
        server.then(linked("/x?page=2"));
    }
    let (count, error) = drain(&server, 1000).await;
    assert!(error.is_endless_list(), "{error}");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn pages_without_an_end_end_at_the_limit() {
    let server = Server::start([]).await;
    for page in 0..20 {
        let link = format!(r#"</x?cursor={page}>; rel="next""#);
        // Empty ones count as well.
        server.then(answer(
            200,
            &[("link", &link)],
            if page % 2 == 0 { "[]" } else { r#"[{"id": 1, "state": "success"}]"# },
        ));
    }
    let (_, error) = drain(&server, 7).await;
    assert!(error.is_endless_list());
    assert!(error.to_string().contains("more than 7 pages, the limit that `max_pages` sets"));
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn a_list_that_is_read_page_by_page_ends_as_well_and_a_page_may_be_asked_for_twice() {
    let server = Server::start([]).await;
    for _ in 0..9 {
        for page in [2, 1] {
            let link = format!(r#"</x?page={page}>; rel="next""#);
            server.then(answer(200, &[("link", &link)], "[]"));
        }
    }
    let client = server.client();
    let first: hookstead_client::Page<Status> =
        client.request(hookstead_client::Method::GET, "/x?page=1").send_page().await.unwrap();
    // As somebody does whose call failed.
    let second = client.next_page(&first).await.unwrap().unwrap();
    assert!(client.next_page(&second).await.unwrap_err().is_endless_list());
    assert!(client.next_page(&second).await.unwrap_err().is_endless_list());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_contexts_of_a_commit_are_a_list_as_well() {
    let first = "/repos/octocat/hello/commits/main/status?per_page=100";
    for links in [vec![first], vec!["/x?page=2", "/x?page=3", "/x?page=2"]] {
        let server = Server::start([]).await;
        for link in links.iter().cycle().take(9) {
            let link = format!(r#"<{link}>; rel="next""#);
            let body = r#"{"state": "success", "statuses": [{"id": 1, "state": "success"}]}"#;
            server.then(answer(200, &[("link", &link)], body));
        }
        let error = server.repo().combined_status("main").await.unwrap_err();
        assert!(error.is_endless_list(), "{error}");
        assert_eq!(server.requests().len(), links.len());
    }
}
