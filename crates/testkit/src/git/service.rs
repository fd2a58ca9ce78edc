use std::process::Stdio;

use tokio::process::Command;

use super::repository::GitRepository;

/// What git's clients ask for over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// A clone or a fetch.
    UploadPack,
    /// A push.
    ReceivePack,
}

impl Service {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::UploadPack, Self::ReceivePack].into_iter().find(|it| it.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }

    /// The name of git's command.
    fn command(self) -> &'static str {
        match self {
            Self::UploadPack => "upload-pack",
            Self::ReceivePack => "receive-pack",
        }
    }

    /// What stands before the refs in an answer to `info/refs`, for clients of the first protocol.
    pub(crate) fn announcement(self) -> String {
        let line = format!("# service={}\n", self.name());
        format!("{:04x}{line}0000", line.len() + 4)
    }
}

impl GitRepository {
    /// The process that serves a client; it ends when it is dropped. `protocol` is what the client says in
    /// `Git-Protocol`.
    pub(crate) fn serve(
        &self,
        service: Service,
        advertise: bool,
        protocol: Option<&str>,
    ) -> Command {
        let mut command = self.command();
        command.args([service.command(), "--stateless-rpc"]);
        if advertise {
            command.arg("--advertise-refs");
        }
        command.arg("--end-of-options").arg(self.dir());
        if let Some(protocol) = protocol {
            command.env("GIT_PROTOCOL", protocol);
        }
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        command
    }
}
