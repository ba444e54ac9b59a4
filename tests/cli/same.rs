//! The same tree and arguments make the same bytes, wherever and whenever.

use crate::place::{GOOD, Place, meshc, run};

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
