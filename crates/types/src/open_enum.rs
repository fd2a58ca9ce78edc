/// Makes an *open* enum: a set of strings that GitHub documents, plus `Unknown` for every other.
///
/// GitHub adds enum values without a new API version, so a value that this version does not know
/// must not make a delivery unreadable. It is kept as it came and is written back the same.
///
/// The enum gets `as_str`, `AsRef<str>`, `From<&str>`, `From<String>`, `Display`, comparison with
/// `str`, and serde's traits (as a plain string).
///
/// ```
/// hookstead_types::open_enum! {
///     /// How a pull request is merged.
///     pub enum MergeMethod {
///         /// A merge commit.
///         Merge = "merge",
///         /// One commit with all changes.
///         Squash = "squash",
///     }
/// }
///
/// assert_eq!(MergeMethod::from("squash"), MergeMethod::Squash);
/// assert_eq!(MergeMethod::from("fast_forward"), "fast_forward");
/// assert!(matches!(MergeMethod::from("fast_forward"), MergeMethod::Unknown(_)));
/// ```
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$enum_attribute:meta])*
        $visibility:vis enum $name:ident {
            $( $(#[$attribute:meta])* $variant:ident = $text:literal ),+ $(,)?
        }
    ) => {
        $(#[$enum_attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $visibility enum $name {
            $( $(#[$attribute])* $variant, )+
            /// A value that this version does not know, as GitHub sent it.
            Unknown(::std::string::String),
        }

        #[allow(unreachable_pub, reason = "the enum's visibility is the user's choice")]
        impl $name {
            /// Every value that this version knows, in the order of declaration.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The value as GitHub writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Unknown(text) => text,
                }
            }

            fn known(text: &str) -> ::std::option::Option<Self> {
                match text {
                    $( $text => ::std::option::Option::Some(Self::$variant), )+
                    _ => ::std::option::Option::None,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::known(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::known(&text).unwrap_or(Self::Unknown(text))
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::decode::text(deserializer)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    open_enum! {
        /// A test's enum.
        enum Colour {
            /// Like blood.
            Red = "red",
            /// Like the sky.
            SkyBlue = "sky_blue",
        }
    }

    #[test]
    fn known_and_unknown_values_round_trip() {
        for (json, expected) in [
            (r#""red""#, Colour::Red),
            (r#""sky_blue""#, Colour::SkyBlue),
            (r#""sky\u005fblue""#, Colour::SkyBlue),
            (r#""mauve""#, Colour::Unknown("mauve".to_owned())),
            (r#""""#, Colour::Unknown(String::new())),
        ] {
            let colour: Colour = serde_json::from_str(json).unwrap();
            assert_eq!(colour, expected);
            let written = serde_json::to_string(&colour).unwrap();
            assert_eq!(serde_json::from_str::<Colour>(&written).unwrap(), colour);
        }
        assert_eq!(Colour::KNOWN, ["red", "sky_blue"]);
    }

    #[test]
    fn something_that_is_no_string_is_refused_without_its_contents() {
        let error = serde_json::from_str::<Colour>("17").unwrap_err();
        assert!(error.to_string().contains("expected a string"), "{error}");
    }

    #[test]
    fn width_and_alignment_apply() {
        assert_eq!(format!("[{:>5}]", Colour::Red), "[  red]");
    }
}
