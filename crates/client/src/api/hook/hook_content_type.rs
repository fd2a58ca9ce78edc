use hookstead_types::open_enum;

open_enum! {
    /// How a hook's deliveries are encoded.
    pub enum HookContentType {
        /// The body is the JSON itself.
        Json = "json",
        /// The body is a form with the JSON in the field `payload`.
        Form = "form",
    }
}
