//! `check --fix`: what newcomers bring from other languages is mended, round by round, until nothing is left.

use crate::place::Place;

/// Every slip that has one meaning only.
const TRAPS: &str = r##"# the product's reviews
sеrvice Reviews,
{
    port: 9080 HTTP
    port "9090" grpc
    version v1, version 2 build=2.1.0
    version v3 app.kubernetes.io/name=reviews<unseen>
    serve = v1
    canary v3 percent=10% { header x-user: jason }
    timout '5 seconds'
    retry 2 per-try "1.5s", mirror v3 percent="5%"
    eject after=5 every=10 s
    balance roundrobin
    route /slow/* timeout 30s retry 0
    route (regex)"/users/\d+" { timeout 1m }
    route (regex)r"/items/\d+" name=items{ timeout 2d }
    route "/old"
    {
        redirect https://www.example.com/new status=301
    }
    cors {
        origin "https://shop.example.com/cart"
        methods GET, POST
        credentials #true
    }
    in dev,staging { timeout never }
    in stagng, prod { canary percent=.5 }
}
"##;

const MESH: &str = "mesh acme {\n    meshc >=0.1\n    istio 1.30\n    envs dev, staging, prod\n    include teams/**/*.kdl\n}\n";

const MENDED: &str = r##"// the product's reviews
service reviews {
    port 9080 http
    port 9090 grpc
    version v1; version "2" build="2.1.0"
    version v3 "app.kubernetes.io/name"=reviews
    serve v1
    canary v3 percent=10 { header x-user=jason }
    timeout "5s"
    retry 2 per-try="1500ms"; mirror v3 percent=5
    eject after=5 every="10s"
    balance round-robin
    route "/slow/*" { timeout "30s"; retry 0 }
    route (regex)#"/users/\d+"# { timeout "1m" }
    route (regex)#"/items/\d+"# name=items{ timeout "48h" }
    route "/old" {
        redirect "https://www.example.com/new" status=301
    }
    cors {
        origin "https://shop.example.com"
        methods GET POST
        credentials
    }
    in dev staging { timeout off }
    in staging prod { canary percent=0.5 }
}
"##;

#[test]
fn what_has_one_meaning_is_mended() {
    let place = Place::with(&[
        ("mesh.kdl", MESH),
        ("teams/shop/reviews.kdl", &TRAPS.replace("<unseen>", "\u{200b}")),
    ]);
    place.run(&["check", "--fix"]).exits(0);
    assert_eq!(place.read("teams/shop/reviews.kdl"), MENDED);
    place.run(&["check"]).exits(0).says("meshc: ok: 2 files in dev, staging, prod");
    place.run(&["build", "--env", "prod"]).exits(0);
}

/// Lines in the order of nginx, Istio and HTTP libraries, each of which means one thing.
const OTHER_ORDER: &str = r##"gateway public ingress { workload istio=ingressgateway }
service reviews { port 9080 http; balance hash cookie sid; headers { set x-a b }; retry off }
ingress shop.example.com {
    tls simple secret=shop-cert min=TLSV1_2
    route "/old" { redirect 301 "/new" }
    route "/c/*" { rewrite "^/c/([0-9]+)" "/$1"; to reviews }
    route "/d/**" { when { header x-a=b and method get }; to reviews }
    route "/e/*" { header x-user=jason; to reviews }
    route "/f/*" { headers { x-team: shop }; to reviews }
    to reviews
}
"##;

const OUR_ORDER: &str = r##"gateway public ingress { workload istio=ingressgateway }
service reviews { port 9080 http; balance hash cookie=sid; headers { set x-a=b }; retry 0 }
ingress shop.example.com {
    tls terminate secret=shop-cert min="1.2"
    route "/old" { redirect "/new" status=301 }
    route "/c/*" { rewrite regex="^/c/([0-9]+)" to=#"/\1"#; to reviews }
    route "/d/*" { when { header x-a=b; method GET }; to reviews }
    route "/e/*" { when { header x-user=jason }; to reviews }
    route "/f/*" { headers { set x-team=shop }; to reviews }
    to reviews
}
"##;

#[test]
fn what_is_written_in_the_order_of_another_tool_is_mended() {
    let place = Place::with(&[("shop.kdl", OTHER_ORDER)]);
    place.run(&["check", "--fix"]).exits(0);
    assert_eq!(place.read("shop.kdl"), OUR_ORDER);
    place.run(&["build"]).exits(0);
}

#[test]
fn what_has_several_meanings_is_left() {
    for line in [
        "timeout 5",
        "canary v2 10%",
        "route \"/api*\" { timeout \"1s\" }",
        "retry 2 timeout=\"1s\"",
        "port 9091 tcpfoo",
        "route \"/health\" { respond \"ok\" }",
        "route \"/b/*\" { rewrite \"/b/c\" \"/\" }",
    ] {
        let text = format!("service reviews {{\n    port 9080 http\n    {line}\n}}\n");
        let place = Place::with(&[("reviews.kdl", &text)]);
        place.run(&["check", "--fix"]).exits(1).says("fixed 0 findings");
        assert_eq!(place.read("reviews.kdl"), text);
    }
}

#[test]
fn a_secret_is_never_shown() {
    const SECRETS: [&str; 4] = [
        "Bearer eyJhbGciOiJIUzI1NiJ9",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_0123456789abcdefghij",
        "https://admin:hunter2@x.example/",
    ];
    for secret in SECRETS {
        let bare = secret
            .trim_start_matches("Bearer ")
            .trim_start_matches("https://")
            .trim_end_matches("@x.example/");
        let text = format!(
            "service reviews {{\n    port 9080 http\n    headers {{ set x-key=\"{secret}\" }}\n    route {secret} // {secret}\n}}\n"
        );
        let place = Place::with(&[("reviews.kdl", &text)]);
        for format in ["pretty", "compact", "json", "github", "sarif"] {
            let run = place.run(&["check", "--format", format]);
            assert!(!run.stdout.contains(bare) && !run.stderr.contains(bare), "{format}: {run:?}");
        }
    }
}

#[test]
fn a_file_does_not_grow_larger_than_is_read() {
    let text = "service a { port 80 http; timeout 5s }\n";
    let text = format!("{text}//{}\n", "-".repeat((1 << 20) - text.len() - 3));
    let place = Place::with(&[("a.kdl", &text)]);
    place
        .run(&["check", "--fix"])
        .exits(2)
        .says("a.kdl")
        .says("it would be larger than 1 MiB: split the file first");
    assert_eq!(place.read("a.kdl"), text);
}
