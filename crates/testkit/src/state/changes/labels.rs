use crate::objects::label::RecordedLabel;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Makes a label. `false`: there is one of this name.
    pub(crate) fn create_label(&mut self, at: RepositoryIndex, new: RecordedLabel) -> bool {
        let labels = &mut self.repository_mut(at).issues.labels;
        let is_new = !labels.iter().any(|it| it.name.eq_ignore_ascii_case(&new.name));
        if is_new {
            labels.push(new);
        }
        is_new
    }

    /// Makes the labels that an issue is given and that the repository lacks.
    pub(super) fn know_labels(&mut self, at: RepositoryIndex, names: &[String]) {
        for name in names {
            self.create_label(at, RecordedLabel::new(name, None));
        }
    }
}
