//! Waiting for news: of one build and its log, or of anything at all. However many watch one build, one looks for it.

mod follower;
mod hub;
mod hubs;
mod looking;
mod news;
mod watch;

#[cfg(test)]
mod tests;

pub use follower::LogFollower;
pub use news::BuildNews;
pub use watch::BuildWatch;

pub(super) use hubs::Hubs;
