//! Packages and releases.

pub(crate) mod package;
pub(crate) mod package_body;
pub(crate) mod package_event;
pub(crate) mod package_metadata;
pub(crate) mod release;

pub use package::{
    Package, PackageFile, PackageRegistry, PackageRelease, PackageType, PackageVersion,
};
pub use package_body::{PackageBody, PackageBodyFile, PackageBodyInfo, PackageBodyRepository};
pub use package_event::{PackageAction, PackageEvent, RegistryPackageEvent};
pub use package_metadata::{
    ContainerBlob, ContainerLabels, ContainerManifest, ContainerMetadata, ContainerTag,
    DockerMetadata, NpmMetadata, NugetMetadata, RubygemsMetadata, RubygemsVersion,
};
pub use release::{
    MakeLatestChange, Release, ReleaseAction, ReleaseAsset, ReleaseAssetState, ReleaseChanges,
    ReleaseEvent,
};
