use std::path::Path;

use serde_json::Value;

/// An OpenAPI description, as `cut.mjs` writes it.
pub(crate) struct Description {
    operations: Vec<Operation>,
}

/// One of its operations.
pub(crate) struct Operation {
    pub(crate) method: String,
    /// With names in braces.
    pub(crate) path: String,
    /// The names of the parameters that its query may have.
    pub(crate) query: Vec<String>,
    pub(crate) has_body: bool,
}

impl Description {
    pub(crate) fn read(file: &Path) -> Self {
        let whole: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let mut operations = Vec::new();
        for (path, methods) in whole["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().unwrap();
                let query = parameters.iter().filter(|it| it["in"] == "query");
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    query: query.map(|it| it["name"].as_str().unwrap().to_owned()).collect(),
                    has_body: operation.get("requestBody").is_some(),
                });
            }
        }
        Self { operations }
    }

    /// All operations, as `METHOD /path/{parameter}`.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.operations.iter().map(Operation::name)
    }

    /// The operation that a request is meant for.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|it| it.method == method && it.is_at(path))
    }
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_at(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let all = self.path.split('/').all(|expected| match segments.next() {
            Some(segment) if expected.starts_with('{') => !segment.is_empty(),
            segment => segment == Some(expected),
        });
        all && segments.next().is_none()
    }
}
