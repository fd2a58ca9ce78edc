use std::io::{self, Write as _};

/// Figures, each with its goal if there is one.
pub(crate) struct Report {
    rows: Vec<(String, f64, &'static str, Option<f64>)>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, what: &str, figure: f64, unit: &'static str, goal: Option<f64>) {
        self.rows.push((what.to_owned(), figure, unit, goal));
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "| what | figure | goal | |\n|---|---|---|---|")?;
        for (what, figure, unit, goal) in &self.rows {
            let met = goal.map_or("", |goal| if *figure < goal { "met" } else { "missed" });
            let goal = goal.map(|goal| format!("under {goal} {unit}")).unwrap_or_default();
            writeln!(out, "| {what} | {figure:.2} {unit} | {goal} | {met} |")?;
        }
        Ok(())
    }
}
