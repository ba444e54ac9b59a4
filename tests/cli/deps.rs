//! `deps`: what the output of a project depends on.

use crate::place::{BAD, GOOD, Place, meshc, run};

const MESH: &str = "mesh shop { include \"teams/**/*.kdl\" \"platform/one.kdl\" }\n";

fn place() -> Place {
    Place::with(&[("mesh/mesh.kdl", MESH), ("mesh/teams/a/a.kdl", GOOD), ("mesh/platform/one.kdl", "")])
}

#[test]
fn paths_are_reached_from_where_one_is() {
    let place = place();
    assert_eq!(
        place.run(&["deps", "mesh"]).exits(0).stdout,
        "mesh/mesh.kdl\nmesh/platform/one.kdl\nmesh/teams\n"
    );
    let below = run(meshc(&place.path("mesh/teams")).arg("deps"), b"").exits(0);
    assert_eq!(below.stdout, "../mesh.kdl\n../platform/one.kdl\n../teams\n");
    assert_eq!(place.run(&["deps", "mesh/teams/a/a.kdl"]).exits(0).stdout, "mesh/teams/a/a.kdl\n");
    let all = Place::with(&[("a.kdl", GOOD)]);
    assert_eq!(all.run(&["deps"]).exits(0).stdout, ".\n");
}

#[test]
fn the_annotation_begins_at_the_top_of_the_repository() {
    let place = place();
    place.run(&["deps", "mesh", "--format", "argocd"]).exits(2).says("is in no repository");
    place.run(&["deps", "-", "--format", "argocd"]).exits(2).says("stdin is in no repository");
    place.put(".git/HEAD", b"");
    let annotation =
        "argocd.argoproj.io/manifest-generate-paths: /mesh/mesh.kdl;/mesh/platform/one.kdl;/mesh/teams\n";
    for path in ["mesh", "mesh/teams/a"] {
        assert_eq!(place.run(&["deps", path, "--format", "argocd"]).exits(0).stdout, annotation);
    }
    let all = Place::with(&[("a.kdl", GOOD), (".git/HEAD", "")]);
    let annotation = all.run(&["deps", "--format", "argocd"]).exits(0).stdout;
    assert_eq!(annotation, "argocd.argoproj.io/manifest-generate-paths: /\n");
    let odd = Place::with(&[("a;b/a.kdl", GOOD), (".git/HEAD", ""), ("a;b/mesh.kdl", "mesh x\n")]);
    odd.run(&["deps", "a;b", "--format", "argocd"]).exits(2).says("has a `;`");
}

#[test]
fn what_cannot_be_read_has_no_paths() {
    let place = place();
    place.put("mesh/teams/b.kdl", BAD.as_bytes());
    place.run(&["deps", "mesh"]).exits(1).says("mesh/teams/b.kdl:3:13: ");
    place.run(&["deps", "nowhere"]).exits(2);
}
