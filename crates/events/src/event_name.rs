use crate::table::table;

macro_rules! event_name {
    ($( $name:literal $variant:ident $family:ident::$file:ident::$type:ident($($field:ident)*), )*) => {
        hookstead_types::open_enum! {
            /// The name of an event, as in the header `X-GitHub-Event`.
            ///
            /// ```
            /// use hookstead_events::EventName;
            ///
            /// assert_eq!(EventName::from("pull_request"), EventName::PullRequest);
            /// assert_eq!(EventName::from("from_the_future").as_str(), "from_the_future");
            /// ```
            pub enum EventName {
                $( #[doc = concat!("`", $name, "`")] $variant = $name, )*
            }
        }
    };
}

table!(event_name);
