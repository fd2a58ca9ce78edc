use serde::de::DeserializeOwned;

use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::page::{Next, Page};
use crate::engine::trail::Trail;

impl Core {
    /// Gets the next page of a list; `None` after the last.
    pub(crate) async fn next_page<T: DeserializeOwned>(
        &self,
        next: Option<Next>,
    ) -> Result<Option<Page<T>>, Error> {
        let Some(next) = next else {
            return Ok(None);
        };
        let field = next.field;
        let (call, trail) = self.step(next)?;
        let page = self.send(call).await?.page_in(field)?;
        Ok(Some(page.reached_by(trail)))
    }

    /// The call for the next page, and the way to it, unless that has no end.
    pub(crate) fn step(&self, next: Next) -> Result<(Call, Trail), Error> {
        let call = Call::next_page(&next);
        let Next { from, trail, .. } = next;
        let settings = &self.settings;
        let trail =
            trail.go_on(&from, &call.url(settings)?, settings.max_pages).map_err(|endless| {
                // Where the link stood, as with one that leads astray.
                call.error(Kind::Endless(endless)).at(&settings.place(&call.method, &from))
            })?;
        Ok((call, trail))
    }
}
