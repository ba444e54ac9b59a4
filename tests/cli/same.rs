//! The same tree and arguments make the same bytes, wherever and whenever.

use std::process::Command;

use crate::place::{GOOD, Place, Run, meshc, run};

#[test]
fn nothing_but_the_tree_counts() {
    let texts: Vec<(String, String)> = (0..50)
        .map(|number| {
            (format!("teams/{number}/s.kdl"), GOOD.replace("checkout", &format!("service-{number}")))
        })
        .collect();
    let mut files: Vec<(&str, &str)> =
        texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let first = Place::with(&files);
    files.reverse();
    let second = Place::with(&files);

    let expected = first.run(&["build"]).exits(0).stdout;
    assert!(!expected.is_empty());
    assert_eq!(first.run(&["build"]).stdout, expected, "run again");
    assert_eq!(second.run(&["build"]).stdout, expected, "written in another order");
    let path = second.path("");
    let elsewhere = run(meshc("/".as_ref()).arg("build").arg(&path), b"");
    assert_eq!(elsewhere.stdout, expected, "from another folder");
    let abroad =
        run(meshc(&path).arg("build").envs([("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kolkata")]), b"");
    assert_eq!(abroad.stdout, expected, "in another country");
    assert_eq!(run(meshc(&path).arg("build").env_clear(), b"").stdout, expected, "without an environment");
}

/// Two threads read, compile and write a large project, each what it comes to first; on one processor there is one.
#[cfg(target_os = "linux")]
#[test]
fn how_many_processors_there_are_does_not_count() {
    let service = |number: usize| {
        let follows = if number.is_multiple_of(7) { number + 1 } else { number };
        format!(
            "service s{number} {{\n    namespace team-{}\n    port 8080 http\n    version v1; version v2\n    serve v1\n    \
             canary v2 percent={} {{ header x-canary=always }}\n    timeout \"5s\"\n    \
             route \"/there/*\" {{ to s{follows}@v1 }}\n}}\n",
            number / 50,
            1 + number % 50,
        )
    };
    let all = |from, to| (from..to).map(service).collect::<String>();
    let mesh = "mesh shop { istio \"1.30\" }\ngateway public ingress { workload istio=ingressgateway }\n";
    let ends = all(2_800, 3_000) + &service(3_000).replace("to s3000@v1", "to s0@v1");
    let files =
        [("mesh.kdl", mesh), ("a.kdl", &all(0, 2_000)), ("b.kdl", &all(2_000, 2_800)), ("c.kdl", &ends)];
    let place = Place::with(&files);
    let built = alike(&place, &["build"]).exits(0).stdout;
    assert_eq!(built.matches("kind: VirtualService").count(), 3_001);
    assert!(built.len() > 2_000_000, "{}", built.len());

    // Mistakes far apart, which two threads find: of values while they read, of names while they compile.
    for mistakes in [
        [("percent=8 ", "percent=800 "), ("percent=44 ", "percent=0.001 ")],
        [("to s71@v1", "to s71@v9"), ("to s1905@", "to nobody@")],
    ] {
        let right = place.read("a.kdl");
        let wrong = mistakes.iter().fold(right.clone(), |text, (from, to)| text.replace(from, to));
        place.put("a.kdl", wrong.as_bytes());
        let found = alike(&place, &["check"]).exits(1).stderr;
        assert!(mistakes.iter().all(|(_, says)| found.contains(says)), "{found}");
        place.put("a.kdl", right.as_bytes());
    }
}

/// Runs the command on one processor and on all, several times as threads take turns by chance.
#[cfg(target_os = "linux")]
fn alike(place: &Place, args: &[&str]) -> Run {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    let first = allowed.trim().split([',', '-']).next().unwrap();
    let mut alone = Command::new("taskset");
    alone.args(["--cpu-list", first]).arg(env!("CARGO_BIN_EXE_meshc")).args(args).current_dir(place.path(""));
    let expected = run(&mut alone, b"");
    for _ in 0..8 {
        let found = place.run(args);
        assert!(found.stdout == expected.stdout, "`meshc {}` depends on the processors", args.join(" "));
        assert_eq!((found.exit, &found.stderr), (expected.exit, &expected.stderr));
    }
    expected
}
