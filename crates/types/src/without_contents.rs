/// The text of one of serde's errors without the offending value, which is quoted after the problem.
/// What was sent may be private; what was expected is not.
///
/// ```
/// use hookstead_types::decode::without_contents;
///
/// let error = serde_json::from_str::<u64>(r#""hunter2""#).unwrap_err();
/// let told = without_contents(error.to_string());
/// assert_eq!(told, "invalid type: string, expected u64 at line 1 column 9");
/// ```
#[must_use]
pub fn without_contents(text: String) -> String {
    for problem in ["invalid type: ", "invalid value: ", "unknown variant ", "unknown field "] {
        let Some(rest) = text.strip_prefix(problem) else {
            continue;
        };
        let Some((found, expected)) = rest.rsplit_once(", expected ") else {
            continue;
        };
        let kind = found.split(['`', '"']).next().unwrap_or_default();
        let problem = format!("{problem}{kind}");
        return format!("{}, expected {expected}", problem.trim_end());
    }
    text
}
