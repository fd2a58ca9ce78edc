use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use hookstead_types::Decode;
use hookstead_types::decode::items;

/// What a container's image says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ContainerMetadata {
    /// The tag.
    pub tag: Option<ContainerTag>,
    /// The labels.
    pub labels: Option<ContainerLabels>,
    /// The manifest.
    pub manifest: Option<Box<ContainerManifest>>,
}

/// A tag of a container's image.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ContainerTag {
    /// The tag.
    pub name: Option<String>,
    /// The digest of what it points to.
    pub digest: Option<String>,
}

/// The labels of a container's image.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ContainerLabels {
    /// What it is.
    pub description: Option<String>,
    /// Where its source is.
    pub source: Option<String>,
    /// The commit that it was made from.
    pub revision: Option<String>,
    /// Where to read about it.
    pub image_url: Option<String>,
    /// Its licences.
    pub licenses: Option<String>,
    /// All labels, by name.
    #[serde(default, deserialize_with = "crate::decode::json_value::fields")]
    pub all_labels: BTreeMap<String, Value>,
}

/// The manifest of a container's image.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ContainerManifest {
    /// Its digest.
    pub digest: Option<String>,
    /// What kind of manifest it is.
    pub media_type: Option<String>,
    /// Its address in the registry.
    pub uri: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The image's settings.
    pub config: Option<ContainerBlob>,
    /// The image's layers.
    #[serde(default, deserialize_with = "items")]
    pub layers: Vec<ContainerBlob>,
}

/// A part of a container's image.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ContainerBlob {
    /// Its digest.
    pub digest: Option<String>,
    /// What kind of part it is.
    pub media_type: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
}

/// What an image in the older Docker registry says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct DockerMetadata {
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What an npm package says of itself, mostly from its `package.json`.
///
/// Whatever its author may write in more than one way stays JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct NpmMetadata {
    /// The name with the version.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// Who published it.
    pub npm_user: Option<String>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub author: Value,
    /// Who looks after it.
    #[serde(default, deserialize_with = "crate::decode::json_value::values")]
    pub maintainers: Vec<Value>,
    /// Who worked on it.
    #[serde(default, deserialize_with = "crate::decode::json_value::values")]
    pub contributors: Vec<Value>,
    /// What it is.
    pub description: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Its own site.
    pub homepage: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Where its source is.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub repository: Value,
    /// Where to report bugs.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub bugs: Value,
    /// What it needs, by name.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub dependencies: Value,
    /// What is needed to work on it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub dev_dependencies: Value,
    /// What its user must have.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub peer_dependencies: Value,
    /// What it can do without.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub optional_dependencies: Value,
    /// The versions of Node that it runs on.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub engines: Value,
    /// The version of Node that published it.
    pub node_version: Option<String>,
    /// The version of npm that published it.
    pub npm_version: Option<String>,
    /// The systems that it runs on.
    #[serde(default)]
    pub os: Vec<String>,
    /// The processors that it runs on.
    #[serde(default)]
    pub cpu: Vec<String>,
    /// The file that it starts with.
    pub main: Option<String>,
    /// The programs that it installs.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub bin: Value,
    /// The manual pages that it installs.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub man: Value,
    /// Where things are in it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub directories: Value,
    /// What is in it.
    #[serde(default)]
    pub files: Vec<String>,
    /// What npm can run in it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub scripts: Value,
    /// What was published: the archive, its sums.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub dist: Value,
    /// The commit that it was made from.
    pub git_head: Option<String>,
    /// Whether it fixes the versions of what it needs.
    pub has_shrinkwrap: Option<bool>,
    /// Its README.
    pub readme: Option<String>,
    /// How to install it.
    pub installation_command: Option<String>,
    /// The number of its release.
    pub release_id: Option<u64>,
    /// The commit that it was made from, as GitHub knows it.
    pub commit_oid: Option<String>,
    /// Whether a workflow published it.
    pub published_via_actions: Option<bool>,
    /// The number of who deleted it.
    pub deleted_by_id: Option<u64>,
}

/// Something that a NuGet package says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct NugetMetadata {
    /// A number or a name.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub id: Value,
    /// What it is about.
    pub name: Option<String>,
    /// What it says: text, a number, `true` or `false`, or an object.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub value: Value,
}

/// What a gem says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RubygemsMetadata {
    /// The name.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its README.
    pub readme: Option<String>,
    /// Its own site.
    pub homepage: Option<String>,
    /// The version.
    pub version_info: Option<RubygemsVersion>,
    /// What it runs on.
    pub platform: Option<String>,
    /// Whatever else its author says.
    #[serde(default, deserialize_with = "crate::decode::json_value::fields")]
    pub metadata: BTreeMap<String, Value>,
    /// Where its source is.
    pub repo: Option<String>,
    /// What it needs.
    #[serde(default, deserialize_with = "crate::decode::json_value::values")]
    pub dependencies: Vec<Value>,
    /// The commit that it was made from.
    pub commit_oid: Option<String>,
}

/// The version of a gem.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RubygemsVersion {
    /// The version.
    pub version: Option<String>,
}
