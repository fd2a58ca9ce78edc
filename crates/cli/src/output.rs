//! What goes to stdout.

use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

use crate::text::PrintableJson;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;

pub(crate) fn print(text: &str) -> Result<(), Box<dyn Error>> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// Writes a line to stderr. Where nobody reads it there is nobody to tell.
pub(crate) fn complain(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

pub(crate) fn print_lines(lines: &[String]) -> Result<(), Box<dyn Error>> {
    print(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())
}

pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Box<dyn Error>> {
    let mut serializer = json();
    value.serialize(&mut serializer)?;
    end(serializer)
}

type Output = PrintableJson<BufWriter<StdoutLock<'static>>>;

/// Writes JSON as it comes, so that a long list takes no memory; [`end`] ends it.
pub(crate) fn json() -> Serializer<Output, PrettyFormatter<'static>> {
    Serializer::pretty(PrintableJson::new(BufWriter::new(io::stdout().lock())))
}

pub(crate) fn end(
    serializer: Serializer<Output, PrettyFormatter<'static>>,
) -> Result<(), Box<dyn Error>> {
    let mut output = serializer.into_inner();
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

/// Whoever stops reading (`| head`) has read enough, and nothing is wrong.
pub(crate) fn unless_read_enough(result: Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let is_enough = |error: &(dyn Error + 'static)| {
        let of_io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        let of_json = error.downcast_ref::<serde_json::Error>().and_then(|it| it.io_error_kind());
        of_io.or(of_json) == Some(ErrorKind::BrokenPipe)
    };
    result.or_else(|error| if is_enough(&*error) { Ok(()) } else { Err(error) })
}
