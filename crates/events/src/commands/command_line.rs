//! Reads one line as a command.

use hookstead_types::is_unseen;

use crate::commands::command_error::CommandFault;

/// As long may a command's name be.
const LONGEST_NAME: usize = 64;

/// A command's name and its arguments.
type NameAndArguments = (String, Vec<String>);

/// Reads a line, without its end, that people see as text; `None` if it is no command.
pub(super) fn read(
    line: &str,
    longest: usize,
    most: usize,
) -> Option<Result<NameAndArguments, CommandFault>> {
    let unseen =
        |character: &char| *character != ' ' && *character != '\t' && is_unseen(*character);
    let Some(invisible) = line.chars().find(unseen) else {
        let (name, rest) = name_and_rest(line)?;
        return Some(match rest {
            _ if line.len() > longest => Err(CommandFault::LineTooLong(longest)),
            hidden if hidden.contains("<!--") => Err(CommandFault::HiddenText),
            rest => words(rest, most).map(|arguments| (name.to_ascii_lowercase(), arguments)),
        });
    };
    // Would it be one for somebody who does not see what is there, or sees a space?
    let start: String = line.chars().filter(|it| !unseen(it)).take(LONGEST_NAME + 8).collect();
    let spaced = line.chars().map(|it| if unseen(&it) { ' ' } else { it });
    let spaced: String = spaced.take(LONGEST_NAME + 8).collect();
    let is_command = [start, spaced].iter().any(|seen| name_and_rest(seen).is_some());
    is_command.then_some(Err(CommandFault::Invisible(invisible)))
}

/// The name without the slash, and what stands behind it.
fn name_and_rest(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches(' ').strip_prefix('/')?;
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let is_name = name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name.then_some((name, rest))
}

/// The arguments, at most so many.
fn words(text: &str, most: usize) -> Result<Vec<String>, CommandFault> {
    let mut words = Vec::new();
    let mut rest = text.trim_matches([' ', '\t']);
    while !rest.is_empty() {
        if words.len() == most {
            return Err(CommandFault::TooManyArguments(most));
        }
        let (word, behind) = word(rest)?;
        words.push(word);
        rest = behind.trim_start_matches([' ', '\t']);
    }
    Ok(words)
}

/// The first argument of a text that begins with one, and what stands behind it.
fn word(text: &str) -> Result<(String, &str), CommandFault> {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let plain = text.get(..end).unwrap_or_default();
    // A quote opens the argument, or its value.
    let key = match plain.find('=') {
        Some(at) if !plain.starts_with(['"', '\'']) => plain.get(..=at).unwrap_or_default(),
        _ => "",
    };
    let value = text.get(key.len()..).unwrap_or_default();
    let Some(quote @ ('"' | '\'')) = value.chars().next() else {
        return Ok((plain.to_owned(), text.get(end..).unwrap_or_default()));
    };
    let mut word = key.to_owned();
    let mut characters = value.chars();
    // The quote itself.
    characters.next();
    loop {
        match characters.next().ok_or(CommandFault::UnclosedQuote)? {
            '\\' if quote == '"' => match characters.clone().next() {
                Some(escaped @ ('"' | '\\')) => {
                    word.push(escaped);
                    characters.next();
                }
                _ => word.push('\\'),
            },
            end if end == quote => break,
            other => word.push(other),
        }
    }
    let behind = characters.as_str();
    if behind.is_empty() || behind.starts_with([' ', '\t']) {
        Ok((word, behind))
    } else {
        Err(CommandFault::TextBehindQuote)
    }
}
