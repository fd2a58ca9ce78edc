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
