//! The frame around every page: head, navigation, main part, foot.

use maud::{DOCTYPE, Markup, html};

use super::Language;

/// The sections of the UI, as the navigation lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// What the last night found.
    Home,
    /// People.
    People,
    /// Segments.
    Segments,
    /// Predictions.
    Predictions,
}

impl Section {
    const ALL: [Section; 4] = [Section::Home, Section::People, Section::Segments, Section::Predictions];

    fn path(self) -> &'static str {
        match self {
            Section::Home => "/",
            Section::People => "/people",
            Section::Segments => "/segments",
            Section::Predictions => "/predictions",
        }
    }

    fn title(self, language: Language) -> &'static str {
        match self {
            Section::Home => language.say("Overview", "Aperçu"),
            Section::People => language.say("People", "Personnes"),
            Section::Segments => language.say("Segments", "Segments"),
            Section::Predictions => language.say("Predictions", "Prévisions"),
        }
    }
}

/// A whole page.
pub(super) fn page(language: Language, section: Section, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Firsthand" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" type="image/svg+xml" href="/icon.svg";
            }
            body {
                a .skip href="#main" { (language.say("Skip to the content", "Aller au contenu")) }
                header .bar {
                    a .brand href="/" { "Firsthand" }
                    nav aria-label=(language.say("Main", "Principale")) {
                        ul {
                            @for entry in Section::ALL {
                                li { a href=(entry.path()) aria-current=[(entry == section).then_some("page")] { (entry.title(language)) } }
                            }
                        }
                    }
                    (language_switch(language))
                }
                main #main tabindex="-1" {
                    h1 { (title) }
                    (body)
                }
            }
        }
    }
}

fn language_switch(language: Language) -> Markup {
    html! {
        div .languages role="group" aria-label=(language.say("Language", "Langue")) {
            @for (code, name) in [("en", "English"), ("fr", "Français")] {
                form method="post" action={ "/language/" (code) } {
                    button type="submit" lang=(code) aria-pressed=(if language.code() == code { "true" } else { "false" }) { (name) }
                }
            }
        }
    }
}

/// Something wide, which scrolls by itself and can be reached with the keyboard.
pub(super) fn scroll(label: &str, content: &Markup) -> Markup {
    html! { div .scroll tabindex="0" role="region" aria-label=(label) { (content) } }
}

/// A large figure with what it counts.
pub(super) fn figure(value: &str, label: &str, note: Option<&str>) -> Markup {
    html! {
        div .figure {
            p .value { (value) }
            p .label { (label) }
            @if let Some(note) = note { p .note { (note) } }
        }
    }
}
