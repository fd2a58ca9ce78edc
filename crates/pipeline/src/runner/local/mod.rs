//! Runs the commands on this machine, by a small process of its own for each run.

mod mask;
