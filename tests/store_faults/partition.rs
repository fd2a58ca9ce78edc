//! One host is cut off from PostgreSQL, and the others are not.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hookstead_tests::{AttemptState, TestServer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::{attempts_until_done, job, on_postgres, post};

/// The host that is not cut off must keep its leases, also when the machine and its disk are busy.
const LEASE: Duration = Duration::from_secs(5);

/// A network in which a cable can be pulled.
struct Network {
    address: SocketAddr,
    is_cut: watch::Sender<bool>,
}

impl Network {
    /// Leads to this address.
    async fn to(address: String) -> Self {
        let (is_cut, cut) = watch::channel(false);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let network = Self { address: listener.local_addr().unwrap(), is_cut };
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (address, mut cut) = (address.clone(), cut.clone());
                tokio::spawn(async move {
                    let carry = async {
                        let mut far = TcpStream::connect(address).await?;
                        tokio::io::copy_bidirectional(&mut near, &mut far).await
                    };
                    tokio::select! {
                        biased;
                        _ = cut.wait_for(|cut| *cut) => {}
                        _ = carry => {}
                    }
                });
            }
        });
        network
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_cut_off_from_postgresql() {
    let Some((postgres, ledger, near)) = on_postgres(LEASE) else { return };
    let (user, rest) = postgres.url().split_once('@').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let network = Network::to(address.to_owned()).await;
    let url = format!("{user}@{}/{database}", network.address);
    let far = TestServer::postgres(&ledger, LEASE, "faults", &url);
    let cut_off = far.start().await;
    ledger.hold();
    let ids: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    for id in &ids {
        let job = json!({ "lane": format!("lane-{id}"), "work": 0 });
        assert_eq!(post(&far, id, &job).await, 202);
    }
    ledger.until(|books| books.running() == ids.len()).await;
    let other = near.start().await;

    network.is_cut.send_replace(true);
    far.until_readiness_is(503).await;
    assert_eq!(post(&far, "meanwhile", &job()).await, 503);
    near.until_readiness_is(200).await;
    // Its handlers end with their leases, although nobody can tell it so, and not a moment later.
    ledger.until(|books| books.attempts.len() == 2 * ids.len()).await;
    ledger.look(|books| {
        assert_eq!(books.clashes, [""; 0]);
        for id in &ids {
            let attempts = books.attempts_at(id);
            let seen = attempts.iter().map(|attempt| (attempt.process, attempt.state));
            let expected =
                [(cut_off.id(), AttemptState::CutOff), (other.id(), AttemptState::Running)];
            assert_eq!(seen.collect::<Vec<_>>(), expected);
        }
    });

    network.is_cut.send_replace(false);
    ledger.release();
    for id in &ids {
        assert_eq!(attempts_until_done(&near, id).await, 2);
    }
    far.until_readiness_is(200).await;
    let (status, _) = other.terminate().await;
    assert!(status.success());
    assert_eq!(post(&far, "afterwards", &job()).await, 202);
    assert_eq!(attempts_until_done(&near, "afterwards").await, 1);
    let (status, _) = cut_off.terminate().await;
    assert!(status.success());
}
