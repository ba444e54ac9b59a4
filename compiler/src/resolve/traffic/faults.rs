//! Faults and retries that stand side by side.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

meshc_dialect::codes! {
    /// Retries where a fault is.
    FAULT_AND_RETRY = error "fault-and-retry" "A route has a fault and a retry.\n\nEnvoy answers an injected abort before the router, so it is never retried, and an injected delay does not count against the timeout. A retry that is inherited is simply off where a fault is; one that is written beside it is a misunderstanding.";
}

/// Reports a route that says both.
pub(super) fn check(route: &Line<'_>, out: &mut Diagnostics) {
    let find = |word: &str| route.lines().iter().find(|line| line.is(word));
    if let (Some(fault), Some(retry)) = (find("fault"), find("retry")) {
        report(fault, retry, out);
    }
}

/// Reports a block without routes that says both itself. With routes, its retry is for them; one from a template is inherited.
pub(super) fn check_block(heading: &Line<'_>, out: &mut Diagnostics) {
    if heading.lines().iter().any(|line| line.is("route")) {
        return;
    }
    let (start, end) = heading.body;
    let own = |line: &&Line<'_>| {
        line.span.file() == heading.span.file() && line.span.start() >= start && line.span.end() <= end
    };
    let find = |word: &str| heading.lines().iter().filter(own).find(|line| line.is(word));
    if let (Some(fault), Some(retry)) = (find("fault"), find("retry")) {
        report(fault, retry, out);
    }
}

fn report(fault: &Line<'_>, retry: &Line<'_>, out: &mut Diagnostics) {
    if retry.arg(0).and_then(|value| value.number()) == Some(0) {
        return;
    }
    out.report(&FAULT_AND_RETRY, retry.span)
        .says("a retry beside a fault does nothing")
        .also(fault.span, "the fault")
        .because("the proxy answers an injected abort itself, and never tries it again")
        .help("take the retry out, or test it against a service that fails");
}
