//! What is kept of page addresses in the audience lane, and the campaign that a page's address names.

use event_schema::{Campaign, Context, limits};

/// What stands in place of an e-mail address.
const BLANKED: &str = "[email]";

/// The path of the page without query or fragment; a part that holds an e-mail address is blanked.
pub fn path_of(context: &Context) -> String {
    let Some(page) = &context.page else {
        return String::new();
    };
    let path = if page.path.is_empty() {
        path_in(&page.url)
    } else {
        &page.path
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if holds_address(part) { BLANKED } else { part })
        .collect();
    parts.join("/")
}

/// The host the visitor came from; empty when unknown or the site itself.
pub fn referrer_host(context: &Context) -> String {
    let Some(page) = &context.page else {
        return String::new();
    };
    let host = host_in(&page.referrer);
    if host == host_in(&page.url) {
        String::new()
    } else {
        host
    }
}

/// The campaign: what the client named, or else the `utm_…` parameters of the page's address.
pub fn campaign_of(context: &Context) -> Option<Campaign> {
    let named = context
        .campaign
        .clone()
        .or_else(|| campaign_in(&context.page.as_ref()?.url));
    named.filter(|campaign| *campaign != Campaign::default())
}

/// The campaign without what is one visitor's: the id that an advertising network gave the click, and a parameter that holds an
/// e-mail address.
pub fn campaign_without_click(context: &Context) -> Option<Campaign> {
    let mut campaign = Campaign {
        click_id_name: String::new(),
        click_id: String::new(),
        ..campaign_of(context)?
    };
    let Campaign {
        name,
        source,
        medium,
        term,
        content,
        ..
    } = &mut campaign;
    for text in [name, source, medium, term, content]
        .into_iter()
        .filter(|text| holds_address(text))
    {
        BLANKED.clone_into(text);
    }
    Some(campaign).filter(|campaign| *campaign != Campaign::default())
}

fn campaign_in(url: &str) -> Option<Campaign> {
    let query = url.split('#').next()?.split_once('?')?.1;
    let mut campaign = Campaign::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let field = match name.as_ref() {
            "utm_campaign" => &mut campaign.name,
            "utm_source" => &mut campaign.source,
            "utm_medium" => &mut campaign.medium,
            "utm_term" => &mut campaign.term,
            "utm_content" => &mut campaign.content,
            _ => continue,
        };
        *field = value
            .chars()
            .filter(|c| !c.is_control())
            .take(limits::NAME_CHARS)
            .collect();
    }
    Some(campaign)
}

fn path_in(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or("/", |slash| &after_scheme[slash..])
}

fn host_in(url: &str) -> String {
    let Some((_, rest)) = url.split_once("://") else {
        return String::new();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    host.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        .collect::<String>()
        .to_lowercase()
}

fn holds_address(part: &str) -> bool {
    part.contains('@') || part.to_ascii_lowercase().contains("%40")
}

#[cfg(test)]
mod tests {
    use event_schema::Page;

    use super::*;

    fn at(url: &str, path: &str, referrer: &str) -> Context {
        let page = Page {
            url: url.into(),
            path: path.into(),
            referrer: referrer.into(),
            title: String::new(),
        };
        Context {
            page: Some(page),
            ..Context::default()
        }
    }

    #[test]
    fn a_path_keeps_no_query_fragment_or_address() {
        for (url, path, kept) in [
            ("", "/shoes?token=1#top", "/shoes"),
            ("https://shop.example/a/b?c=d", "", "/a/b"),
            ("https://shop.example", "", "/"),
            ("", "/unsubscribe/ann@mail.example/now", "/unsubscribe/[email]/now"),
            ("", "/u/ann%40mail.example", "/u/[email]"),
        ] {
            assert_eq!(path_of(&at(url, path, "")), kept);
        }
    }

    #[test]
    fn only_the_host_of_another_site_is_kept_as_referrer() {
        let host = |referrer| referrer_host(&at("https://shop.example/", "/", referrer));
        assert_eq!(host("https://user:secret@Search.example:443/?q=ann"), "search.example");
        assert_eq!(host("https://shop.example/before"), "");
        assert_eq!(host("nonsense"), "");
    }

    #[test]
    fn an_address_in_a_campaign_is_one_visitors() {
        let context = at(
            "https://shop.example/?utm_source=news&utm_term=ann%40mail.example",
            "/",
            "",
        );
        let kept = campaign_without_click(&context).unwrap();
        assert_eq!((kept.source.as_str(), kept.term.as_str()), ("news", "[email]"));
    }

    #[test]
    fn the_campaign_is_read_from_the_address_unless_it_is_named() {
        let mut context = at(
            "https://shop.example/?utm_source=news&utm_campaign=spring%20sale&id=7#x",
            "/",
            "",
        );
        let campaign = campaign_of(&context).unwrap();
        assert_eq!(
            (campaign.source.as_str(), campaign.name.as_str()),
            ("news", "spring sale")
        );
        context.campaign = Some(Campaign {
            source: "named".into(),
            ..Campaign::default()
        });
        assert_eq!(
            campaign_of(&context).map(|campaign| campaign.source).as_deref(),
            Some("named")
        );
        assert_eq!(campaign_of(&at("https://shop.example/?id=7", "/", "")), None);
    }
}
