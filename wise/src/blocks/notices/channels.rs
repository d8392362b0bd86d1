//! The channels that this server has.

use web::HttpClient;

use super::letter::Paper;
use super::mail::Smtp;
use super::model::Channel;
use super::push::Push;
use super::sms::Sms;

/// Each channel's settings; `None` where it is off. The inbox is always on.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    pub smtp: Option<Smtp>,
    pub push: Option<Push>,
    pub sms: Option<Sms>,
    pub letter: Option<Paper>,
    /// Asks push services and the gateway.
    pub http: HttpClient,
}

impl Channels {
    /// Those that are on.
    pub fn on(&self) -> Vec<Channel> {
        let all = [
            (Channel::Push, self.push.is_some()),
            (Channel::Email, self.smtp.is_some()),
            (Channel::Sms, self.sms.is_some()),
            (Channel::Letter, self.letter.is_some()),
        ];
        all.into_iter()
            .filter_map(|(channel, is_on)| is_on.then_some(channel))
            .collect()
    }
}
