//! Promises: what each `expect` says, with every name looked up, so that somebody else can keep them.

use std::collections::HashSet;

use meshc_dialect::kind::url::Url;
use meshc_dialect::line::{Line, Pattern};
use meshc_dialect::span::Span;

use super::asked::Called;
use super::blocks::Block;
use super::{Resolved, lower};
use crate::mesh::{BasisPoints, Labels, Millis, Redirect};

/// What an `expect` says.
pub(crate) struct Promise<'a> {
    /// Its text.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The gateway that the request is sent to; none is a pod's own proxy.
    pub via: Option<usize>,
    /// The namespace of the pod.
    pub namespace: &'a str,
    /// The labels of the pod, where it is one of a service.
    pub labels: Labels<'a>,
    /// The method.
    pub method: &'a str,
    /// The URL as it was written.
    pub url: &'a str,
    /// The URL.
    pub called: Called<'a>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// What becomes of it.
    pub becomes: Becomes<'a>,
}

/// What becomes of a request, as far as it was promised.
pub(crate) enum Becomes<'a> {
    /// It goes to these.
    To {
        /// Where.
        all: Vec<To<'a>>,
        /// The timeout it has; the inner nothing is `off`.
        timeout: Option<Option<Millis>>,
    },
    /// Its caller is sent elsewhere.
    Redirect {
        /// Where.
        to: Redirect<'a>,
        /// Where, as it was written.
        text: &'a str,
        /// The status, if it was said.
        status: Option<u16>,
    },
    /// It is answered.
    Respond {
        /// The status.
        status: u64,
        /// The body, if it was said.
        body: Option<&'a str>,
    },
    /// It goes nowhere.
    Blocked,
}

/// A destination, with what was said about it.
pub(crate) struct To<'a> {
    /// As it was written.
    pub text: &'a str,
    /// The host.
    pub host: &'a str,
    /// The subset, where one is meant.
    pub subset: Option<&'a str>,
    /// Its share.
    pub percent: Option<BasisPoints>,
    /// The gateway on the way.
    pub via: Option<&'a str>,
    /// How the last leg is protected.
    pub tls: Option<&'a str>,
    /// The path that arrives.
    pub path: Option<&'a str>,
    /// The host that arrives.
    pub authority: Option<&'a str>,
}

impl<'a> Resolved<'a> {
    /// Returns the promises that hold in the environment it was compiled for, in the order of files.
    pub(crate) fn promises(&self, env: Option<&str>) -> Vec<Promise<'a>> {
        let holds = |block: &&Block<'a>| {
            let named = |line: &Line<'a>| line.args().any(|value| value.text() == env);
            env.is_none() || block.find("in").is_none_or(named)
        };
        let egresses = self.egresses();
        self.blocks.expects.iter().filter(holds).filter_map(|block| self.promise(block, &egresses)).collect()
    }

    fn promise(&self, block: &Block<'a>, egresses: &HashSet<&'a str>) -> Option<Promise<'a>> {
        let request = block.find("request")?;
        let said = |name: &str| request.prop(name).and_then(|value| value.text());
        let gateways = &self.mesh.gateways;
        let via = said("via").and_then(|name| gateways.iter().position(|door| door.object.name == name));
        let (namespace, labels) = match said("from").map(|from| from.strip_prefix("service/").ok_or(from)) {
            Some(Ok(service)) => self.pods(service, block.namespace)?,
            Some(Err(namespace)) => (namespace, Labels::new()),
            None => (block.namespace, Labels::new()),
        };
        let url = request.text(1)?;
        Some(Promise {
            text: block.line.text(0)?,
            span: block.line.span,
            via,
            namespace,
            labels,
            method: request.text(0)?,
            url,
            called: self.called(Url::parse(url)?, namespace, via.is_some()),
            headers: headers(request),
            becomes: self.becomes(block, egresses)?,
        })
    }

    fn becomes(&self, block: &Block<'a>, egresses: &HashSet<&'a str>) -> Option<Becomes<'a>> {
        if let Some(line) = block.find("redirect") {
            let status = line.prop("status").and_then(|value| value.number());
            let status = status.and_then(|status| u16::try_from(status).ok());
            let to = lower::redirect(line, &mut meshc_dialect::diagnostic::Diagnostics::default())?;
            return Some(Becomes::Redirect { to, text: line.text(0)?, status });
        }
        if let Some(line) = block.find("respond") {
            let body = line.prop("body").and_then(|value| value.text());
            return Some(Becomes::Respond { status: line.arg(0)?.number()?, body });
        }
        if block.find("blocked").is_some() {
            return Some(Becomes::Blocked);
        }
        let all = block.all("to").filter_map(|line| self.to(line, block.namespace, egresses)).collect();
        // What is no duration is `off`.
        let timeout = block.find("timeout").and_then(|line| line.arg(0)).map(|value| value.millis());
        Some(Becomes::To { all, timeout })
    }

    fn to(&self, line: &Line<'a>, namespace: &str, egresses: &HashSet<&'a str>) -> Option<To<'a>> {
        let value = line.arg(0)?;
        let (host, subset) = self.means(egresses, value, namespace)?;
        let said = |name: &str| line.prop(name).and_then(|value| value.text());
        Some(To {
            text: value.text()?,
            host,
            subset,
            percent: line.prop("percent").and_then(|value| value.percent()),
            via: said("via"),
            tls: said("tls"),
            path: said("path"),
            authority: said("host"),
        })
    }
}

/// Returns the headers of a request; its cookies are one of them.
fn headers(request: &Line<'_>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut cookies: Vec<String> = Vec::new();
    for line in request.lines() {
        for prop in line.props() {
            let (name, value) = (prop.key.text, sample(prop.value.pattern()));
            match line.is("cookie") {
                true => cookies.push(format!("{name}={value}")),
                false => headers.push((name.to_owned(), value.to_owned())),
            }
        }
    }
    if !cookies.is_empty() {
        headers.push(("cookie".to_owned(), cookies.join("; ")));
    }
    headers
}

/// Returns a value that a pattern takes; of a regex there is none, and it was refused.
fn sample(pattern: Option<Pattern<'_>>) -> &str {
    match pattern {
        Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text)) => text,
        Some(Pattern::Present) => "x",
        Some(Pattern::Regex(_)) | None => "",
    }
}
