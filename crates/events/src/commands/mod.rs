//! Command lines in comments, `/deploy staging`. The rules stand at [`Command`].
//!
//! It leans on nothing here. First the lines are found that people see as text (`shown_lines`, with
//! `spans` for what hides the lines of a paragraph), then those that are commands are read (`command_line`).

pub(crate) mod command;
pub(crate) mod command_error;
pub(crate) mod command_limits;
mod command_line;
mod shown_lines;
mod spans;

pub use command::Command;
pub use command_error::{CommandError, CommandFault};
pub use command_limits::CommandLimits;
