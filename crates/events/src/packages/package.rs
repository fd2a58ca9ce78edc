use serde::Serialize;
use serde_json::Value;

use hookstead_types::decode::{empty_as_none, items};
use hookstead_types::{Decode, Timestamp, User};

use crate::packages::package_body::PackageBody;
use crate::packages::package_metadata::{
    ContainerMetadata, DockerMetadata, NpmMetadata, NugetMetadata, RubygemsMetadata,
};

/// A package in GitHub Packages.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Package {
    /// The package's number.
    pub id: u64,
    /// The name.
    pub name: String,
    /// What the name belongs to.
    pub namespace: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// What it is for: `npm`, `docker`, ...
    pub ecosystem: Option<String>,
    /// What kind of package it is.
    pub package_type: Option<PackageType>,
    /// The account that it belongs to.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub owner: Option<User>,
    /// The version.
    pub package_version: Option<Box<PackageVersion>>,
    /// Where it is kept.
    pub registry: Option<PackageRegistry>,
    /// Its page.
    pub html_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// What kind of package a [`Package`] is.
    pub enum PackageType {
        /// JavaScript's.
        Npm = "npm",
        /// Java's; Gradle's are these as well.
        Maven = "maven",
        /// Ruby's.
        Rubygems = "rubygems",
        /// .NET's.
        Nuget = "nuget",
        /// A container's image, in the older Docker registry.
        Docker = "docker",
        /// A container's image.
        Container = "CONTAINER",
    }
}

/// Where a [`Package`] is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageRegistry {
    /// The name for people.
    pub name: Option<String>,
    /// What kind of packages it keeps.
    pub r#type: Option<String>,
    /// Whose it is.
    pub vendor: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Where to read about it.
    pub about_url: Option<String>,
}

/// A version of a [`Package`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageVersion {
    /// The version's number on GitHub.
    pub id: u64,
    /// The version; of a container's image, its digest.
    pub version: Option<String>,
    /// The name; of a container's image, its digest.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The same in short.
    pub summary: Option<String>,
    /// The text about it.
    pub body: Option<PackageBody>,
    /// The same as HTML.
    pub body_html: Option<String>,
    /// Who published it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub author: Option<User>,
    /// The release that it belongs to.
    pub release: Option<Box<PackageRelease>>,
    /// The tag that it was made from.
    pub tag_name: Option<String>,
    /// The branch or commit that the tag was made on.
    pub target_commitish: Option<String>,
    /// The commit that it was made from.
    pub target_oid: Option<String>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether it is not meant for everybody yet.
    pub prerelease: Option<bool>,
    /// The package's own description of itself, as text.
    pub manifest: Option<String>,
    /// How to install it.
    pub installation_command: Option<String>,
    /// Its files.
    #[serde(default, deserialize_with = "items")]
    pub package_files: Vec<PackageFile>,
    /// Its address in the registry.
    pub package_url: Option<String>,
    /// Its address in the registry, of a container's image.
    pub source_url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Whatever else is known of it.
    #[serde(default, deserialize_with = "crate::decode::json_value::values")]
    pub metadata: Vec<Value>,
    /// What a container's image says of itself.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub container_metadata: Option<Box<ContainerMetadata>>,
    /// What an image in the older Docker registry says of itself.
    #[serde(default, deserialize_with = "items")]
    pub docker_metadata: Vec<DockerMetadata>,
    /// What an npm package says of itself.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub npm_metadata: Option<Box<NpmMetadata>>,
    /// What a NuGet package says of itself.
    #[serde(default, deserialize_with = "items")]
    pub nuget_metadata: Vec<NugetMetadata>,
    /// What a gem says of itself.
    #[serde(default, deserialize_with = "items")]
    pub rubygems_metadata: Vec<RubygemsMetadata>,
}

/// A file of a [`PackageVersion`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageFile {
    /// The file's number.
    pub id: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// What kind of file it is.
    pub content_type: Option<String>,
    /// How far it is: `uploaded`, ...
    pub state: Option<String>,
    /// Its MD5 sum.
    pub md5: Option<String>,
    /// Its SHA-1 sum.
    pub sha1: Option<String>,
    /// Its SHA-256 sum.
    pub sha256: Option<String>,
    /// Where to get it.
    pub download_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
}

/// The release that a [`PackageVersion`] belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PackageRelease {
    /// The release's number.
    pub id: Option<u64>,
    /// The name for people.
    pub name: Option<String>,
    /// The tag.
    pub tag_name: Option<String>,
    /// The branch or commit that the tag was made on.
    pub target_commitish: Option<String>,
    /// Who made it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub author: Option<User>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether it is not meant for everybody yet.
    pub prerelease: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The release in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}
