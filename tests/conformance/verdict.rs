//! What istiod said, and which of its complaints are not about us.

use serde_json::{Value, json};

use crate::judge::Judge;

/// A complaint that a document may earn by what it was asked to say.
struct Excuse {
    code: &'static str,
    /// The document has to contain this.
    says: &'static str,
    // Read by people only: why the complaint is wrong, or wanted.
    _why: &'static str,
}

const EXCUSES: [Excuse; 2] = [
    Excuse {
        code: "IST0128",
        says: "insecureSkipVerify: true",
        _why: "the intent says `unverified`, and no CA may stand beside this field",
    },
    Excuse {
        code: "IST0128",
        says: "credentialName: configmap://",
        _why: "the CA is in the ConfigMap, which the analyzer does not know, and `caCertificates` may not stand beside it",
    },
];

impl Judge {
    /// Returns what a release of Istio says about a file.
    pub fn ask(&self, istio: &str, yaml: &str) -> Verdict {
        self.ask_in(istio, yaml, "")
    }

    /// Returns what a release of Istio says about a file in a cluster that has `world` in it already.
    pub fn ask_in(&self, istio: &str, yaml: &str, world: &str) -> Verdict {
        self.ask_at("cluster.local", istio, yaml, world)
    }

    /// Returns what a release of Istio says about a file in a cluster of another domain.
    pub fn ask_at(&self, domain: &str, istio: &str, yaml: &str, world: &str) -> Verdict {
        let request = json!({ "istio": istio, "yaml": yaml, "world": world, "domain": domain });
        let answer = self.exchange(request);
        assert_eq!(answer["error"], Value::Null, "istiod-judge could not judge this");
        Verdict::new(answer, yaml)
    }
}

/// The answer to one request.
pub struct Verdict {
    answer: Value,
    documents: Vec<String>,
}

impl Verdict {
    /// Pairs an answer with the file that it is about.
    pub fn new(answer: Value, yaml: &str) -> Verdict {
        // As the judge counts them: documents of nothing but comments are none.
        let is_text = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
        let chunks = yaml.split("\n---").map(|chunk| chunk.trim_start_matches("---"));
        let documents = chunks.filter(|chunk| chunk.lines().any(is_text)).map(str::to_owned).collect();
        Verdict { answer, documents }
    }

    /// Returns all errors and warnings, without those that have an excuse.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for document in list(&self.answer["documents"]) {
            for text in list(&document["errors"]).iter().chain(list(&document["warnings"])) {
                complaints.push(format!("{}: {}", name(document), string(text)));
            }
        }
        for message in list(&self.answer["analysis"]) {
            if string(&message["level"]) != "Info" && !self.is_excused(message) {
                let [code, resource, text] = ["code", "resource", "message"].map(|key| string(&message[key]));
                complaints.push(format!("{resource}: {code} {text}"));
            }
        }
        complaints
    }

    fn is_excused(&self, message: &Value) -> bool {
        let all = list(&self.answer["documents"]).iter().zip(&self.documents);
        let about = all.filter(|(document, _)| name(document) == string(&message["resource"]));
        let texts: Vec<&String> = about.map(|(_, text)| text).collect();
        let excused = |excuse: &Excuse| {
            excuse.code == string(&message["code"]) && texts.iter().any(|text| text.contains(excuse.says))
        };
        EXCUSES.iter().any(excused) || self.is_copied(message, &texts)
    }

    /// Tells whether a route at a gateway that goes to all pods of a service is a copy of one that the service has itself.
    /// The analyzer takes it for one that forgot the service's versions, as soon as any other of its routes names one.
    fn is_copied(&self, message: &Value, routes: &[&String]) -> bool {
        let words: Vec<&str> = string(&message["message"]).split_whitespace().collect();
        let Some(at) = words.windows(2).position(|two| two == ["virtual", "service"]) else { return false };
        let Some(service) = words.get(at + 2).map(|name| format!("VirtualService {name}")) else {
            return false;
        };
        let mut all = list(&self.answer["documents"]).iter().zip(&self.documents);
        let Some((_, own)) = all.find(|(document, _)| name(document) == service) else { return false };
        let own = object(own);
        let asked_for = list(&own["spec"]["hosts"]);
        let routes: Vec<Value> = routes.iter().map(|text| object(text)).collect();
        let mut copies =
            routes.iter().flat_map(to_all_pods).filter(|host| asked_for.contains(*host)).peekable();
        let is_own = |host: &Value| to_all_pods(&own).any(|own| own == host);
        string(&message["code"]) == "IST0140" && copies.peek().is_some() && copies.all(is_own)
    }
}

fn object(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_default()
}

/// Returns the hosts that a VirtualService routes requests to without a subset.
fn to_all_pods(object: &Value) -> impl Iterator<Item = &Value> {
    let routes = list(&object["spec"]["http"]).iter().flat_map(|http| list(&http["route"]));
    let destinations = routes.map(|route| &route["destination"]);
    destinations.filter(|to| to["subset"].is_null()).map(|to| &to["host"])
}

/// Writes the name of a document as the analyzers do.
fn name(document: &Value) -> String {
    let [kind, namespace, name] = ["kind", "namespace", "name"].map(|key| string(&document[key]));
    format!("{kind} {namespace}/{name}")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
