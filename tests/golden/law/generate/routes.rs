//! Routes at random.

use meshc_compiler::mesh::{
    Action, Cors, Destination, Fault, Forward, HeaderEdits, Headers, HttpRoute, Labels, Mirror, Origin,
    PathRewrite, Pattern, Place, Redirect, RedirectPath, Respond, Retry, RetryPlan, Rewrite, Scope, Share,
    Split, TcpRoute, Test, TlsRoute, Way,
};

use super::{Dice, OUTSIDE, PORTS, SERVICES};

pub fn http(dice: &mut Dice, at: &[Place]) -> HttpRoute<'static> {
    let action = match dice.below(5) {
        0 => Action::Redirect(redirect(dice)),
        1 => Action::Respond(Respond { status: dice.of(&[200, 503]), body: dice.maybe(|_| "no\nmore") }),
        _ => Action::Forward(forward(dice)),
    };
    HttpRoute {
        name: dice.of(&["", "all", "some", "rest"]),
        ways: (0..dice.below(4)).map(|_| Way { scope: scope(dice, at), tests: tests(dice).into() }).collect(),
        action,
        headers: headers(dice).into(),
        cors: dice.maybe(cors).map(Box::new),
    }
}

pub fn tls(dice: &mut Dice, at: &[Place]) -> TlsRoute<'static> {
    let way = |dice: &mut Dice| {
        let mut names = dice.some(OUTSIDE);
        names.push("tls.example");
        (scope(dice, at), names)
    };
    TlsRoute { ways: (0..1 + dice.below(2)).map(|_| way(dice)).collect(), to: split(dice) }
}

pub fn tcp(dice: &mut Dice, at: &[Place]) -> TcpRoute<'static> {
    TcpRoute { ways: (0..dice.below(3)).map(|_| scope(dice, at)).collect(), to: split(dice) }
}

fn scope(dice: &mut Dice, at: &[Place]) -> Scope<'static> {
    let port = dice.maybe(|dice| dice.of(PORTS));
    let at = dice.maybe(|dice| dice.of(at));
    // Callers are named together with no place: a gateway would otherwise not look at them.
    match dice.below(4) {
        0 => Scope {
            at: None,
            port,
            namespace: dice.maybe(|dice| dice.of(&["shop", "web"])),
            labels: dice.labels(),
        },
        _ => Scope { at, port, namespace: None, labels: Labels::new() },
    }
}

fn tests(dice: &mut Dice) -> Vec<Test<'static>> {
    let mut tests = Vec::new();
    let value = |dice: &mut Dice| {
        dice.of(&[Pattern::Exact("no"), Pattern::Prefix("1"), Pattern::Regex("(a|b)+"), Pattern::Present])
    };
    let paths = [Pattern::Exact("/api"), Pattern::Prefix("/api/"), Pattern::Regex("/v[0-9]+/.*")];
    tests.extend(dice.maybe(|dice| Test::Path(dice.of(&paths))));
    tests.extend(
        dice.maybe(|dice| Test::Method(dice.of(&[Pattern::Exact("GET"), Pattern::Regex("GET|HEAD")]))),
    );
    tests.extend(dice.maybe(|_| Test::Authority(Pattern::Exact("api.example.com"))));
    tests.extend(dice.maybe(|dice| Test::Header("x-canary", value(dice))));
    tests.extend(dice.maybe(|dice| Test::Header("cookie", value(dice))));
    tests.extend(dice.maybe(|dice| Test::NoHeader("x-robot", value(dice))));
    tests.extend(dice.maybe(|dice| Test::Query("page", value(dice))));
    tests.sort_unstable();
    tests
}

fn forward(dice: &mut Dice) -> Forward<'static> {
    let percent = |dice: &mut Dice| dice.of(&[1, 7, 29, 57, 100, 1_050, 10_000]);
    let retry = match dice.below(3) {
        0 => Retry::Default,
        1 => Retry::Off,
        // Made meshes live as long as the test.
        _ => Retry::Set(Box::leak(Box::new(RetryPlan {
            attempts: 3,
            per_try: dice.maybe(Dice::millis),
            on: dice.maybe(|_| "5xx,reset"),
            backoff: dice.maybe(Dice::millis),
        }))),
    };
    let path = [
        PathRewrite::Matched("/"),
        PathRewrite::Regex { find: "^/a", to: "" },
        PathRewrite::Regex { find: "^/(a)", to: "/\\1b" },
    ];
    Forward {
        to: split(dice),
        timeout: dice.maybe(Dice::millis),
        retry,
        rewrite: Rewrite { path: dice.maybe(|dice| dice.of(&path)), host: dice.maybe(|_| "other.example") }
            .into(),
        mirrors: (0..dice.below(3))
            .map(|_| Mirror { to: destination(dice), percent: percent(dice) })
            .collect(),
        fault: Fault {
            delay: dice.maybe(|dice| (dice.millis(), percent(dice))),
            abort: dice.maybe(|dice| (418, percent(dice))),
        }
        .into(),
    }
}

fn redirect(dice: &mut Dice) -> Redirect<'static> {
    Redirect {
        scheme: dice.maybe(|_| "https"),
        host: dice.maybe(|_| "new.example"),
        port: dice.maybe(|_| 8443),
        path: dice.of(&[RedirectPath::Kept, RedirectPath::Is("/new?x=y")]),
        status: dice.of(&[301, 302, 303, 307, 308]),
    }
}

fn split(dice: &mut Dice) -> Split<'static> {
    let weights =
        dice.of(&[vec![10_000], vec![9_000, 1_000], vec![3_333, 6_667], vec![1, 1, 1], vec![10_000, 0]]);
    let share = |weight| Share { to: destination(dice), weight, headers: headers(dice).into() };
    Split::new(weights.into_iter().map(share).collect(), None).expect("there are weights")
}

fn destination(dice: &mut Dice) -> Destination<'static> {
    let exact: Vec<&'static str> =
        [SERVICES, OUTSIDE].concat().into_iter().filter(|host| !host.starts_with('*')).collect();
    let doors = ["istio-ingressgateway.istio-system.svc.cluster.local", "exit.ops.svc.cluster.local"];
    let host = if dice.one_in(6) { dice.of(&doors) } else { dice.of(&exact) };
    Destination { host, port: dice.of(PORTS), subset: dice.maybe(|dice| dice.of(&["v1", "v2"])) }
}

fn headers(dice: &mut Dice) -> Headers<'static> {
    let edits = |dice: &mut Dice| HeaderEdits {
        set: dice.maybe(|_| ("x-a", "yes")).into_iter().collect(),
        add: dice.maybe(|_| ("x-b", "%REQ(x)%")).into_iter().collect(),
        remove: dice.maybe(|_| "x-c").into_iter().collect(),
    };
    if dice.one_in(3) { Headers { request: edits(dice), response: edits(dice) } } else { Headers::default() }
}

fn cors(dice: &mut Dice) -> Cors<'static> {
    Cors {
        origins: vec![dice.of(&[Origin::Exact("https://a.example"), Origin::Regex(".*")])],
        methods: dice.some(&["GET", "POST"]),
        headers: dice.some(&["x-a"]),
        expose: dice.some(&["x-b"]),
        max_age: dice.maybe(Dice::millis),
        credentials: dice.one_in(2),
    }
}
