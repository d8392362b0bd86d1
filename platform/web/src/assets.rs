//! The look: style, scripts and pictures, embedded in the program.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};

use crate::problem::Problem;
use crate::secret;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets");

/// Entity tags of all files.
fn tags() -> &'static HashMap<&'static str, String> {
    static TAGS: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    TAGS.get_or_init(|| {
        let files = FILES.files();
        let tagged = files.filter_map(|file| {
            let digest = secret::digest_bytes(file.contents());
            Some((file.path().to_str()?, format!("\"{}\"", &digest[..16])))
        });
        tagged.collect()
    })
}

/// `GET /assets/{file}`
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&name, &headers)
}

/// `GET /sw.js`: a service worker governs the folder it was read from.
pub(crate) async fn service_worker(headers: HeaderMap) -> Response {
    serve("sw.js", &headers)
}

/// `GET /manifest.webmanifest`
pub(crate) async fn manifest(headers: HeaderMap) -> Response {
    serve("manifest.webmanifest", &headers)
}

/// `GET /favicon.ico`
pub(crate) async fn favicon(headers: HeaderMap) -> Response {
    serve("icon.svg", &headers)
}

/// Modules import each other by plain names, so that files are asked for again each time and mostly
/// answered with “not modified”.
fn serve(name: &str, headers: &HeaderMap) -> Response {
    let (Some(file), Some(tag)) = (FILES.get_file(name), tags().get(name)) else {
        return Problem::not_found().into_response();
    };
    let Ok(etag) = HeaderValue::from_str(tag) else {
        return Problem::internal("an entity tag is no header").into_response();
    };
    let common = [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|it| it.to_str().ok());
    if known.is_some_and(|it| {
        it.split(',')
            .any(|one| one.trim().trim_start_matches("W/") == tag)
    }) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, content_type(name))];
    (kind, common, file.contents()).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
