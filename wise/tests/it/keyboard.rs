//! A hand that knows only the keyboard: it goes by Tab, presses by Enter and Space, and insists on
//! seeing where it is.

use std::time::Duration;

use testkit::Window;
use thirtyfour::prelude::*;

/// One thing that is done on a page; elements are named by CSS selector.
pub enum Stroke {
    /// Types into a field.
    Type(&'static str, &'static str),
    /// Types a day, given as year, month and day, into a date field.
    Date(&'static str, [&'static str; 3]),
    /// Chooses a radio button, or ticks a box.
    Choose(&'static str),
    /// Chooses the option with this value of a select.
    Pick(&'static str, &'static str),
    /// Presses Enter on a link, a button, or what opens a drawer.
    Press(&'static str),
}

impl Stroke {
    /// The element it is about.
    pub fn target(&self) -> &'static str {
        match self {
            Self::Type(it, _) | Self::Date(it, _) | Self::Pick(it, _) => it,
            Self::Choose(it) | Self::Press(it) => it,
        }
    }
}

/// More stops than any page has.
const MOST_STOPS: usize = 250;

/// Whether the focus is on what is sought, on a sibling of its group of radio buttons, or elsewhere;
/// and whether one sees it.
const WHERE: &str = "
    const [selector] = arguments, at = document.activeElement, want = document.querySelector(selector);
    if (!want) return 'missing';
    const style = getComputedStyle(at);
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = at.getBoundingClientRect();
    const there = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    const is = at === want ? 'there'
        : at.type === 'radio' && at.name === want.name && at.form === want.form ? 'group' : 'elsewhere';
    return is === 'elsewhere' || (seen && there) ? is : is + ', but unseen';
";

const VALUE: &str = "return document.querySelector(arguments[0]).value;";

pub struct Hand<'a> {
    pub window: &'a Window,
    /// For messages.
    pub task: &'static str,
}

impl Hand<'_> {
    async fn keys(&self, keys: impl Into<TypingData>) {
        let typed = self
            .window
            .action_chain()
            .send_keys(keys.into())
            .perform()
            .await;
        typed.unwrap_or_else(|error| panic!("{}: {error}", self.task));
    }

    async fn ask(&self, script: &str, selector: &str) -> String {
        let answer = self.window.execute(script, vec![selector.into()]).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {selector}: {error}", self.task));
        answer.json().as_str().unwrap_or_default().to_owned()
    }

    async fn stands(&self, selector: &str) -> String {
        self.ask(WHERE, selector).await
    }

    /// Goes on by Tab until the focus is on the element; for a radio button, on its group.
    async fn reach(&self, selector: &str) {
        let task = self.task;
        for _ in 0..MOST_STOPS {
            match self.stands(selector).await.as_str() {
                "there" | "group" => return,
                "elsewhere" => self.keys(Key::Tab + "").await,
                other => {
                    let page = self.window.source().await.unwrap_or_default();
                    panic!("{task}: {selector} is {other} on {page}");
                }
            }
        }
        panic!("{task}: Tab does not lead to {selector}");
    }

    /// Leaves by Shift-Tab and comes back by Tab: nothing holds the keyboard.
    async fn leave_and_return(&self, selector: &str) {
        let back = self.window.action_chain().key_down(Key::Shift);
        let back = back.send_keys(Key::Tab + "").key_up(Key::Shift);
        back.perform().await.unwrap();
        let left = self.stands(selector).await;
        assert_eq!(
            left, "elsewhere",
            "{}: {selector} holds the keyboard",
            self.task
        );
        self.keys(Key::Tab + "").await;
        let task = self.task;
        assert_eq!(
            self.stands(selector).await,
            "there",
            "{task}: {selector}, going back"
        );
    }

    /// Starts on a fresh page: the first stop leads past the frame where the first step is behind it.
    pub async fn start(&self, first: &str) {
        const IN_MAIN: &str = "const it = document.querySelector(arguments[0]);
            return it && it.closest('main') ? 'main' : 'frame';";
        self.keys(Key::Tab + "").await;
        assert_eq!(self.stands(".skip").await, "there", "{}", self.task);
        if self.ask(IN_MAIN, first).await == "main" {
            self.keys(Key::Enter + "").await;
        }
    }

    pub async fn strike(&self, key: &Stroke) {
        match key {
            Stroke::Type(selector, text) => {
                self.reach(selector).await;
                self.keys(*text).await;
            }
            Stroke::Date(selector, day) => self.date(selector, *day).await,
            Stroke::Choose(selector) => self.choose(selector).await,
            Stroke::Pick(selector, value) => self.pick(selector, value).await,
            Stroke::Press(selector) => {
                self.reach(selector).await;
                self.leave_and_return(selector).await;
                self.keys(Key::Enter + "").await;
            }
        }
    }

    /// A date field's parts stand in the order of the browser's own language; two are tried. Two digits
    /// of a month or day lead on; a year may have six, so the arrow says that it has four.
    async fn date(&self, selector: &str, [year, month, day]: [&str; 3]) {
        self.reach(selector).await;
        let wanted = format!("{year}-{month}-{day}");
        let right = || Key::Right + "";
        let american = [month.into(), day.into(), year.into(), right()];
        let korean = [year.into(), right(), month.into(), day.into()];
        for order in [american, korean] {
            for part in order {
                self.keys(part).await;
            }
            if self.ask(VALUE, selector).await == wanted {
                return;
            }
            for _ in 0..3 {
                self.keys(Key::Left + "").await;
            }
        }
        let typed = self.ask(VALUE, selector).await;
        panic!("{}: {selector} became {typed}, not {wanted}", self.task);
    }

    async fn choose(&self, selector: &str) {
        const IS: &str = "return document.querySelector(arguments[0]).checked ? 'yes' : 'no';";
        self.reach(selector).await;
        for _ in 0..20 {
            if self.stands(selector).await == "there" {
                break;
            }
            self.keys(Key::Down + "").await;
        }
        if self.ask(IS, selector).await != "yes" {
            self.keys(" ").await;
        }
        assert_eq!(
            self.ask(IS, selector).await,
            "yes",
            "{}: {selector}",
            self.task
        );
    }

    async fn pick(&self, selector: &str, value: &str) {
        self.reach(selector).await;
        for _ in 0..20 {
            if self.ask(VALUE, selector).await == value {
                return;
            }
            self.keys(Key::Down + "").await;
        }
        panic!(
            "{}: the arrows do not choose {value} in {selector}",
            self.task
        );
    }

    /// Waits for the page that a press leads to and for the words on it.
    pub async fn arrive(&self, path: &str, words: &str) {
        let mut seen = String::new();
        for _ in 0..100 {
            let url = self.window.current_url().await.unwrap();
            seen = self.window.source().await.unwrap_or_default();
            if url.path().starts_with(path) && seen.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let url = self.window.current_url().await.unwrap();
        let main = seen.split("<main").nth(1).unwrap_or(&seen);
        panic!("{}: led to {url}, without “{words}”: {main}", self.task);
    }
}
