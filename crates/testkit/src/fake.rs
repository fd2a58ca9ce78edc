use crate::state::world::World;
use crate::traffic::deliveries::Deliveries;
use crate::traffic::delivery::RecordedDelivery;
use crate::traffic::fault::Faults;
use crate::traffic::mount::Mount;
use crate::traffic::request::RecordedRequest;
use crate::traffic::route::Route;

/// All that a fake holds, under one lock: what is so, and what went in and out.
#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) world: World,
    pub(crate) deliveries: Deliveries,
    /// The oldest first.
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) faults: Faults,
    /// Those of the test's own, the oldest first.
    pub(crate) routes: Vec<Route>,
    /// Those of one's own, outside of GitHub, the oldest first.
    pub(crate) mounts: Vec<Mount>,
}

impl Fake {
    pub(crate) fn new(world: World, deliveries: Deliveries) -> Self {
        Self {
            world,
            deliveries,
            requests: Vec::new(),
            faults: Faults::default(),
            routes: Vec::new(),
            mounts: Vec::new(),
        }
    }

    /// Delivers once more what was delivered. `false`: there is no such delivery, or its hook is gone.
    pub(crate) fn redeliver(&mut self, delivery: u64) -> bool {
        let Self { world, deliveries, .. } = self;
        deliveries
            .find(delivery)
            .is_some_and(|it| world.tell_again(it.hook_id, it.installation, &it.occurrence))
    }

    /// Keeps what became of a delivery.
    pub(crate) fn record(&mut self, delivery: RecordedDelivery) {
        self.deliveries.pending -= 1;
        let last_response = (delivery.status_code, delivery.status.clone());
        if let Some(hook) = self.world.hook_by_id(delivery.hook_id) {
            hook.last_response = Some(last_response);
        }
        self.deliveries.finished.push(delivery);
    }
}
