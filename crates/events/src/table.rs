//! The one table that ties together an event's name, its variant and its type, in the order of the names.
//! In brackets stand those of the fields `action` and `repository` that the type has; all have the other
//! fields of [`Common`](crate::Common).
//!
//! The table is words, handed to a macro that makes something of them: it imports nothing, so that
//! what knows only the names of events leans on none of them.

macro_rules! table {
    ($make:ident) => {
        $make! {
            "branch_protection_configuration" BranchProtectionConfiguration rules::branch_protection_configuration::BranchProtectionConfigurationEvent(action repository),
            "branch_protection_rule" BranchProtectionRule rules::branch_protection_rule::BranchProtectionRuleEvent(action repository),
            "bypass_request_push_ruleset" BypassRequestPushRuleset security::exemption_request_event::BypassRequestPushRulesetEvent(action repository),
            "bypass_request_secret_scanning" BypassRequestSecretScanning security::exemption_request_event::BypassRequestSecretScanningEvent(action repository),
            "cache_sync" CacheSync code::cache_sync::CacheSyncEvent(repository),
            "check_run" CheckRun checks::check_run::CheckRunEvent(action repository),
            "check_suite" CheckSuite checks::check_suite::CheckSuiteEvent(action repository),
            "code_scanning_alert" CodeScanningAlert security::code_scanning_alert::CodeScanningAlertEvent(action repository),
            "commit_comment" CommitComment code::commit_comment::CommitCommentEvent(action repository),
            "create" Create code::create::CreateEvent(repository),
            "custom_property" CustomProperty repositories::custom_property_event::CustomPropertyEvent(action repository),
            "custom_property_values" CustomPropertyValues repositories::custom_property_values::CustomPropertyValuesEvent(action repository),
            "delete" Delete code::delete::DeleteEvent(repository),
            "dependabot_alert" DependabotAlert security::dependabot_alert::DependabotAlertEvent(action repository),
            "deploy_key" DeployKey code::deploy_key::DeployKeyEvent(action repository),
            "deployment" Deployment deployments::deployment_event::DeploymentEvent(action repository),
            "deployment_protection_rule" DeploymentProtectionRule deployments::deployment_protection_rule::DeploymentProtectionRuleEvent(action repository),
            "deployment_review" DeploymentReview deployments::deployment_review::DeploymentReviewEvent(action repository),
            "deployment_status" DeploymentStatus deployments::deployment_status::DeploymentStatusEvent(action repository),
            "discussion" Discussion discussions::discussion_event::DiscussionEvent(action repository),
            "discussion_comment" DiscussionComment discussions::discussion_comment_event::DiscussionCommentEvent(action repository),
            "dismissal_request_code_scanning" DismissalRequestCodeScanning security::exemption_request_event::DismissalRequestCodeScanningEvent(action repository),
            "dismissal_request_dependabot" DismissalRequestDependabot security::exemption_request_event::DismissalRequestDependabotEvent(action repository),
            "dismissal_request_secret_scanning" DismissalRequestSecretScanning security::exemption_request_event::DismissalRequestSecretScanningEvent(action repository),
            "enterprise" Enterprise organizations::enterprise_event::EnterpriseEvent(action repository),
            "exemption_request_push_ruleset" ExemptionRequestPushRuleset security::exemption_request_event::ExemptionRequestPushRulesetEvent(action repository),
            "exemption_request_secret_scanning" ExemptionRequestSecretScanning security::exemption_request_event::ExemptionRequestSecretScanningEvent(action repository),
            "fork" Fork code::fork::ForkEvent(repository),
            "github_app_authorization" GithubAppAuthorization apps::github_app_authorization::GithubAppAuthorizationEvent(action repository),
            "gollum" Gollum code::gollum::GollumEvent(repository),
            "installation" Installation apps::installation_event::InstallationEvent(action repository),
            "installation_repositories" InstallationRepositories apps::installation_repositories::InstallationRepositoriesEvent(action repository),
            "installation_target" InstallationTarget apps::installation_target::InstallationTargetEvent(action repository),
            "issue_comment" IssueComment issues::issue_comment_event::IssueCommentEvent(action repository),
            "issue_dependencies" IssueDependencies issues::issue_dependencies::IssueDependenciesEvent(action repository),
            "issue_relates_to" IssueRelatesTo issues::issue_relates_to::IssueRelatesToEvent(action repository),
            "issues" Issues issues::issues_event::IssuesEvent(action repository),
            "label" Label issues::label_event::LabelEvent(action repository),
            "marketplace_purchase" MarketplacePurchase apps::marketplace_purchase::MarketplacePurchaseEvent(action repository),
            "member" Member organizations::member::MemberEvent(action repository),
            "membership" Membership organizations::membership::MembershipEvent(action repository),
            "merge_group" MergeGroup code::merge_group::MergeGroupEvent(action repository),
            "meta" Meta repositories::meta::MetaEvent(action repository),
            "milestone" Milestone issues::milestone_event::MilestoneEvent(action repository),
            "org_block" OrgBlock organizations::org_block::OrgBlockEvent(action repository),
            "organization" Organization organizations::organization_event::OrganizationEvent(action repository),
            "organization_custom_property" OrganizationCustomProperty organizations::organization_custom_property::OrganizationCustomPropertyEvent(action repository),
            "organization_custom_property_values" OrganizationCustomPropertyValues organizations::organization_custom_property_values::OrganizationCustomPropertyValuesEvent(action repository),
            "package" Package packages::package_event::PackageEvent(action repository),
            "page_build" PageBuild code::page_build::PageBuildEvent(repository),
            "personal_access_token_request" PersonalAccessTokenRequest organizations::personal_access_token_request::PersonalAccessTokenRequestEvent(action repository),
            "ping" Ping apps::ping::PingEvent(repository),
            "project" Project projects::project_event::ProjectEvent(action repository),
            "project_card" ProjectCard projects::project_card::ProjectCardEvent(action repository),
            "project_column" ProjectColumn projects::project_column::ProjectColumnEvent(action repository),
            "projects_v2" ProjectsV2 projects::projects_v2::ProjectsV2Event(action repository),
            "projects_v2_item" ProjectsV2Item projects::projects_v2_item::ProjectsV2ItemEvent(action repository),
            "projects_v2_status_update" ProjectsV2StatusUpdate projects::projects_v2_status_update_event::ProjectsV2StatusUpdateEvent(action repository),
            "public" Public repositories::public::PublicEvent(repository),
            "pull_request" PullRequest pull_requests::pull_request_event::PullRequestEvent(action repository),
            "pull_request_review" PullRequestReview pull_requests::pull_request_review::PullRequestReviewEvent(action repository),
            "pull_request_review_comment" PullRequestReviewComment pull_requests::pull_request_review_comment_event::PullRequestReviewCommentEvent(action repository),
            "pull_request_review_thread" PullRequestReviewThread pull_requests::pull_request_review_thread::PullRequestReviewThreadEvent(action repository),
            "push" Push code::push::PushEvent(repository),
            "registry_package" RegistryPackage packages::registry_package::RegistryPackageEvent(action repository),
            "release" Release packages::release::ReleaseEvent(action repository),
            "repository" Repository repositories::repository_event::RepositoryEvent(action repository),
            "repository_advisory" RepositoryAdvisory security::repository_advisory::RepositoryAdvisoryEvent(action repository),
            "repository_dispatch" RepositoryDispatch repositories::repository_dispatch::RepositoryDispatchEvent(action repository),
            "repository_import" RepositoryImport repositories::repository_import::RepositoryImportEvent(repository),
            "repository_ruleset" RepositoryRuleset rules::repository_ruleset::RepositoryRulesetEvent(action repository),
            "repository_vulnerability_alert" RepositoryVulnerabilityAlert security::repository_vulnerability_alert::RepositoryVulnerabilityAlertEvent(action repository),
            "secret_scanning_alert" SecretScanningAlert security::secret_scanning_alert_event::SecretScanningAlertEvent(action repository),
            "secret_scanning_alert_location" SecretScanningAlertLocation security::secret_scanning_alert_location::SecretScanningAlertLocationEvent(action repository),
            "secret_scanning_scan" SecretScanningScan security::secret_scanning_scan::SecretScanningScanEvent(action repository),
            "security_advisory" SecurityAdvisory security::security_advisory_event::SecurityAdvisoryEvent(action repository),
            "security_and_analysis" SecurityAndAnalysis repositories::security_and_analysis_event::SecurityAndAnalysisEvent(repository),
            "sponsorship" Sponsorship apps::sponsorship::SponsorshipEvent(action repository),
            "star" Star repositories::star::StarEvent(action repository),
            "status" Status checks::status::StatusEvent(repository),
            "sub_issues" SubIssues issues::sub_issues::SubIssuesEvent(action repository),
            "team" Team organizations::team_event::TeamEvent(action repository),
            "team_add" TeamAdd organizations::team_add::TeamAddEvent(repository),
            "user" User organizations::user::UserEvent(action repository),
            "watch" Watch repositories::watch::WatchEvent(action repository),
            "workflow_dispatch" WorkflowDispatch checks::workflow_dispatch::WorkflowDispatchEvent(repository),
            "workflow_job" WorkflowJob checks::workflow_job::WorkflowJobEvent(action repository),
            "workflow_run" WorkflowRun checks::workflow_run_event::WorkflowRunEvent(action repository),
        }
    };
}

pub(crate) use table;

#[cfg(test)]
mod tests {
    macro_rules! places {
        ($( $name:literal $variant:ident $family:ident::$file:ident::$type:ident($($field:ident)*), )*) => {
            const PLACES: &[(&str, &str, &str)] = &[
                $( ($name, stringify!($file), include_str!(concat!(stringify!($family), "/mod.rs"))), )*
            ];
        };
    }

    table!(places);

    #[test]
    fn an_event_stands_in_the_file_that_is_named_after_it() {
        for (name, file, _) in PLACES {
            let is_named_after_it = file == name || file.strip_suffix("_event") == Some(name);
            // Seven events of one shape, which one macro makes.
            let is_request = *file == "exemption_request_event" && name.contains("_request_");
            assert!(is_named_after_it || is_request, "{name} stands in {file}");
        }
    }

    #[test]
    fn a_family_says_which_events_it_has() {
        for (name, _, family) in PLACES {
            let docs = family.lines().take_while(|line| line.starts_with("//!"));
            assert!(docs.collect::<String>().contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(PLACES.is_sorted_by_key(|(name, ..)| name));
    }
}
