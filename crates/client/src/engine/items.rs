use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::page::Page;

type NextPage<T> = Pin<Box<dyn Future<Output = Result<Option<Page<T>>, Error>> + Send>>;

/// All items of a list, page after page, from [`Client::items`](crate::Client::items). A page is asked for when the one
/// before it is used up.
///
/// It is a `Stream`, and can be read without any further crate:
///
/// ```no_run
/// use hookstead_client::{Client, DeploymentFilter, Error, Repo};
///
/// # async fn list(github: Client, repo: Repo) -> Result<(), Error> {
/// let filter = DeploymentFilter::new().environment("production");
/// let mut deployments = github.items(repo.deployments(&filter).await?);
/// while let Some(deployment) = deployments.next().await {
///     println!("{}", deployment?.id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// After an error it ends; a list [without an end](Error::is_endless_list) is one. A link that GitHub sent is followed as it stands, as long as it stays below
/// the base URL.
#[must_use = "nothing is asked for before it is read"]
pub struct Items<T> {
    core: Core,
    page: Option<Page<T>>,
    items: std::vec::IntoIter<T>,
    coming: Option<NextPage<T>>,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    /// The next item; `None` after the last, and after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(coming) = &mut self.coming {
                let next = ready!(coming.as_mut().poll(context));
                self.coming = None;
                match next {
                    Ok(page) => self.take(page),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
                continue;
            }
            // What is left of a page whose items are taken is its link.
            let Some(page) = self.page.take() else {
                return Poll::Ready(None);
            };
            let core = self.core.clone();
            self.coming = Some(Box::pin(async move { core.next_page(page.into_next()).await }));
        }
    }
}

impl<T> Items<T> {
    pub(crate) fn new(core: Core, page: Page<T>) -> Self {
        let mut items = Self { core, page: None, items: Vec::new().into_iter(), coming: None };
        items.take(Some(page));
        items
    }

    fn take(&mut self, page: Option<Page<T>>) {
        if let Some(mut page) = page {
            self.items = std::mem::take(&mut page.items).into_iter();
            self.page = Some(page);
        }
    }
}

impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Items")
            .field("ready", &self.items.as_slice().len())
            .finish_non_exhaustive()
    }
}
