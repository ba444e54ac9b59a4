//! The judge bites: what is wrong is refused, in the words that a user of Istio would read.

use crate::judge::judge;
use crate::shapes::ORIGINATION;

#[test]
fn one_release_may_refuse_what_the_next_accepts() {
    let Some(judge) = judge() else { return };
    let redirect =
        virtual_service("reviews", "{match: [{uri: {prefix: /a}}], redirect: {prefixRewrite: /b}}");
    let before = judge.ask("1.30", &redirect).complaints();
    assert_eq!(
        before,
        [
            "VirtualService shop/reviews: VirtualService/reviews/shop: unknown fields [spec.http[0].redirect.prefixRewrite]"
        ]
    );
    assert_eq!(judge.ask("1.31", &redirect).complaints(), Vec::<String>::new());
}

#[test]
fn a_field_that_does_not_exist_is_refused() {
    refused(
        &virtual_service("reviews", &format!("{{timeouts: 3s, {TO_REVIEWS}}}")),
        "unknown fields [spec.http[0].timeouts]",
    );
}

#[test]
fn a_value_that_does_not_exist_is_refused() {
    refused(&ORIGINATION.replace("mode: SIMPLE", "mode: SIMPEL"), r#"Unsupported value: "SIMPEL""#);
    refused(&virtual_service("reviews", &format!("{{timeout: 3x, {TO_REVIEWS}}}")), r#"unknown unit "x""#);
    refused(&ORIGINATION.replace("number: 80", r#"number: "80""#), "must be of type integer");
}

#[test]
fn what_the_webhook_refuses_is_refused() {
    let unweighted =
        "route: [{destination: {host: a.example}, weight: 0}, {destination: {host: b.example}, weight: 0}]";
    refused(&virtual_service("reviews", &format!("{{{unweighted}}}")), "total destination weight = 0");
    refused(
        &ORIGINATION
            .replace("targetPort: 443}", "targetPort: 443}, {number: 81, name: http, protocol: HTTP}"),
        r#"service entry port name "http" already defined"#,
    );
    refused(
        &virtual_service("reviews", &format!("{{{TO_REVIEWS}}}, {{{TO_REVIEWS}}}")),
        "only the last rule can have no matches",
    );
}

#[test]
fn what_the_api_server_refuses_is_refused() {
    refused(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
        "ConfigMap of v1 is not a kind of Istio",
    );
    refused(&ORIGINATION.replace("name: bank", "name: Bank"), "a lowercase RFC 1123 subdomain");
    refused("{kind: a, kind: b}", r#"key "kind" already set in map"#);
    refused(&format!("{ORIGINATION}---{ORIGINATION}"), "document 0 has the same kind, namespace and name");
}

#[test]
fn what_points_nowhere_is_refused() {
    refused(&ORIGINATION.replace("number: 80}}", "number: 443}}"), "IST0101 Referenced host:port not found");
    refused(&ORIGINATION.replace("hosts: [api.bank.example.com]", "hosts: [other.example.com]"), "IST0174");
    refused(
        &virtual_service("reviews", "{route: [{destination: {host: a.example}}]}"),
        r#"IST0101 Referenced host not found: "a.example""#,
    );
    refused(
        &virtual_service(
            "reviews",
            "{route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v3}}]}",
        ),
        r#"IST0101 Referenced host+subset in destinationrule not found: "reviews.shop.svc.cluster.local+v3""#,
    );
    let behind_gateway = ORIGINATION.replace("  http:", "  gateways: [edge/public]\n  http:");
    refused(&behind_gateway, r#"IST0101 Referenced gateway not found: "edge/public""#);
}

#[test]
fn what_contradicts_itself_is_refused() {
    let route = format!("{{{TO_REVIEWS}}}");
    refused(&(virtual_service("one", &route) + "---\n" + &virtual_service("two", &route)), "IST0109");
    refused(&ORIGINATION.replace(", caCertificates: system", ""), "IST0128");
}

#[test]
fn the_world_that_is_given_comes_before_the_one_made_up() {
    let Some(judge) = judge() else { return };
    let yaml = virtual_service("reviews", &format!("{{{TO_REVIEWS}}}"));
    assert_eq!(judge.ask("1.30", &yaml).complaints(), Vec::<String>::new());
    let world = "{apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}, spec: {ports: [{port: 9080}]}}";
    let complaints = judge.ask_in("1.30", &yaml, world).complaints();
    assert!(
        complaints[0].contains(r#"Referenced host:port not found: "reviews.shop.svc.cluster.local:80""#),
        "{complaints:?}"
    );
}

#[test]
fn a_gateway_may_go_to_all_pods_only_where_the_service_itself_does() {
    let to_v1 =
        "route: [{destination: {host: reviews.shop.svc.cluster.local, port: {number: 80}, subset: v1}}]";
    let world = |http: &str| {
        let objects = [
            virtual_service("reviews", http),
            SUBSETS.to_owned(),
            GATEWAY.to_owned(),
            virtual_service("shop", &format!("{{{TO_REVIEWS}}}")).replace(
                "hosts: [reviews.shop.svc.cluster.local]",
                "hosts: [shop.example.com], gateways: [public]",
            ),
        ];
        objects.join("---\n")
    };
    refused(&world(&format!("{{{to_v1}}}")), "IST0140");
    let Some(judge) = judge() else { return };
    let both = world(&format!("{{match: [{{uri: {{prefix: /a}}}}], {to_v1}}}, {{{TO_REVIEWS}}}"));
    assert_eq!(judge.ask("1.30", &both).complaints(), Vec::<String>::new());
}

const SUBSETS: &str = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews, namespace: shop}\nspec: {host: reviews.shop.svc.cluster.local, subsets: [{name: v1, labels: {version: v1}}]}\n";

const GATEWAY: &str = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: public, namespace: shop}\nspec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}\n";

const TO_REVIEWS: &str = "route: [{destination: {host: reviews.shop.svc.cluster.local, port: {number: 80}}}]";

fn virtual_service(name: &str, http: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {{hosts: [reviews.shop.svc.cluster.local], http: [{http}]}}\n"
    )
}

fn refused(yaml: &str, words: &str) {
    let Some(judge) = judge() else { return };
    let complaints = judge.ask("1.30", yaml).complaints();
    let said = complaints.iter().any(|complaint| complaint.contains(words));
    assert!(said, "istiod does not say `{words}` but\n{}", complaints.join("\n"));
}
