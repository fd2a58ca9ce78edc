//! A server whose tables lie on a small disk, which is really full.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hookstead_inbox::{Accepted, NewDelivery, Packed, PostgresStore, Purge, Settlement, Store};

use crate::program::Program;
use crate::server::SCRIPT;
use crate::store::Schema;
use crate::{LONG, soon};

/// The size of the disk.
const MEGABYTES: usize = 24;

/// So much of it is held.
const RESERVE: u64 = 4 * 1024 * 1024;

/// In a place of its own, which nobody else sees: two file systems in memory, one for the server and its
/// log, and a small one for the tables. It ends with its standard input, whatever becomes of the test.
/// (The script is opened before it is hidden.)
const HOLD: &str = "exec 3<\"$1\" 4<\"$1\"
    mount -t tmpfs -o size=600m none /tmp && chmod 1777 /tmp && mkdir /tmp/small \
        && mount -t tmpfs -o size=$2m none /tmp/small && chmod 777 /tmp/small || exit
    url=$(bash /dev/fd/3 start) || exit
    echo \"$url\"
    cat >/dev/null
    bash /dev/fd/4 stop \"$url\"";

struct SmallDisk {
    holder: Child,
    url: String,
}

impl SmallDisk {
    /// `None`, and a word about it, where tests with PostgreSQL are skipped or the system does not let us.
    async fn mount() -> Option<Self> {
        Schema::new().await?;
        let holder = Command::new("unshare")
            .args(["--mount", "bash", "-c", HOLD, "hold", SCRIPT, &MEGABYTES.to_string()])
            .env_remove("HOOKSTEAD_POSTGRES")
            .env("HOOKSTEAD_POSTGRES_INSTALL", "never")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mounted = holder.ok().and_then(|mut holder| {
            let mut line = String::new();
            BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
            line.starts_with("postgres:").then(|| Self { holder, url: line.trim().to_owned() })
        });
        let Some(disk) = mounted else {
            let _ = writeln!(
                std::io::stderr(),
                "\nSKIPPED: a test of PostgreSQL on a full disk; it needs root, `unshare` and a PostgreSQL \
                 to start.\n"
            );
            return None;
        };
        let client = crate::store::connect(&disk.url).await;
        // It must be the server's own.
        for begin in [
            "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; mkdir /tmp/small/tables'",
            "CREATE TABLESPACE small LOCATION '/tmp/small/tables'",
            "ALTER ROLE hookstead SET default_tablespace = small",
        ] {
            client.batch_execute(begin).await.unwrap();
        }
        Some(disk)
    }

    async fn program(&self) -> Program {
        let store = PostgresStore::options().reserve(RESERVE).pool_size(4);
        Program::start(store.connect(&self.url).await.unwrap()).await
    }

    /// What takes the room of others.
    fn filler(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/tmp/small/filler", self.holder.id()))
    }

    fn fill(&self) {
        let mut filler = fs::File::create(self.filler()).unwrap();
        // Until there is nothing left, to the last page.
        for length in [1024 * 1024, 4096] {
            while filler.write_all(&vec![0; length]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

/// A body that does not pack.
fn large(ci: &Program, id: &str) -> NewDelivery {
    let mut new = ci.new_delivery(id);
    let mut body = vec![0; 50_000];
    fastrand::fill(&mut body);
    new.body = Packed::new(body.into(), None);
    new
}

/// Handles all that is due; returns how much that was.
async fn handle_all(ci: &Program) -> usize {
    let mut handled = 0;
    loop {
        let leased = ci.lease(20).await;
        if leased.is_empty() {
            return handled;
        }
        for leased in leased {
            ci.store.renew(&[leased.token], LONG).await.unwrap();
            ci.settle(leased.token, Settlement::Done).await;
            handled += 1;
        }
    }
}

async fn until_accepted(ci: &Program, id: &str) {
    let accepted = async {
        while let Err(error) = ci.send(large(ci, id)).await {
            assert!(error.is_full(), "{error:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon(accepted).await;
}

#[tokio::test]
async fn what_was_accepted_is_handled_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount().await else { return };
    let ci = disk.program().await;
    let mut accepted = 0;
    let error = loop {
        match ci.send(large(&ci, &accepted.to_string())).await {
            Ok(answer) => assert_eq!(answer.accepted, Accepted::New { tasks: 1 }),
            Err(error) => break error,
        }
        accepted += 1;
        assert!(accepted < 1000, "it should be full by now");
    };
    assert!(error.is_full() && accepted > 100, "{error:?} after {accepted}");
    // Now there is nothing left but the reserve.
    disk.fill();
    let in_lane = ci.in_lane("in-a-lane", crate::program::free("lane"));
    assert!(ci.send(in_lane).await.is_err() || ci.send(large(&ci, "large")).await.is_err());
    let handled = handle_all(&ci).await;
    assert!(handled >= accepted, "{handled} of {accepted}");
    // What the bodies leave is used again, when it was cleared away.
    fs::remove_file(disk.filler()).unwrap();
    let purge = Purge::new(Duration::ZERO, LONG, 100);
    while ci.store.purge(&purge).await.unwrap().is_more {}
    let client = crate::store::connect(&disk.url).await;
    client.batch_execute("VACUUM hookstead.deliveries").await.unwrap();
    until_accepted(&ci, "afterwards").await;
    assert_eq!(handle_all(&ci).await, 1);
    ci.store.probe().await.unwrap();
}

#[tokio::test]
async fn room_that_comes_back_is_used_by_itself() {
    let Some(disk) = SmallDisk::mount().await else { return };
    let ci = disk.program().await;
    for number in 0..20 {
        ci.send(large(&ci, &number.to_string())).await.unwrap();
    }
    disk.fill();
    let mut accepted = 20;
    let error = loop {
        match ci.send(large(&ci, &accepted.to_string())).await {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
        assert!(accepted < 1000, "it should be full by now");
    };
    assert!(error.is_full(), "{error:?}");
    assert!(ci.store.probe().await.unwrap_err().is_full());
    assert_eq!(handle_all(&ci).await, accepted);
    fs::remove_file(disk.filler()).unwrap();
    until_accepted(&ci, "afterwards").await;
    assert_eq!(handle_all(&ci).await, 1);
    ci.store.probe().await.unwrap();
}
