//! Which lines of intent say the things that a comparison finds to differ.

/// Returns the words of the lines that may say something, the likeliest first.
pub(super) fn of(what: &str) -> &'static [&'static str] {
    match what {
        "timeout" => &["timeout"],
        "retries"
        | "per-try timeout"
        | "retried on"
        | "newly retried on"
        | "no longer retried on"
        | "retry backoff" => &["retry"],
        "path" | "host" => &["rewrite"],
        "mirror" => &["mirror"],
        "fault" => &["fault"],
        "headers" | "common headers" => &["headers"],
        "shares" => &["canary", "to", "serve"],
        "destination" => &["to", "via", "serve"],
        "destination port" => &["to", "port"],
        "answer" => &["redirect", "respond"],
        "visible" => &["visible-to"],
        "callers" => &["client", "from", "when", "to", "serve"],
        "load balancing" => &["balance"],
        "outlier detection" => &["eject"],
        "locality" => &["failover", "spread"],
        "client certificate" | "oldest TLS" | "ciphers" => &["tls"],
        "TLS" | "SNI" | "verified as" | "CA" | "secret" => &["tls", "mtls", "client"],
        "target port" | "protocol" => &["port"],
        "endpoints" => &["address", "dial"],
        "addresses" => &["dial"],
        "pods" => &["workload"],
        "istio" => &["istio"],
        "undeclared hosts" => &["outbound"],
        "cluster domain" => &["cluster-domain"],
        "root namespace" => &["root-namespace"],
        "raw" => &["raw"],
        what if what.contains("cors") => &["cors"],
        what if LIMITS.contains(&what) => &["limit"],
        _ => &[],
    }
}

/// Returns the property that says it on such a line; nothing where the first value does, or the whole line.
pub(super) fn prop(what: &str) -> &'static str {
    match what {
        "shares" => "percent",
        "per-try timeout" => "per-try",
        "retried on" | "newly retried on" | "no longer retried on" => "on",
        "retry backoff" => "backoff",
        "connections" => "connections",
        "pending requests" => "pending",
        "requests" => "requests",
        "requests per connection" => "per-connection",
        "retries at once" => "retries",
        "connect timeout" => "connect-timeout",
        "idle timeout" => "idle",
        "keepalive" => "keepalive",
        _ => "",
    }
}

/// What `limit` limits.
const LIMITS: &[&str] = &[
    "connections",
    "pending requests",
    "requests",
    "requests per connection",
    "retries at once",
    "connect timeout",
    "idle timeout",
    "keepalive",
];
