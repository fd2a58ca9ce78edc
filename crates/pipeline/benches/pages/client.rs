use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hookstead::client::HttpClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::report::Report;

/// So often each page is asked for, after once to warm up.
const TIMES: usize = 9;

/// So many watch.
const WATCHERS: usize = 200;

/// So long it is measured.
const MEASURED: Duration = Duration::from_secs(10);

/// The median time until a page is there whole, in milliseconds; and how long it is.
async fn time(url: &str, path: &str) -> Result<(f64, usize), Box<dyn Error>> {
    let client = HttpClient::new(url)?;
    let (mut times, mut length) = (Vec::new(), 0);
    for _ in 0..=TIMES {
        let begin = Instant::now();
        let answer = client.get(path).await?;
        if !answer.status().is_success() {
            return Err(format!("{path}: {}", answer.status()).into());
        }
        length = answer.body().len();
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    times.remove(0);
    times.sort_by(f64::total_cmp);
    Ok((times.get(TIMES / 2).copied().unwrap_or_default(), length))
}

pub(crate) async fn log(url: &str, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let (page, length) = time(url, "/lib/builds/1").await?;
    report.add("a log of 100 MiB: its page", page, "ms", Some(300.0));
    report.add("the same: how long the page is", length as f64 / 1000.0, "kB", None);
    let (middle, _) = time(url, "/lib/builds/1?line=700000").await?;
    report.add("the same: lines in the middle", middle, "ms", Some(300.0));
    let (part, _) = time(url, "/lib/builds/1/log?from=104000000").await?;
    report.add("the same: the last 857 kB of the raw log", part, "ms", None);
    let (find, _) = time(url, "/lib/builds/1?find=nowhere+at+all").await?;
    report.add("the same: a text that is nowhere in it", find, "ms", None);
    Ok(())
}

pub(crate) async fn lists(url: &str, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let (index, length) = time(url, "/").await?;
    report.add("10,000 builds: the index", index, "ms", Some(50.0));
    report.add("the same: how long the page is", length as f64 / 1000.0, "kB", None);
    let (project, _) = time(url, "/lib").await?;
    report.add("the same: a project's page", project, "ms", Some(50.0));
    let client = HttpClient::new(url)?;
    let page = String::from_utf8(client.get("/lib/builds/1").await?.body().to_vec())?;
    let mut weight = page.len();
    let assets = page.split("=\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    for asset in assets {
        weight += client.get(&format!("/assets/{asset}")).await?.body().len();
    }
    report.add(
        "a build's page with all it needs, without a log",
        weight as f64 / 1000.0,
        "kB",
        Some(40.0),
    );
    Ok(())
}

/// Watches a log that grows by so many bytes a second, from two hundred places.
pub(crate) async fn watch(
    url: &str,
    server: u32,
    rate: usize,
    goal: Option<f64>,
    report: &mut Report,
) -> Result<(), Box<dyn Error>> {
    let received = Arc::new(AtomicU64::new(0));
    let mut watching = JoinSet::new();
    let address = url.trim_start_matches("http://").to_owned();
    let from = {
        let page = HttpClient::new(url)?.get("/lib/builds/1").await?;
        let page = String::from_utf8(page.body().to_vec())?;
        page.split("data-to=\"")
            .nth(1)
            .and_then(|it| it.split('"').next())
            .unwrap_or("0")
            .to_owned()
    };
    for _ in 0..WATCHERS {
        let mut stream = TcpStream::connect(&address).await?;
        let head =
            format!("GET /lib/builds/1/events?from={from} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        let received = Arc::clone(&received);
        watching.spawn(async move {
            let mut buffer = vec![0; 256 * 1024];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                received.fetch_add(length as u64, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (begin, spent, bytes) =
        (Instant::now(), processor_time(server)?, received.load(Ordering::Relaxed));
    tokio::time::sleep(MEASURED).await;
    let seconds = begin.elapsed().as_secs_f64();
    let cores = (processor_time(server)? - spent) / seconds;
    let bytes = (received.load(Ordering::Relaxed) - bytes) as f64 / seconds / 1_048_576.0;
    if watching.len() < WATCHERS || watching.try_join_next().is_some() {
        return Err("somebody was cut off".into());
    }
    let each = rate as f64 / 1_048_576.0;
    let all = each * WATCHERS as f64;
    let what = format!("200 watch {each:.3} MiB/s each, {all:.0} MiB/s together");
    report.add(&what, cores, "cores", goal);
    report.add("the same: what goes over the wire", bytes, "MiB/s", None);
    Ok(())
}

/// Seconds that the system has counted for a process.
fn processor_time(id: u32) -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no such process")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |at: usize| -> Result<f64, Box<dyn Error>> {
        Ok(fields.get(at).ok_or("a field is missing")?.parse()?)
    };
    // A hundredth of a second each, on all Linux there is.
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
