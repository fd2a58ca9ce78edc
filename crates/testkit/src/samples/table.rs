use serde_json::Value;

use super::story::Story;
use super::{
    access, actions, community, discussions, enterprise, git, installations, issues, market,
    organizations, packages, projects, reviews, rules, security,
};

/// Makes what is special in an event's payload.
pub(super) enum Build {
    /// The fake sends it itself.
    Sent,
    /// Made for the sample.
    Made(fn(&Story) -> Value),
}

use Build::{Made, Sent};

/// What an event is about: this decides which of the keys that many events have it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// `repository`, `organization`, `installation`, `sender`.
    Repository,
    /// `organization`, `installation`, `sender`.
    Organization,
    /// `sender`.
    Account,
    /// None of them.
    World,
}

/// The one table: an event's name, what it is about, and what makes its sample.
pub(super) const TABLE: &[(&str, About, Build)] = &[
    ("branch_protection_configuration", About::Repository, Made(rules::protection_configuration)),
    ("branch_protection_rule", About::Repository, Made(rules::protection_rule)),
    ("bypass_request_push_ruleset", About::Repository, Made(enterprise::push_ruleset_request)),
    ("bypass_request_secret_scanning", About::Repository, Made(enterprise::secret_request)),
    ("cache_sync", About::Repository, Made(enterprise::cache_sync)),
    ("check_run", About::Repository, Made(actions::check_run)),
    ("check_suite", About::Repository, Made(actions::check_suite)),
    ("code_scanning_alert", About::Repository, Made(security::code_scanning_alert)),
    ("commit_comment", About::Repository, Made(reviews::commit_comment)),
    ("create", About::Repository, Made(git::create)),
    ("custom_property", About::Organization, Made(rules::custom_property)),
    ("custom_property_values", About::Repository, Made(rules::custom_property_values)),
    ("delete", About::Repository, Made(git::delete)),
    ("dependabot_alert", About::Repository, Made(security::dependabot_alert)),
    ("deploy_key", About::Repository, Made(access::deploy_key)),
    ("deployment", About::Repository, Sent),
    ("deployment_protection_rule", About::Repository, Made(actions::deployment_protection_rule)),
    ("deployment_review", About::Repository, Made(actions::deployment_review)),
    ("deployment_status", About::Repository, Sent),
    ("discussion", About::Repository, Made(discussions::discussion)),
    ("discussion_comment", About::Repository, Made(discussions::discussion_comment)),
    ("dismissal_request_code_scanning", About::Repository, Made(enterprise::code_dismissal)),
    ("dismissal_request_dependabot", About::Repository, Made(enterprise::dependency_dismissal)),
    ("dismissal_request_secret_scanning", About::Repository, Made(enterprise::secret_dismissal)),
    ("enterprise", About::Account, Made(enterprise::anonymous_access)),
    ("exemption_request_push_ruleset", About::Repository, Made(enterprise::push_ruleset_request)),
    ("exemption_request_secret_scanning", About::Repository, Made(enterprise::secret_request)),
    ("fork", About::Repository, Made(community::fork)),
    ("github_app_authorization", About::Account, Made(installations::app_authorization)),
    ("gollum", About::Repository, Made(community::gollum)),
    ("installation", About::Account, Made(installations::installation)),
    ("installation_repositories", About::Account, Made(installations::repositories)),
    ("installation_target", About::Organization, Made(installations::target)),
    ("issue_comment", About::Repository, Made(issues::issue_comment)),
    ("issue_dependencies", About::Repository, Made(issues::issue_dependencies)),
    ("issue_relates_to", About::Repository, Made(issues::issue_relates_to)),
    ("issues", About::Repository, Made(issues::issues)),
    ("label", About::Repository, Made(issues::label)),
    ("marketplace_purchase", About::Account, Made(market::marketplace_purchase)),
    ("member", About::Repository, Made(organizations::member)),
    ("membership", About::Organization, Made(organizations::membership)),
    ("merge_group", About::Repository, Made(git::merge_group)),
    ("meta", About::Repository, Made(installations::meta)),
    ("milestone", About::Repository, Made(issues::milestone_event)),
    ("org_block", About::Organization, Made(organizations::org_block)),
    ("organization", About::Organization, Made(organizations::organization)),
    ("organization_custom_property", About::Account, Made(enterprise::organization_property)),
    (
        "organization_custom_property_values",
        About::Organization,
        Made(enterprise::organization_property_values),
    ),
    ("package", About::Repository, Made(packages::package)),
    ("page_build", About::Repository, Made(community::page_build)),
    ("personal_access_token_request", About::Organization, Made(access::token_request)),
    ("ping", About::Repository, Sent),
    ("project", About::Repository, Made(projects::project)),
    ("project_card", About::Repository, Made(projects::project_card)),
    ("project_column", About::Repository, Made(projects::project_column)),
    ("projects_v2", About::Organization, Made(projects::projects_v2)),
    ("projects_v2_item", About::Organization, Made(projects::projects_v2_item)),
    ("projects_v2_status_update", About::Organization, Made(projects::projects_v2_status_update)),
    ("public", About::Repository, Made(community::public)),
    ("pull_request", About::Repository, Sent),
    ("pull_request_review", About::Repository, Made(reviews::review)),
    ("pull_request_review_comment", About::Repository, Made(reviews::review_comment)),
    ("pull_request_review_thread", About::Repository, Made(reviews::review_thread)),
    ("push", About::Repository, Sent),
    ("registry_package", About::Repository, Made(packages::registry_package)),
    ("release", About::Repository, Made(git::release)),
    ("repository", About::Repository, Made(community::repository)),
    ("repository_advisory", About::Repository, Made(security::repository_advisory)),
    ("repository_dispatch", About::Repository, Made(actions::repository_dispatch)),
    ("repository_import", About::Repository, Made(community::repository_import)),
    ("repository_ruleset", About::Repository, Made(rules::repository_ruleset)),
    ("repository_vulnerability_alert", About::Repository, Made(security::vulnerability_alert)),
    ("secret_scanning_alert", About::Repository, Made(security::secret_scanning_alert)),
    ("secret_scanning_alert_location", About::Repository, Made(security::secret_location)),
    ("secret_scanning_scan", About::Repository, Made(security::secret_scanning_scan)),
    ("security_advisory", About::World, Made(security::security_advisory)),
    ("security_and_analysis", About::Repository, Made(security::security_and_analysis)),
    ("sponsorship", About::Account, Made(market::sponsorship)),
    ("star", About::Repository, Made(community::star)),
    ("status", About::Repository, Sent),
    ("sub_issues", About::Repository, Made(issues::sub_issues)),
    ("team", About::Organization, Made(organizations::team_event)),
    ("team_add", About::Repository, Made(organizations::team_add)),
    ("user", About::Account, Made(enterprise::user)),
    ("watch", About::Repository, Made(community::watch)),
    ("workflow_dispatch", About::Repository, Made(actions::workflow_dispatch)),
    ("workflow_job", About::Repository, Made(actions::workflow_job)),
    ("workflow_run", About::Repository, Made(actions::workflow_run)),
];
