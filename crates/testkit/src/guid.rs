use fastrand::Rng;

/// A random GUID, 8-4-4-4-12 hex digits, as GitHub puts into `X-GitHub-Delivery`.
pub(crate) fn guid(random: &mut Rng) -> String {
    let bits = random.u128(..);
    let text = format!("{bits:032x}");
    let (a, rest) = text.split_at(8);
    let (b, rest) = rest.split_at(4);
    let (c, rest) = rest.split_at(4);
    let (d, e) = rest.split_at(4);
    format!("{a}-{b}-{c}-{d}-{e}")
}
