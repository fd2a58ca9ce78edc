//! What a client of git's pushed.

use std::collections::BTreeMap;

use hookstead_types::Sha;

use super::git_repositories::or_fail;
use super::pushes::PushedRange;
use crate::state::occurrence::{Event, RefFacts};
use crate::state::repository::Tag;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// GitHub tells nobody of tags if more than so many are pushed or deleted at once.
const TOLD_TAGS: usize = 3;

impl World {
    /// Takes over what became of git's branches and tags, and tells the hooks.
    pub(crate) fn apply_push(&mut self, at: RepositoryIndex, by: &str) {
        let refs = or_fail(self.git(at).refs());
        let tips: Vec<Sha> = refs.iter().filter_map(|it| it.commit.clone()).collect();
        self.import_commits(at, &tips);
        let (mut branches, mut tags) = (BTreeMap::new(), BTreeMap::new());
        for it in refs {
            if let Some(name) = it.name.strip_prefix("refs/heads/") {
                branches.insert(name.to_owned(), it.object);
            } else if let Some(name) = it.name.strip_prefix("refs/tags/") {
                tags.insert(name.to_owned(), Tag { object: it.object, commit: it.commit });
            }
        }
        self.follow_branches(at, &branches, by);
        self.follow_tags(at, tags, by);
    }

    fn follow_branches(&mut self, at: RepositoryIndex, branches: &BTreeMap<String, Sha>, by: &str) {
        let known = self.repository(at).own_branches();
        let known: BTreeMap<String, Sha> =
            known.map(|(name, branch)| (name.to_owned(), branch.head.clone())).collect();
        for (name, head) in branches {
            if known.get(name) != Some(head) {
                self.advance(at, name, head, by);
            }
        }
        for name in known.keys().filter(|name| !branches.contains_key(*name)) {
            self.forget_branch(at, name, by);
        }
    }

    fn follow_tags(&mut self, at: RepositoryIndex, tags: BTreeMap<String, Tag>, by: &str) {
        let known = &self.repository(at).tags;
        let gone = known.keys().filter(|name| !tags.contains_key(*name)).cloned();
        let gone: Vec<String> = gone.collect();
        let new: Vec<(String, Tag)> =
            tags.into_iter().filter(|(name, tag)| known.get(name) != Some(tag)).collect();
        if new.len() > TOLD_TAGS {
            self.repository_mut(at).tags.extend(new);
        } else {
            new.into_iter().for_each(|(name, tag)| self.set_tag(at, &name, tag, by));
        }
        let is_told = gone.len() <= TOLD_TAGS;
        for name in gone {
            let before = self.repository_mut(at).tags.remove(&name);
            if is_told {
                self.announce_tag(at, &name, before.as_ref(), None, by);
            }
        }
    }

    /// Makes or moves a tag that git has already, and tells the hooks.
    pub(in crate::state) fn set_tag(&mut self, at: RepositoryIndex, name: &str, to: Tag, by: &str) {
        let before = self.repository_mut(at).tags.insert(name.to_owned(), to.clone());
        self.announce_tag(at, name, before.as_ref(), Some(&to), by);
    }

    fn announce_tag(
        &mut self,
        at: RepositoryIndex,
        name: &str,
        before: Option<&Tag>,
        after: Option<&Tag>,
        by: &str,
    ) {
        let base = before.and_then(|tag| tag.commit.clone());
        let push = PushedRange {
            reference: format!("refs/tags/{name}"),
            before: before.map(|tag| &tag.object),
            after: after.map(|tag| &tag.object),
            commit: after.and_then(|tag| tag.commit.as_ref()),
            base: base.or_else(|| self.repository(at).default_head().cloned()),
        };
        self.announce_push(at, &push, by);
        let facts = RefFacts { kind: "tag", name: name.to_owned() };
        match (before, after) {
            (None, Some(_)) => self.announce(at, by, Event::RefCreated(facts)),
            (Some(_), None) => self.announce(at, by, Event::RefDeleted(facts)),
            _ => {}
        }
    }
}
