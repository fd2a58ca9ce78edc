//! Repositories, organizations, installations, packages and what else administrators care for: the
//! odd shapes of their payloads. Each event also decodes from the least that identifies it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{
    AnyEvent, BranchProtectionConfigurationEvent, BranchProtectionRuleEvent, CustomPropertyAction,
    CustomPropertyEvent, CustomPropertyValuesEvent, DecodeError, DeployKeyEvent, EnforcementLevel,
    Event, GithubAppAuthorizationEvent, InstallationAction, InstallationEvent,
    InstallationRepositoriesEvent, InstallationTargetEvent, MarketplacePurchaseEvent, MemberEvent,
    MembershipEvent, MetaEvent, OrgBlockEvent, OrganizationEvent, PackageBody, PackageEvent,
    PermissionLevel, PersonalAccessTokenRequestEvent, RegistryPackageEvent, RepositoryAction,
    RepositoryDispatchEvent, RepositoryEvent, RepositoryImportEvent, RepositoryImportStatus,
    RepositoryRulesetEvent, RulesetRuleType, SecurityAndAnalysisEvent, SponsorshipEvent,
    TeamAddEvent, TeamEvent, TeamType, TokenRepositorySelection,
};
use serde_json::{Value, json};

#[track_caller]
fn decode<E: Event>(payload: &Value) -> E {
    try_decode(payload).unwrap()
}

fn try_decode<E: Event>(payload: &Value) -> Result<E, DecodeError> {
    E::decode(&E::NAME.unwrap(), payload.to_string().as_bytes())
}

/// Decodes a payload, and says what it is written as.
#[track_caller]
fn written<E: Event + Into<AnyEvent>>(payload: &Value) -> Value {
    serde_json::to_value(decode::<E>(payload).into()).unwrap()
}

/// The payload of an event in a repository: what all have, and these fields.
fn in_repository(action: &str, fields: Value) -> Value {
    let mut payload = with_action(action, fields);
    payload["repository"] = json!({"id": 1, "name": "hello", "full_name": "octocat/hello"});
    payload
}

/// The payload of an event that belongs to no repository.
fn with_action(action: &str, mut fields: Value) -> Value {
    fields["action"] = json!(action);
    fields
}

#[test]
fn little_is_required() {
    let nothing = || json!({});
    let in_repository_only = || in_repository("edited", nothing());
    decode::<RepositoryEvent>(&in_repository_only());
    decode::<RepositoryDispatchEvent>(&in_repository_only());
    decode::<RepositoryImportEvent>(&in_repository("", json!({"status": "success"})));
    decode::<BranchProtectionConfigurationEvent>(&in_repository_only());
    decode::<MemberEvent>(&in_repository_only());
    decode::<CustomPropertyValuesEvent>(&in_repository_only());
    decode::<SecurityAndAnalysisEvent>(&in_repository_only());
    let rule = json!({"rule": {"id": 1, "name": "main"}});
    decode::<BranchProtectionRuleEvent>(&in_repository("created", rule));
    decode::<DeployKeyEvent>(&in_repository("created", json!({"key": {"id": 1}})));
    let team = || json!({"team": {"id": 1, "name": "justice"}});
    decode::<TeamAddEvent>(&in_repository("", team()));
    decode::<TeamEvent>(&with_action("created", team()));
    decode::<MembershipEvent>(&with_action("added", nothing()));
    decode::<OrganizationEvent>(&with_action("deleted", nothing()));
    decode::<OrgBlockEvent>(&with_action("blocked", nothing()));
    decode::<MetaEvent>(&with_action("deleted", json!({"hook_id": 1})));
    decode::<GithubAppAuthorizationEvent>(&with_action("revoked", nothing()));
    let installation = || json!({"installation": {"id": 1}});
    decode::<InstallationEvent>(&with_action("created", installation()));
    decode::<InstallationRepositoriesEvent>(&with_action("added", installation()));
    decode::<InstallationTargetEvent>(&with_action("renamed", json!({"account": {"id": 1}})));
    let property = json!({"definition": {"property_name": "team"}});
    decode::<CustomPropertyEvent>(&with_action("deleted", property));
    let ruleset = json!({"repository_ruleset": {"id": 1, "name": "main"}});
    decode::<RepositoryRulesetEvent>(&with_action("deleted", ruleset));
    let request = json!({"personal_access_token_request": {"id": 1}});
    decode::<PersonalAccessTokenRequestEvent>(&with_action("created", request));
    let purchase = json!({"marketplace_purchase": {}});
    decode::<MarketplacePurchaseEvent>(&with_action("purchased", purchase));
    decode::<SponsorshipEvent>(&with_action("created", json!({"sponsorship": {}})));
    let package = || json!({"id": 1, "name": "hello"});
    decode::<PackageEvent>(&with_action("published", json!({"package": package()})));
    decode::<RegistryPackageEvent>(&with_action(
        "published",
        json!({"registry_package": package()}),
    ));
}

mod repositories {
    use super::*;

    #[test]
    fn what_was_edited_may_have_been_empty() {
        let event: RepositoryEvent = decode(&in_repository(
            "edited",
            json!({"changes": {
                "description": {"from": null}, "topics": {"from": ["rust", "webhooks"]},
                "homepage": {"from": "https://example.com"}
            }}),
        ));
        let changes = event.changes.unwrap();
        assert!(changes.description.unwrap().from.is_none());
        assert_eq!(changes.topics.unwrap().from.unwrap(), ["rust", "webhooks"]);
        assert_eq!(changes.homepage.unwrap().from.unwrap(), "https://example.com");
        assert!(changes.default_branch.is_none());
    }

    #[test]
    fn who_owned_it_was_a_person_or_an_organization() {
        let from = |owner: Value| {
            let changes = json!({"changes": {"owner": {"from": owner}}});
            let event: RepositoryEvent = decode(&in_repository("transferred", changes));
            assert_eq!(event.action, RepositoryAction::Transferred);
            event.changes.unwrap().owner.unwrap().from.unwrap()
        };
        let person = from(json!({"user": {"login": "octocat", "id": 7}}));
        assert_eq!(person.user.unwrap().login, "octocat");
        let organization = from(json!({"organization": {"login": "octo-org", "id": 8}}));
        assert_eq!(organization.organization.unwrap().login, "octo-org");
        assert!(organization.user.is_none());
    }

    #[test]
    fn an_import_has_no_action() {
        let payload = in_repository("", json!({"status": "from_the_future"}));
        let event: RepositoryImportEvent = decode(&payload);
        assert_eq!(event.status, RepositoryImportStatus::Unknown("from_the_future".to_owned()));
        assert!(event.common().action.is_none());
    }

    #[test]
    fn whatever_a_caller_dispatches_arrives() {
        let dispatched = |payload: Value| {
            let payload = in_repository("deploy now!", json!({"client_payload": payload}));
            decode::<RepositoryDispatchEvent>(&payload)
        };
        let event = dispatched(json!({"to": ["staging"]}));
        assert_eq!(event.common().action, Some("deploy now!"));
        assert_eq!(event.client_payload::<Value>().unwrap().unwrap()["to"][0], "staging");
        for nothing in [json!(null), json!({})] {
            assert!(dispatched(nothing).client_payload::<Value>().unwrap().is_none());
        }

        #[derive(Debug, serde::Deserialize)]
        struct Wish {
            #[expect(dead_code, reason = "only decoded")]
            to: Vec<u8>,
        }
        let error = event.client_payload::<Wish>().unwrap_err();
        assert_eq!(error.path(), "client_payload.to[0]");
        assert!(!error.to_string().contains("staging"), "{error}");
    }

    #[test]
    fn a_protection_that_was_unset_is_null() {
        let event: BranchProtectionRuleEvent = decode(&in_repository(
            "edited",
            json!({
                "rule": {"id": 1, "name": "main", "authorized_actor_names": null,
                         "pull_request_reviews_enforcement_level": "non_admins"},
                "changes": {"authorized_dismissal_actors_only": {"from": null},
                            "required_status_checks": {"from": ["ci/test"]},
                            "required_approving_review_count": {"from": 2}}
            }),
        ));
        let level = event.rule.pull_request_reviews_enforcement_level.unwrap();
        assert_eq!(level, EnforcementLevel::NonAdmins);
        let changes = event.changes.unwrap();
        assert!(changes.authorized_dismissal_actors_only.unwrap().from.is_none());
        assert_eq!(changes.required_status_checks.unwrap().from.unwrap(), ["ci/test"]);
        assert_eq!(changes.required_approving_review_count.unwrap().from, Some(2));
    }

    #[test]
    fn each_kind_of_rule_has_settings_of_its_own() {
        let rules = json!([
            {"type": "deletion"},
            {"type": "required_status_checks", "parameters": {
                "strict_required_status_checks_policy": true,
                "required_status_checks": [{"context": "ci/test", "integration_id": null}]}},
            {"type": "merge_queue", "parameters": {"merge_method": "SQUASH"}},
            {"type": "from_the_future", "parameters": {"new": 1}}
        ]);
        let ruleset = json!({
            "id": 7, "name": "main", "rules": rules, "enforcement": "evaluate",
            "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
            "bypass_actors": [{"actor_id": null, "actor_type": "DeployKey"}],
            "_links": {"self": {"href": "https://example.com/7"}, "html": null}
        });
        let updated = json!([{"rule": {"type": "deletion"},
                              "changes": {"configuration": {"from": "{}"}}}]);
        let payload = in_repository(
            "edited",
            json!({"repository_ruleset": ruleset, "changes": {"rules": {"updated": updated}}}),
        );
        let event: RepositoryRulesetEvent = decode(&payload);
        let [deletion, checks, queue, new] = event.repository_ruleset.rules.as_slice() else {
            panic!("{event:?}");
        };
        assert_eq!(deletion.r#type, RulesetRuleType::Deletion);
        assert!(deletion.parameters.is_none());
        let checks = checks.parameters.as_ref().unwrap().required_status_checks.as_ref().unwrap();
        assert_eq!(checks.first().unwrap().context, "ci/test");
        assert_eq!(queue.parameters.as_ref().unwrap().merge_method.as_ref().unwrap(), "SQUASH");
        assert_eq!(new.r#type, "from_the_future");
        let changes = event.changes.as_ref().unwrap().rules.as_ref().unwrap();
        assert_eq!(changes.updated.len(), 1);

        let written = written::<RepositoryRulesetEvent>(&payload);
        let links = &written["repository_ruleset"]["_links"];
        assert_eq!(links["self"]["href"], "https://example.com/7");
    }

    #[test]
    fn a_property_has_one_value_or_many_or_none() {
        let values = json!([
            {"property_name": "team", "value": "justice"},
            {"property_name": "stages", "value": ["test", "live"]},
            {"property_name": "cost", "value": null}
        ]);
        let event: CustomPropertyValuesEvent =
            decode(&in_repository("updated", json!({"new_property_values": values})));
        let [one, many, none] = event.new_property_values.as_slice() else {
            panic!("{event:?}");
        };
        assert_eq!(one.value, "justice");
        assert_eq!(many.value, json!(["test", "live"]));
        assert!(none.value.is_null());
        assert!(event.old_property_values.is_empty());

        let definition = json!({"property_name": "stages", "value_type": "multi_select",
                                "default_value": ["test"], "values_editable_by": null});
        let event: CustomPropertyEvent =
            decode(&with_action("promote_to_enterprise", json!({"definition": definition})));
        assert_eq!(event.action, CustomPropertyAction::PromoteToEnterprise);
        assert_eq!(event.definition.default_value, json!(["test"]));
        assert!(event.definition.values_editable_by.is_none());
    }

    #[test]
    fn a_repository_in_full_says_where_it_comes_from() {
        let event: SecurityAndAnalysisEvent = decode(&json!({
            "changes": {"from": {"security_and_analysis": {
                "secret_scanning": {"status": "disabled"}}}},
            "repository": {
                "id": 1, "name": "hello", "full_name": "octocat/hello", "fork": true,
                "parent": {"id": 2, "name": "hello", "full_name": "octo-org/hello"},
                "security_and_analysis": {"secret_scanning": {"status": "enabled"}}
            }
        }));
        let repository = event.common().repository.unwrap();
        let parent = repository.parent.as_ref().unwrap();
        assert_eq!(parent.full_name.owner(), "octo-org");
        let now = repository.security_and_analysis.as_ref().unwrap();
        let before = event.changes.as_ref().unwrap().from.as_ref().unwrap();
        let before = before.security_and_analysis.as_ref().unwrap();
        assert_eq!(now.secret_scanning.as_ref().unwrap().status.as_ref().unwrap(), "enabled");
        assert_eq!(before.secret_scanning.as_ref().unwrap().status.as_ref().unwrap(), "disabled");
        assert!(before.code_security.is_none());
    }
}

mod installations {
    use super::*;

    fn installation(account: &Value) -> Value {
        json!({
            "id": 7, "account": account, "created_at": 1_557_933_591, "target_type": "Organization",
            "updated_at": "2021-04-28T22:32:50.000-04:00", "single_file_name": null,
            "permissions": {"checks": "write", "metadata": "read", "gone": null},
            "events": ["check_run", "from_the_future"], "repository_selection": "selected"
        })
    }

    #[test]
    fn the_installation_is_the_common_one_in_full() {
        let account = json!({"login": "octo-org", "id": 8, "type": "Organization"});
        let payload = with_action(
            "suspend",
            json!({"installation": installation(&account), "requester": null, "sender": null}),
        );
        let event: InstallationEvent = decode(&payload);
        assert_eq!(event.action, InstallationAction::Suspend);
        assert_eq!(event.common().installation, Some(7));
        assert_eq!(event.installation.permissions["checks"], PermissionLevel::Write);
        assert_eq!(event.installation.permissions.len(), 2);
        assert_eq!(event.installation.events.len(), 2);
        let account = event.installation.account.as_ref().unwrap();
        assert_eq!(account.as_user().unwrap().login, "octo-org");
        assert!(event.repositories.is_empty());
        let created = event.installation.created_at.as_ref().unwrap();
        assert_eq!(created.to_string(), "2019-05-15T15:19:51Z");
        let written = written::<InstallationEvent>(&payload);
        assert_eq!(written["installation"]["created_at"], 1_557_933_591);
    }

    #[test]
    fn an_app_is_installed_on_an_enterprise_as_well() {
        let of = |account: Value| {
            let payload = with_action("created", json!({"installation": installation(&account)}));
            let written = written::<InstallationEvent>(&payload);
            (decode::<InstallationEvent>(&payload).installation.account, written)
        };
        let (account, written) = of(json!({"id": 9, "slug": "octo", "name": "Octo"}));
        let account = account.unwrap();
        assert_eq!(account.id(), 9);
        assert_eq!(account.as_enterprise().unwrap().slug.as_deref(), Some("octo"));
        assert!(account.as_user().is_none());
        assert_eq!(written["installation"]["account"]["slug"], "octo");
        for nobody in [json!(null), json!({})] {
            assert!(of(nobody).0.is_none());
        }
    }

    #[test]
    fn a_lost_repository_may_be_little_more_than_its_number() {
        let event: InstallationRepositoriesEvent = decode(&with_action(
            "removed",
            json!({
                "installation": {"id": 7}, "repositories_added": null,
                "repositories_removed": [
                    null, {"id": 1, "full_name": "octocat/hello", "private": false}, {"id": 2}
                ]
            }),
        ));
        let [known, lost] = event.repositories_removed.as_slice() else { panic!("{event:?}") };
        assert_eq!(known.full_name.as_ref().unwrap().name(), "hello");
        assert_eq!((lost.id, lost.full_name.is_none()), (2, true));
        assert_eq!(event.common().installation, Some(7));
    }

    #[test]
    fn people_and_organizations_have_logins_and_enterprises_slugs() {
        let renamed = |account: Value, changes: Value| {
            decode::<InstallationTargetEvent>(&with_action(
                "renamed",
                json!({"account": account, "changes": changes, "installation": {"id": 7}}),
            ))
        };
        let event = renamed(
            json!({"id": 8, "login": "new", "type": "Organization", "archived_at": null}),
            json!({"login": {"from": "old"}}),
        );
        assert_eq!(event.account.login.unwrap(), "new");
        assert_eq!(event.changes.unwrap().login.unwrap().from.unwrap(), "old");
        let event = renamed(json!({"id": 9, "slug": "new"}), json!({"slug": {"from": "old"}}));
        assert_eq!(event.account.slug.as_deref(), Some("new"));
        assert_eq!(event.common().installation, Some(7));
    }

    #[test]
    fn what_a_token_asks_for_is_sorted() {
        let request = json!({
            "id": 7, "owner": {"login": "octocat", "id": 7}, "repository_selection": "subset",
            "permissions_added": {"repository": {"contents": "read", "new": "most"}, "other": {}},
            "repository_count": 1, "token_expires_at": null,
            "repositories": [{"id": 1, "full_name": "octocat/hello"}]
        });
        let event: PersonalAccessTokenRequestEvent =
            decode(&with_action("created", json!({"personal_access_token_request": request})));
        let request = event.personal_access_token_request;
        assert_eq!(request.repository_selection, Some(TokenRepositorySelection::Subset));
        let added = request.permissions_added.unwrap();
        assert_eq!(added.repository["contents"], PermissionLevel::Read);
        assert_eq!(added.repository["new"], "most");
        assert!(added.organization.is_empty() && request.permissions_result.is_none());
    }
}

mod organizations {
    use super::*;

    #[test]
    fn somebody_is_invited_by_login_or_by_address() {
        let invited = |invitation: Value, user: Value| {
            decode::<OrganizationEvent>(&with_action(
                "member_invited",
                json!({"invitation": invitation, "user": user}),
            ))
        };
        let event = invited(
            json!({"id": 1, "login": "octocat", "email": null, "failed_at": null}),
            json!({"login": "octocat", "id": 7}),
        );
        assert_eq!(event.invitation.unwrap().login.unwrap(), "octocat");
        let event = invited(json!({"id": 1, "login": null, "email": "a@example.com"}), Value::Null);
        assert_eq!(event.invitation.unwrap().email.unwrap(), "a@example.com");
        assert!(event.user.is_none() && event.membership.is_none());
    }

    #[test]
    fn a_deleted_team_is_little_more_than_its_name() {
        let event: MembershipEvent = decode(&with_action(
            "removed",
            json!({"scope": "team", "member": null,
                   "team": {"id": 1, "name": "justice", "deleted": true}}),
        ));
        assert_eq!(event.team.unwrap().deleted, Some(true));
        assert!(event.member.is_none());
    }

    #[test]
    fn only_what_changed_about_a_team_is_there() {
        let event: TeamEvent = decode(&in_repository(
            "edited",
            json!({
                "team": {"id": 1, "name": "justice", "type": "enterprise", "enterprise_id": 9},
                "changes": {"description": {"from": null}, "repository": {"permissions": {
                    "from": {"push": false}}}}
            }),
        ));
        assert_eq!(event.team.r#type, Some(TeamType::Enterprise));
        let changes = event.changes.as_ref().unwrap();
        assert!(changes.description.as_ref().unwrap().from.is_none());
        let permissions = changes.repository.as_ref().unwrap().permissions.as_ref().unwrap();
        let permissions = permissions.from.as_ref().unwrap();
        assert_eq!((permissions.push, permissions.admin), (Some(false), None));
        assert_eq!(event.common().repository.unwrap().id, 1);
    }

    #[test]
    fn a_collaborator_had_and_has_permissions() {
        let event: MemberEvent = decode(&in_repository(
            "edited",
            json!({"member": {"login": "octocat", "id": 7}, "changes": {
                "old_permission": {"from": "write"}, "permission": {"from": null, "to": "admin"},
                "role_name": {"to": "release-manager"}}}),
        ));
        let changes = event.changes.unwrap();
        assert_eq!(changes.old_permission.unwrap().from, Some(PermissionLevel::Write));
        assert_eq!(changes.permission.unwrap().to, Some(PermissionLevel::Admin));
        assert_eq!(changes.role_name.unwrap().to.unwrap(), "release-manager");
    }
}

mod money {
    use super::*;

    #[test]
    fn a_purchase_has_gaps() {
        let purchase = json!({
            "account": {"id": 1, "login": "octo-org", "type": "Organization",
                        "organization_billing_email": null},
            "next_billing_date": null, "on_free_trial": null,
            "plan": {"id": 2, "bullets": ["first", null], "price_model": "PER_UNIT"}
        });
        let event: MarketplacePurchaseEvent = decode(&with_action(
            "changed",
            json!({"marketplace_purchase": purchase, "previous_marketplace_purchase": null,
                   "effective_date": "2017-10-25T00:00:00+00:00"}),
        ));
        let plan = event.marketplace_purchase.plan.unwrap();
        assert_eq!(plan.bullets, ["first"]);
        assert_eq!(plan.price_model.unwrap(), "PER_UNIT");
        assert!(event.effective_date.unwrap().instant().is_some());
    }

    #[test]
    fn a_sponsorship_may_be_from_nobody_that_is_left() {
        let event: SponsorshipEvent = decode(&with_action(
            "pending_tier_change",
            json!({
                "sponsorship": {"sponsor": null, "maintainer": {}, "privacy_level": "private",
                                "tier": {"is_custom_ammount": true}},
                "changes": {"tier": {"from": {"monthly_price_in_dollars": 10}}},
                "effective_date": "2019-12-30T00:00:00+00:00"
            }),
        ));
        assert!(event.sponsorship.sponsor.is_none() && event.sponsorship.maintainer.is_none());
        assert_eq!(event.sponsorship.tier.unwrap().is_custom_ammount, Some(true));
        let before = event.changes.unwrap().tier.unwrap().from.unwrap();
        assert_eq!(before.monthly_price_in_dollars, Some(10));
    }
}

mod packages {
    use super::*;

    fn package(version: &Value) -> Value {
        let package = json!({"id": 1, "name": "hello", "package_version": version});
        with_action("published", json!({"package": package}))
    }

    #[test]
    fn the_text_about_a_version_is_a_string_or_a_file() {
        let body = |body: Value| {
            let payload = package(&json!({"id": 2, "body": body}));
            let written = written::<PackageEvent>(&payload);
            let version = decode::<PackageEvent>(&payload).package.package_version.unwrap();
            (version.body, written["package"]["package_version"]["body"].clone())
        };
        let (text, written) = body(json!("# hello"));
        assert_eq!(text, Some(PackageBody::Text("# hello".to_owned())));
        assert_eq!(written, "# hello");

        let (file, written) = body(json!({
            "repository": {"repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}},
            "info": {"path": "README.md", "size": null}, "attributes": {"a": [1]},
            "_formatted": false
        }));
        let Some(PackageBody::File(file)) = file else { panic!("{written}") };
        let repository = file.repository.unwrap().repository.unwrap();
        assert_eq!(repository.full_name.owner(), "octocat");
        assert_eq!(file.info.unwrap().path.unwrap(), "README.md");
        assert_eq!(written["attributes"], json!({"a": [1]}));
        assert_eq!(written["_formatted"], false);

        assert_eq!(body(Value::Null).0, None);
        assert_eq!(body(json!(3)).0, None);
    }

    #[test]
    fn each_registry_says_something_else() {
        let payload = package(&json!({
            "id": 2, "metadata": [{"anything": 1}], "docker_metadata": [null, {"tags": ["latest"]}],
            "container_metadata": {"tag": {}, "labels": {"all_labels": {"a.b": "c"}},
                                   "manifest": {"layers": [{"size": 32}]}},
            "npm_metadata": {"author": "Mona", "maintainers": ["a", {"name": "b"}], "bugs": null,
                             "bin": {"hello": "cli.js"}, "engines": {"node": ">= 20"}},
            "nuget_metadata": [{"id": "x", "name": "y", "value": true}, {"id": 7, "value": {}}],
            "rubygems_metadata": [{"version_info": {"version": "1.0"}, "metadata": {"a": "b"},
                                   "dependencies": [{"rake": ">= 0"}]}],
            "author": {}
        }));
        let version = decode::<PackageEvent>(&payload).package.package_version.unwrap();
        assert!(version.author.is_none());
        assert_eq!(version.docker_metadata.first().unwrap().tags, ["latest"]);
        let container = version.container_metadata.unwrap();
        assert_eq!(container.labels.unwrap().all_labels["a.b"], "c");
        assert_eq!(container.manifest.unwrap().layers.first().unwrap().size, Some(32));
        let npm = version.npm_metadata.unwrap();
        assert_eq!(npm.author, "Mona");
        assert_eq!(npm.maintainers.len(), 2);
        assert_eq!(npm.bin["hello"], "cli.js");
        let [flag, object] = version.nuget_metadata.as_slice() else { panic!("{payload}") };
        assert_eq!((&flag.value, &object.id), (&json!(true), &json!(7)));
        let gem = version.rubygems_metadata.first().unwrap();
        assert_eq!(gem.metadata["a"], "b");
    }

    #[test]
    fn both_events_show_the_same_package() {
        let version = json!({"id": 2, "version": "1.0.0", "container_metadata": {}});
        let package = json!({"id": 1, "name": "hello", "package_type": "CONTAINER", "owner": {},
                             "package_version": version, "registry": {}});
        let one: PackageEvent = decode(&with_action("updated", json!({"package": package})));
        let other: RegistryPackageEvent =
            decode(&with_action("updated", json!({"registry_package": package})));
        assert_eq!((one.action, *one.package), (other.action, *other.registry_package));
    }
}
