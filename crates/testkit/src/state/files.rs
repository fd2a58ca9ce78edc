use std::collections::BTreeMap;

/// The files of a repository without git. Each of its commits has the same.
#[derive(Debug)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Default for Files {
    fn default() -> Self {
        Self(BTreeMap::from([("README.md".to_owned(), b"after\n".to_vec())]))
    }
}

impl Files {
    pub(crate) fn set(&mut self, path: &str, contents: Vec<u8>) {
        self.0.insert(path.to_owned(), contents);
    }

    pub(in crate::state) fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    pub(in crate::state) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, contents)| (path.as_str(), contents.as_slice()))
    }
}
