//! Asking only whether something has changed.

use hookstead_client::{Method, Repo};

use crate::support::{Reply, Server, answer, json};

const COMBINED: &str = r#"{"state": "pending", "statuses": []}"#;

fn repo(server: &Server, count: usize) -> Repo {
    let client = server.builder().remember_answers(count).build().unwrap();
    client.repo(&"octocat/hello".parse().unwrap())
}

fn tagged(etag: &str, body: &str) -> Reply {
    answer(200, &[("etag", etag), ("x-github-request-id", "OLD")], body)
}

fn unchanged() -> Reply {
    // A 304 has no body, whatever its length says.
    Reply::Bytes(b"HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n".to_vec())
}

fn asked(server: &Server) -> Vec<Option<String>> {
    server
        .requests()
        .iter()
        .map(|request| request.header("if-none-match").map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn what_has_not_changed_is_remembered() {
    let success = COMBINED.replace("pending", "success");
    let server = Server::start([
        tagged("\"a\"", COMBINED),
        unchanged(),
        tagged("W/\"b\"", &success),
        unchanged(),
    ])
    .await;
    let repo = repo(&server, 9);
    let mut states = Vec::new();
    for _ in 0..4 {
        states.push(repo.combined_status("main").await.unwrap().state.to_string());
    }
    assert_eq!(states, ["pending", "pending", "success", "success"]);
    let tags = [None, Some("\"a\""), Some("\"a\""), Some("W/\"b\"")];
    assert_eq!(asked(&server), tags.map(|tag| tag.map(str::to_owned)));
}

#[tokio::test]
async fn a_remembered_list_goes_on_where_it_did() {
    let link = r#"</x?page=2>; rel="next""#;
    let server =
        Server::start([answer(200, &[("etag", "\"a\""), ("link", link)], "[1]"), unchanged()])
            .await;
    let repo = repo(&server, 9);
    for _ in 0..2 {
        let request = repo.client().request(Method::GET, "/x").remembered();
        let page = request.send_page::<u64>().await.unwrap();
        assert_eq!(page.items, [1]);
        assert!(page.has_next());
    }
}

#[tokio::test]
async fn nothing_is_remembered_unless_asked_for() {
    for (count, is_remembered) in [(0, true), (9, false)] {
        let server = Server::start([tagged("\"a\"", "1"), tagged("\"a\"", "1")]).await;
        let repo = repo(&server, count);
        for _ in 0..2 {
            let mut request = repo.client().request(Method::GET, "/x");
            if is_remembered {
                request = request.remembered();
            }
            request.send::<u64>().await.unwrap();
        }
        assert_eq!(asked(&server), [None, None]);
    }
    // Nor what has no tag, or is an error.
    let server = Server::start([
        json(200, COMBINED),
        answer(404, &[("etag", "\"a\"")], r#"{"message": "Not Found"}"#),
        json(200, COMBINED),
    ])
    .await;
    let repo = repo(&server, 9);
    for _ in 0..3 {
        repo.combined_status("main").await.ok();
    }
    assert_eq!(asked(&server), [None, None, None]);
}

#[tokio::test]
async fn the_oldest_is_forgotten() {
    let server = Server::start([]).await;
    let repo = repo(&server, 2);
    let ask = async |path: &str, reply: Reply| {
        server.then(reply);
        let request = repo.client().request(Method::GET, path).remembered();
        assert_eq!(request.send::<u64>().await.unwrap(), 1);
    };
    ask("/a", tagged("\"a\"", "1")).await;
    ask("/b", tagged("\"b\"", "1")).await;
    ask("/a", unchanged()).await;
    ask("/c", tagged("\"c\"", "1")).await;
    ask("/b", tagged("\"b\"", "1")).await;
    ask("/c", unchanged()).await;
    let tags = [None, None, Some("\"a\""), None, None, Some("\"c\"")];
    assert_eq!(asked(&server), tags.map(|tag| tag.map(str::to_owned)));
}
