//! Everything that an HTTP route can say.

use super::*;
use crate::mesh::{
    Cors, HeaderEdits, Mirror, Origin, PathRewrite, Rare, Redirect, RedirectPath, Respond, RetryPlan,
};
use insta::assert_snapshot;

const SHOP: &str = "shop.example.com";

fn to_api<'a>() -> Forward<'a> {
    forward(Split::all(destination("api.shop.svc.cluster.local", 8080, None)))
}

/// The routes of one host in the mesh.
fn http(routes: Vec<HttpRoute<'_>>) -> String {
    let mut mesh = mesh();
    mesh.bindings
        .push(Binding { http: routes.into(), ..binding(object("shop", "shop"), SHOP, vec![Place::Mesh]) });
    specs(&mesh)
}

#[test]
fn every_way_to_match() {
    let all = Way {
        scope: Scope {
            at: None,
            port: Some(80),
            namespace: Some("web"),
            labels: vec![("app", "frontend"), ("tier", "1")].into(),
        },
        tests: vec![
            Test::Path(Pattern::Regex("/v[0-9]+/.*")),
            Test::Method(Pattern::Exact("GET")),
            Test::Authority(Pattern::Prefix("shop.")),
            Test::Header("cookie", Pattern::Regex("(.*; )?beta=yes(;.*)?")),
            Test::Header("x-debug", Pattern::Present),
            Test::NoHeader("user-agent", Pattern::Prefix("curl/")),
            Test::NoHeader("x-internal", Pattern::Present),
            Test::Query("page", Pattern::Exact("1")),
            Test::Query("preview", Pattern::Present),
        ]
        .into(),
    };
    let ways = vec![all, when(&[Test::Path(Pattern::Exact("/api"))]), when(&[below("/api/")])];
    assert_snapshot!(http(vec![route("api", ways, Action::Forward(to_api()))]), @r#"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: api
        match:
        - uri:
            regex: /v[0-9]+/.*
          method:
            exact: GET
          authority:
            prefix: shop.
          headers:
            cookie:
              regex: (.*; )?beta=yes(;.*)?
            x-debug: {}
          withoutHeaders:
            user-agent:
              prefix: curl/
            x-internal: {}
          queryParams:
            page:
              exact: "1"
            preview: {}
          port: 80
          sourceNamespace: web
          sourceLabels:
            app: frontend
            tier: "1"
        - uri:
            exact: /api
        - uri:
            prefix: /api/
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
    "#);
}

#[test]
fn callers_in_the_mesh_stand_without_the_place_that_would_hide_them() {
    let caller = Scope { at: Some(Place::Mesh), namespace: Some("web"), ..Scope::default() };
    let way = Way { scope: caller, tests: vec![].into() };
    assert_snapshot!(http(vec![route("api", vec![way], Action::Forward(to_api()))]), @"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: api
        match:
        - sourceNamespace: web
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
    ");
}

#[test]
fn everything_that_happens_on_the_way() {
    let shadow = destination("shadow.shop.svc.cluster.local", 8080, None);
    let plan = RetryPlan { attempts: 3, per_try: Some(1_500), on: Some("503,reset"), backoff: Some(25) };
    let action = Forward {
        timeout: Some(60_000),
        retry: Retry::Set(&plan),
        rewrite: Rewrite {
            path: Some(PathRewrite::Regex { find: "^/v1/(.*)$", to: r"/\1" }),
            host: Some("internal.example.com"),
        }
        .into(),
        mirrors: vec![Mirror { to: shadow, percent: 10_000 }, Mirror { to: shadow, percent: 1 }].into(),
        fault: Fault { delay: Some((3_000, 2_000)), abort: Some((503, 250)) }.into(),
        ..to_api()
    };
    let request = HeaderEdits {
        set: vec![("x-edge", "public")],
        add: vec![("via", "meshc")],
        remove: vec!["x-internal-user"],
    };
    let response = HeaderEdits { remove: vec!["server"], ..HeaderEdits::default() };
    let cors = Cors {
        origins: vec![
            Origin::Exact("https://shop.example.com"),
            Origin::Regex(r"https://[^.]+\.shop\.example\.com"),
        ],
        methods: vec!["GET", "POST"],
        headers: vec!["authorization"],
        expose: vec!["x-request-id"],
        max_age: Some(86_400_000),
        credentials: true,
    };
    let route = HttpRoute {
        headers: Headers { request, response }.into(),
        cors: Some(Box::new(cors)),
        ..route("api", vec![], Action::Forward(action))
    };
    assert_snapshot!(http(vec![route]), @r"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: api
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
        mirrors:
        - destination:
            host: shadow.shop.svc.cluster.local
            port:
              number: 8080
          percentage:
            value: 100
        - destination:
            host: shadow.shop.svc.cluster.local
            port:
              number: 8080
          percentage:
            value: 0.01
        rewrite:
          uriRegexRewrite:
            match: ^/v1/(.*)$
            rewrite: /\1
          authority: internal.example.com
        timeout: 1m
        retries:
          attempts: 3
          perTryTimeout: 1500ms
          retryOn: 503,reset
          backoff: 25ms
        fault:
          delay:
            fixedDelay: 3s
            percentage:
              value: 20
          abort:
            httpStatus: 503
            percentage:
              value: 2.5
        headers:
          request:
            set:
              x-edge: public
            add:
              via: meshc
            remove:
            - x-internal-user
          response:
            remove:
            - server
        corsPolicy:
          allowOrigins:
          - exact: https://shop.example.com
          - regex: https://[^.]+\.shop\.example\.com
          allowMethods:
          - GET
          - POST
          allowHeaders:
          - authorization
          exposeHeaders:
          - x-request-id
          maxAge: 24h
          allowCredentials: true
    ");
}

#[test]
fn headers_of_one_destination() {
    let request = HeaderEdits { set: vec![("x-version", "2")], ..HeaderEdits::default() };
    let (old, new) = ("api.shop.svc.cluster.local", "api-new.shop.svc.cluster.local");
    let shares = vec![
        Share { to: destination(old, 8080, None), weight: 2_500, headers: Rare::default() },
        Share {
            to: destination(new, 8080, None),
            weight: 7_500,
            headers: Headers { request, response: HeaderEdits::default() }.into(),
        },
    ];
    let split = Split::new(shares, None).expect("a split has shares");
    assert_snapshot!(http(vec![route("api", vec![], Action::Forward(forward(split)))]), @r#"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: api
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
          weight: 25
        - destination:
            host: api-new.shop.svc.cluster.local
            port:
              number: 8080
          weight: 75
          headers:
            request:
              set:
                x-version: "2"
    "#);
}

#[test]
fn answers_of_the_proxy_itself() {
    let moved = |host, path, status| {
        Action::Redirect(Redirect { scheme: Some("https"), host, port: None, path, status })
    };
    let routes = vec![
        route("old", vec![when(&[below("/old/")])], moved(None, RedirectPath::Is("/"), 301)),
        route(
            "away",
            vec![when(&[below("/away/")])],
            moved(Some("new.example.com"), RedirectPath::Kept, 308),
        ),
        route(
            "healthz",
            vec![when(&[Test::Path(Pattern::Exact("/healthz"))])],
            Action::Respond(Respond { status: 200, body: Some("ok") }),
        ),
        route("gone", vec![], Action::Respond(Respond { status: 410, body: None })),
    ];
    assert_snapshot!(http(routes), @"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: old
        match:
        - uri:
            prefix: /old/
        redirect:
          scheme: https
          uri: /
          redirectCode: 301
      - name: away
        match:
        - uri:
            prefix: /away/
        redirect:
          scheme: https
          authority: new.example.com
          redirectCode: 308
      - name: healthz
        match:
        - uri:
            exact: /healthz
        directResponse:
          status: 200
          body:
            string: ok
      - name: gone
        directResponse:
          status: 410
    ");
}

#[test]
fn retries_that_are_off_and_a_prefix_that_is_rewritten() {
    let rewrite = Rewrite { path: Some(PathRewrite::Matched("/")), host: None };
    let action = Forward { retry: Retry::Off, rewrite: rewrite.into(), ..to_api() };
    let ways = vec![when(&[Test::Path(Pattern::Exact("/api"))]), when(&[below("/api/")])];
    assert_snapshot!(http(vec![route("api", ways, Action::Forward(action))]), @"
    # VirtualService shop
      hosts:
      - shop.example.com
      http:
      - name: api
        match:
        - uri:
            exact: /api
        - uri:
            prefix: /api/
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
        rewrite:
          uri: /
        retries:
          attempts: 0
    ");
}
