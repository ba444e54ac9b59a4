//! What two threads find is what one finds: the same mesh, and the same to report in the same order.

use std::fmt::Write;

use meshc_dialect::diagnostic::Diagnostic;
use meshc_dialect::sources::Sources;

use super::*;
use crate::project::Project;
use crate::resolve::{Spare, check, check_each, resolve, resolve_by_two};

/// The services that a line more is put into: one of each half, and some beside each other.
const CHANGED: [usize; 5] = [7, 8, 9, 299, 450];

/// Returns files large enough for two threads, with a line more in some services, and others before all of them.
fn project(more: &str, top: &str) -> Sources {
    let mut text = String::new();
    for number in 0..600 {
        let more = if CHANGED.contains(&number) { more } else { "" };
        let next = number / 2;
        let limit = 100 + number / 3;
        writeln!(
            text,
            "// Long enough for two threads to read it.\nservice s{number} {{\n    port 8080 http\n    route \"/a\" {{ to s{next} }}\n    timeout \"5s\"\n    limit connections={limit}\n{more}}}"
        )
        .expect("a string takes all");
    }
    let sources = Sources::default();
    sources.add("a.kdl".into(), format!("service first {{ port 80 http }}\n{top}"));
    sources.add("b/services.kdl".into(), text);
    sources.add("z.kdl".into(), "service last { port 80 http }\n".into());
    sources
}

fn compare(more: &str, top: &str) {
    let sources = project(more, top);
    let envs =
        if top.contains("prod") || more.contains("prod") { &[None, Some("prod")][..] } else { &[None] };
    let mut all = String::new();
    for &env in envs {
        let (arena, mut out) = (Bump::new(), Diagnostics::default());
        let alone = Project::parse(&sources, &arena, &mut out);
        let read = out.as_slice().len();
        let mesh = resolve(&alone, env, &arena, &mut out);
        let (mine, mut parsed, mut compiled, mut found) =
            (Bump::new(), Bump::new(), Spare::default(), Diagnostics::default());
        let both = Project::parse_by_two(&sources, &mine, &mut parsed, &mut found);
        let same = resolve_by_two(&both, env, &mine, &mut compiled, &mut found);
        assert!(format!("{mesh:?}") == format!("{same:?}"), "another mesh with {more:?} and {top:?}");
        assert_eq!(
            format!("{:?}", out.as_slice()),
            format!("{:?}", found.as_slice()),
            "{more:?} and {top:?}"
        );
        let mut checked = Diagnostics::default();
        check(&both, env, (&Bump::new(), Some(&mut Spare::default())), &mut checked);
        let told = lines(&out.as_slice()[read..]);
        assert_eq!(told, lines(checked.as_slice()), "without a mesh: {more:?} and {top:?}");
        all.push_str(&told);
    }
    let (arena, mut found) = (Bump::new(), Diagnostics::default());
    let project = Project::parse(&sources, &arena, &mut Diagnostics::default());
    check_each(&project, envs, &mut found);
    assert_eq!(all, lines(found.as_slice()), "one after another: {more:?} and {top:?}");
}

fn lines(found: &[Diagnostic]) -> String {
    found.iter().map(|found| format!("{found:?}\n")).collect()
}

#[test]
fn two_threads_find_what_one_finds() {
    for more in [
        "",
        "    retyr 2\n",
        "    to nobody\n",
        "    port 8080 http\n}\n",
        "    /*\n",
        "    version \"\n",
        "    version v1\n    version v1\n",
        "    visible-to web\n",
        "    limit\n",
        "    balance random warmup=\"5s\"\n",
        "    raw DestinationRule because=\"x\" {\n        spec { x 1; }\n    }\n",
        "    address \"203.0.113.9\"\n    port 7000 tcp\n",
        "    egress api.example.com { tls originate; timeout \"3s\" }\n",
        "    waive timeout because=\"x\" until=\"2030-01-01\"\n",
        "    use slow\n",
        "    in prod { timeout \"7s\" }\n",
        "    drop timeout\n",
        "    route \"/b\" { respond 404; in prod { respond 503 } }\n",
        "    namespace other\n    owner team slack=\"#x\"\n",
    ] {
        compare(more, "");
    }
}

#[test]
fn what_stands_above_services_holds_whoever_finds_it() {
    let ingress = "gateway public ingress { workload istio=ingressgateway }\ningress a.example.com via=public { tls off; to s9 }\n";
    for top in [
        "mesh x { envs prod; namespace away; cluster-domain other.local; mtls istio }\n",
        "mesh x { envs prod; in prod { namespace away } }\n",
        "mesh x { envs prod }\nin prod { service s9 { timeout \"8s\" } }\n",
        "defaults { service { namespace away; retry 2 } }\n",
        "template slow { timeout \"9s\"; retry 2 }\n",
        "policy p { require owner; limit timeout max=\"3s\" }\n",
        "service s9 { port 80 http }\nservice s450 { port 80 http; visible-to web }\n",
        "egress s9.example.com { tls originate; limit connections=9 }\nexpect x { request GET \"http://s9/\"; to s9 }\n",
    ] {
        for more in ["", "    visible-to web\n", "    use slow\n"] {
            compare(more, &format!("{ingress}{top}"));
        }
    }
}
