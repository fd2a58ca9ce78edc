//! Logs on pages and as they are.

use std::fmt::Write as _;

use bytes::Bytes;
use hookstead::client::HttpClient;
use hookstead_pipeline::journal::Retention;
use hookstead_pipeline::record::{BuildState, BuildTarget};
use http::{Request, Response};

use crate::stage::{Stage, new_build};

const LIB: &str =
    "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n";

/// A build with this log, which has ended.
async fn ended(stage: &Stage, log: impl Into<Bytes>) {
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let hold = stage.begin(build.number).await;
    stage.journal.append(&hold, 0, log).await.unwrap();
    stage.journal.finish(&hold, BuildState::Failed, "").await.unwrap();
}

fn lines(count: usize) -> String {
    (1..=count).fold(String::new(), |mut text, number| {
        writeln!(text, "this is line {number}").unwrap();
        text
    })
}

fn has_line(page: &str, number: usize) -> bool {
    page.contains(&format!(
        "<span class=\"line\" id=\"L{number}\"><a href=\"#L{number}\" tabindex=\"-1\">{number}</a>"
    ))
}

#[tokio::test]
async fn a_page_has_the_last_thousand_lines_or_those_around_one() {
    let stage = Stage::new(LIB).await;
    ended(&stage, lines(3000)).await;
    let page = stage.get("/lib/builds/1").await;
    assert!(!has_line(&page, 2000) && has_line(&page, 2001) && has_line(&page, 3000));
    assert!(page.contains("href=\"/lib/builds/1?line=2000#L2000\""), "{page}");
    assert!(page.contains("href=\"/lib/builds/1/log\""), "{page}");
    let page = stage.get("/lib/builds/1?line=1500").await;
    assert!(!has_line(&page, 1399) && has_line(&page, 1400) && has_line(&page, 1500));
    assert!(has_line(&page, 2399) && !has_line(&page, 2400));
    assert!(page.contains("?line=1399#L1399") && page.contains("?line=2400#L2400"));
    for (line, first) in
        [("1", 1), ("0", 1), ("2999", 2899), ("99999999999999999999", 2001), ("x", 2001)]
    {
        let page = stage.get(&format!("/lib/builds/1?line={line}")).await;
        assert!(has_line(&page, first) && !has_line(&page, first - 1), "{line}");
    }
}

#[tokio::test]
async fn long_lines_and_strange_ones_leave_a_page_that_can_be_read() {
    let stage = Stage::new(LIB).await;
    let mut log = b"\x1b[31mred\n".to_vec();
    log.extend_from_slice(&b"x".repeat(10_000_000));
    log.extend_from_slice(b"\n<script>alert(1)</script>\xff\x1b]8;;http://evil\x07link\x1b]8;;\x07\n::group::<b>\nlast");
    ended(&stage, log).await;
    let page = stage.get("/lib/builds/1").await;
    assert!(page.len() < 60_000, "{} bytes", page.len());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\u{fffd}link"), "{page}");
    assert!(!page.contains("<b>") && !page.contains("evil") && !page.contains("alert(1)</script"));
    assert!(page.contains("characters more"), "the long line says that it is cut");
    assert!(page.contains("id=\"L5\""), "{page}");
    // Colours that began on this page's first line are known; those of ten million bytes before are not.
    let page = stage.get("/lib/builds/1?line=1").await;
    assert!(page.contains("<span class=\"a-red\">red</span>"), "{page}");
}

#[tokio::test]
async fn the_whole_log_is_looked_through() {
    let stage = Stage::new(LIB).await;
    let mut log = lines(5000);
    log.push_str("\x1b[1mHere\x1b[0m is the <Needle>\r\nneedle hidden\rgone away now\n");
    ended(&stage, log).await;
    let page = stage.get("/lib/builds/1?find=%3CNEEDLE").await;
    assert!(page.contains("One line"), "{page}");
    assert!(page.contains("<a href=\"/lib/builds/1?line=5001#L5001\">5001</a>"), "{page}");
    assert!(page.contains("Here is the <mark>&lt;Needle</mark>&gt;"), "{page}");
    let page = stage.get("/lib/builds/1?find=line+12").await;
    assert!(page.contains("?line=12#L12\"") && page.contains("?line=1299#L1299\""), "{page}");
    assert!(stage.get("/lib/builds/1?find=nowhere").await.contains("No line"));
    let page = stage.get("/lib/builds/1?find=LINE").await;
    assert!(page.contains("200 lines") && page.contains("find=LINE&amp;from_line=201"), "{page}");
    let page = stage.get("/lib/builds/1?find=line&from_line=4990").await;
    assert!(page.contains("11 lines") && !page.contains("Look further"), "{page}");
    let json: serde_json::Value =
        serde_json::from_str(&stage.get("/lib/builds/1.json?find=line+4999").await).unwrap();
    assert_eq!(json["found"]["lines"][0]["line"], 4999);
    assert_eq!(json["found"]["lines"][0]["found"], "line 4999");
}

async fn raw(stage: &Stage, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = HttpClient::new(&stage.url).unwrap();
    client.send(request.body(Bytes::new()).unwrap()).await.unwrap()
}

fn header<'a>(answer: &'a Response<Bytes>, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_raw_log_is_given_whole_and_in_parts() {
    const LOG: &str = "/lib/builds/1/log";
    let stage = Stage::new(LIB).await;
    let log: Vec<u8> = (0..300_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    ended(&stage, log.clone()).await;
    let whole = raw(&stage, "GET", LOG, &[]).await;
    assert_eq!((whole.status().as_u16(), whole.body().as_ref()), (200, log.as_slice()));
    let tag = header(&whole, "etag").to_owned();
    for (name, value) in [
        ("content-length", "300000"),
        ("accept-ranges", "bytes"),
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", "inline; filename=\"build-1.log\""),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(header(&whole, name), value, "{name}");
    }
    assert!(header(&whole, "content-security-policy").starts_with("default-src 'none'"));
    let head = raw(&stage, "HEAD", LOG, &[]).await;
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
    assert_eq!(header(&head, "content-length"), "300000");
    for (range, part, said) in [
        ("bytes=0-0", 0..1, "bytes 0-0/300000"),
        ("bytes=65535-65536", 65_535..65_537, "bytes 65535-65536/300000"),
        ("bytes=100-200000", 100..200_001, "bytes 100-200000/300000"),
        ("bytes=299000-", 299_000..300_000, "bytes 299000-299999/300000"),
        ("bytes=-5", 299_995..300_000, "bytes 299995-299999/300000"),
        ("bytes=299999-999999", 299_999..300_000, "bytes 299999-299999/300000"),
    ] {
        let answer = raw(&stage, "GET", LOG, &[("range", range)]).await;
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(header(&answer, "content-range"), said);
        assert_eq!(answer.body().as_ref(), &log[part.clone()], "{range}");
        assert_eq!(header(&answer, "content-length"), part.len().to_string());
        let same = raw(&stage, "GET", LOG, &[("range", range), ("if-range", &tag)]).await;
        assert_eq!(same.status(), 206);
        let other = raw(&stage, "GET", LOG, &[("range", range), ("if-range", "\"other\"")]).await;
        assert_eq!((other.status().as_u16(), other.body().len()), (200, 300_000));
    }
    for range in ["bytes=300000-", "bytes=-0"] {
        let answer = raw(&stage, "GET", LOG, &[("range", range)]).await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "content-range")),
            (416, "bytes */300000")
        );
    }
    let answer = raw(&stage, "GET", LOG, &[("range", "bytes=0-1,5-6")]).await;
    assert_eq!(answer.status(), 200);
    let answer = raw(&stage, "GET", LOG, &[("if-none-match", &tag)]).await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (304, 0));
    let answer = raw(&stage, "GET", "/lib/builds/1/log?from=299990", &[]).await;
    assert_eq!(answer.body().as_ref(), &log[299_990..]);
    let answer =
        raw(&stage, "GET", "/lib/builds/1/log?from=299990", &[("range", "bytes=1-2")]).await;
    assert_eq!(answer.body().as_ref(), &log[299_991..299_993]);
    assert_eq!(header(&answer, "content-range"), "bytes 1-2/10");
    assert_eq!(raw(&stage, "GET", "/lib/builds/1/log?from=400000", &[]).await.body().len(), 0);
    assert_eq!(raw(&stage, "GET", "/lib/builds/1/log?from=-1", &[]).await.status(), 400);
    stage.journal.forget_logs(&Retention::new(std::time::Duration::ZERO)).await.unwrap();
    assert_eq!(raw(&stage, "GET", LOG, &[]).await.status(), 410);
    assert!(stage.get("/lib/builds/1").await.contains("The log was removed"));
    assert!(stage.get("/lib/builds/1/events.json").await.contains("\"over\": true"));
    let events = stage.get("/lib/builds/1/events").await;
    assert!(events.ends_with("event: end\ndata: over\n\n"), "{events}");
}

#[tokio::test]
async fn a_log_that_is_written_is_given_as_far_as_it_is() {
    let stage = Stage::new(LIB).await;
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    assert_eq!(raw(&stage, "GET", "/lib/builds/1/log", &[]).await.body().len(), 0);
    assert!(stage.get("/lib/builds/1").await.contains("Nothing is written before it runs."));
    let hold = stage.begin(build.number).await;
    stage.journal.append(&hold, 0, "begun\nhalf").await.unwrap();
    let answer = raw(&stage, "GET", "/lib/builds/1/log", &[]).await;
    assert_eq!((answer.body().as_ref(), header(&answer, "etag")), (b"begun\nhalf".as_slice(), ""));
    let page = stage.get("/lib/builds/1").await;
    assert!(page.contains("data-to=\"6\" data-seen=\"running\""), "{page}");
    assert!(
        page.contains(
            "<span class=\"line rest\" id=\"L2\"><a href=\"#L2\" tabindex=\"-1\">2</a>half"
        ),
        "{page}"
    );
}
