use crate::commands::command::Command;
use crate::commands::command_error::{CommandError, CommandFault};
use crate::commands::command_line;
use crate::commands::shown_lines::ShownLines;

/// Reads the [commands](Command) of a comment, within limits. The defaults fit comments at GitHub.
#[derive(Debug, Clone)]
pub struct CommandLimits {
    comment: usize,
    line: usize,
    arguments: usize,
    commands: usize,
}

impl Default for CommandLimits {
    fn default() -> Self {
        Self { comment: 256 * 1024, line: 1024, arguments: 64, commands: 16 }
    }
}

impl CommandLimits {
    /// How many bytes a comment may have. Default: 256 KiB, as GitHub takes comments of up to 65,536
    /// characters, of four bytes at most.
    #[must_use]
    pub fn comment(mut self, bytes: usize) -> Self {
        self.comment = bytes;
        self
    }

    /// How many bytes the line of a command may have. Default: 1,024, more than a person types.
    #[must_use]
    pub fn line(mut self, bytes: usize) -> Self {
        self.line = bytes;
        self
    }

    /// How many arguments a command may have. Default: 64, more than a person types.
    #[must_use]
    pub fn arguments(mut self, most: usize) -> Self {
        self.arguments = most;
        self
    }

    /// How many commands a comment may have, faulty ones included. Default: 16: each usually costs a call
    /// at GitHub, and one comment should not cost hundreds.
    #[must_use]
    pub fn at_most(mut self, commands: usize) -> Self {
        self.commands = commands;
        self
    }

    /// The commands in a comment's body, by the rules that stand at [`Command`]. A body without commands has
    /// none. A line that is meant as a command but cannot be read as one is an error in its place.
    #[must_use]
    pub fn commands(&self, body: &str) -> Vec<Result<Command, CommandError>> {
        if body.len() > self.comment {
            return vec![Err(CommandError {
                line: 1,
                fault: CommandFault::CommentTooLong(self.comment),
            })];
        }
        // Most comments have no command at all.
        if !body.contains('/') {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (line, text) in ShownLines::of(body) {
            let Some(read) = command_line::read(text, self.line, self.arguments) else { continue };
            if found.len() == self.commands {
                let fault = CommandFault::TooManyCommands(self.commands);
                found.push(Err(CommandError { line, fault }));
                break;
            }
            found.push(match read {
                Ok((name, arguments)) => Ok(Command { name, arguments, line }),
                Err(fault) => Err(CommandError { line, fault }),
            });
        }
        found
    }
}
