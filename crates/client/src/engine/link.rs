use http::HeaderMap;
use http::header::LINK;

/// The target of the first link with `rel="next"` in the `Link` headers.
pub(crate) fn next(headers: &HeaderMap) -> Option<&str> {
    // Raw UTF-8 is against the rules, and no reason to end the list without a word.
    let texts = headers.get_all(LINK).iter().map(|value| std::str::from_utf8(value.as_bytes()));
    texts.filter_map(Result::ok).find_map(next_in)
}

fn next_in(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        let (parameters, following) = split(after, ',');
        if has_next(parameters) {
            return Some(target);
        }
        rest = following;
    }
}

/// Whether one of a link's parameters is `rel="next"`.
fn has_next(mut parameters: &str) -> bool {
    while !parameters.is_empty() {
        let (parameter, following) = split(parameters, ';');
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
        if name.trim().eq_ignore_ascii_case("rel")
            && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
        {
            return true;
        }
        parameters = following;
    }
    false
}

/// Splits at the first separator outside of quotes; the rest is empty if there is none.
fn split(text: &str, separator: char) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|character| {
        quoted ^= character == '"';
        character == separator && !quoted
    });
    let (part, rest) = text.split_at(end.unwrap_or(text.len()));
    (part, rest.strip_prefix(separator).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_next_page_is_found() {
        let pages = r#"<https://api.github.com/repositories/1/x?page=1>; rel="prev", <https://api.github.com/repositories/1/x?page=3&a=b,c;d>; rel="next", <https://api.github.com/repositories/1/x?page=9>; rel="last""#;
        for (header, target) in [
            (pages, Some("https://api.github.com/repositories/1/x?page=3&a=b,c;d")),
            (r#"<a>; title="x, <y>; rel=next"; rel="prev",<b>;rel=next"#, Some("b")),
            (r#"<a>; rel="last NEXT""#, Some("a")),
            (r#"<a>; rel="last""#, None),
            (r#"<a>; rel="nextish""#, None),
            ("<a", None),
            ("", None),
            ("nonsense", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, header.parse().unwrap());
            assert_eq!(next(&headers), target, "{header}");
        }
        assert_eq!(next(&HeaderMap::new()), None);
    }

    #[test]
    fn a_link_may_hold_more_than_ascii() {
        let mut headers = HeaderMap::new();
        let link = HeaderValue::from_bytes("<x?environment=prüfung>; rel=next".as_bytes());
        headers.insert(LINK, link.unwrap());
        assert_eq!(next(&headers), Some("x?environment=prüfung"));
    }

    #[test]
    fn several_headers_count_as_one() {
        let mut headers = HeaderMap::new();
        headers.append(LINK, r#"<a>; rel="last""#.parse().unwrap());
        headers.append(LINK, r#"<b>; rel="next""#.parse().unwrap());
        assert_eq!(next(&headers), Some("b"));
    }
}
