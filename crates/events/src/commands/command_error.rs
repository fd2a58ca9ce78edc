use std::fmt;

/// Why a line that looks like a [`Command`](crate::Command) is not read. It is made to be answered to the
/// person who wrote it, and shows nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandError {
    pub(super) line: usize,
    pub(super) fault: CommandFault,
}

impl CommandError {
    /// The line of the comment that it stands on, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> CommandFault {
        self.fault
    }
}

/// What is wrong with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandFault {
    /// A quote has no end.
    UnclosedQuote,
    /// Something follows right behind a closing quote.
    TextBehindQuote,
    /// A character that nobody sees.
    Invisible(char),
    /// `<!--`: what follows is not shown.
    HiddenText,
    /// The line has more bytes than the limit that is named.
    LineTooLong(usize),
    /// There are more arguments than the limit that is named.
    TooManyArguments(usize),
    /// The comment has more commands than the limit that is named; the rest is not read.
    TooManyCommands(usize),
    /// The comment has more bytes than the limit that is named; nothing of it is read.
    CommentTooLong(usize),
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.fault)
    }
}

impl fmt::Display for CommandFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnclosedQuote => formatter.write_str("a quote is not closed"),
            Self::TextBehindQuote => {
                formatter.write_str("behind a closing quote there must be a space")
            }
            Self::Invisible(character) => write!(
                formatter,
                "the command has a character that nobody sees (U+{:04X})",
                u32::from(*character)
            ),
            Self::HiddenText => formatter.write_str("the command has text that is not shown"),
            Self::LineTooLong(most) => {
                write!(formatter, "the command is longer than {most} bytes")
            }
            Self::TooManyArguments(most) => {
                write!(formatter, "the command has more than {most} arguments")
            }
            Self::TooManyCommands(most) => {
                write!(formatter, "the comment has more than {most} commands")
            }
            Self::CommentTooLong(most) => {
                write!(formatter, "the comment is longer than {most} bytes")
            }
        }
    }
}

impl std::error::Error for CommandError {}
