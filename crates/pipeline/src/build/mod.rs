//! Builds: what the handlers `plan` and `build` do in the inbox.
//!
//! *Plan* takes each delivery and each request of a person, decides what it means, and writes the decision into the
//! journal, together with the work for each build. *Build* does that work: checkout, runner, log, report. Lanes,
//! leases, retries and superseding are the inbox's, so there is no second queue.
//!
//! | what happens | what becomes of a build |
//! |---|---|
//! | a newer commit of the same pull request or branch | the older build stops, and is *superseded* |
//! | the server is asked to stop | the runner goes on; the server that starts next follows it again |
//! | the server is killed | the same, once its lease has ended |
//! | the machine is lost | for five minutes only that machine takes its builds; then another builds anew |
//! | the runner is lost, there is no room on the disk, git's server is down | it is tried again |
//! | the command fails, or takes too long | it *failed*, and is not tried again |

// What each leans on, never the other way:
//
//   handlers -> planning, building -> answering, running -> pipeline -> hub, budget
//   running -> order, caches, annotations, verdict, without_job        planning -> request, at_once, queued
mod annotations;
mod answering;
mod artifacts;
mod at_once;
mod budget;
mod building;
mod caches;
mod case;
mod handlers;
mod hands;
mod hub;
mod kept;
mod machine;
mod order;
mod pipeline;
mod pipeline_error;
mod planning;
mod queued;
mod request;
mod running;
mod sweeping;
mod tidying;
mod undecided;
mod verdict;
mod while_it_lives;
mod without_job;

#[cfg(test)]
mod trying;

pub use budget::{Budget, Need};
pub use hub::{Hub, HubError};
pub use machine::Machine;
pub use pipeline::{ConfigReading, Current, Pipeline};
pub use pipeline_error::PipelineError;
pub use request::{PipelineRequest, ask_servers};
