use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hookstead_tests::{Postgres, within};

use crate::books::{Books, Sent};
use crate::crowd::Crowd;
use crate::descriptors;
use crate::good_clients::{GoodClients, Post};
use crate::row::{Demand, Row, came_back};
use crate::server::{Files, LoadServer};
use crate::size::Size;
use crate::watch::Watch;

/// A server that has not let everybody in by then will not.
const GATHERING: Duration = Duration::from_secs(8);

/// When a crowd has left, the server gets so long to come back.
const COMING_BACK: Duration = Duration::from_secs(10);

/// So many deliveries before anything is measured, so that what is made once is there.
const WARM_UP: usize = 20;

/// A started server that is watched, for one scenario at a time.
pub(crate) struct Stage {
    pub(crate) server: LoadServer,
    pub(crate) post: Arc<Post>,
    name: String,
    watch: Watch,
    warm_up: Vec<Sent>,
    begun: Instant,
}

/// Runs a scenario alone on the machine, as far as this test decides that, and fails when a bound
/// does not hold.
pub(crate) fn play<F: Future<Output = Row>>(scenario: impl FnOnce(Size) -> F) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let row = runtime.block_on(scenario(Size::from_env()));
    row.say();
    let faults = row.faults();
    assert!(faults.is_empty(), "{}: {}", row.name, faults.join("\n"));
}

impl Stage {
    pub(crate) async fn set(
        name: &str,
        files: Files,
        good_from: Ipv4Addr,
        postgres: Option<&Postgres>,
    ) -> Self {
        let server = LoadServer::start(postgres, files).await;
        let post = Arc::new(Post::new(good_from, server.address()));
        let mut warm_up = Vec::new();
        for _ in 0..WARM_UP {
            warm_up.push(post.deliver().await);
        }
        let watch = Watch::start(server.process(), server.address());
        let name = match files {
            Files::Plenty => name.to_owned(),
            Files::Few => format!("{name}, 256 files"),
        };
        Self { server, post, name, watch, warm_up, begun: Instant::now() }
    }

    /// Waits until everything is handled and the server has come back to rest; then it is stopped
    /// and the books are balanced.
    pub(crate) async fn close(self, in_place: usize, sent: Vec<Sent>, demand: Demand) -> Row {
        let lasted = self.begun.elapsed();
        let before = self.watch.before();
        let after = self.watch.until(COMING_BACK, |now| came_back(before, now)).await;
        let log_lines = self.server.log_lines();
        let last_words = self.server.last_words();
        let peak = self.watch.peak();

        let mut all = self.warm_up;
        all.extend(sent.iter().cloned());
        let owed = Books::owed(&all);
        let handled = async {
            while self.server.handled().len() < owed {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        // What is missing then is told by the books.
        let _ = tokio::time::timeout(Duration::from_secs(60), handled).await;
        drop(self.watch);
        let server = within(self.server.stop()).await;
        let books = Books::balance(&all, &server.handled());
        let name = self.name;
        Row {
            name,
            in_place,
            sent,
            before,
            peak,
            after,
            log_lines,
            lasted,
            books,
            demand,
            last_words,
        }
    }
}

/// Good clients beside a crowd.
pub(crate) fn beside(crowd: Crowd, files: Files, good_from: Ipv4Addr, name: &str) {
    play(async |size| {
        let possible = descriptors::raise();
        let stage = Stage::set(name, files, good_from, None).await;
        let crowd =
            Crowd { number: descriptors::at_most(size.of(crowd.number), possible), ..crowd };
        let gathered = crowd.gather(stage.server.address());
        gathered.until_all_came(GATHERING).await;
        let good = GoodClients::start(Arc::clone(&stage.post));
        tokio::time::sleep(size.stay).await;
        let in_place = gathered.in_place();
        let sent = good.stop().await;
        drop(gathered);
        stage.close(in_place, sent, Demand::Prompt).await
    });
}
