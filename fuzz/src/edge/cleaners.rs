//! Of a page's address, its path and its referrer nothing personal is kept without consent: no query, no fragment, no user of an
//! address, no e-mail address, no id of a click. Secrets are put where those stand, and must be gone.

use edge_worker::page;
use event_schema::{Campaign, Context, Page};

use crate::input::Input;

/// Stands where a person's own text would. No input is likely to have it by chance.
const SECRET: &str = "s3cr3t-of-4nn";

/// Texts around the secrets.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let [before, after, name] = [(); 3].map(|()| input.text());
    as_it_comes(&before, &after, &name);
    secrets_are_gone(&before, &after);
}

/// What is kept of any page, however strange.
fn as_it_comes(url: &str, path: &str, referrer: &str) {
    let mut context = at(url, path, referrer);
    let kept = page::path_of(&context);
    assert!(
        !kept.contains(['?', '#', '@']) && !kept.to_lowercase().contains("%40"),
        "{kept:?} is kept of a path"
    );
    let host = page::referrer_host(&context);
    assert!(
        host.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-') || !c.is_ascii()),
        "{host:?} is kept of a referrer"
    );
    context.campaign = Some(Campaign {
        source: url.to_owned(),
        click_id_name: path.to_owned(),
        click_id: referrer.to_owned(),
        ..Campaign::default()
    });
    let campaign = page::campaign_without_click(&context).unwrap_or_default();
    assert!(campaign.click_id.is_empty() && campaign.click_id_name.is_empty());
    assert!(!campaign.source.contains('@'), "an address is kept of a campaign");
}

fn secrets_are_gone(before: &str, after: &str) {
    let plain = |text: &str| text.replace(['/', '?', '#', '@', ':', '\\'], "");
    let (user, part) = (plain(before), plain(after));
    let pages = [
        format!("https://shop.example/a?{before}{SECRET}{after}"),
        format!("https://shop.example/a#{before}{SECRET}{after}"),
        format!("https://shop.example/{user}{SECRET}@{part}/now"),
        format!("https://shop.example/{user}{SECRET}%40{part}"),
    ];
    for url in &pages {
        let path = url.trim_start_matches("https://shop.example");
        for context in [at(url, "", ""), at("", path, "")] {
            let kept = page::path_of(&context);
            assert!(!kept.contains(SECRET), "{kept:?} is kept of {url:?}");
        }
    }
    let referrers = [
        format!("https://{user}{SECRET}@search.example/{after}"),
        format!("https://{user}:{SECRET}@search.example"),
        format!("https://search.example/{before}{SECRET}{after}"),
        format!("https://search.example?{before}{SECRET}{after}"),
        format!("https://search.example#{before}{SECRET}{after}"),
    ];
    for referrer in &referrers {
        let host = page::referrer_host(&at("https://shop.example/", "/", referrer));
        assert_eq!(host, "search.example", "of {referrer:?}");
    }
}

fn at(url: &str, path: &str, referrer: &str) -> Context {
    let page = Page {
        url: url.to_owned(),
        path: path.to_owned(),
        referrer: referrer.to_owned(),
        title: String::new(),
    };
    Context {
        page: Some(page),
        ..Context::default()
    }
}
