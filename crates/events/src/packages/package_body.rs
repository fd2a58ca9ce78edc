use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use hookstead_types::Decode;

use crate::shared::repository::Repository;

/// The text about a version of a package: the text itself, or the file that holds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
// Writing needs no tag: the text or the file itself is written. Reading buffers nothing; see below.
#[serde(untagged)]
#[non_exhaustive]
pub enum PackageBody {
    /// The text.
    Text(String),
    /// The file.
    File(Box<PackageBodyFile>),
}

impl<'de> Deserialize<'de> for PackageBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrFile;

        impl<'de> Visitor<'de> for TextOrFile {
            type Value = PackageBody;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a file")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(PackageBody::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Box::deserialize(MapAccessDeserializer::new(map)).map(PackageBody::File)
            }
        }

        deserializer.deserialize_any(TextOrFile)
    }
}

/// The file that holds the text about a version of a package.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageBodyFile {
    /// The repository that it is in.
    pub repository: Option<PackageBodyRepository>,
    /// What git knows of it.
    pub info: Option<PackageBodyInfo>,
    /// Whatever else is known of it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub attributes: Value,
    /// Whether it is formatted.
    #[serde(rename = "_formatted")]
    pub formatted: Option<bool>,
}

/// The repository that the text about a version of a package is in.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageBodyRepository {
    /// The repository.
    pub repository: Option<Box<Repository>>,
}

/// What git knows of the file that holds the text about a version of a package.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageBodyInfo {
    /// `blob`.
    pub r#type: Option<String>,
    /// The name of its contents.
    pub oid: Option<String>,
    /// Its mode.
    pub mode: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub path: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Whether it is a list of others.
    pub collection: Option<bool>,
}
