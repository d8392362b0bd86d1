//! A headless Chromium, driven through chromedriver.

use std::{
    env, fs, io,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use thirtyfour::{
    ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, error::WebDriverResult,
};

use crate::{
    orphan::{Watcher, shell},
    skip,
};

const MISSING: &str = "Chromium with chromedriver not found; install them (Debian: apt-get install chromium chromium-driver)";

/// A running chromedriver of this test process alone; each [`Window`] is a Chromium of its own.
#[derive(Clone, Copy, Debug)]
pub struct Browser(&'static Driver);

/// A Chromium with an empty profile and one tab, 1280 × 900, light, with JavaScript. It is a
/// [`WebDriver`] besides: `goto`, `find`, `query`, `cdp` and the rest.
#[derive(Debug)]
pub struct Window {
    driver: WebDriver,
    has_javascript: AtomicBool,
}

/// The two sizes at which every page is looked at, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// 390 × 844, with a phone's meaning of the viewport.
    Phone,
    /// 1280 × 900.
    Desk,
}

/// What the person's system prefers (`prefers-color-scheme`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// The browser of this test process; `None`, said through [`skip`], where Chromium or chromedriver is
/// not installed or `WISE_TEST_BROWSER=off`.
///
/// # Panics
/// When chromedriver is there but does not start: a broken installation must not look like a skip.
pub fn browser() -> Option<Browser> {
    static DRIVER: OnceLock<Result<Driver, &'static str>> = OnceLock::new();
    let driver = DRIVER.get_or_init(|| {
        if env::var_os("WISE_TEST_BROWSER").is_some_and(|value| value == "off") {
            return Err("the browser is turned off by WISE_TEST_BROWSER=off");
        }
        let chromedriver = in_path(&["chromedriver"]).ok_or(MISSING)?;
        let chromium =
            in_path(&["chromium", "chromium-browser", "google-chrome"]).ok_or(MISSING)?;
        // The port that it finds free for one of its two addresses may be taken for the other.
        let mut driver = Driver::start(&chromedriver, &chromium);
        for _ in 0..2 {
            driver = driver.or_else(|_| Driver::start(&chromedriver, &chromium));
        }
        Ok(driver.unwrap_or_else(|error| panic!("chromedriver does not start: {error}")))
    });
    driver
        .as_ref()
        .map(Browser)
        .map_err(|reason| skip(reason))
        .ok()
}

impl Browser {
    /// Opens a new Chromium (about 1 s) with nothing kept from earlier ones.
    ///
    /// # Errors
    /// When Chromium does not start.
    pub async fn open(&self) -> WebDriverResult<Window> {
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&self.0.chromium.to_string_lossy())?;
        for flag in [
            "--headless=new",
            // Root in a container has no user namespace to build a sandbox from.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=ko-KR",
        ] {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!(
            "--user-data-dir={}",
            self.0.fresh_profile().display()
        ))?;
        wanted
            .add_experimental_option("prefs", json!({ "intl.accept_languages": "ko-KR,ko,en" }))?;
        let driver = WebDriver::new(&self.0.url, wanted).await?;
        let window = Window {
            driver,
            has_javascript: AtomicBool::new(true),
        };
        window.view(View::Desk).await?;
        Ok(window)
    }
}

impl Window {
    /// Gives the page the size of a phone or of a desk.
    ///
    /// # Errors
    /// When the browser has gone.
    pub async fn view(&self, view: View) -> WebDriverResult<()> {
        // The metrics, not the window: a window's frame and minimum width would eat from the page.
        let (width, height, is_phone) = match view {
            View::Phone => (390, 844, true),
            View::Desk => (1280, 900, false),
        };
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.command("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        self.command(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": is_phone }),
        )
        .await?;
        Ok(())
    }

    /// Sets what the person's system prefers.
    ///
    /// # Errors
    /// When the browser has gone.
    pub async fn scheme(&self, scheme: Scheme) -> WebDriverResult<()> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Turns the pages' scripts on or off, from the next page on. Off, the test's own synchronous scripts
    /// still run, but no promise is kept and no timer rings.
    ///
    /// # Errors
    /// When the browser has gone.
    pub async fn javascript(&self, is_on: bool) -> WebDriverResult<()> {
        self.has_javascript.store(is_on, Ordering::Relaxed);
        self.set_script_execution(is_on).await
    }

    /// Does something that needs promises on the page as it is. The page's own scripts, left out when it
    /// was loaded, stay left out.
    pub(crate) async fn with_javascript<T>(
        &self,
        work: impl AsyncFnOnce(&WebDriver) -> T,
    ) -> WebDriverResult<T> {
        if self.has_javascript.load(Ordering::Relaxed) {
            return Ok(work(&self.driver).await);
        }
        self.set_script_execution(true).await?;
        let result = work(&self.driver).await;
        self.set_script_execution(false).await?;
        Ok(result)
    }

    async fn set_script_execution(&self, is_on: bool) -> WebDriverResult<()> {
        self.command(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !is_on }),
        )
        .await?;
        Ok(())
    }

    /// Pictures the whole page, beyond the window's edge too, as PNG.
    ///
    /// # Errors
    /// When the browser has gone.
    pub async fn png(&self) -> WebDriverResult<Vec<u8>> {
        let options = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.command("Page.captureScreenshot", options).await?;
        BASE64_STANDARD
            .decode(picture["data"].as_str().unwrap_or_default())
            .map_err(|error| thirtyfour::error::WebDriverError::ParseError(error.to_string()))
    }

    /// Pictures the whole page into `NAME.png` of the folder named by `WISE_SCREENSHOTS`, for people to
    /// look at; does nothing where that is not set.
    ///
    /// # Errors
    /// When the browser has gone or the folder cannot be written.
    pub async fn screenshot(&self, name: &str) -> WebDriverResult<Option<PathBuf>> {
        let Some(folder) = env::var_os("WISE_SCREENSHOTS").filter(|folder| !folder.is_empty())
        else {
            return Ok(None);
        };
        let path = PathBuf::from(folder).join(format!("{name}.png"));
        let picture = self.png().await?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, picture)?;
        Ok(Some(path))
    }

    /// Ends this Chromium. Dropping it does so too, but blocks the runtime's thread.
    ///
    /// # Errors
    /// When the browser has gone already.
    pub async fn close(self) -> WebDriverResult<()> {
        self.driver.quit().await
    }

    async fn command(&self, method: &str, parameters: Value) -> WebDriverResult<Value> {
        self.driver.cdp().send_raw(method, parameters).await
    }
}

impl Deref for Window {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.driver
    }
}

/// One chromedriver and the folder in which it and its Chromiums keep everything.
#[derive(Debug)]
struct Driver {
    url: String,
    chromium: PathBuf,
    folder: PathBuf,
    profiles: AtomicU32,
    _watcher: Watcher,
}

impl Driver {
    fn start(chromedriver: &Path, chromium: &Path) -> io::Result<Driver> {
        let folder = tempfile::Builder::new()
            .prefix("wise-browser-")
            .tempdir()?
            .keep();
        // chromedriver's death takes its Chromiums along; they may still write for a moment, hence the
        // repeated removal. The group is signalled because a Chromium that only just started counts too.
        let script = "\"$1\" --port=0 >log 2>&1 & cat >/dev/null; trap '' TERM; kill -TERM 0; cd /; \
                      for try in 1 2 3 4 5; do rm -rf \"$2\" 2>/dev/null; sleep 1; done; rm -rf \"$2\"";
        let watcher = Watcher::start(
            shell(script, &folder, None)
                .arg(chromedriver)
                .arg(&folder)
                .env("TMPDIR", &folder),
        )?;
        let log = folder.join("log");
        for _ in 0..600 {
            let text = fs::read_to_string(&log).unwrap_or_default();
            if let Some(port) = announced_port(&text) {
                let url = format!("http://127.0.0.1:{port}");
                return Ok(Driver {
                    url,
                    chromium: chromium.to_owned(),
                    folder,
                    profiles: AtomicU32::new(0),
                    _watcher: watcher,
                });
            }
            if text.contains("Exiting") {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(io::Error::other(
            fs::read_to_string(&log).unwrap_or_default(),
        ))
    }

    fn fresh_profile(&self) -> PathBuf {
        self.folder.join(format!(
            "profile-{}",
            self.profiles.fetch_add(1, Ordering::Relaxed)
        ))
    }
}

/// chromedriver chooses a free port itself and says which.
fn announced_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_a_whole_line_only() {
        let log =
            "Starting ChromeDriver 156.0\nChromeDriver was started successfully on port 41237.\n";
        assert_eq!(announced_port(log), Some(41237));
        assert_eq!(
            announced_port("ChromeDriver was started successfully on port 41"),
            None
        );
    }
}
