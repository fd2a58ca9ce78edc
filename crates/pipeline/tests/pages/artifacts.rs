//! What builds kept: nothing but a regular file in their folder comes out, and never as anything but an attachment.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use hookstead_pipeline::record::{BuildState, BuildTarget};
use serde_json::{Value, json};

use crate::stage::{Stage, new_build};

const LIB: &str = "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\nartifacts = [\"out\"]\n";

/// Asks for a path as it stands, and reads the whole answer.
async fn raw(stage: &Stage, path: &str, headers: &str) -> String {
    let address = stage.url.trim_start_matches("http://").to_owned();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    let asking = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    asking.await.unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

async fn with_artifacts() -> (Stage, i64) {
    let stage = Stage::new(LIB).await;
    let number = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await.number;
    let folder = stage.pipeline.artifacts_of(number);
    fs::create_dir_all(folder.join("out")).unwrap();
    fs::write(folder.join("out/page.html"), "<script>alert(1)</script>").unwrap();
    fs::write(folder.join("out/report.json"), "{}").unwrap();
    fs::write(folder.join(OsStr::from_bytes(b"out/odd\n\xff\"name")), "odd").unwrap();
    fs::write(stage.dir.path().join("outside"), "hunter2").unwrap();
    symlink(stage.dir.path().join("outside"), folder.join("out/link")).unwrap();
    symlink(stage.dir.path(), folder.join("door")).unwrap();
    (stage, number)
}

#[tokio::test]
async fn a_file_is_an_attachment_and_is_read_in_parts() {
    let (stage, number) = with_artifacts().await;
    let top = format!("/lib/builds/{number}/artifacts");
    let answer = raw(&stage, &format!("{top}/out/page.html"), "").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert_eq!(status(&answer), 200);
    assert_eq!(body, "<script>alert(1)</script>");
    for line in [
        "content-type: application/octet-stream",
        "content-disposition: attachment; filename=\"page.html\"; filename*=utf-8''page.html",
        "content-length: 25",
        "accept-ranges: bytes",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'",
    ] {
        assert!(head.contains(line), "{line}\n{head}");
    }
    let part = raw(&stage, &format!("{top}/out/page.html"), "range: bytes=8-12\r\n").await;
    assert_eq!(status(&part), 206);
    assert!(part.to_lowercase().contains("content-range: bytes 8-12/25\r\n"), "{part}");
    assert!(part.ends_with("\r\n\r\nalert"), "{part}");
    let other = "range: bytes=8-12\r\nif-range: \"something else\"\r\n";
    let whole = raw(&stage, &format!("{top}/out/page.html"), other).await;
    assert_eq!(status(&whole), 200);
    let late = raw(&stage, &format!("{top}/out/page.html"), "range: bytes=25-\r\n").await;
    assert_eq!(status(&late), 416);
    // It is no page's JSON.
    let json = raw(&stage, &format!("{top}/out/report.json"), "").await;
    assert!(json.ends_with("\r\n\r\n{}"), "{json}");
    let odd = raw(&stage, &format!("{top}/out/odd%0A%FF%22name"), "").await;
    assert!(odd.ends_with("\r\n\r\nodd"), "{odd}");

    // More than is sent at once.
    let large: String = (0..100_000).map(|number| format!("{number}\n")).collect();
    fs::write(stage.pipeline.artifacts_of(number).join("large"), &large).unwrap();
    let answer = raw(&stage, &format!("{top}/large"), "").await;
    assert!(answer.split_once("\r\n\r\n").unwrap().1 == large);
}

#[tokio::test]
async fn nothing_outside_of_the_folder_comes_out() {
    let (stage, number) = with_artifacts().await;
    let top = format!("/lib/builds/{number}/artifacts");
    for path in [
        "/out/link",
        "/door/outside",
        "/../../../../outside",
        "/out/../../../../../outside",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/outside",
        "/..%2f..%2f..%2f..%2foutside",
        "/out%2Fpage.html",
        "//out/page.html",
        "/out//page.html",
        "/./out/page.html",
        "/out/page.html%00",
        "/out",
        "/",
        "",
        "/etc/passwd",
        "/missing",
    ] {
        let answer = raw(&stage, &format!("{top}{path}"), "").await;
        assert_eq!(status(&answer), 404, "{path}: {answer}");
        assert!(!answer.contains("hunter2"), "{path}");
    }
    let other = raw(&stage, &format!("/other/builds/{number}/artifacts/out/page.html"), "").await;
    assert_eq!(status(&other), 404);
}

#[tokio::test]
async fn a_build_s_page_lists_what_is_here_and_names_the_machine_where_the_rest_is() {
    let (stage, number) = with_artifacts().await;
    let page = stage.get(&format!("/lib/builds/{number}")).await;
    let top = format!("/lib/builds/{number}/artifacts");
    assert!(page.contains(&format!("href=\"{top}/out/page.html\"")), "{page}");
    assert!(page.contains(&format!("href=\"{top}/out/odd%0A%FF%22name\"")), "{page}");
    assert!(!page.contains("out/link") && !page.contains("door"), "{page}");
    let json = stage.get(&format!("/lib/builds/{number}.json")).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    let file = |path: &str, address: &str, bytes: u64| json!({"path": path, "address": format!("{top}/{address}"), "bytes": bytes});
    let files = [
        file("out/odd\u{fffd}\u{fffd}\"name", "out/odd%0A%FF%22name", 3),
        file("out/page.html", "out/page.html", 25),
        file("out/report.json", "out/report%2Ejson", 2),
    ];
    assert_eq!(json["artifacts"], json!({"files": files, "are_more": false, "machine": null}));

    let far = stage.submit(new_build("test", BuildTarget::PullRequest(2))).await.number;
    stage.journal.settle(far, BuildState::Error, "lost", None).await.unwrap();
    stage.run(&format!("UPDATE pipeline_builds SET machine = 'another' WHERE number = {far}"));
    let page = stage.get(&format!("/lib/builds/{far}")).await;
    assert!(page.contains("They lie on the machine"), "{page}");
    let (status, text) = stage.ask(&format!("/lib/builds/{far}/artifacts/out/a")).await;
    assert_eq!(
        (status, text.as_str()),
        (404, "The artefacts of this build lie on the machine another.\n")
    );
}
