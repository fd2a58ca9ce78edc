crate::open_enum! {
    /// How a webhook encodes the bodies that it delivers.
    pub enum HookContentType {
        /// The body is the JSON itself.
        Json = "json",
        /// The body is a form with the JSON in the field `payload`.
        Form = "form",
    }
}
