//! `#[derive(Decode)]`, which hookstead's types of GitHub's objects are read with.

mod implementation;
mod input;

use proc_macro::TokenStream;

/// Implements serde's `Deserialize` for a struct that is read from a JSON object.
///
/// It stands beside serde's `Serialize`, takes serde's attributes, and differs from serde's own
/// derive in this:
///
/// * `#[serde(default)]` takes `null` like a missing field: GitHub writes either.
/// * What may be missing may also not fit, where the deserializer can go on behind it: see
///   `hookstead_types::decode::PASSED_OVER`.
/// * What is read counts against `hookstead_types::decode::Budget`: a struct by its size, and a list or
///   a map by its room. Lists and maps that are no field's whole type, and serde_json's `Value`, need
///   a function that counts them; without one they are an error.
/// * In a list or a map, an item that is `null` is left out.
/// * Of a key that occurs twice the last one counts. A list is no substitute for the object.
/// * It makes a third of the code. 280 structs share their loops here, where serde's derive makes
///   each anew, which took half of the crate's build time, and twice the stack in a debug build.
///
/// It knows the attributes `default`, `default = "function"`, `deserialize_with = "function"` and
/// `rename = "key"`, and structs with named fields. For everything else there is serde's derive.
///
/// ```
/// use hookstead_types::Decode;
///
/// #[derive(Decode)]
/// struct Label {
///     id: u64,
///     description: Option<String>,
///     #[serde(default)]
///     color: String,
/// }
///
/// let label: Label = serde_json::from_str(r#"{"id": 7, "color": null, "url": "..."}"#)?;
/// assert_eq!((label.id, label.description, label.color.as_str()), (7, None, ""));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// What it does not know is an error, and not left out silently:
///
/// ```compile_fail
/// #[derive(hookstead_types::Decode)]
/// struct Label {
///     #[serde(flatten)]
///     rest: std::collections::BTreeMap<String, String>,
/// }
/// ```
#[proc_macro_derive(Decode, attributes(serde))]
pub fn derive_decode(item: TokenStream) -> TokenStream {
    let code = match input::Struct::parse(item) {
        Ok(input) => implementation::of(&input),
        Err(problem) => format!("::core::compile_error!({problem:?});"),
    };
    code.parse().unwrap_or_default()
}
