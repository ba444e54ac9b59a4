//! Where talk goes (stderr) and where data goes (stdout).

mod progress;

#[cfg(unix)]
use std::fs::File;
use std::io::{self, IsTerminal, Write};
#[cfg(unix)]
use std::os::fd::AsFd;

use anyhow::Context;
use meshc_compiler::report::Colour;

use crate::args::When;
pub use progress::Progress;

/// The streams that the command was started with.
pub struct Terminal {
    colour: Colour,
    data: Colour,
}

impl Terminal {
    /// Looks at the streams and the environment once.
    pub fn new(when: When) -> Terminal {
        let on = |is_terminal: bool| match when {
            When::Always => Colour::Always,
            When::Never => Colour::Never,
            When::Auto if is_terminal && wants_colour() => Colour::Always,
            When::Auto => Colour::Never,
        };
        Terminal { colour: on(io::stderr().is_terminal()), data: on(io::stdout().is_terminal()) }
    }

    /// Tells whether text for people has colours.
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// Tells whether data has colours that people look at.
    pub fn colour_of_data(&self) -> Colour {
        self.data
    }

    /// Says one line, under the command's name.
    pub fn say(&self, line: &str) {
        self.talk(&format!("meshc: {line}\n"));
    }

    /// Clears the screen, where there is one.
    pub fn clear(&self) {
        if io::stderr().is_terminal() {
            self.talk("\x1b[2J\x1b[H");
        }
    }

    /// Writes text for people. If nobody listens there is nobody to tell.
    pub fn talk(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Writes data to stdout through a function.
///
/// A reader that has seen enough, as in `meshc build | head`, is no failure.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    printed(write(&mut stdout).and_then(|()| stdout.flush()))
}

/// Does the same for what comes in large pieces. They reach the system as they are: the buffer before stdout would cut them at
/// the end of a line.
pub fn print_pieces(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    #[cfg(unix)]
    return printed(io::stdout().as_fd().try_clone_to_owned().and_then(|fd| write(&mut File::from(fd))));
    #[cfg(not(unix))]
    print(write)
}

fn printed(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

fn wants_colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
