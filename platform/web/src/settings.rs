//! How a person wants pages to look and read. Kept in the account, or in a plain cookie.

use std::fmt;

use base::Locale;

/// One setting: its form name and the values it takes, the usual one first.
pub(crate) struct Choice {
    pub name: &'static str,
    pub values: &'static [&'static str],
}

/// Everything that can be set beside the language.
pub(crate) const CHOICES: [Choice; 4] = [
    Choice {
        name: "text",
        values: &["normal", "large", "largest"],
    },
    Choice {
        name: "plain",
        values: &["usual", "easy"],
    },
    Choice {
        name: "theme",
        values: &["auto", "light", "dark"],
    },
    Choice {
        name: "contrast",
        values: &["normal", "high"],
    },
];

/// A person's settings; the default is Korean and the usual look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub locale: Locale,
    /// Size of text: `normal`, `large`, `largest`.
    pub text: &'static str,
    /// Plain language: `usual`, `easy`.
    pub plain: &'static str,
    /// `auto` (as the device), `light`, `dark`.
    pub theme: &'static str,
    /// `normal`, `high`.
    pub contrast: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: Locale::KO,
            text: "normal",
            plain: "usual",
            theme: "auto",
            contrast: "normal",
        }
    }
}

impl Settings {
    /// Reads what [`fmt::Display`] wrote; what it does not know stays as usual.
    pub fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            settings.set(name, value);
        }
        settings
    }

    /// Changes one setting by its name in the form; false when name or value is unknown.
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        if name == "lang" {
            return value.parse().map(|locale| self.locale = locale).is_ok();
        }
        let known = CHOICES
            .iter()
            .find(|choice| choice.name == name)
            .and_then(|choice| choice.values.iter().find(|it| **it == value));
        let (Some(known), Some(place)) = (known, self.place(name)) else {
            return false;
        };
        *place = known;
        true
    }

    pub(crate) fn get(&self, name: &str) -> &'static str {
        match name {
            "text" => self.text,
            "plain" => self.plain,
            "theme" => self.theme,
            "contrast" => self.contrast,
            _ => "",
        }
    }

    fn place(&mut self, name: &str) -> Option<&mut &'static str> {
        match name {
            "text" => Some(&mut self.text),
            "plain" => Some(&mut self.plain),
            "theme" => Some(&mut self.theme),
            "contrast" => Some(&mut self.contrast),
            _ => None,
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lang={}", self.locale)?;
        for choice in &CHOICES {
            write!(f, "&{}={}", choice.name, self.get(choice.name))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_being_written_down() {
        let mut settings = Settings::default();
        assert!(settings.set("lang", "en"));
        assert!(settings.set("theme", "dark"));
        assert!(settings.set("text", "largest"));
        assert_eq!(Settings::parse(&settings.to_string()), settings);
    }

    #[test]
    fn what_nobody_knows_changes_nothing() {
        let mut settings = Settings::default();
        assert!(!settings.set("theme", "\"><script>"));
        assert!(!settings.set("colour", "pink"));
        assert!(!settings.set("lang", "KO!"));
        assert_eq!(Settings::parse("theme=pink&&=&x"), Settings::default());
        assert_eq!(settings, Settings::default());
    }
}
