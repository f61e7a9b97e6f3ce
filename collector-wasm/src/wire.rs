//! Writes events as JSON, in the order and shape in which `event-schema` writes them: a test holds the two together. By
//! hand, because a general encoder would be more than all the rest of what a page fetches.

use alloc::string::String;

use event_schema::{Campaign, ConsentState, Context, Event, EventKind, Id};

use crate::json::{self, Json};

/// A JSON object that is being written.
pub(crate) struct Object<'a> {
    text: &'a mut String,
    begun: bool,
}

impl Object<'_> {
    /// Writes an object whose fields `fill` writes.
    pub fn write(text: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
        text.push('{');
        fill(&mut Object { text, begun: false });
        text.push('}');
    }

    /// A field whose value is a text.
    pub fn text(&mut self, name: &str, value: &str) {
        json::push_text(self.field(name), value);
    }

    /// A field whose value is JSON already.
    pub fn json(&mut self, name: &str, value: &str) {
        self.field(name).push_str(value);
    }

    /// A field whose value is an object.
    pub fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        Object::write(self.field(name), fill);
    }

    fn field(&mut self, name: &str) -> &mut String {
        if self.begun {
            self.text.push(',');
        }
        self.begun = true;
        json::push_text(self.text, name);
        self.text.push(':');
        self.text
    }
}

/// One event of the consented lane.
pub(crate) fn event(event: &Event<Json>) -> String {
    let mut text = String::new();
    Object::write(&mut text, |fields| {
        fields.text("type", event.kind.as_str());
        kind(fields, &event.kind);
        fields.text("messageId", event.message_id.as_str());
        optional_id(fields, "anonymousId", event.anonymous_id.as_ref());
        optional_id(fields, "userId", event.user_id.as_ref());
        fields.text("timestamp", &event.timestamp.to_text());
        fields.object("context", |fields| context(fields, &event.context));
    });
    text
}

/// A campaign, where there is one.
pub(crate) fn campaign(fields: &mut Object<'_>, campaign: Option<&Campaign>) {
    let Some(Campaign {
        name,
        source,
        medium,
        term,
        content,
    }) = campaign
    else {
        return;
    };
    fields.object("campaign", |fields| {
        for (key, value, always) in [
            ("name", name, true),
            ("source", source, true),
            ("medium", medium, true),
            ("term", term, false),
            ("content", content, false),
        ] {
            if always || !value.is_empty() {
                fields.text(key, value);
            }
        }
    });
}

fn kind(fields: &mut Object<'_>, kind: &EventKind<Json>) {
    match kind {
        EventKind::Track { event, properties } => {
            fields.text("event", event);
            fields.json("properties", properties.as_str());
        }
        EventKind::Page { name, properties } => {
            if let Some(name) = name {
                fields.text("name", name);
            }
            fields.json("properties", properties.as_str());
        }
        EventKind::Identify { traits } => fields.json("traits", traits.as_str()),
        EventKind::Alias { previous_id } => fields.text("previousId", previous_id.as_str()),
        EventKind::Group { group_id, traits } => {
            fields.text("groupId", group_id.as_str());
            fields.json("traits", traits.as_str());
        }
    }
}

fn optional_id(fields: &mut Object<'_>, name: &str, id: Option<&Id>) {
    if let Some(id) = id {
        fields.text(name, id.as_str());
    }
}

fn context(fields: &mut Object<'_>, context: &Context) {
    if let Some(page) = &context.page {
        fields.object("page", |fields| {
            fields.text("url", &page.url);
            fields.text("path", &page.path);
            fields.text("referrer", &page.referrer);
            fields.text("title", &page.title);
        });
    }
    campaign(fields, context.campaign.as_ref());
    if !context.consent.category_preferences.is_empty() {
        fields.object("consent", |fields| {
            answers(fields, &context.consent.category_preferences)
        });
    }
    if let Some(locale) = &context.locale {
        fields.text("locale", locale);
    }
}

fn answers(fields: &mut Object<'_>, answers: &ConsentState) {
    fields.object("categoryPreferences", |fields| {
        for (purpose, granted) in answers.iter() {
            fields.json(purpose.as_str(), if granted { "true" } else { "false" });
        }
    });
}
