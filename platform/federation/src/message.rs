//! What agencies send each other.
//!
//! | | bytes, integers big-endian |
//! |---|---|
//! | message | version 1 (1); ledger (32); kind (1); body |
//! | 1 status | height (8) |
//! | 2 proposal | signed proposal; length (4) and block, length 0 where only the word of it is passed on |
//! | 3 vote | signed vote |
//! | 4 polka, 5 round | certificate |
//! | 6 entries | length (2) and entry, one after another |
//! | 7 wanted | the first height wanted (8) |
//! | 8 blocks | length (4) and block, length (4) and certificate, one after another |
//!
//! What is signed is written as [`ledger::consensus::codec`] says. The whole is bounded by [`MAX_MESSAGE_BYTES`].

use ledger::consensus::codec::{self, CodecError, Reader};
use ledger::consensus::{
    LedgerId, MAX_CERTIFICATE_BYTES, PolkaCertificate, RoundCertificate, SignedProposal, SignedVote,
};
use ledger::{Block, BlockError, Entry, MAX_BLOCK_BYTES};

/// The most bytes of a message: a block with its header and its certificate.
pub const MAX_MESSAGE_BYTES: usize = MAX_BLOCK_BYTES + MAX_CERTIFICATE_BYTES + 4096;

const VERSION: u8 = 1;

/// A block with what proves that it was agreed on, as it is kept.
pub type Certified = (Block, Vec<u8>);

#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The height of the last block the sender has.
    Status {
        height: u64,
    },
    /// A proposal, with its block where the sender has a reason to think that the receiver lacks it.
    Proposal(SignedProposal, Option<Block>),
    Vote(SignedVote),
    Polka(PolkaCertificate),
    Round(RoundCertificate),
    /// Entries that wait for a block.
    Entries(Vec<Entry>),
    /// Asks for blocks from a height on.
    Wanted {
        from: u64,
    },
    /// Blocks one after another, as many as fit.
    Blocks(Vec<Certified>),
}

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error("a message of {size} bytes: the most is {MAX_MESSAGE_BYTES}")]
    TooLarge { size: usize },
    #[error("version {0} of the protocol is not spoken here")]
    Version(u8),
    #[error("a message of another ledger")]
    ForeignLedger,
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error(transparent)]
    Block(#[from] BlockError),
}

impl Message {
    pub fn encode(&self, ledger: LedgerId) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(ledger.0.0);
        match self {
            Self::Status { height } => {
                bytes.push(1);
                bytes.extend(height.to_be_bytes());
            }
            Self::Proposal(proposal, block) => {
                bytes.push(2);
                codec::put_signed_proposal(&mut bytes, proposal);
                put(
                    &mut bytes,
                    &block.as_ref().map(Block::encode).unwrap_or_default(),
                );
            }
            Self::Vote(vote) => {
                bytes.push(3);
                codec::put_signed_vote(&mut bytes, vote);
            }
            Self::Polka(certificate) => {
                bytes.push(4);
                codec::put_polka(&mut bytes, certificate);
            }
            Self::Round(certificate) => {
                bytes.push(5);
                codec::put_round(&mut bytes, certificate);
            }
            Self::Entries(entries) => {
                bytes.push(6);
                for entry in entries {
                    let length = u16::try_from(entry.bytes().len()).unwrap_or(u16::MAX);
                    bytes.extend(length.to_be_bytes());
                    bytes.extend(entry.bytes());
                }
            }
            Self::Wanted { from } => {
                bytes.push(7);
                bytes.extend(from.to_be_bytes());
            }
            Self::Blocks(blocks) => {
                bytes.push(8);
                for (block, certificate) in blocks {
                    put(&mut bytes, &block.encode());
                    put(&mut bytes, certificate);
                }
            }
        }
        bytes
    }

    /// # Errors
    /// Bytes that [`Self::encode`] would not have written for this ledger.
    pub fn decode(bytes: &[u8], ledger: LedgerId) -> Result<Self, MessageError> {
        if bytes.len() > MAX_MESSAGE_BYTES {
            return Err(MessageError::TooLarge { size: bytes.len() });
        }
        let mut reader = Reader(bytes);
        let [version] = reader.array()?;
        if version != VERSION {
            return Err(MessageError::Version(version));
        }
        if reader.hash()? != ledger.0 {
            return Err(MessageError::ForeignLedger);
        }
        let message = match reader.array()? {
            [1] => Self::Status {
                height: u64::from_be_bytes(reader.array()?),
            },
            [2] => {
                let proposal = reader.signed_proposal()?;
                let block = match get(&mut reader)? {
                    [] => None,
                    block => Some(Block::decode(block)?),
                };
                Self::Proposal(proposal, block)
            }
            [3] => Self::Vote(reader.signed_vote()?),
            [4] => Self::Polka(reader.polka()?),
            [5] => Self::Round(reader.round_certificate()?),
            [6] => {
                let mut entries = Vec::new();
                while !reader.0.is_empty() {
                    let length = u16::from_be_bytes(reader.array()?);
                    entries.push(Entry::new(reader.bytes(length.into())?)?);
                }
                Self::Entries(entries)
            }
            [7] => Self::Wanted {
                from: u64::from_be_bytes(reader.array()?),
            },
            [8] => {
                let mut blocks = Vec::new();
                while !reader.0.is_empty() {
                    let block = Block::decode(get(&mut reader)?)?;
                    blocks.push((block, get(&mut reader)?.to_vec()));
                }
                Self::Blocks(blocks)
            }
            _ => return Err(CodecError::Unknown.into()),
        };
        reader.end()?;
        Ok(message)
    }
}

/// Bytes with 4 bytes of length before them.
pub(crate) fn put(bytes: &mut Vec<u8>, what: &[u8]) {
    bytes.extend(u32::try_from(what.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(what);
}

pub(crate) fn get<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], CodecError> {
    let length = u32::from_be_bytes(reader.array()?) as usize;
    reader.bytes(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_back_and_those_of_another_ledger_do_not() {
        let ledger = LedgerId::of_origin("ledger.test/one");
        let entries = ["one", "two"].map(|it| Entry::new(it).unwrap()).to_vec();
        let messages = [
            Message::Status { height: 7 },
            Message::Entries(entries),
            Message::Wanted { from: 3 },
            Message::Blocks(Vec::new()),
        ];
        for message in messages {
            let bytes = message.encode(ledger);
            assert_eq!(Message::decode(&bytes, ledger), Ok(message));
            let other = LedgerId::of_origin("ledger.test/two");
            let foreign = Message::decode(&bytes, other);
            assert_eq!(foreign, Err(MessageError::ForeignLedger));
        }
        let mut longer = Message::Status { height: 7 }.encode(ledger);
        longer.push(0);
        assert!(Message::decode(&longer, ledger).is_err());
        let size = MAX_MESSAGE_BYTES + 1;
        let huge = Message::decode(&vec![0; size], ledger);
        assert_eq!(huge, Err(MessageError::TooLarge { size }));
    }
}
