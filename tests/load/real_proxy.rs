use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_tests::{free_address, say, within};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::books::{Fate, Sent};
use crate::good_clients::{join, on_a_thread};
use crate::row::Demand;
use crate::scenario::{Stage, play};
use crate::server::{Files, HOME};
use crate::wire::{self, Answer, PATIENCE};

/// As many clients come through the proxy at once.
const CLIENTS: usize = 4;

/// So many good deliveries of each follow as many unsigned ones.
const DELIVERIES: usize = 50;

/// The user that no file belongs to, for proxies that root starts.
const NOBODY: &str = "65534";

/// A proxy's program, as Debian installs it, and its settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    name: &'static str,
    path: &'static str,
    arguments: &'static [&'static str],
    settings: &'static str,
}

pub(crate) const NGINX: Kind = Kind {
    name: "nginx",
    path: "/usr/sbin/nginx",
    arguments: &["-p", ".", "-e", "log", "-c", "settings"],
    settings: "
daemon off;
master_process off;
pid pid;
error_log log;
events {}
http {
    access_log off;
    client_body_temp_path bodies;
    proxy_temp_path proxied;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size 30m;
    upstream hookstead {
        server SERVER;
        keepalive 16;
    }
    server {
        listen 127.0.0.1:PORT;
        location / {
            proxy_pass http://hookstead;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
        }
    }
}
",
};

pub(crate) const CADDY: Kind = Kind {
    name: "Caddy",
    path: "/usr/bin/caddy",
    arguments: &["run", "--adapter", "caddyfile", "--config", "settings"],
    settings: "
{
    admin off
    auto_https off
}
http://:PORT {
    bind 127.0.0.1
    reverse_proxy SERVER
}
",
};

/// A proxy that runs; it ends when dropped.
struct Proxy {
    address: SocketAddr,
    _program: Child,
    _folder: TempDir,
}

impl Kind {
    async fn start(self, server: SocketAddr) -> Proxy {
        loop {
            let address = free_address();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
            let settings = self.settings.replace("SERVER", &server.to_string());
            let settings = settings.replace("PORT", &address.port().to_string());
            std::fs::write(path.join("settings"), settings).unwrap();
            let mut program = self.command(path);
            let mut program = program.spawn().unwrap();
            let is_up = async {
                while program.try_wait().unwrap().is_none() {
                    if TcpStream::connect(address).await.is_ok() {
                        return true;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                false
            };
            if within(is_up).await {
                return Proxy { address, _program: program, _folder: folder };
            }
            let log = std::fs::read_to_string(path.join("log")).unwrap_or_default();
            // Somebody's outgoing connection may have its port for a moment.
            assert!(log.contains("in use"), "{} ended: {log}", self.name);
        }
    }

    fn command(self, folder: &Path) -> Command {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
            command.args([&user, &group, "--clear-groups", "--", self.path]);
            command
        } else {
            Command::new(self.path)
        };
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log"));
        let log = log.unwrap();
        log.set_permissions(std::fs::Permissions::from_mode(0o666)).unwrap();
        command
            .args(self.arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .env("XDG_DATA_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        command
    }
}

/// Unsigned deliveries come through a real proxy, each followed by a good one, of which none may be
/// lost. Says so where the proxy is not installed.
pub(crate) fn behind(kind: Kind) {
    if !PathBuf::from(kind.path).exists() {
        say(&format!("SKIPPED: the load test behind {}; it is not installed.", kind.name));
        return;
    }
    let body = "x".repeat(100_000);
    let unsigned = format!(
        "POST /event_handler HTTP/1.1\r\nhost: load\r\nx-github-event: push\r\n\
         x-github-delivery: bad\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\
         {body}",
        body.len()
    );
    play(async |size| {
        let name = format!("early answers behind {}", kind.name);
        let stage = Stage::set(&name, Files::Plenty, HOME, None).await;
        let proxy = kind.start(stage.server.address()).await;
        let post = Arc::clone(&stage.post);
        let (address, deliveries) = (proxy.address, size.of(DELIVERIES));
        let sending = on_a_thread(move || async move {
            let mut clients = JoinSet::new();
            for _ in 0..CLIENTS {
                let (post, unsigned) = (Arc::clone(&post), unsigned.clone());
                clients.spawn(async move {
                    let mut sent = Vec::new();
                    for _ in 0..deliveries {
                        let _ = ask(address, unsigned.as_bytes()).await;
                        let (id, good) = post.next();
                        let begun = Instant::now();
                        let fate = Fate::of(ask(address, &good).await);
                        let took = begun.elapsed();
                        sent.push(Sent { id, fate, took, on_new_connection: true });
                    }
                    sent
                });
            }
            clients.join_all().await.concat()
        });
        let sent = join(sending).await;
        drop(proxy);
        stage.close(CLIENTS, sent, Demand::AllAccepted).await
    });
}

/// Asks on a new connection.
async fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let asking = async {
        let mut stream = wire::connect(HOME, address).await?;
        wire::ask(&mut stream, request).await
    };
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
