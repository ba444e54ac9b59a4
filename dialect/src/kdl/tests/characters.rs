//! What is said about characters that hide or pretend, and that messages show none of them.

use insta::assert_snapshot;

use super::said;

#[test]
fn invisible_character() {
    assert_snapshot!(said("service a\u{200b}b\n"), @r#"
    1:10 invisible-character: the invisible character U+200B stands here
      because: what is read differs from what is seen
      help: remove it
      fix: "service ab\n"
    "#);
}

#[test]
fn invisible_character_in_a_comment() {
    assert_snapshot!(said("// \u{202e} x\nport 80\n"), @r#"
    1:4 invisible-character: the invisible character U+202E stands here
      because: what is read differs from what is seen
      help: remove it
      fix: "//  x\nport 80\n"
    "#);
}

#[test]
fn nul() {
    assert_snapshot!(said("port 80\0\n"), @r#"
    1:8 invisible-character: the invisible character U+0000 stands here
      because: what is read differs from what is seen
      help: remove it
      fix: "port 80\n"
    "#);
}

#[test]
fn escaped_direction_mark() {
    assert_snapshot!(said("header x=\"\\u{202e}a\" y=\"\\u{1b}[2J\"\n"), @r#"
    1:11 invisible-character: this string would hold the invisible character U+202E
      because: names and hosts that look alike would differ, and a terminal might obey it
      help: remove it
    1:25 invisible-character: this string would hold the invisible character U+001B
      because: names and hosts that look alike would differ, and a terminal might obey it
      help: remove it
    "#);
}

#[test]
fn look_alike_name() {
    assert_snapshot!(said("s\u{435}rvice a\n"), @r#"
    1:2 look-alike: `sеrvice` holds U+0435, which looks like `e`
      because: two names that look the same would differ
      help: write `service`
      fix: "service a\n"
    "#);
}

#[test]
fn look_alike_dash() {
    assert_snapshot!(said("service a\u{2013}b\n"), @r#"
    1:10 look-alike: `a–b` holds U+2013, which looks like `-`
      because: two names that look the same would differ
      help: write `a-b`
      fix: "service a-b\n"
    "#);
}

#[test]
fn long_text_is_clipped() {
    assert_snapshot!(said("a /long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long\n"), @r#"
    1:3 needs-quotes: `/long/long/long/long/long/long/long/long…` needs quotes
      help: write `"/long/long/long/long/long/long/long/lon…`
      fix: "a \"/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long\"\n"
    "#);
}

#[test]
fn hidden_text_is_escaped() {
    assert_snapshot!(said("a /x\u{202e}\u{1b}[2J\n"), @r#"
    1:5 invisible-character: the invisible character U+202E stands here
      because: what is read differs from what is seen
      help: remove it
      fix: "a /x[2J\n"
    "#);
}
