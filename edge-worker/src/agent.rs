//! What an agent string tells: the kind of device, and whether it looks like a program. The string itself is never stored.

use event_schema::DeviceClass;

/// What is kept of an agent string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agent {
    /// The kind of device.
    pub device: DeviceClass,
    /// Whether it looks like a program rather than a person.
    pub bot: bool,
}

/// Parts of agent strings of programs, in lower case: crawlers name themselves so, libraries by their own name.
const BOTS: [&str; 26] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "headless",
    "phantom",
    "lighthouse",
    "pagespeed",
    "pingdom",
    "uptime",
    "monitor",
    "preview",
    "facebookexternalhit",
    "curl/",
    "wget/",
    "python",
    "java/",
    "okhttp",
    "go-http-client",
    "axios",
    "node-fetch",
    "undici",
    "libwww",
    "httpclient",
    "scrapy",
    "postman",
];

const TVS: [&str; 9] = [
    "smart-tv",
    "smarttv",
    "appletv",
    "googletv",
    "hbbtv",
    "bravia",
    "playstation",
    "xbox",
    "nintendo",
];

impl Agent {
    /// Reads an agent string.
    pub fn of(agent: &str) -> Self {
        let agent = agent.to_ascii_lowercase();
        Self {
            device: device_of(&agent),
            bot: agent.is_empty() || has_any(&agent, &BOTS),
        }
    }
}

/// Televisions and consoles first: many of them also say Android or Windows. Then tablets, which may also say Mobile.
fn device_of(agent: &str) -> DeviceClass {
    let has = |part: &str| agent.contains(part);
    if has_any(agent, &TVS) || has("; tizen") && has("tv") {
        DeviceClass::Tv
    } else if has("ipad") || has("tablet") || has("kindle") || has("android") && !has("mobile") {
        DeviceClass::Tablet
    } else if has("iphone") || has("ipod") || has("mobile") || has("windows phone") {
        DeviceClass::Mobile
    } else if has("windows nt") || has("macintosh") || has("x11") || has("cros ") || has("linux x86") {
        DeviceClass::Desktop
    } else {
        DeviceClass::Unknown
    }
}

fn has_any(agent: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| agent.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
    const TABLET: &str = "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    const TV: &str =
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36";

    #[test]
    fn devices_are_told_apart() {
        for (agent, device) in [
            (DESKTOP, DeviceClass::Desktop),
            (IPHONE, DeviceClass::Mobile),
            (TABLET, DeviceClass::Tablet),
            (PHONE, DeviceClass::Mobile),
            (TV, DeviceClass::Tv),
            ("curl/8.5.0", DeviceClass::Unknown),
        ] {
            assert_eq!(Agent::of(agent).device, device, "{agent}");
        }
    }

    #[test]
    fn programs_are_marked_and_browsers_are_not() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
            "python-requests/2.32",
            "",
        ] {
            assert!(Agent::of(agent).bot, "{agent}");
        }
        for agent in [DESKTOP, IPHONE, TABLET, PHONE, TV] {
            assert!(!Agent::of(agent).bot, "{agent}");
        }
    }
}
