//! What this area tells others: opaque ids only.

use base::ids::{OfferId, ReceiptId, VoucherId};
use serde::{Deserialize, Serialize};
use spine::FactKind;

macro_rules! offer_fact {
    ($(#[$doc:meta])* $name:ident = $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            pub offer: OfferId,
            /// Id of the benefit in the country's rules.
            pub benefit: String,
        }

        impl FactKind for $name {
            const KIND: &'static str = $kind;
            fn sample() -> Self {
                Self {
                    offer: OfferId::sample(6),
                    benefit: "parental-benefit".into(),
                }
            }
        }
    };
}

offer_fact! {
    /// A benefit was offered.
    OfferMade = "benefits.offer_made.v1"
}
offer_fact! {
    /// An offer was accepted and a case opened.
    OfferAccepted = "benefits.offer_accepted.v1"
}
offer_fact! {
    /// An offer was declined.
    OfferDeclined = "benefits.offer_declined.v1"
}
offer_fact! {
    /// An offer was put off to a later day.
    OfferPostponed = "benefits.offer_postponed.v1"
}

/// A receipt was given; the commitment is all that leaves this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptGiven {
    pub receipt: ReceiptId,
    /// What the entry in the ledger says, in hex.
    pub commitment: String,
}

impl FactKind for ReceiptGiven {
    const KIND: &'static str = "benefits.receipt_given.v1";
    fn sample() -> Self {
        Self {
            receipt: ReceiptId::sample(7),
            commitment: "00".repeat(32),
        }
    }
}

/// A sum was granted to be used until a day, or to be paid in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherOpened {
    pub voucher: VoucherId,
    /// Id of the benefit in the country's rules.
    pub benefit: String,
}

impl FactKind for VoucherOpened {
    const KIND: &'static str = "benefits.voucher_opened.v1";
    fn sample() -> Self {
        Self {
            voucher: VoucherId::sample(8),
            benefit: "first-meeting-voucher".into(),
        }
    }
}

/// A part of it was used or paid; how much stands in the voucher at this number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherUsed {
    pub voucher: VoucherId,
    /// 1 is the first use.
    pub number: i64,
}

impl FactKind for VoucherUsed {
    const KIND: &'static str = "benefits.voucher_used.v1";
    fn sample() -> Self {
        Self {
            voucher: VoucherId::sample(8),
            number: 1,
        }
    }
}
