//! What istiod said, and which of its complaints are not about us.

use serde_json::Value;

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
        EXCUSES.iter().any(|excuse| {
            excuse.code == string(&message["code"]) && texts.iter().any(|text| text.contains(excuse.says))
        })
    }
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
