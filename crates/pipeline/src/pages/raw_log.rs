use tokio::sync::mpsc;

use super::answer::{self, Answer};
use crate::build::Pipeline;
use crate::journal::JournalError;
use crate::record::Build;

/// So much is read at once; a reader that is slow makes nobody keep more.
const AT_ONCE: u32 = 64 * 1024;

/// `/P/builds/N/log`: what there is by now, from this byte on.
pub(super) async fn whole(
    pipeline: &Pipeline,
    build: &Build,
    from: u64,
) -> Result<Answer, JournalError> {
    let journal = pipeline.journal().clone();
    let (number, end) = (build.number, build.log_bytes);
    // The first part is read here, so that what fails is an answer.
    let first = journal.log(number, from, AT_ONCE).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut part = first;
        while !part.bytes.is_empty() {
            let next = part.end();
            if sender.send(Ok(part.bytes)).await.is_err() || next >= end {
                return;
            }
            part = match journal.log(number, next, AT_ONCE).await {
                Ok(part) => part,
                Err(error) => {
                    // The reader sees that it is not whole.
                    let _gone = sender.send(Err(error)).await;
                    return;
                }
            };
        }
    });
    Ok(answer::parts(receiver))
}
