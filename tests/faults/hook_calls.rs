use hookstead::client::{
    HookConfigUpdate, HookContentType, HookDeliveries, HookUpdate, Hooks, NewHook,
};

use crate::call::{Answer, Call, Caller, Kind, read, write};
use crate::stage::{HOOK_SECRET, Stage};

/// The calls about hooks: of a repository, of an organization, of the App.
pub(crate) fn all() -> Vec<Call> {
    let of_app = deliveries(
        [
            "GET /app/hook/deliveries",
            "GET /app/hook/deliveries/{delivery_id}",
            "POST /app/hook/deliveries/{delivery_id}/attempts",
        ],
        Stage::app_deliveries,
    );
    let of_repository = hooks(
        [
            "POST /repos/{owner}/{repo}/hooks",
            "GET /repos/{owner}/{repo}/hooks",
            "GET /repos/{owner}/{repo}/hooks/{hook_id}",
            "PATCH /repos/{owner}/{repo}/hooks/{hook_id}",
            "PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config",
            "DELETE /repos/{owner}/{repo}/hooks/{hook_id}",
            "POST /repos/{owner}/{repo}/hooks/{hook_id}/pings",
        ],
        |at| at.repo.hooks(),
    );
    let delivered_of_repository = deliveries(
        [
            "GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries",
            "GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}",
            "POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts",
        ],
        |at| at.repo.hooks().deliveries(at.hook),
    );
    let of_organization = hooks(
        [
            "POST /orgs/{org}/hooks",
            "GET /orgs/{org}/hooks",
            "GET /orgs/{org}/hooks/{hook_id}",
            "PATCH /orgs/{org}/hooks/{hook_id}",
            "PATCH /orgs/{org}/hooks/{hook_id}/config",
            "DELETE /orgs/{org}/hooks/{hook_id}",
            "POST /orgs/{org}/hooks/{hook_id}/pings",
        ],
        Stage::organization_hooks,
    );
    let delivered_of_organization = deliveries(
        [
            "GET /orgs/{org}/hooks/{hook_id}/deliveries",
            "GET /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}",
            "POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts",
        ],
        |at| at.organization_hooks().deliveries(at.hook),
    );
    of_app
        .map(|call| call.by(Caller::App))
        .into_iter()
        .chain(of_repository)
        .chain(delivered_of_repository)
        .chain(of_organization)
        .chain(delivered_of_organization)
        .collect()
}

fn hooks(endpoints: [&'static str; 7], hooks: fn(&Stage) -> Hooks) -> [Call; 7] {
    let [create, list, get, update, update_config, delete, ping] = endpoints;
    [
        write(Kind::Once, create, move |at| async move {
            hooks(&at).create(&NewHook::new("http://127.0.0.1:9/new").secret(HOOK_SECRET)).await
        }),
        read(list, move |at| async move { hooks(&at).list().await }),
        read(get, move |at| async move { hooks(&at).get(at.hook).await }),
        write(Kind::Repeated, update, move |at| async move {
            hooks(&at).update(at.hook, &HookUpdate::new().events(["push"])).await
        }),
        write(Kind::Repeated, update_config, move |at| async move {
            let update = HookConfigUpdate::new().content_type(HookContentType::Form);
            hooks(&at).update_config(at.hook, &update.secret(HOOK_SECRET)).await
        }),
        write(Kind::Settled, delete, move |at| async move { hooks(&at).delete(at.hook).await })
            .answered(Answer::Empty),
        write(Kind::Repeated, ping, move |at| async move { hooks(&at).ping(at.hook).await })
            .answered(Answer::Empty),
    ]
}

fn deliveries(endpoints: [&'static str; 3], deliveries: fn(&Stage) -> HookDeliveries) -> [Call; 3] {
    let [list, get, redeliver] = endpoints;
    [
        read(list, move |at| async move { deliveries(&at).list().await }),
        read(get, move |at| async move { deliveries(&at).get(at.delivery).await }),
        write(Kind::Once, redeliver, move |at| async move {
            deliveries(&at).redeliver(at.delivery).await
        })
        .answered(Answer::Ignored),
    ]
}
