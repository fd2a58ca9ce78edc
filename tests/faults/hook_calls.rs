use hookstead::client::{
    HookConfigUpdate, HookContentType, HookDeliveries, HookUpdate, Hooks, NewHook,
};

use crate::call::{Answer, Call, Caller, call};
use crate::stage::{HOOK_SECRET, Stage};

/// The calls about hooks: of a repository, of an organization, of the App.
pub(crate) fn all() -> Vec<Call> {
    let of_app = deliveries("/app/", Stage::app_deliveries).map(|call| call.by(Caller::App));
    let mut all = Vec::from(of_app);
    all.extend(hooks("/repos/", |at| at.repo.hooks()));
    all.extend(deliveries("/repos/", |at| at.repo.hooks().deliveries(at.hook)));
    all.extend(hooks("/orgs/", Stage::organization_hooks));
    all.extend(deliveries("/orgs/", |at| at.organization_hooks().deliveries(at.hook)));
    all
}

fn hooks(place: &str, hooks: fn(&Stage) -> Hooks) -> [Call; 7] {
    let calls = [
        call("Hooks::create", move |at| async move {
            hooks(&at).create(&NewHook::new("http://127.0.0.1:9/new").secret(HOOK_SECRET)).await
        }),
        call("Hooks::list", move |at| async move { hooks(&at).list().await }),
        call("Hooks::get", move |at| async move { hooks(&at).get(at.hook).await }),
        call("Hooks::update", move |at| async move {
            hooks(&at).update(at.hook, &HookUpdate::new().events(["push"])).await
        }),
        call("Hooks::update_config", move |at| async move {
            let update = HookConfigUpdate::new().content_type(HookContentType::Form);
            hooks(&at).update_config(at.hook, &update.secret(HOOK_SECRET)).await
        }),
        call("Hooks::delete", move |at| async move { hooks(&at).delete(at.hook).await })
            .answered(Answer::Empty),
        call("Hooks::ping", move |at| async move { hooks(&at).ping(at.hook).await })
            .answered(Answer::Empty),
    ];
    calls.map(|call| call.at(place))
}

fn deliveries(place: &str, deliveries: fn(&Stage) -> HookDeliveries) -> [Call; 3] {
    let calls = [
        call("HookDeliveries::list", move |at| async move { deliveries(&at).list().await }),
        call(
            "HookDeliveries::get",
            move |at| async move { deliveries(&at).get(at.delivery).await },
        ),
        call("HookDeliveries::redeliver", move |at| async move {
            deliveries(&at).redeliver(at.delivery).await
        })
        .answered(Answer::Ignored),
    ];
    calls.map(|call| call.at(place))
}
