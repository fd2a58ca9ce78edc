//! What each event is about: a commit, an issue or a pull request, code from a fork.
//!
//! Every event has its place here, also one that is about nothing of this: whoever adds an event decides.

use hookstead_types::Sha;

use crate::checks::check_run::CheckRunEvent;
use crate::checks::check_suite::CheckSuiteEvent;
use crate::checks::status::StatusEvent;
use crate::checks::workflow_job::WorkflowJobEvent;
use crate::checks::workflow_run::WorkflowRun;
use crate::checks::workflow_run_event::WorkflowRunEvent;
use crate::code::cache_sync::CacheSyncEvent;
use crate::code::commit_comment::CommitCommentEvent;
use crate::code::merge_group::MergeGroupEvent;
use crate::code::page_build::PageBuildEvent;
use crate::code::push::PushEvent;
use crate::deployments::deployment_event::DeploymentEvent;
use crate::deployments::deployment_protection_rule::DeploymentProtectionRuleEvent;
use crate::deployments::deployment_review::DeploymentReviewEvent;
use crate::deployments::deployment_status::DeploymentStatusEvent;
use crate::issues::issue::Issue;
use crate::issues::issue_comment_event::IssueCommentEvent;
use crate::issues::issue_dependencies::IssueDependenciesAction;
use crate::issues::issue_dependencies::IssueDependenciesEvent;
use crate::issues::issues_event::IssuesEvent;
use crate::issues::sub_issues::SubIssuesAction;
use crate::issues::sub_issues::SubIssuesEvent;
use crate::pull_requests::minimal_pull_request::MinimalPullRequest;
use crate::pull_requests::pull_request::PullRequest;
use crate::pull_requests::pull_request_event::PullRequestEvent;
use crate::pull_requests::pull_request_review::PullRequestReviewEvent;
use crate::pull_requests::pull_request_review_comment_event::PullRequestReviewCommentEvent;
use crate::pull_requests::pull_request_review_thread::PullRequestReviewThreadEvent;
use crate::security::code_scanning_alert::CodeScanningAlertEvent;
use crate::subject::Subject;

/// What an event is about, as [`Common`](crate::Common) shows it.
pub(crate) trait About {
    /// See [`Common::head_sha`](crate::Common::head_sha); here whatever stands in the payload.
    fn commit(&self) -> Option<&Sha> {
        None
    }

    /// See [`Common::subject`](crate::Common::subject).
    fn subject(&self) -> Option<Subject> {
        None
    }

    /// See [`Common::is_from_fork`](crate::Common::is_from_fork).
    fn is_from_fork(&self) -> Option<bool> {
        None
    }
}

/// The commit, where it can be one: what is about to be fetched and built is never text of another kind.
pub(crate) fn head_sha(event: &impl About) -> Option<&Sha> {
    event.commit().filter(|sha| sha.is_well_formed() && !sha.is_zero())
}

impl About for PushEvent {
    /// Of a tag with a message `after` is the tag, and the commit stands beside it.
    fn commit(&self) -> Option<&Sha> {
        Some(self.head_commit.as_ref().map_or(&self.after, |commit| &commit.id))
    }

    fn is_from_fork(&self) -> Option<bool> {
        Some(false)
    }
}

impl About for CacheSyncEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.after)
    }
}

macro_rules! about_a_pull_request {
    ($($event:ty),*) => {
        $( impl About for $event {
            fn commit(&self) -> Option<&Sha> {
                Some(&self.pull_request.head.sha)
            }

            fn subject(&self) -> Option<Subject> {
                Some(Subject::PullRequest(self.pull_request.number))
            }

            fn is_from_fork(&self) -> Option<bool> {
                Some(self.pull_request.is_from_fork())
            }
        } )*
    };
}

about_a_pull_request!(
    PullRequestEvent,
    PullRequestReviewEvent,
    PullRequestReviewCommentEvent,
    PullRequestReviewThreadEvent
);

impl About for CheckRunEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.check_run.head_sha)
    }

    fn subject(&self) -> Option<Subject> {
        Listed { all: &self.check_run.pull_requests, repository: self.repository.id }.only()
    }

    fn is_from_fork(&self) -> Option<bool> {
        let listed = Listed { all: &self.check_run.pull_requests, repository: self.repository.id };
        let suite = self.check_run.check_suite.as_ref()?;
        listed.is_from_fork().or_else(|| suite.head_branch.is_none().then_some(true))
    }
}

impl About for CheckSuiteEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.check_suite.head_sha)
    }

    fn subject(&self) -> Option<Subject> {
        Listed { all: &self.check_suite.pull_requests, repository: self.repository.id }.only()
    }

    fn is_from_fork(&self) -> Option<bool> {
        let listed =
            Listed { all: &self.check_suite.pull_requests, repository: self.repository.id };
        listed.is_from_fork().or_else(|| self.check_suite.head_branch.is_none().then_some(true))
    }
}

impl About for WorkflowRunEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.workflow_run.head_sha)
    }

    fn subject(&self) -> Option<Subject> {
        OfRun { run: &self.workflow_run, repository: self.repository.id }.subject()
    }

    fn is_from_fork(&self) -> Option<bool> {
        OfRun { run: &self.workflow_run, repository: self.repository.id }.is_from_fork()
    }
}

impl About for WorkflowJobEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.workflow_job.head_sha)
    }
}

macro_rules! about_a_deployment {
    ($($event:ty),*) => {
        $( impl About for $event {
            fn commit(&self) -> Option<&Sha> {
                Some(&self.deployment.sha)
            }

            fn subject(&self) -> Option<Subject> {
                let run = self.workflow_run.as_ref()?;
                OfRun { run, repository: self.repository.id }.subject()
            }

            fn is_from_fork(&self) -> Option<bool> {
                let run = self.workflow_run.as_ref()?;
                OfRun { run, repository: self.repository.id }.is_from_fork()
            }
        } )*
    };
}

about_a_deployment!(DeploymentEvent, DeploymentStatusEvent);

impl About for DeploymentReviewEvent {
    fn commit(&self) -> Option<&Sha> {
        self.workflow_run.as_ref().map(|run| &run.head_sha)
    }

    fn subject(&self) -> Option<Subject> {
        let (run, repository) = (self.workflow_run.as_ref()?, self.repository.as_ref()?.id);
        OfRun { run, repository }.subject()
    }

    fn is_from_fork(&self) -> Option<bool> {
        let (run, repository) = (self.workflow_run.as_ref()?, self.repository.as_ref()?.id);
        OfRun { run, repository }.is_from_fork()
    }
}

impl About for DeploymentProtectionRuleEvent {
    fn commit(&self) -> Option<&Sha> {
        self.deployment.as_ref().map(|deployment| &deployment.sha).or(self.sha.as_ref())
    }

    fn subject(&self) -> Option<Subject> {
        match self.pull_requests.as_slice() {
            [only] => Some(Subject::PullRequest(only.number)),
            _ => None,
        }
    }

    fn is_from_fork(&self) -> Option<bool> {
        let mut all = self.pull_requests.iter().map(PullRequest::is_from_fork);
        all.next().map(|first| first || all.any(|other| other))
    }
}

impl About for StatusEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.sha)
    }
}

impl About for CommitCommentEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.comment.commit_id)
    }
}

impl About for MergeGroupEvent {
    fn commit(&self) -> Option<&Sha> {
        Some(&self.merge_group.head_sha)
    }

    fn subject(&self) -> Option<Subject> {
        self.merge_group.pull_request().map(Subject::PullRequest)
    }

    /// It is on a branch of the repository, where somebody put it who may write.
    fn is_from_fork(&self) -> Option<bool> {
        Some(false)
    }
}

impl About for PageBuildEvent {
    fn commit(&self) -> Option<&Sha> {
        self.build.commit.as_ref()
    }
}

impl About for CodeScanningAlertEvent {
    fn commit(&self) -> Option<&Sha> {
        self.commit_oid.as_ref()
    }
}

impl About for IssuesEvent {
    fn subject(&self) -> Option<Subject> {
        Some(of_issue(&self.issue))
    }
}

impl About for IssueCommentEvent {
    fn subject(&self) -> Option<Subject> {
        Some(of_issue(&self.issue))
    }
}

impl About for SubIssuesEvent {
    /// The one of the two that is in the repository that the event is sent to.
    fn subject(&self) -> Option<Subject> {
        use SubIssuesAction::{
            ParentIssueAdded, ParentIssueRemoved, SubIssueAdded, SubIssueRemoved,
        };
        let issue = match self.action {
            SubIssueAdded | SubIssueRemoved => &self.parent_issue,
            ParentIssueAdded | ParentIssueRemoved => &self.sub_issue,
            _ => &None,
        };
        issue.as_deref().map(of_issue)
    }
}

impl About for IssueDependenciesEvent {
    /// The one of the two that is in the repository that the event is sent to.
    fn subject(&self) -> Option<Subject> {
        use IssueDependenciesAction::{
            BlockedByAdded, BlockedByRemoved, BlockingAdded, BlockingRemoved,
        };
        let issue = match self.action {
            BlockedByAdded | BlockedByRemoved => &self.blocked_issue,
            BlockingAdded | BlockingRemoved => &self.blocking_issue,
            _ => &None,
        };
        issue.as_deref().map(of_issue)
    }
}

fn of_issue(issue: &Issue) -> Subject {
    match issue.pull_request {
        Some(_) => Subject::PullRequest(issue.number),
        None => Subject::Issue(issue.number),
    }
}

/// The pull requests that GitHub lists for a commit, in the event's repository.
struct Listed<'a> {
    all: &'a [MinimalPullRequest],
    repository: u64,
}

impl<'a> Listed<'a> {
    /// A fork's events list those of the repository it is a fork of, too.
    fn own(&self) -> impl Iterator<Item = &'a MinimalPullRequest> {
        let repository = self.repository;
        self.all.iter().filter(move |listed| {
            let base = listed.base.as_ref().and_then(|base| base.repo.as_ref());
            base.is_none_or(|base| base.id == repository)
        })
    }

    /// Of several nobody knows which is meant.
    fn only(&self) -> Option<Subject> {
        let mut own = self.own();
        let first = own.next()?;
        own.next().is_none().then_some(Subject::PullRequest(first.number))
    }

    fn is_from_fork(&self) -> Option<bool> {
        let mut all = self.own().map(|listed| {
            let head = listed.head.as_ref().and_then(|head| head.repo.as_ref());
            head.is_none_or(|head| head.id != self.repository)
        });
        all.next().map(|first| first || all.any(|other| other))
    }
}

/// A workflow run, in the event's repository.
struct OfRun<'a> {
    run: &'a WorkflowRun,
    repository: u64,
}

impl OfRun<'_> {
    fn listed(&self) -> Listed<'_> {
        Listed { all: &self.run.pull_requests, repository: self.repository }
    }

    fn subject(&self) -> Option<Subject> {
        self.listed().only()
    }

    fn is_from_fork(&self) -> Option<bool> {
        let head = self.run.head_repository.as_ref();
        head.map(|head| head.id != self.repository).or_else(|| self.listed().is_from_fork())
    }
}

macro_rules! about_none_of_this {
    ($($family:ident::$file:ident::$event:ident,)*) => {
        $( impl About for crate::$family::$file::$event {} )*
    };
}

about_none_of_this!(
    rules::branch_protection_configuration::BranchProtectionConfigurationEvent,
    rules::branch_protection_rule::BranchProtectionRuleEvent,
    security::exemption_request_event::BypassRequestPushRulesetEvent,
    security::exemption_request_event::BypassRequestSecretScanningEvent,
    code::create::CreateEvent,
    repositories::custom_property_event::CustomPropertyEvent,
    repositories::custom_property_values::CustomPropertyValuesEvent,
    code::delete::DeleteEvent,
    security::dependabot_alert::DependabotAlertEvent,
    code::deploy_key::DeployKeyEvent,
    discussions::discussion_event::DiscussionEvent,
    discussions::discussion_comment_event::DiscussionCommentEvent,
    security::exemption_request_event::DismissalRequestCodeScanningEvent,
    security::exemption_request_event::DismissalRequestDependabotEvent,
    security::exemption_request_event::DismissalRequestSecretScanningEvent,
    organizations::enterprise_event::EnterpriseEvent,
    security::exemption_request_event::ExemptionRequestPushRulesetEvent,
    security::exemption_request_event::ExemptionRequestSecretScanningEvent,
    code::fork::ForkEvent,
    apps::github_app_authorization::GithubAppAuthorizationEvent,
    code::gollum::GollumEvent,
    apps::installation_event::InstallationEvent,
    apps::installation_repositories::InstallationRepositoriesEvent,
    apps::installation_target::InstallationTargetEvent,
    issues::issue_relates_to::IssueRelatesToEvent,
    issues::label_event::LabelEvent,
    apps::marketplace_purchase::MarketplacePurchaseEvent,
    organizations::member::MemberEvent,
    organizations::membership::MembershipEvent,
    repositories::meta::MetaEvent,
    issues::milestone_event::MilestoneEvent,
    organizations::org_block::OrgBlockEvent,
    organizations::organization_event::OrganizationEvent,
    organizations::organization_custom_property::OrganizationCustomPropertyEvent,
    organizations::organization_custom_property_values::OrganizationCustomPropertyValuesEvent,
    packages::package_event::PackageEvent,
    organizations::personal_access_token_request::PersonalAccessTokenRequestEvent,
    apps::ping::PingEvent,
    projects::project_event::ProjectEvent,
    projects::project_card::ProjectCardEvent,
    projects::project_column::ProjectColumnEvent,
    projects::projects_v2::ProjectsV2Event,
    projects::projects_v2_item::ProjectsV2ItemEvent,
    projects::projects_v2_status_update_event::ProjectsV2StatusUpdateEvent,
    repositories::public::PublicEvent,
    packages::registry_package::RegistryPackageEvent,
    packages::release::ReleaseEvent,
    repositories::repository_event::RepositoryEvent,
    security::repository_advisory::RepositoryAdvisoryEvent,
    repositories::repository_dispatch::RepositoryDispatchEvent,
    repositories::repository_import::RepositoryImportEvent,
    rules::repository_ruleset::RepositoryRulesetEvent,
    security::repository_vulnerability_alert::RepositoryVulnerabilityAlertEvent,
    security::secret_scanning_alert_event::SecretScanningAlertEvent,
    security::secret_scanning_alert_location::SecretScanningAlertLocationEvent,
    security::secret_scanning_scan::SecretScanningScanEvent,
    security::security_advisory_event::SecurityAdvisoryEvent,
    repositories::security_and_analysis_event::SecurityAndAnalysisEvent,
    apps::sponsorship::SponsorshipEvent,
    repositories::star::StarEvent,
    organizations::team_event::TeamEvent,
    organizations::team_add::TeamAddEvent,
    organizations::user::UserEvent,
    repositories::watch::WatchEvent,
    checks::workflow_dispatch::WorkflowDispatchEvent,
);
