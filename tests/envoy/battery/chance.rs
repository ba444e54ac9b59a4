//! Projects and requests by chance, the same in every run.

use super::Probe;

/// Numbers that look like chance (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// Returns a number below another.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// Tells yes once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Returns one of these.
    pub fn of<'s>(&mut self, all: &[&'s str]) -> &'s str {
        all[self.below(all.len())]
    }

    /// Keeps so many of these.
    pub fn some<T>(&mut self, mut all: Vec<T>, most: usize) -> Vec<T> {
        while all.len() > most {
            let at = self.below(all.len());
            all.swap_remove(at);
        }
        all
    }
}

const PATHS: &[&str] = &[
    r#""/a""#,
    r#""/a/*""#,
    r#""/a/b""#,
    r#""/a/b/*""#,
    r#""/b/*""#,
    r#""/b""#,
    r#""/A""#,
    r#""/a.b""#,
    r#""/a/b/c""#,
    r#""/ab/*""#,
    r##"(regex)#"/[ab]+"#"##,
    r##"(regex)#"/a(/.*)?"#"##,
    r##"(regex)#".*/b"#"##,
    r##"(regex)#"/a.b"#"##,
    r##"(regex)#"(?i)/a.*"#"##,
    r##"(regex)#"/\w+/?"#"##,
    r##"(regex)#"/a/[^/]+/c"#"##,
    r##"(regex)#"/(a|b/)c?"#"##,
    r##"(regex)#"/a%2[fF].*"#"##,
];

const VALUES: &[&str] = &[
    r#""x""#,
    r#""xy""#,
    r#""x-y""#,
    r#""7a""#,
    r#""x*""#,
    r#""*""#,
    r##"(regex)#"x|y"#"##,
    r##"(regex)#"[a-cx]+"#"##,
    r##"(regex)#"x.y"#"##,
    r##"(regex)#"(?i)XY?"#"##,
    r##"(regex)#".*y"#"##,
    r##"(regex)#"\d+a?"#"##,
    r##"(regex)#"[^x]"#"##,
    r##"(regex)#"x?y*"#"##,
    r##"(regex)#"\w+,\w+"#"##,
    r##"(exact)"x*""##,
];

const NAMES: &[&str] = &["x-a", "x-b", "user-agent", "accept", "x-c"];

const ACTIONS: &[&str] = &[
    "",
    "",
    "",
    r#"rewrite path="/r""#,
    r#"rewrite path="/r/""#,
    r#"rewrite path="/""#,
    r#"rewrite host=other.example.net"#,
    r##"rewrite regex=#"/a(.*)"# to=#"/z\1"#"##,
    r##"rewrite regex=#"b"# to=#"[\0]"#"##,
    r#"rewrite path="/p" host=other.example.net"#,
    r#"redirect "https://new.example.net""#,
    r#"redirect "https://new.example.net/" status=302"#,
    r#"redirect "/there?x=y" status=307"#,
    r#"redirect "/there" status=308"#,
    r#"redirect "https://new.example.net:8443/q" status=303"#,
    r#"redirect "http://new.example.net""#,
    r#"respond 418 body="tea""#,
    "respond 403",
    r#"headers { set x-s=one; add x-a=two; remove x-b }"#,
    r#"headers { set x-a=one; remove x-c }"#,
];

/// Returns a project: a service with routes of its own, two without, and three hosts at a gateway.
pub fn project(chance: &mut Chance) -> String {
    let mut text = String::from(
        "mesh m { outbound registry-only }\ngateway public ingress { workload istio=ingressgateway }\nservice shop { port 80 http }\nservice b { port 80 http }\nservice c { port 9090 http; port 9091 http }\n",
    );
    text += "service a {\n    port 8080 http\n    version v1\n    version v2\n    serve v1\n";
    let own = ["to v1", "to v2", "to b", "to c port=9091", "to v1 weight=30; to v2 weight=70", ""];
    text += &routes(chance, &own);
    if chance.once_in(3) {
        text += "    canary v2 percent=20 { header x-a=x }\n";
    } else if chance.once_in(3) {
        text += "    mirror v2\n";
    }
    text += "}\n";
    let outside = ["to b", "to c port=9090", "to b weight=50; to c weight=50 port=9091"];
    for host in ["one.example.com", "two.example.com", "*.example.org"] {
        let rest = chance.of(&["to b", "respond 404", "to c port=9091"]);
        text += &format!("ingress {host} {{\n{}    {rest}\n}}\n", routes(chance, &outside));
    }
    text
}

fn routes(chance: &mut Chance, to: &[&str]) -> String {
    let mut text = String::new();
    for index in 0..1 + chance.below(5) {
        let mut patterns: Vec<&str> = (0..chance.below(3)).map(|_| chance.of(PATHS)).collect();
        patterns.sort_unstable();
        patterns.dedup();
        let mut whens = String::new();
        for _ in 0..chance.below(3).max(usize::from(patterns.is_empty())) {
            whens += &format!("        when {{ {} }}\n", when(chance));
        }
        let action = chance.of(ACTIONS);
        let ends = action.starts_with("redirect") || action.starts_with("respond");
        let to = if ends { "" } else { chance.of(to) };
        let lines: String = [action, to]
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| format!("        {line}\n"))
            .collect();
        text += &format!("    route {} name=r{index} {{\n{whens}{lines}    }}\n", patterns.join(" "));
    }
    text
}

fn when(chance: &mut Chance) -> String {
    let mut lines = Vec::new();
    let kinds = (0..8).collect();
    for kind in chance.some::<usize>(kinds, 2) {
        let (name, value) = (chance.of(NAMES), chance.of(VALUES));
        lines.push(match kind {
            0..3 => format!("header {name}={value}"),
            3 => format!("query {}={value}", chance.of(&["q", "p"])),
            4 => format!("method {}", chance.of(&["GET", "POST HEAD", "DELETE"])),
            5 => format!("not {{ header {name}={value} }}"),
            6 => format!("cookie s={}", chance.of(&["x", "\"x*\""])),
            _ => format!(
                "host {}",
                chance.of(&[r#""one*""#, "one.example.com", r##"(regex)#"(a|one)[.:].*"#"##])
            ),
        });
    }
    lines.join("; ")
}

/// Returns a request that has a bit of everything that such projects look at.
pub fn request(chance: &mut Chance, base: &Probe) -> Probe {
    let mut path = String::new();
    for _ in 0..1 + chance.below(4) {
        path += chance.of(&[
            "/a", "/b", "/c", "/A", "/ab", "/a.b", "/", "/.", "/..", "/%61", "%2f", "%2Fx", ";v", "//", "/x",
            "c", "/é", "%",
        ]);
    }
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    let values = ["x", "xy", "x-y", "7a", "", "y", "X", "12a", "x,y", "é", "x*", "xzy", "abc", "  x  "];
    for at in 0..chance.below(3) {
        path += if at == 0 { "?" } else { "&" };
        path += chance.of(&["q", "p", "Q", "%71", "q;p"]);
        if !chance.once_in(4) {
            path += &format!("={}", chance.of(&["x", "xy", "7a", "", "%78", "x=y", "y", "x+y"]));
        }
    }
    let mut headers = Vec::new();
    for _ in 0..chance.below(5) {
        headers.push((chance.of(NAMES).to_owned(), chance.of(&values).to_owned()));
    }
    if chance.once_in(4) {
        let cookie = chance.of(&["s=x", "t=1; s=x", "s=xy;t=1", "s=", "ss=x", "s=x; s=y", "t=s=x"]);
        headers.push(("Cookie".to_owned(), cookie.to_owned()));
    }
    let method = chance.of(&["GET", "GET", "GET", "POST", "HEAD", "DELETE"]).to_owned();
    let host = super::generate::host_of(&base.authority);
    let authority = match chance.below(5) {
        0 => format!("{host}:{}", base.port),
        1 => host.to_uppercase(),
        _ => base.authority.clone(),
    };
    Probe { method, path, headers, authority, ..base.clone() }
}
