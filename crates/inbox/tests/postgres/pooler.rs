//! PgBouncer, before the server of the tests.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// Debian keeps it out of the `PATH`.
const PROGRAMS: [&str; 3] =
    ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

/// Dropped, it ends.
pub(crate) struct Pooler {
    /// The URL of the same database, through it.
    pub(crate) url: String,
    child: Child,
    _folder: TempDir,
}

/// What sets the mode.
pub(crate) fn mode(mode: &str) -> String {
    format!("pool_mode = {mode}")
}

impl Pooler {
    /// `None`, and a word about it, where it is not installed.
    pub(crate) async fn start(url: &str, settings: &str) -> Option<Self> {
        let Some(program) = PROGRAMS.into_iter().find(|path| Path::new(path).exists()) else {
            let _ = writeln!(
                std::io::stderr(),
                "\nSKIPPED: a test with a pooler; it needs Debian's package pgbouncer.\n"
            );
            return None;
        };
        let (user, server) = url.split_once("://").unwrap().1.split_once('@').unwrap();
        let user = user.split(':').next().unwrap();
        let address = server.split('/').next().unwrap();
        let port = address.rsplit(':').next().unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Another program may take the port first; then another is tried.
        loop {
            let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let file = folder.path().join("pgbouncer.ini");
            let text = format!(
                "[databases]\n* = host=127.0.0.1 port={port} user={user}\n[pgbouncer]\n\
                 listen_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\nauth_type = any\n\
                 {settings}\n",
                own.port()
            );
            std::fs::write(&file, text).unwrap();
            let mut command = Command::new(program);
            command.arg("--quiet").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
            if is_root() {
                // It refuses to be root.
                allow_all(folder.path());
                command.args(["--user", "nobody"]);
            }
            let mut child = command.spawn().unwrap();
            while child.try_wait().unwrap().is_none() {
                if tokio::net::TcpStream::connect(own).await.is_ok() {
                    let url = url.replace(address, &own.to_string());
                    return Some(Self { url, child, _folder: folder });
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whoever it becomes has to read its settings.
#[cfg(unix)]
fn allow_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn allow_all(_: &Path) {}
