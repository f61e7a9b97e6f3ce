//! Which paths there are, and which methods each takes.

use crate::refusal::Refusal;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A browser asks whether it may post to the ingest paths.
    Preflight,
    /// Events arrive. A path of Segment's for one kind of event names the kind, so that the body need not.
    Ingest(Option<&'static str>),
    /// Somebody asks what would become of a batch.
    Validate,
    /// One of the collector's files.
    CollectorFile(String),
    /// Whether the worker is configured and answers.
    Health,
    /// The unifier asks for something.
    Export(ExportRoute),
}

/// What the unifier asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportRoute {
    /// Write all that is held to the bucket.
    Flush,
    /// The prefixes of the log.
    Prefixes,
    /// A page of the objects under a prefix.
    Objects,
    /// One object's bytes.
    Object,
    /// Counts and ages, and what was refused lately.
    Status,
    /// Judge quarantined events again, by the schemas of now.
    Replay,
}

impl Route {
    /// Finds the route of a method and a path.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] or [`Refusal::MethodNotAllowed`].
    pub fn find(method: &str, path: &str) -> Result<Self, Refusal> {
        let (route, allowed) = Self::at(path).ok_or(Refusal::NotFound)?;
        match (route, method) {
            (Route::Ingest(_) | Route::Validate, "OPTIONS") => Ok(Route::Preflight),
            (route, method) if allowed.split(", ").any(|one| one == method) => Ok(route),
            _ => Err(Refusal::MethodNotAllowed(allowed)),
        }
    }

    fn at(path: &str) -> Option<(Self, &'static str)> {
        let ingest = |kind| Some((Route::Ingest(kind), "POST, OPTIONS"));
        match path {
            "/v1/batch" => ingest(None),
            "/v1/validate" => Some((Route::Validate, "POST, OPTIONS")),
            "/v1/track" => ingest(Some("track")),
            "/v1/page" => ingest(Some("page")),
            "/v1/identify" => ingest(Some("identify")),
            "/v1/alias" => ingest(Some("alias")),
            "/v1/group" => ingest(Some("group")),
            "/v1/export/flush" => Some((Route::Export(ExportRoute::Flush), "POST")),
            "/v1/export/prefixes" => Some((Route::Export(ExportRoute::Prefixes), "GET")),
            "/v1/export/objects" => Some((Route::Export(ExportRoute::Objects), "GET")),
            "/v1/export/object" => Some((Route::Export(ExportRoute::Object), "GET")),
            "/v1/export/replay" => Some((Route::Export(ExportRoute::Replay), "POST")),
            "/v1/export/status" => Some((Route::Export(ExportRoute::Status), "GET")),
            "/healthz" => Some((Route::Health, "GET, HEAD")),
            _ => {
                let name = path.strip_prefix("/collector/")?;
                Some((Route::CollectorFile(name.to_owned()), "GET, HEAD"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ingest_takes_posts_and_preflights_only() {
        assert_eq!(Route::find("POST", "/v1/batch"), Ok(Route::Ingest(None)));
        assert_eq!(Route::find("POST", "/v1/page"), Ok(Route::Ingest(Some("page"))));
        assert_eq!(Route::find("OPTIONS", "/v1/batch"), Ok(Route::Preflight));
        for method in ["GET", "HEAD", "PUT", "DELETE", "TRACE"] {
            let refusal = Route::find(method, "/v1/batch");
            assert_eq!(refusal, Err(Refusal::MethodNotAllowed("POST, OPTIONS")), "{method}");
        }
    }

    #[test]
    fn unknown_paths_are_not_found_whatever_the_method() {
        for path in ["/", "/v1", "/v1/batch/", "/v1/export", "/V1/batch"] {
            assert_eq!(Route::find("POST", path), Err(Refusal::NotFound), "{path}");
        }
    }
}
