//! What is said about how lines and blocks are put together.

use insta::assert_snapshot;

use super::said;

#[test]
fn brace_on_next_line() {
    assert_snapshot!(said("service x\n{\n port 80\n}\n"), @r#"
    2:1 brace-on-next-line: the `{` must stand on the line of its block
      help: move it to the end of the line before
      fix: "service x {\n port 80\n}\n"
    "#);
}

#[test]
fn brace_on_next_line_behind_a_comment() {
    assert_snapshot!(said("service x // y\n\n{\n port 80\n}\n"), @r#"
    3:1 brace-on-next-line: the `{` must stand on the line of its block
      help: move it to the end of the line before
      fix: "service x { // y\n\n\n port 80\n}\n"
    "#);
}

#[test]
fn hash_comment() {
    assert_snapshot!(said("# comment\nport 80 # http\n#comment\n"), @r##"
    1:1 hash-comment: comments are written with `//`, not with `#`
      help: write `//`
      fix: "// comment\nport 80 # http\n#comment\n"
    2:9 hash-comment: comments are written with `//`, not with `#`
      help: write `//`
      fix: "# comment\nport 80 // http\n#comment\n"
    3:1 hash-comment: comments are written with `//`, not with `#`
      help: write `//`
      fix: "# comment\nport 80 # http\n//comment\n"
    "##);
}

#[test]
fn commas_between_values() {
    assert_snapshot!(said("methods \"GET\", \"POST\", 1, 2\n"), @r#"
    1:14 misplaced-comma: values are not separated by commas
      help: a space is enough
      fix: "methods \"GET\" \"POST\", 1, 2\n"
    1:22 misplaced-comma: values are not separated by commas
      help: a space is enough
      fix: "methods \"GET\", \"POST\" 1, 2\n"
    1:25 misplaced-comma: values are not separated by commas
      help: a space is enough
      fix: "methods \"GET\", \"POST\", 1 2\n"
    "#);
}

#[test]
fn repeated_property() {
    assert_snapshot!(said("to v1 weight=1 port=2 weight=2\n"), @r#"
    1:23 repeated-property: `weight` is said twice on one line
      1:7: it is said here first
      help: keep one of them
    "#);
}

#[test]
fn no_space_between_values() {
    assert_snapshot!(said("a \"b\"\"c\" \"d\"e=1\nroute\"/a\"\n"), @r#"
    1:6 missing-space: a space is missing here
      help: values stand apart: `route "/a" name=a`
    1:13 missing-space: a space is missing here
      help: values stand apart: `route "/a" name=a`
      fix: "a \"b\"\"c\" \"d\" e=1\nroute\"/a\"\n"
    2:6 missing-space: a space is missing here
      help: values stand apart: `route "/a" name=a`
      fix: "a \"b\"\"c\" \"d\"e=1\nroute \"/a\"\n"
    "#);
}

#[test]
fn missing_value() {
    assert_snapshot!(said("a b=\nc d= {\n}\ne f=;g\n"), @r#"
    1:4 missing-value: no value stands behind this `=`
      help: write `key=value`
    2:4 missing-value: no value stands behind this `=`
      help: write `key=value`
    4:4 missing-value: no value stands behind this `=`
      help: write `key=value`
    "#);
}

#[test]
fn annotation_without_value() {
    assert_snapshot!(said("a (regex)\nb c=(regex)\n(d)\n"), @r#"
    1:3 missing-value: no value stands behind these parentheses
      help: leave them out; they are for `(regex)` and `(exact)` in front of a value
    2:4 missing-value: no value stands behind these parentheses
      help: leave them out; they are for `(regex)` and `(exact)` in front of a value
    3:4 bad-name: a word is missing here
      help: every block and every line begins with a word
    "#);
}

#[test]
fn unclosed_annotation() {
    assert_snapshot!(said("a (regex\"b\" c\n"), @r#"
    1:3 bad-annotation: this `(` is never closed
      help: write `(regex)"a.*"`; text with parentheses stands in quotes
    "#);
}

#[test]
fn annotation_of_two_words() {
    assert_snapshot!(said("a (b c)\"d\" ()\"e\"\n"), @r#"
    1:3 bad-annotation: one word belongs between these parentheses
      help: write `(regex)"a.*"`; text with parentheses stands in quotes
    1:12 bad-annotation: one word belongs between these parentheses
      help: write `(regex)"a.*"`; text with parentheses stands in quotes
    "#);
}

#[test]
fn annotation_before_a_key() {
    assert_snapshot!(said("a (regex)b=\"c\"\n"), @r#"
    1:3 annotated-key: an annotation stands before its value, not before the key
      help: write `key=(regex)value`
    "#);
}

#[test]
fn unclosed_comment() {
    assert_snapshot!(said("a /* b\nc\n"), @r#"
    1:3 unclosed-comment: a comment is opened here and never closed
      here: everything behind it is taken for a comment
      help: close it with `*/`; if this is a path or a pattern, put it in quotes
    "#);
}

#[test]
fn path_that_opens_a_comment() {
    assert_snapshot!(said("route /* {\n}\n"), @r#"
    1:7 unclosed-comment: a comment is opened here and never closed
      here: everything behind it is taken for a comment
      help: close it with `*/`; if this is a path or a pattern, put it in quotes
    "#);
}

#[test]
fn stray_brace() {
    assert_snapshot!(said("a {\n}\n}\nb\n"), @r#"
    3:1 stray-brace: this `}` closes nothing
      help: remove it, or look for a `}` above that is one too many
    "#);
}

#[test]
fn second_block() {
    assert_snapshot!(said("a { b } { c }\n"), @r#"
    1:9 second-block: a second block of the same line
      help: put everything between one `{` and one `}`
    "#);
}

#[test]
fn something_after_a_block() {
    assert_snapshot!(said("a { b } c=1\n"), @r#"
    1:9 after-block: something stands behind the `}` of a block
      help: begin a new line here; values belong before the `{`
    "#);
}

#[test]
fn list() {
    assert_snapshot!(said("envs [dev, prod]\n"), @r#"
    1:6 unexpected-character: `[dev, prod]` means nothing here
      help: there are no lists: values stand one after another
      fix: "envs dev prod\n"
    "#);
}

#[test]
fn backslash() {
    assert_snapshot!(said("a b \\ c\n"), @r##"
    1:5 unexpected-character: a `\` stands in the middle of a line
      here: it only lets a line go on in the next one
      help: put text with a `\` in quotes: `"a\\b"`, or `#"a\b"#` as it is
    "##);
}

#[test]
fn equals_behind_a_name() {
    assert_snapshot!(said("timeout=\"5s\"\na = b\n"), @r#"
    1:8 misplaced-equals: no `=` stands between a word and its values
      help: values follow their word with a space
      fix: "timeout \"5s\"\na = b\n"
    2:3 misplaced-equals: no `=` stands between a word and its values
      help: values follow their word with a space
      fix: "timeout=\"5s\"\na b\n"
    "#);
}

#[test]
fn json() {
    assert_snapshot!(said("{\n  \"a\": {\n    \"b\": 5s,\n  }\n}\na 5s\n"), @r#"
    1:1 bad-name: a word is missing here
      help: this looks like JSON: what meshc reads is KDL, such as service reviews { port 9080 http }
    6:3 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "{\n  \"a\": {\n    \"b\": 5s,\n  }\n}\na \"5s\"\n"
    "#);
}

#[test]
fn colons_behind_strings() {
    assert_snapshot!(said("\"port\": 80,\n\"Port\":80\na \"b\": {\n}\na \"b\": \"c\", d \"e\":\n"), @r#"
    1:7 misplaced-colon: no colon stands behind the word of a line
      help: its values follow: `timeout "5s"`
      fix: "port 80\n\"Port\":80\na \"b\": {\n}\na \"b\": \"c\", d \"e\":\n"
    2:7 misplaced-colon: no colon stands behind the word of a line
      help: its values follow: `timeout "5s"`
      fix: "\"port\": 80,\n\"Port\" 80\na \"b\": {\n}\na \"b\": \"c\", d \"e\":\n"
    3:6 misplaced-colon: no colon stands behind a value
      help: leave it out
      fix: "\"port\": 80,\n\"Port\":80\na \"b\" {\n}\na \"b\": \"c\", d \"e\":\n"
    5:6 misplaced-colon: a colon joins `b` and its value
      help: a property is a key, `=` and a value: `x-edge=public`
      fix: "\"port\": 80,\n\"Port\":80\na \"b\": {\n}\na \"b\"=\"c\" d \"e\":\n"
    5:18 misplaced-colon: no colon stands behind a value
      help: leave it out
      fix: "\"port\": 80,\n\"Port\":80\na \"b\": {\n}\na \"b\": \"c\", d \"e\"\n"
    "#);
}

#[test]
fn equals_before_a_block() {
    assert_snapshot!(said("a b = {\n}\na b={ c; }\n"), @r#"
    1:5 misplaced-equals: no `=` stands before a block
      help: the `{` follows what it is about: `service reviews {`
      fix: "a b {\n}\na b={ c; }\n"
    3:4 misplaced-equals: no `=` stands before a block
      help: the `{` follows what it is about: `service reviews {`
      fix: "a b = {\n}\na b { c; }\n"
    "#);
}

#[test]
fn parentheses_behind_a_word() {
    assert_snapshot!(said("port(80)\nroute(\"/a\") { b; }\nc() d\n"), @r#"
    1:1 unexpected-character: no parentheses stand behind a word
      help: write `port 80`
      fix: "port 80\nroute(\"/a\") { b; }\nc() d\n"
    2:1 unexpected-character: no parentheses stand behind a word
      help: write `route "/a"`
      fix: "port(80)\nroute \"/a\" { b; }\nc() d\n"
    3:1 needs-quotes: `c()` needs quotes
      help: write `"c()"`
      fix: "port(80)\nroute(\"/a\") { b; }\n\"c()\" d\n"
    "#);
}

#[test]
fn number_as_a_word() {
    assert_snapshot!(said("80 http\n"), @r#"
    1:1 bad-name: a line begins with a word, not with `80`
      help: put the word before it, or join it to the line above
    "#);
}

#[test]
fn block_without_a_word() {
    assert_snapshot!(said("{\n a 5s\n}\n"), @r#"
    1:1 bad-name: a word is missing here
      help: every block and every line begins with a word
    2:4 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "{\n a \"5s\"\n}\n"
    "#);
}

#[test]
fn nothing_dropped() {
    assert_snapshot!(said("a /-\n"), @r#"
    1:3 nothing-dropped: nothing stands behind this `/-` that it could comment out
      help: remove it, or put it right before one line, value or block
    "#);
}

#[test]
fn semicolon_alone() {
    assert_snapshot!(said("a;; b\n"), @r#"
    1:3 unexpected-character: nothing stands before this `;`
      help: remove it
      fix: "a; b\n"
    "#);
}

#[test]
fn kdl_1() {
    assert_snapshot!(said("/- kdl-version 1\na\n"), @r#"
    1:16 kdl-version: this file says that it is written in KDL 1
      help: meshc reads KDL 2: write `2`
    "#);
}

#[test]
fn unclosed_block_at_the_end() {
    assert_snapshot!(said("service a {\n    port 80\n"), @r#"
    1:11 unclosed-block: this block is never closed
      3:1: a `}` is missing at the end of the file
      help: add a `}` on a line of its own
    "#);
}

#[test]
fn unclosed_block_before_another() {
    assert_snapshot!(said("service a {\n    port 80\n\nservice b {\n    port 5s\n}\n"), @r#"
    1:11 unclosed-block: this block is never closed
      4:1: a `}` seems to be missing before this
      help: add a `}` on a line of its own
    5:10 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "service a {\n    port 80\n\nservice b {\n    port \"5s\"\n}\n"
    "#);
}

#[test]
fn unclosed_inner_block() {
    assert_snapshot!(said("service a {\n    route \"/x\" {\n        timeout \"5s\"\n    version v1\n}\nservice b {\n    port 80\n}\n"), @r#"
    2:16 unclosed-block: this block is never closed
      4:5: a `}` seems to be missing before this
      help: add a `}` on a line of its own
    "#);
}

#[test]
fn unclosed_inner_block_at_the_brace() {
    assert_snapshot!(said("service a {\n    route \"/x\" {\n        timeout \"5s\"\n}\nservice b {\n    port 80\n}\n"), @r#"
    2:16 unclosed-block: this block is never closed
      4:1: a `}` seems to be missing before this
      help: add a `}` on a line of its own
    "#);
}

#[test]
fn values_after_a_block() {
    assert_snapshot!(said("a { b } c 1 \"d\" {\n e 5s\n}\nf 5s\n"), @r#"
    1:9 after-block: something stands behind the `}` of a block
      help: begin a new line here; values belong before the `{`
    2:4 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "a { b } c 1 \"d\" {\n e \"5s\"\n}\nf 5s\n"
    4:3 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "a { b } c 1 \"d\" {\n e 5s\n}\nf \"5s\"\n"
    "#);
}

#[test]
fn nested_list() {
    assert_snapshot!(said("envs [\"a\", \"b\"] x=[1]\n"), @r#"
    1:6 unexpected-character: `["a", "b"]` means nothing here
      help: there are no lists: values stand one after another
      fix: "envs a b x=[1]\n"
    1:19 unexpected-character: `[1]` means nothing here
      help: there are no lists: values stand one after another
      fix: "envs [\"a\", \"b\"] x=1\n"
    "#);
}

#[test]
fn stray_brace_within_a_block() {
    assert_snapshot!(said("service a {\n    route \"/x\" {\n    }\n    }\n    version 5s\n}\nservice b {\n}\n"), @r#"
    4:5 stray-brace: this `}` closes nothing
      help: remove it, or look for a `}` above that is one too many
    5:13 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "service a {\n    route \"/x\" {\n    }\n    }\n    version \"5s\"\n}\nservice b {\n}\n"
    "#);
}

#[test]
fn stray_brace_at_the_end_of_a_line() {
    assert_snapshot!(said("service a {\n    port 80 }\n    version v1\n}\n"), @r#"
    2:13 stray-brace: this `}` closes nothing
      help: remove it, or look for a `}` above that is one too many
    "#);
}

#[test]
fn unclosed_blocks_of_two_levels() {
    assert_snapshot!(said("service a {\n    route \"/x\" {\n        timeout \"5s\"\n\nservice b {\n}\n"), @r#"
    1:11 unclosed-block: this block is never closed
      5:1: a `}` seems to be missing before this
      help: add a `}` on a line of its own
    2:16 unclosed-block: this block is never closed
      5:1: a `}` seems to be missing before this
      help: add a `}` on a line of its own
    "#);
}
