use serde::{Deserialize, Serialize};

/// What keeps the commands of an [`Order`](super::Order) apart from the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sandbox {
    /// Nothing does: they may do and read what the server's user may. It is for one's own code only.
    ///
    /// `HOME` and `PATH` are those of the server's user: with `HOME` elsewhere rustup finds no toolchain.
    #[default]
    None,
    /// Bubblewrap does: they see the workspace, the caches, what the order binds read-only, and the programs
    /// and libraries of the machine. `HOME` is the workspace. Their process ids, `/tmp` and hostname are their
    /// own, and so is their network unless the order gives them the machine's.
    Bubblewrap,
    /// A container does, made by a program that takes the arguments of `docker run`, such as podman.
    Container {
        /// The program: `docker` or `podman`.
        program: String,
        /// The image.
        image: String,
    },
}
