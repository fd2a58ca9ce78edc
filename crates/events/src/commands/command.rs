/// A command that a person wrote into a comment, `/deploy staging` for instance; read by
/// [`CommandLimits::commands`](crate::CommandLimits::commands).
///
/// ```
/// use hookstead_events::CommandLimits;
///
/// let body = "Looks good!\r\n\r\n/Deploy staging --reason=\"the new page\"\r\n\r\n> /deploy production";
/// let commands = CommandLimits::default().commands(body);
/// let [Ok(deploy)] = commands.as_slice() else { panic!("{commands:?}") };
/// assert_eq!(deploy.name(), "deploy");
/// assert_eq!(deploy.arguments(), ["staging", "--reason=the new page"]);
/// ```
///
/// # The rules
///
/// 1. **A command is a line.** It begins with `/`, after at most three spaces, and right behind that comes the
///    name: a letter, then letters, digits, `-` and `_`, all of ASCII, at most 64. Behind the name the line ends, or
///    white space follows. So `/usr/bin/env`, `//`, `/deploy.`, `please /deploy` and `- /deploy` are none.
///    A line ends with LF, CR LF or CR.
/// 2. **The case of the name does not matter**; [`name`](Self::name) is in lower case. Arguments stay as
///    they are written.
/// 3. **Everything else on the line is arguments**, separated by spaces and tabs, also what is meant as a
///    remark: `/deploy staging please` has two. Refuse what you do not know.
/// 4. **Quotes** keep an argument together: `"a b"` and `'a b'`, at the beginning of an argument or right behind its
///    first `=`. Within double quotes `\"` is a quote and `\\` a backslash; nowhere else does a
///    backslash mean anything. The closing quote ends the argument. An apostrophe within a word is itself.
///    Typographic quotes are ordinary characters.
/// 5. **What is not shown as a text of the comment is no command.** A block without an end goes to the
///    end of the comment.
///    * Code blocks, by fences, by four spaces or by a tab; code that goes on over several lines.
///    * Quoted lines (`>`), each by itself: a line without `>` below them counts.
///    * HTML comments, and other HTML whose text is code or is not shown: `<pre>`, `<script>`, `<style>`,
///      `<textarea>`, `<code>`, the inside of a tag.
///    * A link's address or title that goes on over several lines, and a paragraph that begins with a
///      link's definition (`[a]: ...`).
/// 6. **What nobody sees makes a command a fault**: control characters, zero-width, bidirectional and
///    other invisible characters, white space other than spaces and tabs, `<!--` on the line. It is never
///    cut off in silence, also where it stands before the `/` or within the name.
/// 7. **A comment may have several commands**, in the order of their lines; a faulty one does not take the others
///    with it. Each is told with its [line](Self::line).
/// 8. **There are limits**, see [`CommandLimits`](crate::CommandLimits).
///
/// # What is left to you
///
/// * Who may do this: look at the comment's `author_association`, or better ask GitHub for the permission of
///   the event's `sender`. [Bots](crate::User::is_bot) write comments, too, your own among them.
/// * When: usually on the action `created` only. An edit would do it again, and may come from somebody else
///   than the author.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Command {
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) line: usize,
}

impl Command {
    /// What to do, in lower case and without the slash: `deploy`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands behind the name, word by word and without quotes.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The line of the comment that it stands on, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}
