use std::collections::BTreeSet;

use tokio::sync::watch;

/// Who in this process is at which build: one at a time, be it a handler, or whoever tidies up.
#[derive(Debug, Default)]
pub(super) struct Hands(watch::Sender<BTreeSet<i64>>);

/// While this lives, nobody else in this process is at the build.
#[derive(Debug)]
pub(super) struct Hand<'a>(&'a Hands, i64);

impl Hands {
    /// Waits until nobody is at the build.
    pub(super) async fn take(&self, number: i64) -> Hand<'_> {
        let mut changes = self.0.subscribe();
        loop {
            if let Some(hand) = self.try_take(number) {
                return hand;
            }
            // The sender lives as long as this.
            let _ = changes.changed().await;
        }
    }

    /// `None`, if somebody is at it.
    pub(super) fn try_take(&self, number: i64) -> Option<Hand<'_>> {
        let is_taken = self.0.send_if_modified(|numbers| numbers.insert(number));
        is_taken.then(|| Hand(self, number))
    }
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|numbers| {
            numbers.remove(&self.1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time() {
        let hands = Hands::default();
        let first = hands.take(17).await;
        assert!(hands.try_take(17).is_none());
        assert!(hands.try_take(18).is_some(), "another build");
        let second = hands.take(17);
        tokio::pin!(second);
        tokio::select! {
            biased;
            _ = &mut second => panic!("two are at it"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        second.await;
    }
}
