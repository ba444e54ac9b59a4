//! `meshc route`: what becomes of one request, as text that is read at night, or as a document.

mod json;
mod leaves;
mod text;

use std::net::Ipv6Addr;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::Url;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;
use meshc_dialect::suggest::nearest;

use bumpalo::Bump;

use crate::mesh::{Client, Cors, Destination, Labels, Object, ServerTls};
use crate::project::Project;
use crate::resolve::{Places, Resolved, resolve_with};
use crate::simulate::{Detail, Outcome, Request, Simulator, Taken, Trace};
pub(crate) use leaves::{Leaf, leaves};
pub(crate) use text::{end as outcome, share, trace};

/// The JSON Schema of an answer as a document.
pub const SCHEMA: &str = include_str!("route/route.schema.json");

/// A request that somebody asks about.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// The URL.
    pub url: &'q str,
    /// The method.
    pub method: &'q str,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// Who sends it: `service/NAME`, `ns/NAME`, or `ns/NAME/LABEL=VALUE,…` for pods with these labels.
    pub from: Option<&'q str>,
    /// The gateway that it is sent to.
    pub via: Option<&'q str>,
}

/// How an answer is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// A versioned document: `meshc.dev/route/v1`.
    Json,
}

/// A compiled project, and what is needed to say where things were written.
pub(crate) struct Page<'r, 'a> {
    pub resolved: &'r Resolved<'a>,
    pub sources: &'r Sources,
    pub base: &'r str,
    pub places: Places<'r, 'a>,
}

/// Says what becomes of a request, or what is wrong with the question.
pub fn route<'a>(
    question: &Question<'_>,
    project: &'a Project<'a>,
    env: Option<&'a str>,
    written: (&Sources, &str),
    format: Format,
    out: &mut Diagnostics,
) -> Result<String, String> {
    let url = url(question.url)?;
    let arena = Bump::new();
    let resolved = resolve_with(project, env, &arena, out);
    if out.has_errors() {
        return Ok(String::new());
    }
    let (sources, base) = written;
    let page = Page { resolved: &resolved, sources, base, places: Places::of(&resolved) };
    let asked = page.ask(question, url)?;
    Ok(match format {
        Format::Text => text::page(&page, &asked),
        Format::Json => json::document(&page, &asked),
    })
}

/// A question with its answer.
pub(crate) struct Asked<'m> {
    /// The request line as it was understood.
    pub line: String,
    /// Who sends it, in words.
    pub from: String,
    /// What becomes of it.
    pub trace: Trace<'m>,
}

/// Who sends a request.
enum From<'a> {
    Pod(String, Labels<'a>, String),
    Gateway(usize),
}

/// Reads who is meant by `NAMESPACE` or `NAMESPACE/LABEL=VALUE,…`.
fn in_namespace(pods: &str) -> Option<From<'_>> {
    let (namespace, said) = pods.split_once('/').map_or((pods, None), |(name, labels)| (name, Some(labels)));
    let mut labels = Vec::new();
    for label in said.into_iter().flat_map(|labels| labels.split(',')) {
        labels.push(label.split_once('=').filter(|(name, _)| !name.is_empty())?);
    }
    labels.sort_unstable();
    let with = said.map(|labels| format!(" with {labels}")).unwrap_or_default();
    let words = format!("a pod{with} in namespace {namespace}");
    (!namespace.is_empty()).then(|| From::Pod(namespace.to_owned(), labels.into(), words))
}

fn url(text: &str) -> Result<Url<'_>, String> {
    // What stands behind `#` is never sent.
    let sent = text.split('#').next().unwrap_or("");
    let example = "such as http://reviews/reviews/1 or https://shop.example.com/cart";
    match Url::parse(sent) {
        Some(url) if !url.host.bytes().all(is_of_host) && url.host.parse::<Ipv6Addr>().is_err() => {
            Err(format!("`{}` is not a host: letters, digits, `-` and `.`", url.host))
        }
        Some(url) if url.host.is_empty() => {
            Err(format!("`{text}` names no host: write a whole URL, {example}"))
        }
        Some(url) => Ok(url),
        None if sent.contains(' ') => Err(format!("`{text}` has a space, which is sent as %20")),
        None if has_odd_port(sent) => {
            Err(format!("`{text}` has a port that is none: they go from 1 to 65535"))
        }
        None => Err(format!("`{text}` is not a URL: write it whole, {example}")),
    }
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

/// Tells whether all that is wrong with a URL is what stands where its port would.
fn has_odd_port(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or("");
    let host = authority.rsplit_once(':').map(|(host, _)| format!("{scheme}://{host}/"));
    host.is_some_and(|host| Url::parse(&host).is_some())
}

impl<'r, 'a> Page<'r, 'a> {
    fn ask(&self, question: &Question<'_>, url: Url<'_>) -> Result<Asked<'r>, String> {
        let mesh = &self.resolved.mesh;
        let simulator = Simulator::new(mesh, Detail::Reasons);
        let from = self.from(question, url)?;
        let answer = |from: &From<'_>| {
            let (client, namespace, at_gateway) = match from {
                From::Pod(namespace, labels, _) => {
                    (Client::Sidecar { namespace, labels }, namespace.as_str(), false)
                }
                From::Gateway(index) => (Client::Gateway(*index), "", true),
            };
            let called = self.resolved.called(url, namespace, at_gateway);
            let scheme = if called.tls { "https" } else { "http" };
            let line = format!("{} {scheme}://{}{}", question.method, called.authority, called.path);
            let mut headers = question.headers.clone();
            // What a request says its host is may differ from whom it is sent to.
            let host = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case("host"));
            let authority = host.map_or(called.authority, |at| headers.remove(at).1);
            let request = Request {
                client,
                tls: called.tls,
                host: called.host,
                port: called.port,
                authority,
                method: question.method.to_owned(),
                path: called.path,
                headers,
            };
            (line, simulator.send(&request))
        };
        let (mut line, mut trace) = answer(&from);
        let mut who = self.who(&from);
        // A host that people outside call is asked for at the gateway, if only one serves it.
        if question.from.is_none() && question.via.is_none() && trace.host.is_empty() {
            let doors = (0..mesh.gateways.len()).filter(|index| {
                mesh.gateways[*index].servers.iter().all(|server| server.tls != ServerTls::Mesh)
            });
            let mut served: Vec<(usize, (String, Trace<'r>))> = doors
                .map(|index| (index, answer(&From::Gateway(index))))
                .filter(|(_, (_, trace))| {
                    !matches!(trace.outcome, Outcome::Blocked { .. } | Outcome::NoRoute { .. })
                })
                .collect();
            if served.len() > 1 {
                let names: Vec<&str> =
                    served.iter().map(|(index, _)| mesh.gateways[*index].object.name).collect();
                return Err(format!(
                    "several gateways serve {}: say `--via`, one of {}",
                    url.host,
                    names.join(", ")
                ));
            }
            if let Some((index, answered)) = served.pop() {
                (line, trace) = answered;
                who = self.who(&From::Gateway(index));
            }
        }
        Ok(Asked { line, from: who, trace })
    }

    fn who(&self, from: &From<'_>) -> String {
        match from {
            From::Pod(_, _, words) => words.clone(),
            From::Gateway(index) => {
                format!("outside, at gateway {}", self.resolved.mesh.gateways[*index].object.name)
            }
        }
    }

    fn from<'q>(&self, question: &Question<'q>, url: Url<'_>) -> Result<From<'q>, String>
    where
        'a: 'q,
    {
        if let Some(name) = question.via {
            let gateways = &self.resolved.mesh.gateways;
            // A comparison names those with their namespace that were in another one before.
            let is_meant = |object: &Object<'_>| match name.split_once('/') {
                Some(said) => said == (object.namespace, object.name),
                None => object.name == name,
            };
            let found = gateways.iter().position(|gateway| is_meant(&gateway.object));
            let names: Vec<&str> = gateways.iter().map(|gateway| gateway.object.name).collect();
            return found.map(From::Gateway).ok_or_else(|| match names.as_slice() {
                [] => format!("there is no gateway `{name}`: the project declares none"),
                names => format!("there is no gateway `{name}`; there are {}", names.join(", ")),
            });
        }
        let nobody = || {
            let said = question.from.unwrap_or_default();
            format!(
                "`--from {said}` says nobody: write `service/NAME`, `ns/NAMESPACE` or `ns/NAMESPACE/LABEL=VALUE,…`"
            )
        };
        match question.from.map(|from| from.split_once('/').ok_or(from)) {
            None => {
                let called = self.resolved.called(url, "default", false);
                let namespace = called.service.unwrap_or("default");
                Ok(From::Pod(namespace.to_owned(), Labels::new(), format!("a pod in namespace {namespace}")))
            }
            Some(Ok(("service", name))) => match self.resolved.pods(name, "default") {
                Some((namespace, labels)) => Ok(From::Pod(
                    namespace.to_owned(),
                    labels,
                    format!("a pod of service {name} in namespace {namespace}"),
                )),
                None => Err(match nearest(name, self.resolved.services()) {
                    Some(near) => format!("no service is called `{name}`; did you mean `{near}`?"),
                    None => format!("no service is called `{name}`"),
                }),
            },
            Some(Ok(("ns", pods))) => in_namespace(pods).ok_or_else(nobody),
            Some(Ok((_, _)) | Err(_)) => Err(nobody()),
        }
    }

    /// Returns where something was written: `file:line`.
    pub(crate) fn at(&self, span: Span) -> String {
        format!("{}{}:{}", self.base, self.sources.file(span.file()).path, self.sources.position(span).0)
    }

    /// Returns who may call a route from a browser, where that is said.
    pub(crate) fn cors(&self, route: &Taken<'_>) -> Option<&'r Cors<'a>> {
        let binding = self.resolved.mesh.bindings.get(route.binding)?;
        binding.http.get(route.index).filter(|http| http.name == route.name)?.cors.as_deref()
    }

    /// Returns the labels of the pods of a subset, as far as they are the same for everybody.
    pub(crate) fn labels(&self, to: Destination<'_>) -> Option<&'r [(&'a str, &'a str)]> {
        let of_host = self.resolved.mesh.policies.iter().filter(|policy| policy.host == to.host);
        let mut all = of_host.flat_map(|policy| &policy.subsets).filter(|own| Some(own.name) == to.subset);
        let first = all.next().filter(|first| !first.labels.is_empty())?;
        all.all(|other| other.labels == first.labels).then_some(&first.labels)
    }

    /// Returns where a route was written.
    pub(crate) fn place(&self, route: &Taken<'_>) -> Option<Span> {
        let binding = self.resolved.mesh.bindings.get(route.binding)?;
        self.places.route(binding, route.name)
    }
}
