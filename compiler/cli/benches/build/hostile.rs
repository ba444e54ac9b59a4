//! Files of 64 KiB that ask for as much work as they can, each in its own way.

use std::fmt::Write;

/// As large as a file that must cost next to nothing.
const SIZE: usize = 64 * 1024;

/// Returns the files, by what they are made of.
pub fn files() -> Vec<(&'static str, String)> {
    let versions = lines(1000, |number| format!("version v{number}"));
    let using = |number| format!("service s{number} {{ port 80 http; use t; serve v1 }}");
    let plain = |number| format!("service s{number} {{ port 80 http; serve v1 }}");
    let known =
        |count| lines(count, |number| format!("service service-number-{number:04} {{ port 80 http }}"));
    let rules = lines(500, |number| format!("policy p{number} {{ require timeout; require owner }}"));
    let door = "gateway public ingress { workload istio=ingressgateway }\nservice a { port 80 http }\n";
    let service = |text: &str| format!("service a {{ port 80 http\n{text}");
    vec![
        ("a template for all", fill(&format!("template t {{\n{versions}}}\n"), using, "")),
        ("defaults for all", fill(&format!("defaults {{ service {{\n{versions}}} }}\n"), plain, "")),
        (
            "unknown services",
            fill(
                &format!("{}service zz {{ port 80 http\n", known(700)),
                |number| format!("route \"/{number}\" {{ to service-numbre-{number:04} }}"),
                "}\n",
            ),
        ),
        (
            "unknown versions",
            fill(
                &service(&lines(900, |number| format!("version version-{number:04}"))),
                |number| format!("route \"/{number}\" {{ to verzion-{number:04} }}"),
                "}\n",
            ),
        ),
        (
            "unknown templates",
            fill(
                &lines(800, |number| format!("template template-{number:04} {{ retry 2 }}")),
                |number| format!("service s{number} {{ port 80 http; use templaet-{number:04} }}"),
                "",
            ),
        ),
        (
            "environments",
            fill(
                &format!("mesh m {{ envs {} }}\n{}", lines(64, |n| format!("e{n} \\")), service("")),
                |number| format!("in enviromnent-{number:04} {{ timeout \"{number}s\" }}"),
                "}\n",
            ),
        ),
        (
            "routes that follow routes",
            fill(
                &format!(
                    "gateway public ingress {{ workload istio=ingressgateway }}\n{}{}}}\ningress x.example.com {{\n",
                    service(""),
                    lines(900, |number| format!("route \"/{number}\" {{ retry 1 }}")),
                ),
                |number| format!("route \"/{number}/*\" {{ to a }}"),
                "}\n",
            ),
        ),
        ("rules", fill(&rules, |number| format!("service s{number} {{ port 80 http }}"), "")),
        ("a split", fill(&service(&versions), |number| format!("to v{} weight=0.01", number % 1000), "}\n")),
        ("routes", fill(&service(""), |number| format!("route \"/{number}/*\" {{ timeout \"5s\" }}"), "}\n")),
        (
            "routes of an ingress",
            fill(
                &format!("{door}ingress x.example.com {{\n"),
                |number| format!("route \"/{number}/*\" {{ to a }}"),
                "}\n",
            ),
        ),
        (
            "cookies",
            fill(&service("route \"/x\" { when {\n"), |number| format!("cookie c{number}=x"), "} } }\n"),
        ),
        ("raw fields", fill(&service("raw VirtualService {\n"), |number| format!("f{number} 1"), "} }\n")),
        (
            "routes with tests that follow",
            fill(
                &format!(
                    "gateway public ingress {{ workload istio=ingressgateway }}\nservice a {{ port 80 http\n{}}}\ningress x.example.com {{\n",
                    lines(600, |number| format!(
                        "route name=r{number} {{ when {{ header a=b{number} }}; retry 1 }}"
                    )),
                ),
                |number| format!("route \"/{number}/*\" {{ to a }}"),
                "}\n",
            ),
        ),
        (
            "services that follow one",
            fill(
                &format!(
                    "service a {{ port 80 http\n{}}}\n",
                    lines(1000, |number| format!("route \"/{number}\" {{ retry 1 }}")),
                ),
                |number| format!("service s{number} {{ port 80 http; to a }}"),
                "",
            ),
        ),
        (
            "regexes",
            fill(
                &service(""),
                |number| format!("route (regex)#\"/x{number}(\\pL{{10}}){{5}}\"# {{ retry 1 }}"),
                "}\n",
            ),
        ),
        (
            "a split for all routes",
            fill(
                &service(&lines(1000, |number| format!("version v{number}\nto v{number} weight=0.1"))),
                |number| format!("route \"/{number}\" {{ retry 1 }}"),
                "}\n",
            ),
        ),
        (
            "a deep path",
            fill(
                &service(&format!("route \"{}/*\" {{ retry 1 }}\n", "/a".repeat(SIZE / 2 - 100))),
                |number| format!("version v{number}"),
                "serve v1 }\n",
            ),
        ),
        (
            "secrets",
            fill(&service(""), |number| format!("xyz \"-----BEGIN PRIVATE KEY-----{number}\""), "}\n"),
        ),
        (
            "mistakes in a template",
            fill(
                &format!("template t {{\n{}}}\n", lines(900, |number| format!("xyz{number}"))),
                |number| format!("service s{number} {{ port 80 http; use t }}"),
                "",
            ),
        ),
        (
            "raw fields for all",
            fill(
                &format!(
                    "defaults {{ service {{ raw VirtualService because=x {{\n{}}} }} }}\n",
                    lines(2500, |number| format!("f{number} 1")),
                ),
                |number| format!("service s{number} {{ port 80 http }}"),
                "",
            ),
        ),
        (
            "names of one object",
            fill(door, |number| format!("ingress h{number}.example.com as=x {{ to a }}"), ""),
        ),
        (
            "regexes above paths",
            fill(
                &service(&lines(900, |number| format!("route (regex)\"/[a-z/]+{number}\" {{ retry 1 }}"))),
                |number| format!("route \"/x/{number}q\" {{ retry 1 }}"),
                "}\n",
            ),
        ),
        (
            "headers for all routes",
            fill(
                &service(&format!(
                    "headers {{\n{}}}\n",
                    lines(700, |number| format!("set x-{number}=v{number}"))
                )),
                |number| format!("route \"/{number}\" {{ headers {{ set x-{number}=w }} }}"),
                "}\n",
            ),
        ),
        (
            "ways into a canary for all routes",
            fill(
                &service(&format!(
                    "version v1\nversion v2\nserve v1\ncanary v2 percent=5 {{\n{}}}\n",
                    lines(500, |number| format!("when {{ header x=c{number} }}")),
                )),
                |number| format!("route \"/{number}\" {{ retry 1 }}"),
                "}\n",
            ),
        ),
        (
            "wildcards",
            fill(
                door,
                |number| format!("ingress *.h{number}.io {{ to a }}\ningress x.h{number}.io {{ to a }}"),
                "",
            ),
        ),
        (
            "words of HTTP without any",
            fill("service a { port 80 tcp\n", |number| format!("route \"/{number}\" {{ retry 1 }}"), "}\n"),
        ),
        (
            "a regex of a template for all",
            fill(
                &format!(
                    "template t {{ route \"/x\" {{ when {{ cookie c=(regex)\"{}\" }}; retry 1 }} }}\n",
                    "(a|b)".repeat(180)
                ),
                |number| format!("service s{number} {{ port 80 http; use t }}"),
                "",
            ),
        ),
        (
            "tests for all but one value that follow",
            fill(
                &format!(
                    "gateway public ingress {{ workload istio=ingressgateway }}\n{}}}\ningress x.example.com {{\n",
                    service(&lines(450, |number| format!(
                        "route name=r{number} {{ when {{ not {{ header a=b{number} }} }}; retry 1 }}"
                    ))),
                ),
                |number| format!("route \"/{number}\" {{ when {{ not {{ header c=d{number} }} }}; to a }}"),
                "}\n",
            ),
        ),
        (
            "namespaces for all",
            fill(
                &format!(
                    "defaults {{ egress {{ port 5432 tcp; visible-to {} }} }}\n",
                    lines(900, |number| format!("n{number} \\"))
                ),
                |number| format!("egress h{number}.example.com"),
                "",
            ),
        ),
        (
            "conditions for all",
            fill(
                &format!("defaults {{ service {{ retry 2 on=\"{}5xx\" }} }}\n", "5xx,".repeat(10_000)),
                |number| format!("service s{number} {{ port 80 http }}"),
                "",
            ),
        ),
        (
            "headers of what is followed",
            fill(
                &format!(
                    "{door}service b {{ port 80 http\nroute name=r {{ when {{\n{}}}; retry 1 }}\n}}\ningress x.example.com {{\n",
                    lines(900, |number| format!("header h{number}=v")),
                ),
                |number| format!("route \"/{number}/*\" {{ when {{ header g=w }}; to b }}"),
                "}\n",
            ),
        ),
        ("values", fill("mesh { envs a \\\n", |_| "a \\".into(), "}\n")),
        ("mistakes", fill(&service(""), |number| format!("xyz{number}"), "}\n")),
        ("braces", "{".repeat(SIZE)),
    ]
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

/// Returns as many lines as there is room for.
fn fill(head: &str, line: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    for line in (0..).map(line) {
        if text.len() + line.len() + tail.len() + 1 > SIZE {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text + tail
}
