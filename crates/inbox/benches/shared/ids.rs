/// A new id, as GitHub's are.
pub(crate) fn guid() -> String {
    let number = format!("{:032x}", fastrand::u128(..));
    let parts = [&number[..8], &number[8..12], &number[12..16], &number[16..20], &number[20..]];
    parts.join("-")
}
