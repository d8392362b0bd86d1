//! A language model that speaks the chat interface of OpenAI, at whatever address the settings name. It puts sentences
//! into other words and never computes: whoever asks it checks what comes back.

use std::time::Duration;

use axum::http::{Request, Uri, header};
use serde::Deserialize;
use serde_json::json;
use web::HttpClient;

/// Models take their time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a model answers.
#[derive(Clone, Debug)]
pub struct LanguageModel {
    url: String,
    model: String,
    token: Option<String>,
    http: HttpClient,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the language model does not answer: {0}")]
    NoAnswer(String),
    #[error("the language model answers with status {0}")]
    Status(u16),
    #[error("the language model gave {0}")]
    Shape(String),
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

impl LanguageModel {
    /// `url` ends before `/chat/completions`, usually in `/v1`.
    ///
    /// # Errors
    /// Names the setting and its remedy.
    pub fn new(url: &str, model: &str, token: Option<String>) -> Result<Self, String> {
        let uri: Uri = url
            .parse()
            .map_err(|_| format!("language_model.url is no address: {url:?}"))?;
        let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost"));
        if uri.scheme_str() != Some("https") && !is_here {
            return Err("language_model.url must begin with https://".into());
        }
        if model.trim().is_empty() {
            return Err("language_model.model is empty; name the model".into());
        }
        Ok(Self {
            url: format!("{}/chat/completions", url.trim_end_matches('/')),
            model: model.to_owned(),
            token,
            http: HttpClient::new().with_patience(PATIENCE),
        })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.model
    }

    /// The sentences in other words, one for each, in `language` (a tag).
    ///
    /// # Errors
    /// No answer, or one that is not as many sentences.
    pub async fn reword(
        &self,
        language: &str,
        sentences: &[String],
    ) -> Result<Vec<String>, ModelError> {
        let answer = self.http.send(self.request(language, sentences)?).await;
        let answer = answer.map_err(|error| ModelError::NoAnswer(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(ModelError::Status(answer.status().as_u16()));
        }
        let shape = |what: &str| ModelError::Shape(what.to_owned());
        let completion: Completion =
            serde_json::from_slice(answer.body()).map_err(|_| shape("no completion"))?;
        let content = completion.choices.into_iter().next();
        let content = content.ok_or_else(|| shape("no choice"))?.message.content;
        // Many models put a fence around it.
        let inside = match (content.find('['), content.rfind(']')) {
            (Some(first), Some(last)) if first < last => &content[first..=last],
            _ => return Err(shape("no list of sentences")),
        };
        let reworded: Vec<String> =
            serde_json::from_str(inside).map_err(|_| shape("no list of sentences"))?;
        if reworded.len() != sentences.len() {
            return Err(shape("another number of sentences"));
        }
        Ok(reworded)
    }

    fn request(
        &self,
        language: &str,
        sentences: &[String],
    ) -> Result<Request<Vec<u8>>, ModelError> {
        let told = format!(
            "You put sentences of a government briefing into plain, friendly words of the language `{language}`. Each \
             sentence keeps every figure, with its unit, written exactly as given and in the same order. Never \
             compute, add, leave out or interpret a figure. Answer with a JSON array of strings alone, one for each \
             sentence, in the same order."
        );
        let given = json!(sentences).to_string();
        let body = json!({
            "model": self.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": told},
                {"role": "user", "content": given},
            ],
        });
        let mut request = Request::post(&self.url).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(body.to_string().into_bytes());
        request.map_err(|_| ModelError::NoAnswer("its token is no header".into()))
    }
}
