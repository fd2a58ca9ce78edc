//! What is made of the arguments: completions for shells, and the manual's page.

use std::error::Error;
use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::arguments::Arguments;

pub(crate) fn completions(shell: Shell) -> Result<(), Box<dyn Error>> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "hookstead", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// One page with all commands: first the program, then each command with its own options.
pub(crate) fn page() -> Result<(), Box<dyn Error>> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    // Not the section of clap's, which names a page of its own for each command.
    writeln!(page, ".SH COMMANDS")?;
    overview(&command, "hookstead", &mut page)?;
    man.render_extra_section(&mut page)?;
    commands(&command, "hookstead", &mut page)?;
    man.render_version_section(&mut page)?;
    Ok(io::stdout().write_all(&page)?)
}

/// A line for each command that does something; its own section follows further down.
fn overview(of: &clap::Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    for command in of.get_subcommands().filter(|it| it.get_name() != "help") {
        let name = format!("{name} {}", command.get_name());
        if command.has_subcommands() {
            overview(command, &name, page)?;
        } else {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            writeln!(page, ".TP\n\\fB{name}\\fR\n{}", about.replace('\\', "\\e"))?;
        }
    }
    Ok(())
}

fn commands(of: &clap::Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let is_shown = |it: &&clap::Command| it.get_name() != "help" && !it.is_hide_set();
    for command in of.get_subcommands().filter(is_shown) {
        let name = format!("{name} {}", command.get_name());
        writeln!(page, ".SH {}", name.to_uppercase())?;
        let man = Man::new(command.clone());
        man.render_description_section(&mut *page)?;
        man.render_synopsis_section(&mut *page)?;
        man.render_options_section(&mut *page)?;
        if command.get_after_long_help().is_some() {
            man.render_extra_section(&mut *page)?;
        }
        commands(command, &name, page)?;
    }
    Ok(())
}
