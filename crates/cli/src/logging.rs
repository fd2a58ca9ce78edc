use clap::ValueEnum;
use tracing::Level;

/// How a program writes what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LogFormat {
    // Lines that people read.
    #[default]
    Text,
    // A JSON object for each line, errors included.
    Json,
}

/// Shows on stderr what the libraries log: what they retry and give up; of a server also what it does. Where nobody
/// reads it, or its disk is full, the lines are lost, and the work goes on.
pub(crate) fn start(format: LogFormat, level: Level) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        // Else a line that cannot be written is told by a macro that panics, as it cannot be written either.
        .log_internal_errors(false)
        .with_target(false);
    match format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
