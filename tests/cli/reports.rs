//! What `meshc diff` prints, format by format: read by people, by forges and by programs, and written by strangers.

#[cfg(unix)]
mod browser;
mod comment;
mod machine;
#[cfg(unix)]
mod page;
mod template;
mod text;

use crate::place::{Place, Run};

/// A shop before a change.
const BEFORE: &str = "\
mesh shop { outbound registry-only; envs dev prod }
gateway public ingress { workload istio=ingressgateway }
service reviews { port 9080 http; version v1; version v2; serve v1; timeout \"1s\"; in prod { canary v2 percent=10 } }
service ratings { port 9080 http; timeout \"1s\" }
service details { port 9080 http; timeout \"1s\" }
ingress shop.example.com { gateway public; tls terminate secret=shop; route \"/a/*\" { to reviews }; to reviews@v1 }
ingress old.example.com { gateway public; to ratings }
";

/// The shop after it: a host is gone, another is open, shares and timeouts moved, and a header looks like markup.
const AFTER: &str = "\
mesh shop { outbound registry-only; envs dev prod }
gateway public ingress { workload istio=ingressgateway }
service reviews { port 9080 http; version v1; version v2; serve v1; timeout \"2s\"; in prod { canary v2 percent=40 } }
service ratings { port 9080 http; timeout \"3s\" }
service details { port 9080 http; timeout \"3s\" }
ingress shop.example.com {
    gateway public; tls terminate secret=shop
    route \"/a/*\" { to reviews }
    route \"/b/*\" { when { header x-team=\"@me`<img/src=x>|[x](y)\" }; to ratings }
    to reviews@v1
}
egress api.bank.example { port 443 tls }
";

/// Compares the two.
fn diff(args: &[&str]) -> Run {
    of(BEFORE, AFTER, args)
}

/// Compares two projects.
fn of(before: &str, after: &str, args: &[&str]) -> Run {
    let place = Place::with(&[("old/shop.kdl", before), ("new/shop.kdl", after)]);
    place.run(&[&["diff", "old", "new"], args].concat())
}
