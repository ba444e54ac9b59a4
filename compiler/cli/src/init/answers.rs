//! What a new project is made of: said by flags, asked for, or left as it usually is.

use std::io::{self, BufRead};
use std::path::Path;

use anyhow::{Context, bail};
use meshc_dialect::kind::{is_dns_label, is_host};

use crate::args::init::Init;
use crate::terminal::Terminal;

/// The answers.
pub struct Answers {
    /// The project's name.
    pub name: String,
    /// The service's name.
    pub service: String,
    /// Its port.
    pub port: String,
    /// The host that it is called by from outside.
    pub host: String,
    /// The release of Istio.
    pub istio: String,
}

/// A question: what is asked, the answer that is taken unless another is given, and what an answer must be.
struct Question<'q> {
    flag: &'static str,
    asks: &'static str,
    usual: &'q str,
    fits: fn(&str) -> bool,
    form: &'static str,
}

impl Answers {
    /// Collects the answers.
    pub fn ask(terminal: &Terminal, args: &Init, dir: &Path) -> anyhow::Result<Answers> {
        let folder =
            dir.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let usual = if is_dns_label(&folder) { &folder } else { "shop" };
        let label = "lower case letters, digits and `-`";
        let ask = |said: &Option<String>, question: Question<'_>| {
            question.answer(terminal, said.as_deref(), args.yes)
        };
        let name = ask(
            &args.name,
            Question {
                flag: "--name",
                asks: "What is the project called?",
                usual,
                fits: is_dns_label,
                form: label,
            },
        )?;
        let service = ask(
            &args.service,
            Question {
                flag: "--service",
                asks: "A service of yours?",
                usual: "web",
                fits: is_dns_label,
                form: label,
            },
        )?;
        let port = ask(
            &args.port,
            Question {
                flag: "--port",
                asks: "The port that it is called on?",
                usual: "8080",
                fits: is_port,
                form: "a port, 1 to 65535",
            },
        )?;
        let host = ask(
            &args.host,
            Question {
                flag: "--host",
                asks: "The host that people call it by?",
                usual: &format!("{service}.example.com"),
                fits: |host| is_host(host) && host.contains('.'),
                form: "a host such as shop.example.com",
            },
        )?;
        let istio = ask(
            &args.istio,
            Question {
                flag: "--istio",
                asks: "The release of Istio in the cluster?",
                usual: "1.30",
                fits: is_release,
                form: "a release such as 1.30",
            },
        )?;
        Ok(Answers { name, service, port, host, istio })
    }

    /// Returns the path of the service's file.
    pub fn file(&self) -> String {
        format!("services/{}.kdl", self.service)
    }
}

impl Question<'_> {
    fn answer(&self, terminal: &Terminal, said: Option<&str>, quiet: bool) -> anyhow::Result<String> {
        let Question { flag, asks, usual, fits, form } = self;
        match said {
            Some(said) if fits(said) => return Ok(said.to_owned()),
            Some(said) => bail!("`{flag} {}` does not fit: {form}", said.escape_debug()),
            None if quiet => return Ok((*usual).to_owned()),
            None => {}
        }
        loop {
            terminal.talk(&format!("{asks} [{usual}] "));
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line).context("cannot read the answer")?;
            if read == 0 {
                // Nobody is there to answer; the line of the question ends here.
                terminal.talk("\n");
            }
            match line.trim() {
                "" => return Ok((*usual).to_owned()),
                answer if fits(answer) => return Ok(answer.to_owned()),
                answer => terminal.say(&format!("`{}` does not fit: {form}", answer.escape_debug())),
            }
        }
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0) && !text.starts_with(['+', '0'])
}

fn is_release(text: &str) -> bool {
    let mut parts = text.split('.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    number(parts.next()) && number(parts.next()) && parts.next().is_none()
}
