//! Prints a table.

/// Prints rows of cells, the first row being the heads. The first column is aligned to the left,
/// as it holds names; the others hold figures.
pub(crate) fn print(rows: &[Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            if column == 0 {
                line += &format!("{cell:width$}");
            } else {
                line += &format!("  {cell:>width$}");
            }
        }
        println!("{line}");
    }
}

/// A row of the table.
pub(crate) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}
