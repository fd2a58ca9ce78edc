//! A file that may not grow any more.

use super::database::Session;
use super::trying::running;
use super::{Journal, LogWrite};
use crate::record::BuildState;

/// Has the connection that writes take no more pages than the file has, or as many as it likes.
async fn limit(journal: &Journal, is_full: bool) {
    let sql = if is_full { "PRAGMA max_page_count = 1" } else { "PRAGMA max_page_count = 1000000" };
    let work = move |session: &mut Session<'_>| session.number(sql, &[]);
    journal.write("limit the file", work).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_leaves_all_else_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("pipeline.db");
    let journal = Journal::open(place.to_str().unwrap()).await.unwrap();
    let hold = running(&journal).await;
    limit(&journal, true).await;
    let mut random = fastrand::Rng::with_seed(1);
    let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(10_000).collect();
    let mut written = 0;
    let error = loop {
        // Beside it others write what fits, in the same transaction.
        let beat = journal.beat("one");
        let (appended, beaten) = tokio::join!(journal.append(&hold, written, bytes.clone()), beat);
        assert!(beaten.is_ok() || beaten.unwrap_err().is_full());
        match appended {
            Ok(LogWrite::Next(next)) => written = next,
            Ok(LogWrite::Lost) => unreachable!("nobody else has begun it"),
            Err(error) => break error,
        }
    };
    assert!(error.is_full(), "{error:?}");
    assert_eq!(journal.build(hold.number()).await.unwrap().log_bytes, written);
    limit(&journal, false).await;
    let next = journal.append(&hold, written, bytes.clone()).await.unwrap();
    assert_eq!(next, LogWrite::Next(written + 10_000));
    let part = journal.log(hold.number(), written, 10_000).await.unwrap();
    assert!(part.bytes == bytes);
    assert!(journal.finish(&hold, BuildState::Passed, "").await.unwrap().is_done());
}
