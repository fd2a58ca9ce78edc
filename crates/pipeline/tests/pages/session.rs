//! Signing in and out, who may read, and who may press.

use std::time::Duration;

use hookstead::client::HttpClient;
use hookstead::{Server, Verifier, WebhookSecret};
use hookstead_pipeline::journal::{EntryFilter, EntryKind};
use hookstead_pipeline::pages::{Pages, SignInLimits};
use hookstead_pipeline::record::BuildTarget;
use http::header::{RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};

use crate::browser::Browser;
use crate::stage::{SECRET as TOKEN, Stage, new_build};

const LIB: &str =
    "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n";

async fn signed_in(stage: &Stage) -> Browser {
    let mut browser = Browser::new(&stage.url);
    let answer = browser.post("/sign-in", &[("token", TOKEN), ("next", "/journal")]).await;
    assert_eq!(answer.leads_to(), "/journal");
    browser
}

/// The texts of what stands in the journal of people, the oldest first.
async fn of_people(stage: &Stage) -> Vec<String> {
    let entries = stage.journal.entries(&EntryFilter::All, None, 100).await.unwrap();
    let of_people = entries.into_iter().rev().filter(|it| it.kind == EntryKind::Person);
    of_people.map(|it| it.text).collect()
}

#[tokio::test]
async fn the_token_is_exchanged_for_a_session_that_ends_at_sign_out() {
    let stage = Stage::new(LIB).await;
    stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let mut browser = Browser::new(&stage.url);
    let page = browser.get("/lib/builds/1").await.body;
    assert!(page.contains("href=\"/sign-in?next=%2Flib%2Fbuilds%2F1\""), "{page}");
    assert!(!page.contains("method=\"post\""), "{page}");

    let refused = browser.post("/sign-in", &[("token", "wrong")]).await;
    assert_eq!((refused.status, refused.header(SET_COOKIE)), (401, ""));
    assert!(
        refused.body.contains("That is not the admin&#39;s token.")
            || refused.body.contains("That is not the admin's token."),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains("wrong\""), "the token is shown");

    let mut browser = signed_in(&stage).await;
    let cookie = browser.cookie.clone().unwrap();
    let page = browser.get("/lib/builds/1").await.body;
    assert!(page.contains("action=\"/lib/builds/1/cancel\""), "{page}");
    assert!(page.contains("action=\"/sign-out\""), "{page}");
    assert_eq!(browser.get("/sign-in?next=/lib").await.leads_to(), "/lib");

    // The database holds nothing that a browser could send.
    let value = cookie.split_once('=').unwrap().1.to_owned();
    stage.run("PRAGMA wal_checkpoint(TRUNCATE)");
    let file = std::fs::read(stage.dir.path().join("pipeline.db")).unwrap();
    assert!(!file.windows(value.len()).any(|part| part == value.as_bytes()));

    assert_eq!(browser.post("/sign-out", &[]).await.leads_to(), "/");
    assert_eq!(browser.cookie, None);
    // Who kept the cookie is out, too.
    browser.cookie = Some(cookie);
    assert!(!browser.get("/lib/builds/1").await.body.contains("method=\"post\""));
    let people = of_people(&stage).await;
    assert_eq!(
        people,
        ["somebody gave a wrong token for the admin's", "admin signed in", "admin signed out"]
    );
}

#[tokio::test]
async fn a_session_holds_for_all_servers_and_ends_with_the_token_and_its_time() {
    let stage = Stage::new(LIB).await;
    let mut browser = signed_in(&stage).await;
    // Another server of the journal, which knows of nobody.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let verifier = Verifier::new(WebhookSecret::new(TOKEN).unwrap());
    let server = Server::of("/event_handler", verifier, stage.pipeline.inbox().clone());
    let mut limits = SignInLimits::default();
    limits.lifetime = Duration::ZERO;
    let server = Pages::new(stage.pipeline.clone()).sign_in_limits(limits).on(server);
    let server = tokio::spawn(async move {
        server.serve_until(listener, std::future::pending()).await.unwrap();
    });
    let is_signed_in = async |browser: &mut Browser| {
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        page.body.contains("/sign-out")
    };
    let mut there = Browser::new(&url);
    there.cookie = browser.cookie.clone();
    assert!(is_signed_in(&mut there).await);

    // One that lasts for no time is none.
    let mut short = Browser::new(&url);
    assert_eq!(short.post("/sign-in", &[("token", TOKEN)]).await.leads_to(), "/");
    assert!(!is_signed_in(&mut short).await);

    std::fs::write(stage.dir.path().join("secret"), "another token").unwrap();
    assert!(!is_signed_in(&mut browser).await);
    assert!(!is_signed_in(&mut there).await);
    assert_eq!(browser.post("/sign-in", &[("token", TOKEN)]).await.status, 401);
    assert_eq!(browser.post("/sign-in", &[("token", "another token")]).await.leads_to(), "/");
    assert!(is_signed_in(&mut browser).await);
    server.abort();
}

#[tokio::test]
async fn who_guesses_waits_and_who_is_signed_in_does_not() {
    let stage = Stage::new(LIB).await;
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    stage.begin(build.number).await;
    let mut admin = signed_in(&stage).await;
    let mut guesser = Browser::new(&stage.url);
    for _ in 0..SignInLimits::default().wrong_of_peer {
        assert_eq!(guesser.post("/sign-in", &[("token", "guess")]).await.status, 401);
    }
    let late = guesser.post("/sign-in", &[("token", TOKEN)]).await;
    assert_eq!(late.status, 429);
    let seconds: u64 = late.header(RETRY_AFTER).parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    assert!(late.body.contains("too many wrong tokens: try again in"), "{}", late.body);
    // A bearer is an attempt as well.
    let program = HttpClient::builder(&stage.url)
        .header("authorization", &format!("Bearer {TOKEN}"))
        .unwrap()
        .build()
        .unwrap();
    let press = program.post_form("/lib/builds/1/approve", [("", ""); 0]).await.unwrap();
    assert_eq!(press.status().as_u16(), 429);
    // A button that does nothing here: that it is answered is enough.
    let pressed = admin.post("/lib/builds/1/approve", &[]).await;
    assert_eq!(pressed.status, 409);
    assert!(pressed.body.contains("Build 1 waits for no approval: it is running."));
    let people = of_people(&stage).await;
    let wrong = people.iter().filter(|it| it.contains("wrong token for")).count();
    assert_eq!(wrong, 1, "{people:?}");
}

#[tokio::test]
async fn no_other_site_presses_a_button() {
    let stage = Stage::new(LIB).await;
    stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let mut browser = signed_in(&stage).await;
    let own = stage.url.clone();
    for (site, is_refused) in [
        (vec![("sec-fetch-site", "cross-site".to_owned())], true),
        (vec![("sec-fetch-site", "same-site".to_owned()), ("origin", own.clone())], true),
        (vec![("origin", "https://evil.test".to_owned())], true),
        (vec![("origin", "null".to_owned())], true),
        (vec![], true),
        (vec![("origin", own)], false),
        (vec![("sec-fetch-site", "same-origin".to_owned())], false),
    ] {
        browser.site = site.clone();
        // The build waits for no approval, so nothing comes of it.
        let status = browser.post("/lib/builds/1/approve", &[]).await.status;
        assert_eq!(status, if is_refused { 403 } else { 409 }, "{site:?}");
    }
    browser.site = vec![("sec-fetch-site", "cross-site".to_owned())];
    assert_eq!(browser.post("/sign-in", &[("token", TOKEN)]).await.status, 403);
    assert_eq!(browser.post("/sign-out", &[]).await.status, 403);
    assert!(browser.get("/").await.body.contains("/sign-out"));
    // What was refused stands in the journal, once for all of it.
    let people = of_people(&stage).await;
    let refused: Vec<_> = people.iter().filter(|it| it.contains("may not")).collect();
    assert_eq!(refused.len(), 1, "{people:?}");
    assert!(refused[0].starts_with("Approve was pressed by somebody who may not: "), "{refused:?}");
    let pressed = people.iter().filter(|it| it.contains("admin pressed Approve")).count();
    assert_eq!(pressed, 2, "{people:?}");
}

#[tokio::test]
async fn with_login_nothing_is_read_without_a_session() {
    let stage = Stage::new(&format!("read = \"login\"\n{LIB}")).await;
    stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let paths = [
        "/",
        "/index.json",
        "/lib",
        "/lib.json",
        "/lib/builds/1",
        "/lib/builds/1.json",
        "/lib/builds/1/log",
        "/lib/builds/1/events",
        "/lib/builds/1/artifacts/a",
        "/lib/branch/main",
        "/lib/pr/1",
        "/journal",
        "/journal.json",
        "/server",
        "/server.json",
        "/metrics",
        "/events",
        "/badge/lib.svg",
        "/nothing",
        "/style.css",
    ];
    let (mut browser, program) = (Browser::new(&stage.url), HttpClient::new(&stage.url).unwrap());
    for path in paths {
        let answer = browser.get(path).await;
        let leads_to = answer.leads_to();
        assert!(leads_to.starts_with("/sign-in"), "{path}: {leads_to}");
        assert!(answer.body.is_empty(), "{path}");
        let answer = program.get(path).await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{path}");
        assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Bearer");
        let text = String::from_utf8_lossy(answer.body());
        assert!(text.starts_with("Sign in at /sign-in, or send "), "{path}: {text}");
    }
    for open in ["/sign-in", "/assets/style.css", "/livez", "/readyz"] {
        assert_eq!(browser.get(open).await.status, 200, "{open}");
    }
    assert_eq!(browser.post("/lib/builds/1/cancel", &[]).await.status, 401);
    let bearer = |token: &str| {
        let bearer = format!("bearer {token}");
        HttpClient::builder(&stage.url).header("authorization", &bearer).unwrap().build().unwrap()
    };
    assert_eq!(bearer("wrong").get("/lib.json").await.unwrap().status().as_u16(), 401);
    assert_eq!(bearer(TOKEN).get("/lib.json").await.unwrap().status().as_u16(), 200);
    let mut browser = signed_in(&stage).await;
    for path in ["/", "/lib/builds/1", "/journal.json"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
    assert_eq!(browser.get("/nothing").await.status, 404);
}

#[tokio::test]
async fn pages_that_all_may_read_look_at_no_bearer() {
    let stage = Stage::new(LIB).await;
    let bearer = HttpClient::builder(&stage.url).header("authorization", "Bearer of a proxy");
    let proxied = bearer.unwrap().build().unwrap();
    for _ in 0..20 {
        assert_eq!(proxied.get("/lib").await.unwrap().status().as_u16(), 200);
    }
    assert!(of_people(&stage).await.is_empty());
}
