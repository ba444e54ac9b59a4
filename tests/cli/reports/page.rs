//! The page, in a real browser: it needs nothing else, what it shows can be clicked, and it fits on a telephone.

use std::path::Path;

use super::browser::Browser;
use super::{AFTER, BEFORE};
use crate::place::Place;

#[test]
fn the_page_holds_no_code_and_nothing_from_elsewhere() {
    let text = super::diff(&["--all-envs", "--format", "html"]).exits(0).stdout;
    for forbidden in
        ["<script", "javascript:", "http-equiv=\"refresh\"", "src=", "@import", "url(", "<img", "<link"]
    {
        let outside = text.replace("&lt;img/src=x&gt;", "");
        assert!(!outside.contains(forbidden), "{forbidden}");
    }
    assert!(text.contains("default-src 'none'"));
    assert_eq!(text.matches("<svg ").count(), 2, "one of each environment");
    assert!(text.contains("x-team is &quot;@me`&lt;img/src=x&gt;|[x](y)"));
}

#[test]
fn the_page_can_be_clicked_through() {
    let Some(mut browser) = Browser::start() else { return };
    let place = Place::with(&[("old/shop.kdl", BEFORE), ("new/shop.kdl", AFTER)]);
    place.run(&["diff", "old", "new", "--all-envs", "--format", "html", "-o", "page.html"]).exits(0);
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR"));
    browser.look((1200, 900), "light");
    browser.open(&place.path("page.html"));
    assert!(
        browser.value("document.querySelector('h1').innerText").as_str().unwrap().starts_with("2 critical")
    );
    let asked = browser.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent").count();
    let complaints = browser.events.iter().filter(|event| event["method"] == "Log.entryAdded").count();
    assert_eq!((asked, complaints), (1, 0), "{:?}", browser.events);
    browser.picture(&pictures.join("diff-page.png"));

    // The picture is drawn, by its own style, with what came and went.
    let size = browser.value("(({ width, height }) => [width, height])(document.querySelector('.drawing svg').getBoundingClientRect())");
    assert!(size[0].as_f64().unwrap() > 300.0 && size[1].as_f64().unwrap() > 100.0, "{size}");
    let hidden = "(one => one.scrollWidth - one.clientWidth)(document.querySelector('.drawing'))";
    assert_eq!(browser.value(hidden), 0, "a wide picture may leave the column");
    let line = "getComputedStyle(document.querySelector('.drawing .mg-added .mg-line')).stroke";
    assert_eq!(browser.value(line), "rgb(26, 127, 55)");
    let nodes = browser.value("[...document.querySelectorAll('.picture')].map(one => one.textContent)");
    assert!(nodes[0].as_str().unwrap().contains("api.bank.example"), "{nodes}");
    assert!(
        !nodes[0].as_str().unwrap().contains("details"),
        "a timeout is nothing that a picture shows: {nodes}"
    );

    let shown = "[...document.querySelectorAll('.finding')].filter(one => one.offsetParent !== null).map(one => one.classList[2])";
    let all = browser.value(shown).as_array().unwrap().len();
    browser.click("label:has(#only-low)");
    let low = browser.value(shown);
    let low = low.as_array().unwrap();
    assert!(!low.is_empty() && low.len() < all && low.iter().all(|class| class == "is-low"), "{low:?}");
    browser.picture(&pictures.join("diff-page-low.png"));
    browser.click(".finding.is-low:not([open]) > summary");
    assert_eq!(browser.value("document.querySelectorAll('.finding.is-low[open]').length"), 1);
    browser.click("label:has(#only-all)");
    assert_eq!(browser.value(shown).as_array().unwrap().len(), all);

    let open = "document.querySelectorAll('.host[open]').length";
    let before = browser.value(open).as_u64().unwrap();
    browser.click(".host:not([open]) > summary");
    assert_eq!(browser.value(open), before + 1);
    let moved = browser.value("document.querySelectorAll('.host tr.came').length").as_u64().unwrap();
    assert!(moved > 0);
    browser.click(".rests > summary");
    assert!(
        browser.value("document.querySelector('.rests').innerText").as_str().unwrap().contains("Istio 1.")
    );

    browser.look((390, 844), "dark");
    let wide = browser.value("document.documentElement.scrollWidth").as_u64().unwrap();
    assert!(wide <= 390, "a telephone has to be scrolled sideways: {wide}");
    browser.picture(&pictures.join("diff-page-telephone.png"));
}
