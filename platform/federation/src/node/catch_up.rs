//! Blocks that are missing here, and those that are missing elsewhere.

use ledger::consensus::{Certificate, CertificateError};
use ledger::{Block, Hash, MAX_BLOCK_BYTES};

use super::watch::Offence;
use super::{Halt, Node, Output, is_alone};
use crate::chain::{Chain, ChainError, Refusal};
use crate::message::Message;
use crate::wal::Storage;

/// Why a block that was fetched is not taken.
#[derive(Debug, thiserror::Error)]
enum Rejected {
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error(transparent)]
    Block(#[from] Refusal),
}

impl<C: Chain, S: Storage> Node<C, S> {
    /// Asks for blocks that others say to have.
    pub(super) fn catch_up(&mut self) {
        let own = self.chain.height();
        if let Some(peer) = self.peers.ask(own, self.now_ms) {
            self.send(peer, Message::Wanted { from: own + 1 });
        }
    }

    /// As many blocks as fit into a message; not again what was sent a moment ago.
    pub(super) fn serve(&mut self, peer: Hash, first: u64) -> Result<(), Halt> {
        if !self.peers.may_want(&peer, first, self.now_ms) {
            return Ok(());
        }
        let mut blocks = Vec::new();
        let mut size = 0;
        for height in first.max(1)..=self.chain.height() {
            let Some((block, certificate)) = self.chain.block(height)? else {
                break;
            };
            size += block.entry_bytes() + certificate.len() + 2048;
            if size > MAX_BLOCK_BYTES && !blocks.is_empty() {
                break;
            }
            blocks.push((block, certificate));
        }
        if let Some((last, _)) = blocks.last() {
            self.peers.served(peer, last.header.height, self.now_ms);
            self.send(peer, Message::Blocks(blocks));
        }
        Ok(())
    }

    pub(super) fn fetched(&mut self, from: Hash, message: Message) -> Result<(), Halt> {
        let Message::Blocks(blocks) = message else {
            return Ok(());
        };
        if !self.peers.is_asked(&from) {
            return Ok(());
        }
        let before = self.chain.height();
        let own = self.effects.signer.id();
        let mut took_part = false;
        for (block, certificate) in blocks {
            // Others may have come by agreement meanwhile.
            if block.header.height <= self.chain.height() {
                continue;
            }
            if let Err(why) = self.prove(&block, &certificate)? {
                let (height, why) = (block.header.height, why.to_string());
                self.effects
                    .watch
                    .found(from, Offence::Forgery, height, why.clone());
                self.effects.outputs.push(Output::CutOff(from, why));
                return Ok(());
            }
            took_part |= self.validators.get(&own).is_some();
            self.write(&block, &certificate)?;
        }
        if took_part {
            self.doubt()?;
        }
        if self.chain.height() > before {
            self.peers.answered();
        }
        Ok(())
    }

    /// Blocks were fetched that we should have voted on, and the log knows of no vote at all: it may be new because the disk was
    /// lost, and there may be votes of ours on the next block. The others passed these without us, and can pass that one.
    fn doubt(&mut self) -> Result<(), Halt> {
        let through = self.effects.height;
        if self.effects.wal.is_unused() && !is_alone(&self.validators, &self.effects.signer) {
            self.effects.wal.doubt(through)?;
            self.abstains_through = self.abstains_through.max(through);
        }
        Ok(())
    }

    /// Whether more than two thirds of the validators agreed on the block, and it comes next.
    fn prove(&self, block: &Block, certificate: &[u8]) -> Result<Result<(), Rejected>, Halt> {
        let header = &block.header;
        let proof = Certificate::decode(certificate).and_then(|it| {
            let hash = header.hash();
            if it.height != header.height {
                return Err(CertificateError::Block {
                    height: header.height,
                    expected: hash,
                    found: it.block,
                });
            }
            it.verify(self.effects.signer.ledger(), hash, &self.validators)
        });
        if let Err(why) = proof {
            return Ok(Err(why.into()));
        }
        // The clocks of more than two thirds were right enough: ours decides nothing any more.
        match self.chain.check(block, self.now_ms.max(header.time_ms)) {
            Ok(()) => Ok(Ok(())),
            Err(ChainError::Refused(refusal)) => Ok(Err(refusal.into())),
            Err(other) => Err(other.into()),
        }
    }

    /// The height of the block in which an entry stands, by its index.
    pub(super) fn height_of(&self, index: u64) -> Result<u64, Halt> {
        let (mut low, mut high) = (1, self.chain.height());
        while low < high {
            let middle = low + (high - low) / 2;
            let size = self.chain.block(middle)?.map(|it| it.0.header.log_size);
            match size.is_some_and(|size| size > index) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        Ok(low)
    }
}
