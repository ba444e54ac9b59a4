//! A page with the picture, and the same in words for whoever does not see it, or sees it on a phone.

use super::svg::{self, STYLE};
use super::words::percent;
use super::{Graph, Mark, Node, Row, Version, change::split, escape};

const PAGE: &str = concat!(
    ":root{color-scheme:light dark}",
    "body{margin:0;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;background:#f6f8fa;color:#1f2328}",
    "h1{font-size:20px;margin:16px}h2{font-size:16px;margin:0}h2 small{font-weight:400;color:#59636e}",
    ".picture{overflow-x:auto;border-block:1px solid #d0d7de}.picture svg{display:block;margin:0 auto}",
    ".words{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:12px;padding:16px}",
    "section{background:#fff;border:1px solid #d0d7de;border-radius:8px;padding:12px;overflow-wrap:anywhere}",
    "section p{margin:4px 0;color:#59636e;font-size:13px}ul{margin:6px 0 0;padding-left:18px;font-size:13px}",
    "code{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}",
    "b.mark{font-size:12px;border:1px solid;border-radius:8px;padding:0 6px}s{color:#59636e}",
    "@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}.picture,section{border-color:#3d444d}section{background:#161b22}h2 small,section p,s{color:#9198a1}}",
);

/// Returns a page of its own, with nothing from outside and no scripts.
#[must_use]
pub fn html(graph: &Graph) -> String {
    let title = if graph.is_change { "What changes about traffic" } else { "Where traffic goes" };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{PAGE}{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <div class=\"picture\" tabindex=\"0\">\n{}</div>\n<div class=\"words\">\n",
        svg::picture(graph)
    );
    for node in &graph.nodes {
        page.push_str(&section(graph, node));
    }
    page.push_str("</div>\n</body>\n</html>\n");
    page
}

fn section(graph: &Graph, node: &Node) -> String {
    let Node { id: _, kind, name, detail, rows, more, versions, mark } = node;
    let mut text = format!(
        "<section><h2>{}{} <small>{}</small></h2>",
        badge(*mark),
        escape::xml(name),
        escape::xml(kind.word())
    );
    if !detail.is_empty() {
        text.push_str(&format!("<p>{}</p>", escape::xml(detail)));
    }
    let mut items: Vec<String> = rows.iter().map(|row| item(graph, row)).collect();
    items.extend((*more > 0).then(|| format!("<li>and {more} more</li>")));
    items.extend(versions.iter().map(of_version));
    if !items.is_empty() {
        text.push_str(&format!("<ul>{}</ul>", items.concat()));
    }
    text.push_str("</section>\n");
    text
}

fn badge(mark: Mark) -> String {
    match mark {
        Mark::Same => String::new(),
        Mark::Added | Mark::Removed | Mark::Changed => {
            format!("<b class=\"mark\">{} {}</b> ", mark.sign(), mark.word())
        }
    }
}

fn item(graph: &Graph, row: &Row) -> String {
    let Row { verb: _, when, to, says, leg, guard, mark, was } = row;
    let targets: Vec<_> =
        to.iter().filter(|target| target.mark != Mark::Removed || *mark == Mark::Removed).cloned().collect();
    let named = |id: &str| graph.node(id).map_or_else(|| id.to_owned(), |node| node.name.clone());
    let mut words: Vec<String> = Vec::new();
    match targets.as_slice() {
        [] => {}
        [one] if one.version.is_none() => words.push(named(&one.node)),
        [first, ..] => words.push(format!("{} {}", named(&first.node), split(&targets))),
    }
    words.extend((!says.is_empty()).then(|| says.clone()));
    words.extend([leg.word(), guard.word()].iter().flatten().map(|word| (*word).to_owned()));
    let was = was.as_ref().map(|was| format!(" <s>was {}</s>", escape::xml(was))).unwrap_or_default();
    format!(
        "<li>{}<code>{}</code> \u{2192} {}{was}</li>",
        badge(*mark),
        escape::xml(when),
        escape::xml(&words.join(", "))
    )
}

fn of_version(version: &Version) -> String {
    let Version { name, share, was, mark } = version;
    let share = share.map(|share| format!(" {}", percent(share))).unwrap_or_default();
    let was = was.map(|was| format!(" <s>was {}</s>", percent(was))).unwrap_or_default();
    format!("<li>{}version <code>{}</code>{share}{was}</li>", badge(*mark), escape::xml(name))
}
