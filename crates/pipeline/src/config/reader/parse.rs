use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use toml::de::DeTable;

use super::literal::check_literals;
use super::section::Section;
use super::syntax::check_syntax;
use super::top::read_top;
use crate::config::model::{Config, Notice};
use crate::config::problem::{ConfigError, ConfigProblem, Report, Severity, SourceText};

/// A longer file is refused: it would hold some ten thousand jobs.
const MAX_FILE_BYTES: u64 = 1 << 20;

impl Config {
    /// Reads a config from a file. Relative paths in it begin at the file's folder. No secret is read.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read or is longer than 1 MiB, and else with all that is wrong in it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::read_with_notices(path).map(|(config, _)| config)
    }

    /// Reads a config from a file, as [`read`](Self::read) does, with the places of what this version cannot do.
    ///
    /// # Errors
    ///
    /// Fails as [`read`](Self::read) does.
    pub fn read_with_notices(
        path: impl AsRef<Path>,
    ) -> Result<(Self, Vec<ConfigProblem>), ConfigError> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let mut bytes = Vec::new();
        let read =
            File::open(path).and_then(|it| it.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        if let Err(source) = read {
            return Err(ConfigError::Unreadable { file, source });
        }
        parse(&bytes, &file)
    }

    /// Reads a config from its text. The name is that of its file: messages begin with it, and relative paths
    /// begin at its folder.
    ///
    /// # Errors
    ///
    /// Fails when the text is longer than 1 MiB, and else with all that is wrong in it.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigError> {
        parse(text.as_bytes(), name).map(|(config, _)| config)
    }
}

fn parse(bytes: &[u8], file: &str) -> Result<(Config, Vec<ConfigProblem>), ConfigError> {
    let file = file.to_owned();
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ConfigError::TooLong { file, limit: MAX_FILE_BYTES });
    }
    let (text, problem) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, text.find('\0').map(|at| (at, "a NUL character; is the file UTF-16?"))),
        Err(error) => {
            let at = error.valid_up_to();
            let text = std::str::from_utf8(bytes.get(..at).unwrap_or_default());
            (text.unwrap_or_default(), Some((at, "a byte that is no UTF-8")))
        }
    };
    let source = SourceText::new(text);
    let report = Report::new(&source);
    if let Some((at, problem)) = problem {
        let (start, line) = source.line(at);
        report.hide(start..start + line.len());
        report.error(at..at + 1, "", format!("this is no TOML: here stands {problem}"));
        let (problems, more) = report.finish();
        return Err(ConfigError::Wrong { file, problems, more });
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let config = if errors.is_empty() {
        let folder = Path::new(&file).parent().unwrap_or(Path::new("")).to_owned();
        let config = read_top(&Section::top(table.get_ref(), &report), &folder);
        check_literals(table.get_ref(), "", &report);
        config.filter(|_| !report.has_errors())
    } else {
        // Of a text that cannot be read nothing more is said: half of it would be wrong for that reason alone.
        check_syntax(&errors, &source, &report);
        None
    };
    let (problems, more) = report.finish();
    match config {
        Some(config) => Ok((Config { notices: notices(&problems), ..config }, problems)),
        None => Err(ConfigError::Wrong { file, problems, more }),
    }
}

/// The notices without their places.
fn notices(problems: &[ConfigProblem]) -> std::sync::Arc<[Notice]> {
    let notices = problems.iter().filter(|it| it.severity == Severity::Notice);
    let notices = notices
        .map(|ConfigProblem { key, text, .. }| Notice { key: key.clone(), text: text.clone() });
    notices.collect()
}
