//! Gets the code of a build: a mirror for each repository, and a checkout for each build.
//!
//! ```no_run
//! use hookstead_pipeline::checkout::{Checkouts, Revision, Source};
//!
//! # async fn check_out() -> Result<(), Box<dyn std::error::Error>> {
//! let checkouts = Checkouts::new("/var/lib/pipeline/mirrors");
//! let source = Source::new(
//!     "octocat/hello-world".parse()?,
//!     "https://github.com/octocat/hello-world.git",
//!     Revision::commit("ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse()?),
//! );
//! let made = checkouts.check_out(&source, "/var/lib/pipeline/builds/17/checkout").await?;
//! println!("the tree is {}", made.tree);
//! # Ok(())
//! # }
//! ```
//!
//! # What holds
//!
//! * **Exactly the commit.** It is fetched by its name, into a mirror that keeps what was fetched before. A checkout
//!   is a repository of its own, which borrows the mirror's objects; so it is quick, and nothing that a build does to
//!   its refs, hooks or configuration reaches another build. (A *worktree* was tried: what a build wrote there was
//!   executed by the server's next git command.)
//! * **Git never runs in a folder that a build had.** Before each use the server writes the mirror's configuration
//!   anew, and removes what could make git run something or look elsewhere. A build without isolation runs as the
//!   same user, so it can still destroy a mirror: then a new one is made. It can also do whatever else that user can.
//! * **Nothing of the machine's configuration counts**: no system's, no user's, no hooks, no credential helpers, no
//!   replaced objects; and git asks nobody for a password. The environment's proxies and certificates are used.
//! * **Only `https`**, unless [a setting](Checkouts::allow_plain_http) says otherwise.
//! * **The token** is in the environment of git alone: in no argument, no file, no message.
//! * **Mirrors stay small**, where somebody [keeps house](Checkouts::tidy) while no build of the repository runs; git
//!   does so by itself nowhere.
//! * **Submodules and files of Git LFS are not fetched.** [`CheckedOut::left_out`] says so.
//!
//! An [error](CheckoutError) says whether another attempt may succeed.

// What each leans on, never the other way:
//
//   housekeeping -> checkouts -> mirror -> git, source -> error      removing      spreading
mod checkouts;
mod error;
mod git;
mod housekeeping;
mod mirror;
mod removing;
mod source;
mod spreading;

pub use checkouts::{CheckedOut, Checkouts};
pub use error::{CheckoutError, CheckoutErrorKind};
pub use housekeeping::Tidied;
pub use removing::remove_folder;
pub use source::{Revision, Source};
pub(crate) use spreading::make_spreading_folder;
