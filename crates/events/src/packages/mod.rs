//! Packages and releases.
//!
//! The events: `package`, `registry_package`, `release`.
//!
//! It leans on no other family.

pub(crate) mod package;
pub(crate) mod package_action;
pub(crate) mod package_body;
pub(crate) mod package_event;
pub(crate) mod package_metadata;
pub(crate) mod registry_package;
pub(crate) mod release;

pub use package::{
    Package, PackageFile, PackageRegistry, PackageRelease, PackageType, PackageVersion,
};
pub use package_action::PackageAction;
pub use package_body::{PackageBody, PackageBodyFile, PackageBodyInfo, PackageBodyRepository};
pub use package_event::PackageEvent;
pub use package_metadata::{
    ContainerBlob, ContainerLabels, ContainerManifest, ContainerMetadata, ContainerTag,
    DockerMetadata, NpmMetadata, NugetMetadata, RubygemsMetadata, RubygemsVersion,
};
pub use registry_package::RegistryPackageEvent;
pub use release::{
    MakeLatestChange, Release, ReleaseAction, ReleaseAsset, ReleaseAssetState, ReleaseChanges,
    ReleaseEvent,
};
