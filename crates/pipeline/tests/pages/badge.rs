//! The picture of how a project stands.

use hookstead_pipeline::record::{BuildState, BuildTarget};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::browser::Browser;
use crate::stage::{Stage, new_build};

const LIB: &str = "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n\
                   [projects.lib.jobs.lint]\nrun = \"true\"\n";

async fn ended(stage: &Stage, job: &str, branch: &str, state: BuildState) {
    let build = new_build(job, BuildTarget::Branch(branch.to_owned()));
    let number = stage.submit(build).await.number;
    stage.journal.settle(number, state, "", None).await.unwrap();
}

#[tokio::test]
async fn a_badge_says_how_the_default_branch_stands() {
    let stage = Stage::new(LIB).await;
    let word = async |path: &str| {
        let picture = stage.get(path).await;
        let (_, title) = picture.split_once("<title>").unwrap();
        title.split_once("</title>").unwrap().0.to_owned()
    };
    assert_eq!(word("/badge/lib.svg").await, "lib: no builds");
    ended(&stage, "test", "main", BuildState::Error).await;
    ended(&stage, "test", "main", BuildState::Passed).await;
    ended(&stage, "gone", "main", BuildState::Failed).await;
    ended(&stage, "test", "topic", BuildState::Failed).await;
    assert_eq!(word("/badge/lib.svg").await, "lib: passed");
    assert_eq!(word("/badge/lib.svg?branch=topic").await, "lib · topic: failed");
    ended(&stage, "lint", "main", BuildState::Error).await;
    assert_eq!(word("/badge/lib.svg").await, "lib: error");
    assert_eq!(word("/badge/lib.svg?job=test").await, "lib · test: passed");
    let hostile = word("/badge/lib.svg?branch=%3Cscript%3E%22").await;
    assert_eq!(hostile, "lib · &lt;script&gt;&quot;: no builds");

    let repo = "octo-org/lib".parse().unwrap();
    stage.journal.see_repository(1, &repo, Some("topic")).await.unwrap();
    assert_eq!(word("/badge/lib.svg").await, "lib: failed");

    let answer = Browser::new(&stage.url).get("/badge/lib.svg").await;
    assert_eq!(answer.header(CONTENT_TYPE), "image/svg+xml");
    assert_eq!(answer.header(CACHE_CONTROL), "public, max-age=60");
    let unknown = stage.ask("/badge/other.svg").await;
    for path in ["/badge/lib.svg?job=other", "/badge/lib.png", "/badge/lib", "/badge/lib.svg.json"]
    {
        assert_eq!(stage.ask(path).await.0, 404, "{path}");
    }
    // What is not there is as unknown as any other address.
    let nothing = stage.ask("/other/nothing").await;
    assert_eq!((unknown.0, nothing.0), (404, 404));
    assert_eq!(
        unknown.1.replace("/badge/other.svg", "*").replace("%2Fbadge%2Fother.svg", "*"),
        nothing.1.replace("/other/nothing", "*").replace("%2Fother%2Fnothing", "*")
    );
}
