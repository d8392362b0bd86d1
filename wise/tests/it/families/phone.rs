//! A family's pages in Chromium, 390 pixels wide.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use testkit::{Scheme, View, Window};
use thirtyfour::prelude::*;
use wise::areas::benefits::model::Offer;

use super::{Answer, Chapter, Entered, Happening, account};
use crate::browser::{faults, serve, sign_in};
use crate::house::House;

/// Families whose pages are pictured dark too.
const DARK: [&str; 2] = ["grandmother", "dying-father"];

/// Latin letters that Korean pages may show: names of things that have no other.
const LATIN: [&str; 6] = ["CSV", "JSON", "NH", "ON", "lllcard", "kr"];

/// What stands in `main`: its words, without those marked as of another language than the page's.
const WORDS: &str = "
    const page = document.documentElement.lang;
    const main = document.querySelector('main').cloneNode(true);
    main.querySelectorAll('[lang]').forEach(it => { if (it.lang !== page) it.remove(); });
    main.querySelectorAll('.hash, code').forEach(it => it.remove());
    return main.textContent.replace(/\\s+/g, ' ');";

/// Each offer of a page, and whether a reason stands under it.
const CARDS: &str = "
    const within = '#ready, #asking, #waiting, #coming, #accepted, #set-aside';
    const cards = [...document.querySelectorAll('.offer, .rows > li')].filter(it => it.closest(within));
    const reasons = it => [...it.querySelectorAll('.reason')].map(it => it.textContent.trim()).join('|');
    return cards.map(it => it.querySelector('a').getAttribute('href') + ' ' +
        (it.matches('.offer') ? reasons(it) : 'was done'));";

/// One Chromium for all families.
pub struct Reading {
    window: Window,
    address: SocketAddr,
    /// What is wrong with the words of all families.
    complaints: RefCell<Vec<String>>,
}

impl Reading {
    /// `None`, and said, where there is no Chromium.
    pub async fn begin(house: &House) -> Option<Self> {
        let browser = testkit::browser()?;
        let address = serve(house).await;
        let window = browser.open().await.unwrap();
        window.view(View::Phone).await.unwrap();
        Some(Self {
            window,
            address,
            complaints: RefCell::default(),
        })
    }

    pub async fn end(self) {
        self.window.close().await.unwrap();
        let complaints = self.complaints.into_inner();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    fn expect(&self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complaints.borrow_mut().push(complaint());
        }
    }

    /// Nothing for axe, nothing to scroll sideways.
    async fn is_sound(&self, page: &str) {
        let faults = faults(&self.window).await;
        self.expect(faults.is_empty(), || {
            format!("{page}: {}", faults.join("\n"))
        });
    }

    async fn go(&self, path: &str) {
        let url = format!("http://{}{path}", self.address);
        self.window.goto(url).await.unwrap();
    }

    async fn text(&self, script: &str) -> String {
        let answer = self.window.execute(script, Vec::new()).await.unwrap();
        answer.json().as_str().unwrap_or_default().to_owned()
    }

    async fn press(&self, selector: &str) {
        let found = self.window.find(By::Css(selector)).await;
        let found = found.unwrap_or_else(|error| panic!("{selector}: {error}"));
        found.scroll_into_view().await.unwrap();
        found.click().await.unwrap();
    }

    /// Presses what leads to another page, which may have the same address, and waits for it.
    async fn press_on(&self, selector: &str) {
        self.text("document.body.dataset.before = ''").await;
        self.press(selector).await;
        for _ in 0..200 {
            let is_new = "return document.readyState === 'complete' && document.body.dataset.before === undefined ? 'new' : ''";
            // Between two pages there is none to ask.
            let answer = self.window.execute(is_new, Vec::new()).await;
            if answer.is_ok_and(|it| it.json().as_str() == Some("new")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{selector} leads nowhere");
    }

    async fn arrive(&self, path: &str) {
        for _ in 0..100 {
            let url = self.window.current_url().await.unwrap();
            if url.path().starts_with(path) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let url = self.window.current_url().await.unwrap();
        panic!("the press led to {url}, not to {path}");
    }

    /// Signs in and reads everything, then does what the pages ask.
    pub async fn read(&self, house: &House, entered: &Entered, chapter: &Chapter, number: usize) {
        let name = &format!("{}-{}", entered.family.name, number + 1);
        self.window.delete_all_cookies().await.unwrap();
        let login = account(house, entered, chapter, number);
        sign_in(&self.window, self.address, &login).await;
        if let Some(language) = &entered.family.language {
            self.go("/settings").await;
            self.press_on(&format!("main [name=lang][value={language}]"))
                .await;
        }
        let page = Page {
            reading: self,
            entered,
            chapter,
            name,
        };
        let offers = entered.offers(house, chapter);
        page.look("/today", "today").await;
        let words = self.text(WORDS).await;
        for said in &chapter.says {
            self.expect(words.contains(said), || {
                format!("{name}: “{said}” is not said: {words}")
            });
        }
        page.look("/offers", "offers").await;
        page.names_exactly(house, &offers).await;
        page.look("/inbox", "inbox").await;
        for (index, offer) in offers.iter().enumerate() {
            page.explains(offer, index == 0).await;
        }
        if let Some(answer) = &chapter.answer {
            page.answer(answer, &offers).await;
        }
        page.apply(&offers).await;
    }
}

/// What one reader looks at.
struct Page<'a> {
    reading: &'a Reading,
    entered: &'a Entered,
    chapter: &'a Chapter,
    name: &'a str,
}

impl Page<'_> {
    /// Opens a page, pictures and examines it.
    async fn look(&self, path: &str, shown: &str) {
        self.reading.go(path).await;
        self.examine(shown).await;
    }

    async fn examine(&self, shown: &str) {
        let window = &self.reading.window;
        let picture = format!("{}-{shown}", self.name);
        window.screenshot(&picture).await.unwrap();
        self.reading.is_sound(&picture).await;
        if DARK.contains(&self.entered.family.name.as_str()) {
            window.scheme(Scheme::Dark).await.unwrap();
            window.screenshot(&format!("{picture}-dark")).await.unwrap();
            window.scheme(Scheme::Light).await.unwrap();
        }
        self.speaks_plainly(&picture).await;
    }

    /// In the reader's language, without keys and numbers that say nothing to people.
    async fn speaks_plainly(&self, page: &str) {
        let words = self.reading.text(WORDS).await;
        for never in &self.chapter.never_says {
            self.reading.expect(!words.contains(never), || {
                format!("{page} says “{never}”: {words}")
            });
        }
        for trace in ["benefits-", "undefined", "_", "{", "}"] {
            self.reading.expect(!words.contains(trace), || {
                format!("{page} shows “{trace}”: {words}")
            });
        }
        let lang = self
            .reading
            .text("return document.documentElement.lang")
            .await;
        let language = self.entered.family.language.as_deref().unwrap_or("ko");
        assert_eq!(lang, language, "{page}");
        let strange: Vec<String> = match language {
            "ko" => latin(&words),
            _ => self.hangul(&words),
        };
        self.reading.expect(strange.is_empty(), || {
            format!("{page} has {strange:?}: {words}")
        });
    }

    /// Korean words on a page in another language; people's names and addresses stay as they are.
    fn hangul(&self, words: &str) -> Vec<String> {
        let is_hangul = |it: char| ('가'..='힣').contains(&it);
        let own = self.entered.names();
        let words = words.split(|it: char| !is_hangul(it));
        let strange = words.filter(|it| !it.is_empty() && !own.iter().any(|own| own.contains(it)));
        strange.map(str::to_owned).collect()
    }

    /// The page names exactly these offers, each with a reason or as a row of what was done.
    async fn names_exactly(&self, house: &House, offers: &[Offer]) {
        let shown = self.reading.window.execute(CARDS, Vec::new()).await;
        let shown: Vec<String> = shown.unwrap().convert().unwrap();
        let hrefs: BTreeSet<&str> = shown.iter().filter_map(|it| it.split(' ').next()).collect();
        let expected: BTreeSet<String> = offers
            .iter()
            .map(|it| format!("/offers/{}", it.id))
            .collect();
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        assert_eq!(hrefs, expected, "{}", self.name);
        for card in &shown {
            let (_, reasons) = card.split_once(' ').unwrap_or((card, ""));
            assert!(!reasons.is_empty(), "{}: no reason under {card}", self.name);
        }
        if self.entered.family.language.is_some() {
            return;
        }
        let words = self.reading.text(WORDS).await;
        for offer in offers {
            let benefit = house.app.country.book.benefit(&offer.benefit).unwrap();
            let name = &benefit.name.ko;
            assert!(words.contains(name), "{}: {name} in {words}", self.name);
        }
    }

    /// The page of an offer, with its reasons.
    async fn explains(&self, offer: &Offer, is_pictured: bool) {
        let path = format!("/offers/{}", offer.id);
        if is_pictured {
            self.look(&path, "offer").await;
        } else {
            self.reading.go(&path).await;
            self.speaks_plainly(&format!("{} {}", self.name, offer.benefit))
                .await;
        }
        let reasons = self
            .reading
            .text("return [...document.querySelectorAll('.reason')].map(it => it.textContent).join('|')")
            .await;
        assert!(!reasons.is_empty(), "{}: {}", self.name, offer.benefit);
    }

    /// Answers a question; the offer then says what the file tells.
    async fn answer(&self, answer: &Answer, offers: &[Offer]) {
        let reading = self.reading;
        let offer = offers
            .iter()
            .find(|it| it.benefit == answer.benefit && it.open_questions().next().is_some())
            .unwrap_or_else(|| panic!("{}: {} asks nothing", self.name, answer.benefit));
        reading.go(&format!("/offers/{}", offer.id)).await;
        reading.press("a[href$='/ask']").await;
        reading.arrive(&format!("/offers/{}/ask", offer.id)).await;
        self.examine("question").await;
        let asked = reading
            .text("return document.querySelector('main form[action$=\"/ask\"] [name=fact]').value")
            .await;
        let fact = |name: &str| name.rsplit('.').next().map(str::to_owned);
        assert_eq!(fact(&asked), fact(&answer.fact), "{}", self.name);
        let form = "form[action$='/ask']";
        let value = &answer.value;
        let choice = format!("{form} [name=value][value='{value}']");
        if reading.window.find(By::Css(&choice)).await.is_ok() {
            reading.press(&choice).await;
        } else {
            let field = reading.window.find(By::Id("value")).await.unwrap();
            field.send_keys(value).await.unwrap();
        }
        reading.press_on(&format!("{form} .button")).await;
        self.look(&format!("/offers/{}", offer.id), "answered")
            .await;
        let words = reading.text(WORDS).await;
        let then = &answer.then;
        reading.expect(words.contains(then), || {
            format!("{}: no “{then}”: {words}", self.name)
        });
    }

    /// One press for everything that is ready.
    async fn apply(&self, offers: &[Offer]) {
        if !offers.iter().any(Offer::is_ready) {
            return;
        }
        self.reading.go("/today").await;
        self.reading
            .press("form[action='/offers/accept'] .button")
            .await;
        self.reading.arrive("/receipts/").await;
        self.examine_receipt().await;
    }

    /// A receipt has its number and its proof, which are no words.
    async fn examine_receipt(&self) {
        let window = &self.reading.window;
        let picture = format!("{}-receipt", self.name);
        window.screenshot(&picture).await.unwrap();
        self.reading.is_sound(&picture).await;
    }
}

/// Words in Latin letters that no Korean page needs.
fn latin(words: &str) -> Vec<String> {
    let words = words.split(|it: char| !it.is_ascii_alphabetic());
    let strange = words.filter(|it| it.len() > 1 && !LATIN.contains(it));
    strange.map(str::to_owned).collect()
}

impl Entered {
    /// People's names and the address, which are the same in every language.
    fn names(&self) -> Vec<&str> {
        let family = &self.family;
        let mut all: Vec<&str> = family.members.values().map(|it| it.name.as_str()).collect();
        // The house's invented town calls its childcare so.
        all.extend([family.address.as_str(), "이웃"]);
        for happening in family.chapters.iter().flat_map(|it| &it.happens) {
            match happening {
                Happening::Born { name, .. } => all.push(name),
                Happening::Joins(it) => all.push(&it.person.name),
                _ => {}
            }
        }
        all
    }
}
