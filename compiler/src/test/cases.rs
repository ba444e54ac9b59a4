//! Cases in the format of istio-config-validator, which people have who tested their VirtualServices before.
//!
//! A case is some requests, and what the route that takes them has to say. What we would not look at is refused.

use bumpalo::Bump;

use crate::yaml::{self, Data, Mark, Node};

/// The most requests of one file: authorities, methods and paths multiply.
const MOST_REQUESTS: usize = 100_000;

/// One case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// The file that it stands in.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) text: String,
    /// Whether the requests have to be treated so, or otherwise.
    pub(super) wanted: bool,
    pub(super) authorities: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) uris: Vec<String>,
    pub(super) headers: Vec<(String, String)>,
    /// Where requests go, with the numbers of their shares.
    pub(super) route: Option<Vec<Goes>>,
    pub(super) redirect: Option<Sent>,
    /// The path and the host that take the place of what was asked for.
    pub(super) rewrite: Option<(Option<String>, Option<String>)>,
}

/// One destination.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Goes {
    pub host: String,
    pub port: Option<u16>,
    pub subset: Option<String>,
    pub weight: Option<u32>,
}

/// Where callers are sent; what is not said is not looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Sent {
    pub scheme: Option<String>,
    pub authority: Option<String>,
    pub uri: Option<String>,
    pub status: Option<u16>,
}

/// Reads the cases of a file, or says what is wrong with it: `file:line:column: …`, a line each.
pub fn cases(file: &str, text: &str) -> Result<Vec<Case>, Vec<String>> {
    let arena = Bump::new();
    let (documents, broken) = yaml::documents(text, &arena);
    let mut reader = Reader { file, wrong: Vec::new() };
    if let Some(broken) = broken {
        reader.wrong(broken.at, &broken.why);
    }
    let mut all = Vec::new();
    for document in documents {
        for (name, node) in reader.fields(document) {
            match name {
                "testCases" => reader.list(node).into_iter().for_each(|node| all.extend(reader.case(node))),
                _ => reader.unknown(name, node),
            }
        }
    }
    let requests = |case: &Case| {
        case.authorities.len().saturating_mul(case.methods.len()).saturating_mul(case.uris.len())
    };
    if all.iter().map(requests).fold(0, usize::saturating_add) > MOST_REQUESTS {
        reader.wrong(Mark { line: 1, column: 1 }, &format!("these are more than {MOST_REQUESTS} requests"));
    }
    if reader.wrong.is_empty() { Ok(all) } else { Err(reader.wrong) }
}

struct Reader<'f> {
    file: &'f str,
    wrong: Vec<String>,
}

impl<'a> Reader<'_> {
    fn case(&mut self, node: Node<'a>) -> Option<Case> {
        let before = self.wrong.len();
        let mut case = Case {
            file: self.file.to_owned(),
            line: node.at.line,
            text: format!("case at line {}", node.at.line),
            wanted: false,
            authorities: Vec::new(),
            methods: Vec::new(),
            uris: Vec::new(),
            headers: Vec::new(),
            route: None,
            redirect: None,
            rewrite: None,
        };
        for (name, node) in self.fields(node) {
            match name {
                "description" => case.text = self.text(node),
                "wantMatch" => case.wanted = self.flag(node),
                "request" => self.request(node, &mut case),
                "route" => case.route = Some(self.list(node).into_iter().map(|one| self.goes(one)).collect()),
                "redirect" => case.redirect = Some(self.redirect(node)),
                "rewrite" => case.rewrite = Some(self.rewrite(node)),
                _ => self.unknown(name, node),
            }
        }
        for (empty, name) in [
            (case.authorities.is_empty(), "authority"),
            (case.methods.is_empty(), "method"),
            (case.uris.is_empty(), "uri"),
        ] {
            if empty && self.wrong.len() == before {
                self.wrong(node.at, &format!("`request.{name}` has to name at least one: nothing is asked"));
            }
        }
        if case.route.is_none() && case.redirect.is_none() && case.rewrite.is_none() {
            self.wrong(node.at, "nothing is expected: say `route`, `redirect` or `rewrite`");
        }
        (self.wrong.len() == before).then_some(case)
    }

    fn request(&mut self, node: Node<'a>, case: &mut Case) {
        for (name, node) in self.fields(node) {
            match name {
                "authority" => case.authorities = self.texts(node),
                "method" => case.methods = self.texts(node),
                "uri" => case.uris = self.texts(node),
                "headers" => {
                    let headers = self.fields(node).into_iter();
                    case.headers = headers.map(|(name, value)| (name.to_owned(), self.text(value))).collect();
                }
                _ => self.unknown(name, node),
            }
        }
    }

    fn goes(&mut self, node: Node<'a>) -> Goes {
        let mut goes = Goes { host: String::new(), port: None, subset: None, weight: None };
        for (name, node) in self.fields(node) {
            match name {
                "weight" => goes.weight = self.number(node),
                "destination" => {
                    for (name, node) in self.fields(node) {
                        match name {
                            "host" => goes.host = self.text(node),
                            "subset" => goes.subset = Some(self.text(node)),
                            "port" => {
                                for (name, node) in self.fields(node) {
                                    match name {
                                        "number" => goes.port = self.number(node),
                                        _ => self.unknown(name, node),
                                    }
                                }
                            }
                            _ => self.unknown(name, node),
                        }
                    }
                }
                _ => self.unknown(name, node),
            }
        }
        if goes.host.is_empty() {
            self.wrong(node.at, "`destination.host` is missing");
        }
        goes
    }

    fn redirect(&mut self, node: Node<'a>) -> Sent {
        let mut sent = Sent::default();
        for (name, node) in self.fields(node) {
            match name {
                "uri" => sent.uri = Some(self.text(node)),
                "authority" => sent.authority = Some(self.text(node)),
                "scheme" => sent.scheme = Some(self.text(node)),
                "redirectCode" => sent.status = self.number(node),
                _ => self.unknown(name, node),
            }
        }
        sent
    }

    fn rewrite(&mut self, node: Node<'a>) -> (Option<String>, Option<String>) {
        let mut rewrite = (None, None);
        for (name, node) in self.fields(node) {
            match name {
                "uri" => rewrite.0 = Some(self.text(node)),
                "authority" => rewrite.1 = Some(self.text(node)),
                _ => self.unknown(name, node),
            }
        }
        rewrite
    }

    fn wrong(&mut self, at: Mark, why: &str) {
        self.wrong.push(format!("{}:{}:{}: {why}", self.file, at.line, at.column));
    }

    fn unknown(&mut self, name: &str, node: Node<'a>) {
        self.wrong(
            node.at,
            &format!("meshc does not look at `{name}` here; take it out, or write an `expect`"),
        );
    }

    fn fields(&mut self, node: Node<'a>) -> Vec<(&'a str, Node<'a>)> {
        match node.data {
            Data::Map(fields) => return fields.to_vec(),
            Data::Null => {}
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => {
                self.wrong(node.at, "fields are expected here");
            }
        }
        Vec::new()
    }

    fn list(&mut self, node: Node<'a>) -> Vec<Node<'a>> {
        match node.data {
            Data::List(items) => return items.to_vec(),
            Data::Null => {}
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Map(_) => {
                self.wrong(node.at, "a list is expected here");
            }
        }
        Vec::new()
    }

    fn texts(&mut self, node: Node<'a>) -> Vec<String> {
        self.list(node).into_iter().map(|node| self.text(node)).collect()
    }

    fn text(&mut self, node: Node<'a>) -> String {
        match node.data {
            Data::Text(text) | Data::Number(text) => text.to_owned(),
            Data::Null | Data::Bool(_) | Data::List(_) | Data::Map(_) => {
                self.wrong(node.at, "text is expected here: put it into quotes");
                String::new()
            }
        }
    }

    fn flag(&mut self, node: Node<'a>) -> bool {
        match node.data {
            Data::Bool(flag) => flag,
            Data::Null | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => {
                self.wrong(node.at, "`true` or `false` is expected here");
                false
            }
        }
    }

    fn number<T: std::str::FromStr>(&mut self, node: Node<'a>) -> Option<T> {
        let found = match node.data {
            Data::Number(text) => text.parse().ok(),
            Data::Null | Data::Bool(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        };
        if found.is_none() {
            self.wrong(node.at, "a number is expected here");
        }
        found
    }
}
