//! Runs `meshc man`.

use std::fs;
use std::io::{self, Write};

use anyhow::{Context, bail};
use clap_mangen::Man as Page;

use crate::Outcome;
use crate::args::man::Man;
use crate::args::{self, Command, NAME};
use crate::terminal::{Terminal, print};

/// What stands at the foot of every page. The commit does not: pages of equal text are equal.
const SOURCE: &str = concat!("meshc ", env!("CARGO_PKG_VERSION"));

/// Prints one page, or writes all of them.
pub fn run(terminal: &Terminal, args: &Man) -> anyhow::Result<Outcome> {
    let top = args::command();
    let Some(dir) = &args.out else {
        let page = match &args.command {
            None => &top,
            Some(name) => match top.find_subcommand(name) {
                Some(command) => command,
                None => bail!("there is no command `{name}`"),
            },
        };
        print(|stdout| render(page, stdout))?;
        return Ok(Outcome::Fine);
    };
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let mut pages = vec![&top];
    add_below(&top, &mut pages);
    for page in &pages {
        let path = dir.join(format!("{}.1", title(page)));
        let mut bytes = Vec::new();
        render(page, &mut bytes)
            .and_then(|()| fs::write(&path, bytes))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    terminal.say(&format!("wrote {} pages to {}", pages.len(), dir.display()));
    Ok(Outcome::Fine)
}

/// Adds the commands of a command, and theirs.
fn add_below<'c>(command: &'c Command, pages: &mut Vec<&'c Command>) {
    for below in command.get_subcommands() {
        pages.push(below);
        add_below(below, pages);
    }
}

fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or(NAME)
}

fn render(command: &Command, page: &mut dyn Write) -> io::Result<()> {
    let man = Page::new(command.clone()).title(title(command).to_uppercase()).source(SOURCE).manual("meshc");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.get_subcommands().next().is_some() {
        man.render_subcommands_section(page)?;
    }
    let more = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    sections(&more, page)
}

/// Writes what help says below the options, line by line: a heading ends in a colon.
fn sections(text: &str, page: &mut dyn Write) -> io::Result<()> {
    let mut open = false;
    for line in text.lines() {
        match line.strip_suffix(':').filter(|_| !line.starts_with(' ')) {
            Some(heading) => {
                let close = if open { ".fi\n" } else { "" };
                writeln!(page, "{close}.SH {}\n.nf", escape(&heading.to_uppercase()))?;
                open = true;
            }
            None if open => writeln!(page, "{}", escape(line))?,
            None => writeln!(page, ".PP\n{}", escape(line))?,
        }
    }
    writeln!(page, "{}", if open { ".fi" } else { "" })
}

/// Returns a line that roff takes as text.
fn escape(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
