//! The rules by which commands are read out of comments; they stand at [`Command`].

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{Command, CommandError, CommandFault, CommandLimits};
use proptest::prelude::*;

fn read(body: &str) -> Vec<Result<Command, CommandError>> {
    CommandLimits::default().commands(body)
}

/// Each command with its arguments in brackets, each fault with its line.
fn shown(body: &str) -> String {
    let show = |read: Result<Command, CommandError>| match read {
        Ok(command) => {
            let arguments: String =
                command.arguments().iter().map(|argument| format!("[{argument}]")).collect();
            format!("{}:{}{arguments}", command.line(), command.name())
        }
        Err(error) => error.to_string(),
    };
    read(body).into_iter().map(show).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        assert_eq!(&shown(body), expected, "{body:?}");
    }
}

#[test]
fn a_command_is_a_line_that_begins_with_a_slash_and_a_name() {
    all(&[
        ("/deploy", "1:deploy"),
        ("   /deploy", "1:deploy"),
        ("/deploy staging", "1:deploy[staging]"),
        ("/deploy\tstaging  now \t", "1:deploy[staging][now]"),
        ("/re-test_2", "1:re-test_2"),
        ("Ship it!\n/deploy", "2:deploy"),
        ("/deploy staging please, it's late", "1:deploy[staging][please,][it's][late]"),
        ("", ""),
        ("/", ""),
        ("//deploy", ""),
        ("/ deploy", ""),
        ("/usr/bin/env", ""),
        ("/deploy.", ""),
        ("/deploy, please", ""),
        ("/2fast", ""),
        ("/-x", ""),
        ("/dépLoy", ""),
        // A letter of another script that looks the same.
        ("/d\u{435}ploy", ""),
        ("please /deploy", ""),
        ("- /deploy", ""),
        ("1. /deploy", ""),
        ("`/deploy`", ""),
        ("\\/deploy", ""),
        ("@bot /deploy", ""),
    ]);
    assert_eq!(shown(&format!("/{}", "a".repeat(64))), format!("1:{}", "a".repeat(64)));
    assert_eq!(shown(&format!("/{}", "a".repeat(65))), "");
}

#[test]
fn the_name_has_no_case_and_arguments_have() {
    all(&[("/Deploy Staging", "1:deploy[Staging]"), ("/DEPLOY", "1:deploy")]);
}

#[test]
fn lines_end_in_every_way_and_several_commands_keep_their_order() {
    all(&[
        ("/a\n/b", "1:a; 2:b"),
        ("/a\r\n/b\r\n", "1:a; 2:b"),
        ("/a\r/b", "1:a; 2:b"),
        ("x\r\n\r\n/a y\r\n", "3:a[y]"),
        ("/a \"open\n/b", "line 1: a quote is not closed; 2:b"),
    ]);
}

#[test]
fn quotes_keep_an_argument_together() {
    all(&[
        (r#"/say "a b" 'c d'"#, "1:say[a b][c d]"),
        (r#"/say "" ''"#, "1:say[][]"),
        (r#"/say "a \"b\" \\ \n" 'a \'"#, r#"1:say[a "b" \ \n][a \]"#),
        (r#"/say why="a b" x='=' y=z=w z="#, "1:say[why=a b][x==][y=z=w][z=]"),
        (r#"/say it's 5" C:\temp"#, r#"1:say[it's][5"][C:\temp]"#),
        ("/say “a b”", "1:say[“a][b”]"),
        (r#"/say "a"b"#, "line 1: behind a closing quote there must be a space"),
        ("/say 'a", "line 1: a quote is not closed"),
        (r#"/say "a\""#, "line 1: a quote is not closed"),
    ]);
}

#[test]
fn quoted_lines_are_no_commands() {
    all(&[
        ("> /deploy", ""),
        ("   > /deploy", ""),
        (">/deploy\n>> /deploy", ""),
        ("> /deploy production\n\n/deploy staging", "3:deploy[staging]"),
        ("> /deploy production\n/deploy staging", "2:deploy[staging]"),
        ("> ```\n/deploy\n> ```", "2:deploy"),
        ("- > /deploy\n  > /deploy", ""),
    ]);
}

#[test]
fn code_blocks_are_no_commands() {
    all(&[
        ("```\n/deploy\n```\n/after", "4:after"),
        ("text\n```sh\n/deploy\n```", ""),
        ("~~~ `x`\n/deploy\n```\n/deploy\n~~~\n/after", "6:after"),
        ("````\n```\n/deploy\n````\n/after", "5:after"),
        ("```\n/deploy\n`````   \n/after", "4:after"),
        ("```\n/deploy\n``` x\n/deploy", ""),
        ("```\n/deploy", ""),
        ("```\r\n/deploy\r\n```\r\n/after", "4:after"),
        // Indented as far as code, it closes nothing.
        ("```\n    ```\n/deploy\n```", ""),
        // A fence of backticks has none behind it: this is code within a line.
        ("``` x ```\n/after", "2:after"),
        ("    /deploy", ""),
        ("\t/deploy", ""),
        ("  \t/deploy", ""),
        // In lists.
        ("- ```\n  /deploy\n  ```\n/after", "4:after"),
        ("1. ```\n   /deploy\n   ```\n   /after", "4:after"),
        ("- - ~~~\n    ~\n   /after", "3:after"),
        ("- x\n  ```\n  /deploy\n  ```\n/after", "5:after"),
        ("- ```\n\n```\n/deploy\n```", ""),
        ("- - a\n  ```\n/after\n```\n/deploy\n```", "3:after"),
        // HTML.
        ("<pre>\n/deploy\n\n/deploy\n</pre>\n/after", "6:after"),
        ("<PRE class=x>\n/deploy\n</Pre>\n/after", "4:after"),
        ("<div><pre>\n/deploy\n\n/deploy\n</pre></div>\n/after", "6:after"),
        ("<pre>x</pre>\n/after", "2:after"),
        ("<present>\n/after", "2:after"),
        ("text <code>\n/deploy\n</code>\n/after", "4:after"),
    ]);
}

#[test]
fn code_over_several_lines_of_a_paragraph_is_no_command() {
    all(&[
        ("`a\n/deploy\nb` c\n/after", "4:after"),
        ("``\n/deploy\n``", ""),
        ("`` a `\n/deploy\n``", ""),
        // No code without an end, and none beyond the paragraph.
        ("a ` b\n/after", "2:after"),
        ("a ` b\n\n/after ` c", "3:after[`][c]"),
        ("\\` b\n/after\n`", "2:after"),
        ("# a `\n/after\n`", "2:after"),
        ("- a `\n- b\n/after\n`", "3:after"),
        // What only looks like the beginning of something else.
        ("a `\n2. b\n/deploy\n`", ""),
        ("a `\n    # b\n/deploy\n`", ""),
        ("a `\n| b\n/deploy\n`", ""),
        ("a `\n*\n/deploy\n`", ""),
    ]);
}

#[test]
fn what_is_not_shown_is_no_command() {
    all(&[
        ("<!--\n/deploy\n-->\n/after", "4:after"),
        ("<!-- a\n\n/deploy\n\n-->", ""),
        ("<!-- a -->\n/after", "2:after"),
        ("<!-->\n/after", "2:after"),
        ("<!--\n/deploy", ""),
        ("text <!--\n/deploy\n--> text\n/after", "4:after"),
        ("text <!-- no end\n/after", "2:after"),
        ("<script>\n/deploy\n</script>", ""),
        ("<style>\n/deploy", ""),
        ("<![CDATA[\n/deploy\n]]>", ""),
        ("<?php\n/deploy\n?>", ""),
        ("<!DOCTYPE\n/deploy\n>", ""),
        ("text <a title=\"\n/deploy\n\">x</a>", ""),
        ("if a <b then\n/after", "2:after"),
        ("[x](y \"\n/deploy\n\")", ""),
        ("[x]: y \"\n/deploy\n\"", ""),
        ("[//]: # (\n/deploy\n)", ""),
        ("/deploy staging <!-- production -->", "line 1: the command has text that is not shown"),
        ("<details>\n\n/after\n\n</details>", "3:after"),
    ]);
}

#[test]
fn what_nobody_sees_is_a_fault_wherever_it_stands() {
    for unseen in [
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{ad}',
        '\u{a0}',
        '\u{3000}',
        '\u{2028}',
        '\u{85}',
        '\0',
        '\u{1b}',
        '\u{7f}',
        '\u{b}',
        '\u{3164}',
        '\u{e0041}',
        '\u{fe0f}',
        '\u{e0100}',
        '\u{ffa0}',
        '\u{180e}',
        '\u{2800}',
    ] {
        for body in [
            format!("{unseen}/deploy staging"),
            format!("/{unseen}deploy staging"),
            format!("/dep{unseen}loy staging"),
            format!("/deploy{unseen}staging"),
            format!("/deploy stag{unseen}ing"),
            format!("/deploy \"staging{unseen}\""),
            format!("/deploy staging{unseen}"),
        ] {
            let read = read(&body);
            let faults: Vec<_> =
                read.iter().map(|it| it.as_ref().map_err(|error| error.fault())).collect();
            assert_eq!(faults, [Err(CommandFault::Invisible(unseen))], "{body:?}");
        }
        assert_eq!(shown(&format!("please{unseen} /deploy")), "", "{unseen:?}");
        assert_eq!(shown(&format!("text{unseen}\n/after")), "2:after", "{unseen:?}");
    }
    let message = "line 1: the command has a character that nobody sees (U+202E)";
    assert_eq!(shown("/deploy \u{202e}gnigats"), message);
}

#[test]
fn every_limit_is_exact_and_can_be_set() {
    let limits = || CommandLimits::default().comment(40).line(12).arguments(2).at_most(2);
    let shown = |body: &str| match limits().commands(body).pop().unwrap() {
        Ok(command) => command.name().to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(shown("/deploy 1234"), "deploy");
    assert_eq!(shown("/deploy 12345"), "line 1: the command is longer than 12 bytes");
    assert_eq!(shown("/a b c"), "a");
    assert_eq!(shown("/a b c d"), "line 1: the command has more than 2 arguments");
    assert_eq!(shown("/a\n/b"), "b");
    assert_eq!(shown("/a\n/b\n/c\n/d"), "line 3: the comment has more than 2 commands");
    assert_eq!(shown(&format!("{}\n/a", "x".repeat(37))), "a");
    assert_eq!(
        shown(&format!("{}\n/a", "x".repeat(38))),
        "line 1: the comment is longer than 40 bytes"
    );
    // A long line that is no command is nobody's fault.
    assert!(limits().commands(&"x/".repeat(20)).is_empty());
    let all = |commands: usize| read(&"/a\n".repeat(commands));
    assert!(all(16).iter().all(Result::is_ok));
    assert_eq!(all(99).len(), 17);
}

/// None of these may cost more than its length: read in quadratic time, they would take minutes.
#[test]
fn long_comments_are_read_in_one_go() {
    const LENGTH: usize = 256 * 1024;
    let runs: String = (1..700).map(|length| "`".repeat(length) + "a").collect();
    for part in [
        "`",
        "``a",
        "<a ",
        "<!-- ",
        "](",
        "- ",
        "> ",
        "1. ",
        "/a\\",
        "\n",
        "\n\n",
        "<pre",
        "a\n`",
        "/ ",
        "\"",
        "\u{200b}",
        "/\u{200b}\n",
        "[a]:\n",
        "```\n",
        "<pre>`\n",
        "-\n",
        "<code>",
        runs.as_str(),
    ] {
        let body = part.repeat(LENGTH / part.len());
        for body in [format!("/x\n{body}"), format!("{body}\n/x")] {
            let body = body.get(..LENGTH).unwrap_or(&body);
            assert!(read(body).len() <= 17);
        }
    }
}

/// Writes an argument so that it is read as it is.
fn quoted(argument: &str) -> String {
    format!("\"{}\"", argument.replace('\\', r"\\").replace('"', "\\\""))
}

/// Any text without what nobody sees, but with spaces, and with nothing that hides.
fn argument() -> impl Strategy<Value = String> {
    r#"[a-zA-Zé字 "'\\=`<>()\[\]/#*_-]{0,20}"#
        .prop_filter("is hidden", |argument| !argument.contains("<!--"))
}

proptest! {
    #[test]
    fn whatever_stands_there_is_read_without_harm(body in r"(?s).{0,300}") {
        let lines = body.len() + 1;
        for read in read(&body) {
            let line = match read {
                Ok(command) => {
                    prop_assert!(command.name().bytes().all(|it| it.is_ascii_lowercase()
                        || it.is_ascii_digit() || it == b'-' || it == b'_'));
                    command.line()
                }
                Err(error) => error.line(),
            };
            prop_assert!((1..=lines).contains(&line));
        }
    }

    #[test]
    fn any_mix_of_marks_is_read_without_harm(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "/a", " ", "\n", "\r", "\r\n", "\t", "`", "```", "~~~", ">", "-", "1.", "<!--", "-->", "<pre>",
                "</pre>", "\"", "'", "\\", "[", "]:", "](", ")", "#", "=", "\u{200b}", "é",
            ]),
            0..60,
        ),
    ) {
        let body = parts.concat();
        // Lines end in three ways, which are one.
        let lines = body.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(shown(&body), shown(&lines));
        for end in ["\r", "\r\n"] {
            prop_assert_eq!(shown(&lines), shown(&lines.replace('\n', end)));
        }
        // Of what is a command nothing is lost by what was written before, as long as that is over.
        let after = format!("{}\n\n/after", body.replace(['`', '~', '<'], ""));
        let has_after = read(&after).iter().any(|it| it.as_ref().is_ok_and(|it| it.name() == "after"));
        let is_full = read(&after).len() > 16;
        prop_assert!(has_after || is_full, "{after:?}");
    }

    #[test]
    fn what_is_quoted_comes_back(
        name in "[a-z][a-z0-9_-]{0,20}",
        arguments in prop::collection::vec(argument(), 0..8),
        before in prop::sample::select(vec!["", "Hello!\n", "> /no\n\n", "```\n/no\n```\r\n", "<!-- -->\n"]),
        after in prop::sample::select(vec!["", "\n", "\r\n", "\n> /no", "\nBye"]),
    ) {
        let words: String = arguments.iter().map(|argument| format!(" {}", quoted(argument))).collect();
        let body = format!("{before}/{name}{words}{after}");
        let read = read(&body);
        prop_assert_eq!(read.len(), 1, "{:?}", body);
        let command = read.into_iter().next().unwrap().unwrap();
        prop_assert_eq!(command.name(), name);
        prop_assert_eq!(command.arguments(), arguments);
    }

    #[test]
    fn within_code_quotes_and_comments_there_is_nothing(
        lines in prop::collection::vec("(/[a-z]{1,5}( [a-z]{1,5})?|[a-z ]{0,10}|)", 0..8),
    ) {
        let body = lines.join("\n");
        let each = |before: &str| body.lines().map(|it| format!("{before}{it}\n")).collect::<String>();
        for hidden in [
            format!("```\n{body}\n```"), format!("~~~~\n{body}\n~~~~~"), format!("<!--\n{body}\n-->"),
            format!("<pre>\n{body}\n</pre>"), format!("```\n{body}"), each("> "), each("    "), each("\t"),
        ] {
            prop_assert_eq!(shown(&hidden), "", "{:?}", hidden);
        }
    }

    #[test]
    fn a_hidden_character_never_changes_a_command(
        at in 0..16_usize,
        unseen in prop::char::range('\0', '\u{e01ff}').prop_filter("is seen", |it| {
            hookstead_types::is_unseen(*it) && !matches!(it, ' ' | '\t' | '\n' | '\r')
        }),
    ) {
        let mut body = "/deploy staging ".to_owned();
        body.insert(at, unseen);
        prop_assert!(matches!(read(&body).as_slice(), [Err(error)]
            if error.fault() == CommandFault::Invisible(unseen)), "{:?}", body);
    }
}
