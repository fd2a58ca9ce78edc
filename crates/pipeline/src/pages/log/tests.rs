//! What comes of bytes, whatever they are and however they are cut.

use proptest::prelude::*;

use super::converter::{Converter, LineKind, LogLine};
use super::groups::DEEPEST;
use super::lines_html::LinesHtml;

fn convert_parts<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> (Vec<LogLine>, Option<LogLine>) {
    let mut converter = Converter::new(0, 1, false);
    let mut lines = Vec::new();
    for part in parts {
        converter.read(part, |line| lines.push(line));
    }
    (lines, converter.rest())
}

/// What each line shows, the last one too, ended or not.
fn shown(log: &[u8]) -> Vec<String> {
    let (lines, rest) = convert_parts([log]);
    lines.into_iter().chain(rest).map(|line| line.html).collect()
}

fn page(log: &[u8]) -> String {
    let (lines, rest) = convert_parts([log]);
    let mut html = LinesHtml::default();
    lines.iter().for_each(|line| html.add(line));
    rest.iter().for_each(|line| html.rest(line));
    html.finish(false)
}

#[test]
fn colours_go_on_over_lines() {
    assert_eq!(
        shown(b"\x1b[1;31mred\nstill\x1b[0m plain\n\x1b[38;5;208mo\x1b[m"),
        [
            "<span class=\"a-bold a-red\">red</span>",
            "<span class=\"a-bold a-red\">still</span> plain",
            "<span class=\"a-orange\">o</span>",
        ]
    );
}

#[test]
fn a_line_is_written_over_as_a_terminal_does() {
    assert_eq!(shown(b" 10%\r 50%\r100%\r\n"), ["100%"]);
    assert_eq!(shown(b"long line\rshort\n"), ["shortline"]);
    assert_eq!(shown(b"long line\r\x1b[Kshort\n"), ["short"]);
    assert_eq!(shown(b"long line\x1b[2K\rshort"), ["short"]);
    assert_eq!(shown(b"long line\x1b[2K\x1b[1Gshort"), ["short"]);
    assert_eq!(shown(b"abc\x1b[2G\x1b[1K\n"), ["  c"]);
    assert_eq!(shown(b"|\x08/\x08-\n"), ["-"]);
    assert_eq!(
        shown(b"\x1b[31mab\r\x1b[32mc\n"),
        ["<span class=\"a-green\">c</span><span class=\"a-red\">b</span>"]
    );
    assert_eq!(shown(&b"downloading 12%\r".repeat(700_000)), ["downloading 12%"]);
}

#[test]
fn other_sequences_are_dropped() {
    assert_eq!(shown(b"a\x1b[2Ab\x1b[10;5Hc\x1b[?25l\x1b[2J\x1b(Bd\x07\x00\x0b"), ["abcd"]);
    assert_eq!(shown(b"\x1b[99999999999mx"), ["x"]);
    assert_eq!(
        shown(b"\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x07 \x1b]0;title\x07here"),
        ["click here"]
    );
    // Cut by the end of a line, or by a letter that no sequence has.
    assert_eq!(
        shown(b"a\x1b[\nb\x1b]0;never ended\nc\x1bP\nd\x1b[1;\xc3\xa4"),
        ["a", "b", "c", "d\u{e4}"]
    );
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(
        shown(b"a\xffb\xe4cd\xe2\x82\n\xf0\x9f\x98\x80\xc2\x85"),
        ["a\u{fffd}b\u{fffd}cd\u{fffd}", "\u{1f600}"]
    );
}

#[test]
fn what_is_markup_is_text() {
    assert_eq!(
        shown(b"<script>\"&\x1b[1m</span>"),
        ["&lt;script&gt;&quot;&amp;<span class=\"a-bold\">&lt;/span&gt;</span>"]
    );
    let page = page(b"::group::<img src=x>\n\x1b[0Ksection_start:1:a\"b\r\x1b[0K<b>\n");
    assert!(!page.contains("<img") && !page.contains("<b>") && !page.contains("a\"b"), "{page}");
}

#[test]
fn a_line_without_end_has_a_longest_length() {
    let mut converter = Converter::new(0, 1, false);
    for _ in 0..160 {
        converter.read(&[b'x'; 65_536], |_| panic!("no line ends"));
    }
    let rest = converter.rest().unwrap();
    assert!(rest.html.len() < 5000, "{}", rest.html.len());
    assert!(rest.html.ends_with(" … 10481664 characters more</span>"), "{}", rest.html);
    assert_eq!((rest.number, rest.start, rest.end), (1, 0, 10_485_760));
}

#[test]
fn a_million_lines_are_numbered() {
    let (lines, rest) = convert_parts([b"\n".repeat(1_000_000).as_slice()]);
    assert_eq!(lines.len(), 1_000_000);
    assert_eq!(lines.last().map(|line| (line.number, line.end)), Some((1_000_000, 1_000_000)));
    assert_eq!(rest, None);
}

#[test]
fn github_s_groups_fold() {
    let html = page(b"before\n::group::Build \x1b[1mit\x1b[0m\r\ninside\n::endgroup::\nafter\n");
    assert_eq!(
        html,
        "<span class=\"line\" id=\"L1\"><a href=\"#L1\" tabindex=\"-1\">1</a>before\n</span>\
         <details class=\"group\" data-group=\"\"><summary class=\"line\" id=\"L2\"><span>2</span>\
         Build <span class=\"a-bold\">it</span>\n</summary>\
         <span class=\"line\" id=\"L3\"><a href=\"#L3\" tabindex=\"-1\">3</a>inside\n</span></details>\
         <span class=\"line end\" id=\"L4\"></span>\
         <span class=\"line\" id=\"L5\"><a href=\"#L5\" tabindex=\"-1\">5</a>after\n</span>"
    );
}

#[test]
fn gitlab_s_sections_fold() {
    let log = b"\x1b[0Ksection_start:1560896352:first\r\x1b[0KFirst\n\
                one\n\
                \x1b[0Ksection_end:1560896353:first\r\x1b[0K\x1b[0Ksection_start:2:second[collapsed=true]\r\x1b[0KSecond\n\
                two\n\
                \x1b[0Ksection_end:3:second\r\x1b[0K\n\
                after\n";
    let (lines, _) = convert_parts([log.as_slice()]);
    let group = |name: &str, is_folded| LineKind::Group { name: name.to_owned(), is_folded };
    let kinds: Vec<_> = lines.iter().map(|line| line.kind.clone()).collect();
    assert_eq!(
        kinds,
        [
            group("first", false),
            LineKind::Text,
            group("second", true),
            LineKind::Text,
            LineKind::End,
            LineKind::Text,
        ]
    );
    let texts: Vec<_> = lines.iter().map(|line| line.html.as_str()).collect();
    assert_eq!(texts, ["First", "one", "Second", "two", "", "after"]);
    let html = page(log);
    assert_eq!(html.matches("<details class=\"group\" data-group=\"first\" open>").count(), 1);
    assert_eq!(html.matches("<details class=\"group\" data-group=\"second\">").count(), 1);
    expect_well_formed(&html);
}

#[test]
fn groups_may_be_nested_and_never_end() {
    let html = page(b"::group::a\n::group::b\nx\n::endgroup::\n::group::c\n");
    assert_eq!(html.matches("<details").count(), 3);
    // The outer one and the last go on; what is in the one between was read.
    assert_eq!(html.matches(" open>").count(), 2);
    expect_well_formed(&html);
    let html = page(b"::endgroup::\n\x1b[0Ksection_end:1:x\r\x1b[0K\nx\n");
    assert!(!html.contains("details"), "{html}");
    let html = page(&b"::group::deep\n".repeat(1000));
    assert_eq!(html.matches("<details").count(), DEEPEST);
    expect_well_formed(&html);
}

#[test]
fn the_last_group_of_a_build_that_failed_is_open() {
    let (lines, _) = convert_parts([
        b"::group::a\n::endgroup::\n::group::b\nwrong\n::endgroup::\nend\n".as_slice(),
    ]);
    let mut html = LinesHtml::default();
    lines.iter().for_each(|line| html.add(line));
    let html = html.finish(true);
    let (before, after) = html.split_at(html.find(" open>").unwrap());
    assert_eq!((before.matches("<details").count(), after.matches("<details").count()), (2, 0));
}

/// Every element is one of ours, with attributes of ours, and ends where it should.
fn expect_well_formed(html: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        expect_text(text);
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix("</") {
            assert_eq!(open.pop(), Some(name), "{html}");
            continue;
        }
        let (name, attributes) = tag[1..].split_once(' ').unwrap_or((&tag[1..], ""));
        assert!(["span", "a", "details", "summary"].contains(&name), "{html}");
        let quotes = attributes.matches('"').count();
        assert!(quotes % 2 == 0 && !attributes.contains("href=\"j"), "{html}");
        for attribute in attributes.split(' ').filter(|it| it.contains('=')) {
            let (name, _) = attribute.split_once('=').unwrap();
            assert!(["class", "id", "href", "tabindex", "data-group"].contains(&name), "{html}");
        }
        open.push(name);
    }
    expect_text(rest);
    assert!(open.is_empty(), "{html}");
}

fn expect_text(text: &str) {
    assert!(!text.contains(['>', '"']), "{text}");
    for (at, _) in text.match_indices('&') {
        let entities = ["&lt;", "&gt;", "&amp;", "&quot;"];
        assert!(entities.iter().any(|entity| text[at..].starts_with(entity)), "{text}");
    }
    let is_shown = |char: char| !char.is_control() || char == '\t' || char == '\n';
    assert!(text.chars().all(is_shown), "{text:?}");
}

/// Pieces of which hostile logs are made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"\n",
        b"\r",
        b"\r\n",
        b"\x1b[",
        b"\x1b]8;;http://x\x07",
        b"\x1b",
        b"31",
        b";",
        b":",
        b"m",
        b"1m",
        b"\x1b[1;38;5;208m",
        b"\x1b[7m",
        b"\x1b[0m",
        b"\x1b[K",
        b"\x1b[2K",
        b"\x1b[5G",
        b"\x1b[99999999999m",
        b"::group::",
        b"::endgroup::",
        b"section_start:1:a\r",
        b"section_end:1:a\r",
        b"section_start:1:",
        b"<script>",
        b"\"",
        b"&",
        b"text",
        b"\xc3",
        b"\xa4",
        b"\xf0\x9f",
        b"\x98\x80",
        b"\xff",
        b"\x08",
        b"\t",
        b"\x00",
        b"\x9b31m",
        b"\xc2\x9b",
        b"\x1bP",
        b"\x1b\\",
        b"\x18",
    ];
    prop_oneof![
        4 => proptest::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn however_a_log_is_cut_its_lines_are_the_same(
        pieces in proptest::collection::vec(piece(), 0..60),
        cuts in proptest::collection::vec(1_usize..7, 1..8),
    ) {
        let log = pieces.concat();
        let whole = convert_parts([log.as_slice()]);
        let mut parts = Vec::new();
        let mut rest = log.as_slice();
        for length in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (part, after) = rest.split_at((*length).min(rest.len()));
            parts.push(part);
            rest = after;
        }
        // The half of a character at the end is not shown yet, whole or cut.
        prop_assert_eq!(&whole, &convert_parts(parts));
        let ends = log.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(whole.0.len(), ends);
        for (number, line) in (1..).zip(&whole.0) {
            prop_assert_eq!(line.number, number);
            let start = usize::try_from(line.start).unwrap();
            let end = usize::try_from(line.end).unwrap();
            prop_assert_eq!(log[start..end].iter().position(|byte| *byte == b'\n'), Some(end - start - 1));
        }
    }

    #[test]
    fn whatever_a_log_says_the_page_is_well_formed(
        pieces in proptest::collection::vec(piece(), 0..60),
    ) {
        let log = pieces.concat();
        for line in shown(&log) {
            expect_well_formed(&line);
        }
        expect_well_formed(&page(&log));
    }
}
