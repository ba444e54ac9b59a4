//! What is said about values that KDL cannot read as they are written.

use insta::assert_snapshot;

use super::said;

#[test]
fn bare_percent_of_a_property() {
    assert_snapshot!(said("canary v2 percent=10%\n"), @r#"
    1:19 bare-percent: `10%` is not a number KDL reads: percents are plain numbers
      help: write `10`
      fix: "canary v2 percent=10\n"
    "#);
}

#[test]
fn bare_percent_as_an_argument() {
    assert_snapshot!(said("canary v2 10%\n"), @r#"
    1:11 bare-percent: `10%` is not a number KDL reads: percents are plain numbers
      help: write `percent=10`
    "#);
}

#[test]
fn bare_duration() {
    assert_snapshot!(said("timeout 5s\n"), @r#"
    1:9 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "timeout \"5s\"\n"
    "#);
}

#[test]
fn bare_path() {
    assert_snapshot!(said("route /api {\n}\n"), @r#"
    1:7 needs-quotes: `/api` needs quotes
      help: write `"/api"`
      fix: "route \"/api\" {\n}\n"
    "#);
}

#[test]
fn bare_path_with_a_glob() {
    assert_snapshot!(said("route /api/* {\n}\n"), @r#"
    1:7 needs-quotes: `/api/*` needs quotes
      help: write `"/api/*"`
      fix: "route \"/api/*\" {\n}\n"
    "#);
}

#[test]
fn bare_version() {
    assert_snapshot!(said("serve 2.1.0\n"), @r#"
    1:7 needs-quotes: `2.1.0` needs quotes
      help: write `"2.1.0"`
      fix: "serve \"2.1.0\"\n"
    "#);
}

#[test]
fn bare_address() {
    assert_snapshot!(said("address 10.0.0.1\n"), @r#"
    1:9 needs-quotes: `10.0.0.1` needs quotes
      help: write `"10.0.0.1"`
      fix: "address \"10.0.0.1\"\n"
    "#);
}

#[test]
fn bare_network() {
    assert_snapshot!(said("dial 10.0.0.0/8\n"), @r#"
    1:6 needs-quotes: `10.0.0.0/8` needs quotes
      help: write `"10.0.0.0/8"`
      fix: "dial \"10.0.0.0/8\"\n"
    "#);
}

#[test]
fn bare_date() {
    assert_snapshot!(said("waive x until=2027-03-31\n"), @r#"
    1:15 needs-quotes: `2027-03-31` needs quotes
      help: write `"2027-03-31"`
      fix: "waive x until=\"2027-03-31\"\n"
    "#);
}

#[test]
fn number_without_zero() {
    assert_snapshot!(said("fault percent=.5\n"), @r#"
    1:15 bad-number: `.5` is not a number KDL reads
      help: write `0.5`
      fix: "fault percent=0.5\n"
    "#);
}

#[test]
fn number_without_part() {
    assert_snapshot!(said("fault percent=5.\n"), @r#"
    1:15 bad-number: `5.` is not a number KDL reads
      help: write `5`
      fix: "fault percent=5\n"
    "#);
}

#[test]
fn bad_hexadecimal() {
    assert_snapshot!(said("a 0xfg\n"), @r#"
    1:3 bad-number: `0xfg` is not a number KDL reads
      help: `0x` is followed by hexadecimal digits, `0o` by octal ones, `0b` by zeros and ones; text stands in quotes
    "#);
}

#[test]
fn bare_true() {
    assert_snapshot!(said("cors credentials=true\n"), @r#"
    1:18 bare-keyword: `true` is no value here: there are no booleans
      help: presence says yes; the other choice has a word of its own; within `raw` write `#true`
    "#);
}

#[test]
fn bare_false_argument() {
    assert_snapshot!(said("cors false\n"), @r#"
    1:6 bare-keyword: `false` is no value here: there are no booleans
      help: presence says yes; the other choice has a word of its own; within `raw` write `#false`
    "#);
}

#[test]
fn bare_null() {
    assert_snapshot!(said("cors null\n"), @r#"
    1:6 bare-keyword: `null` is no value here: there are no nulls
      help: leave the line out; within `raw` write `#null`
    "#);
}

#[test]
fn keyword_as_a_word() {
    assert_snapshot!(said("true 1\nb=1\n"), @r#"
    1:1 bare-keyword: `true` is a keyword, so as a word it needs quotes
      help: write `"true"`
      fix: "\"true\" 1\nb=1\n"
    2:2 misplaced-equals: no `=` stands between a word and its values
      help: values follow their word with a space
      fix: "true 1\nb 1\n"
    "#);
}

#[test]
fn url_as_a_host() {
    assert_snapshot!(said("egress https://x.example.com {\n tls originate\n}\n"), @r#"
    1:8 comment-in-word: `https://x.example.com` needs quotes: `//` begins a comment
      here: KDL reads only `https:` here
      help: write `"https://x.example.com"` where a URL belongs; a host has no scheme: `x.example.com`
      fix: "egress \"https://x.example.com\" {\n tls originate\n}\n"
    "#);
}

#[test]
fn url_with_a_property_behind() {
    assert_snapshot!(said("redirect https://x/y status=301\n"), @r#"
    1:10 comment-in-word: `https://x/y` needs quotes: `//` begins a comment
      here: KDL reads only `https:` here
      help: write `"https://x/y"`
      fix: "redirect \"https://x/y\" status=301\n"
    "#);
}

#[test]
fn glob() {
    assert_snapshot!(said("include teams/**/*.kdl\n"), @r#"
    1:9 comment-in-word: `teams/**/*.kdl` needs quotes: `/*` begins a comment
      here: KDL reads only `teams` here
      help: write `"teams/**/*.kdl"`
      fix: "include \"teams/**/*.kdl\"\n"
    "#);
}

#[test]
fn glob_with_one_star() {
    assert_snapshot!(said("include teams/*.kdl \"b\"\n"), @r#"
    1:9 comment-in-word: `teams/*.kdl` needs quotes: `/*` begins a comment
      here: KDL reads only `teams` here
      help: write `"teams/*.kdl"`
      fix: "include \"teams/*.kdl\" \"b\"\n"
    "#);
}

#[test]
fn regex_with_a_backslash() {
    assert_snapshot!(said("route (regex)\"/v\\d+/.*\"\n"), @r##"
    1:17 bad-escape: `\d` means something else to KDL than to a regex
      help: write the regex raw: `(regex)#"/v\d+/.*"#`
      fix: "route (regex)#\"/v\\d+/.*\"#\n"
    "##);
}

#[test]
fn backslash_without_regex() {
    assert_snapshot!(said("header x=\"a\\d\"\n"), @r##"
    1:12 bad-escape: `\d` is no escape of KDL
      help: escapes are `\n \r \t \s \\ \"` and `\u{1F600}`; text with other backslashes is written raw: `#"a\b"#`
    "##);
}

#[test]
fn escaped_slash() {
    assert_snapshot!(said("route \"\\/a\"\n"), @r#"
    1:8 bad-escape: `/` needs no backslash
      help: write `/`
      fix: "route \"/a\"\n"
    "#);
}

#[test]
fn raw_string_of_kdl_1() {
    assert_snapshot!(said("route r\"^/a\" r#\"b\"#\n"), @r##"
    1:7 old-raw-string: a raw string begins with `#` in KDL 2, not with `r`
      help: write `#"^/a"#`
      fix: "route #\"^/a\"# r#\"b\"#\n"
    1:14 old-raw-string: a raw string begins with `#` in KDL 2, not with `r`
      help: write `#"b"#`
      fix: "route r\"^/a\" #\"b\"#\n"
    "##);
}

#[test]
fn single_quotes() {
    assert_snapshot!(said("route '/a b' x='c'\n"), @r#"
    1:7 wrong-quotes: strings stand between `"`, not between `'`
      help: write `"/a b"`
      fix: "route \"/a b\" x='c'\n"
    1:16 wrong-quotes: strings stand between `"`, not between `'`
      help: write `"c"`
      fix: "route '/a b' x=\"c\"\n"
    "#);
}

#[test]
fn bent_quotes() {
    assert_snapshot!(said("route \u{201c}/a\u{201d}\n"), @r#"
    1:7 wrong-quotes: strings stand between `"`, not between `“`
      help: write `"/a"`
      fix: "route \"/a\"\n"
    "#);
}

#[test]
fn slash_in_a_key() {
    assert_snapshot!(said("workload app.kubernetes.io/name=x\n"), @r#"
    1:10 needs-quotes: `app.kubernetes.io/name` needs quotes
      help: write `"app.kubernetes.io/name"`
      fix: "workload \"app.kubernetes.io/name\"=x\n"
    "#);
}

#[test]
fn comparison() {
    assert_snapshot!(said("meshc >=0.1\n"), @r#"
    1:7 needs-quotes: `>=0.1` needs quotes: KDL reads a property called `>`
      help: write `">=0.1"`
      fix: "meshc \">=0.1\"\n"
    "#);
}

#[test]
fn unclosed_string() {
    assert_snapshot!(said("route \"/a\nb \"c {\n d 5s\n}\n"), @r#"
    1:7 unclosed-string: this string is never closed
      here: a string ends on the line where it begins
      help: close it: `"/a"`; a longer text stands between `"""`
    2:3 unclosed-string: this string is never closed
      here: a string ends on the line where it begins
      help: close it: `"c"`; a longer text stands between `"""`
    3:4 needs-quotes: `5s` needs quotes
      help: write `"5s"`
      fix: "route \"/a\nb \"c {\n d \"5s\"\n}\n"
    "#);
}

#[test]
fn stray_quote() {
    assert_snapshot!(said("header x=a\" y=\"b\"\n"), @r#"
    1:11 unclosed-string: this quote opens a string that is never closed
      help: a string has a quote before and behind it: `"text"`
    "#);
}

#[test]
fn unclosed_text() {
    assert_snapshot!(said("a \"\"\"\n b\nc\n"), @r#"
    1:3 unclosed-string: this text is never closed
      here: everything behind it is taken for text
      help: close it with `"""` on a line of its own, with as many `#` behind it as stand before it
    "#);
}

#[test]
fn unclosed_raw_string() {
    assert_snapshot!(said("a #\"b\"\nc\n"), @r#"
    1:4 unclosed-string: this string is never closed
      here: a string ends on the line where it begins
      help: close it with `"` and as many `#` as stand before it
    "#);
}

#[test]
fn text_on_the_line_of_its_quotes() {
    assert_snapshot!(said("a \"\"\"b\"\"\"\n"), @r#"
    1:3 bad-text-block: a text between `"""` begins on the line behind them
      help: write `"b"`
      fix: "a \"b\"\n"
    "#);
}

#[test]
fn text_with_uneven_lines() {
    assert_snapshot!(said("a \"\"\"\n    b\n  c\n    \"\"\"\n"), @r#"
    1:3 bad-text-block: the lines of this text do not begin with the blanks of its closing line
      help: the closing `"""` stands on a line of its own; all lines begin with the same blanks as that line
    "#);
}

#[test]
fn unknown_keyword() {
    assert_snapshot!(said("a #yes\n"), @r#"
    1:3 bad-keyword: `#yes` is no keyword
      help: write `yes`; comments begin with `//`, and text with a `#` stands in quotes
    "#);
}

#[test]
fn unclosed_raw_string_with_hashes() {
    assert_snapshot!(said("a ##\"b\"#\nc\n"), @r#"
    1:5 unclosed-string: this string is never closed
      here: a string ends on the line where it begins
      help: close it with `"` and as many `#` as stand before it
    "#);
}
