//! What tests in this crate begin with.

use hookstead::handler::handler_fn;
use hookstead::{Attempt, Router};

use super::{BeginMode, Begun, BuildHold, BuildWork, Journal, WantedBuild};
use crate::record::{BuildCause, BuildTarget, NewBuild};

/// A build that runs.
pub(crate) async fn running(journal: &Journal) -> BuildHold {
    let router = Router::new()
        .program("pipeline")
        .on::<BuildWork>(handler_fn(async |_: BuildWork, _: Attempt| Ok(())));
    let build = new_build();
    let wanted = vec![WantedBuild { build, joins: false }];
    let inbox = journal.inbox(router);
    let submitted = journal.submit(&inbox, "one", wanted, Vec::new()).await.unwrap();
    let number = submitted[0].build.number;
    match journal.begin(number, "one", BeginMode::Anew).await.unwrap() {
        Begun::Held(hold, _) => hold,
        Begun::Refused(build) => unreachable!("it is {}", build.state),
    }
}

/// A build of a branch of one's own.
pub(crate) fn new_build() -> NewBuild {
    NewBuild {
        project: "lib".to_owned(),
        job: "test".to_owned(),
        context: "ci/test".to_owned(),
        repo: "octo-org/lib".parse().unwrap(),
        sha: "a".repeat(40).parse().unwrap(),
        before: None,
        r#ref: "refs/heads/main".to_owned(),
        target: BuildTarget::Branch("main".to_owned()),
        cause: BuildCause::Schedule,
        moment: hookstead::types::Timestamp::now(),
        title: String::new(),
        author: String::new(),
        is_fork: false,
        needs_approval: false,
    }
}
