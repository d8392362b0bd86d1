//! TLS 1.3 between raw public keys (RFC 7250): no certificate, no name and no authority, only the key that the ledger knows the
//! other agency by. The key exchange is X25519MLKEM768 and nothing else, so that what is recorded today is not read by a quantum
//! computer later.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::Hash;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::crypto::{CryptoProvider, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error,
    PeerIncompatible, ServerConfig, SignatureScheme, version,
};

use super::{Peer, by_key};

/// The library refuses its own settings, or the key.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct TlsError(#[from] Error);

const PROTOCOL: &[u8] = b"wise-ledger/1";
/// The DER before an Ed25519 public key and private key (RFC 8410).
const PUBLIC_KEY: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];
const PRIVATE_KEY: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// A public key as TLS shows it.
pub fn public_key_info(key: &[u8; 32]) -> Vec<u8> {
    [PUBLIC_KEY.as_slice(), key].concat()
}

/// Who we are, and whom we talk to.
pub struct Tls {
    provider: Arc<CryptoProvider>,
    own: Arc<CertifiedKey>,
    server: Arc<ServerConfig>,
    clients: BTreeMap<Hash, Arc<ClientConfig>>,
    peers: BTreeMap<Vec<u8>, Hash>,
}

impl Tls {
    pub fn new(secret: &[u8; 32], peers: &[Peer]) -> Result<Self, TlsError> {
        let provider = Arc::new(CryptoProvider {
            kx_groups: vec![kx_group::X25519MLKEM768],
            ..aws_lc_rs::default_provider()
        });
        let key = ed25519_key(secret);
        let key = provider.key_provider.load_private_key(key)?;
        let info = key
            .public_key()
            .ok_or(PeerIncompatible::IncorrectCertificateTypeExtension)
            .map_err(Error::from)?;
        let info = CertificateDer::from(info.as_ref().to_vec());
        let own = Arc::new(CertifiedKey::new(vec![info], key));
        let mut tls = Self {
            server: Arc::new(server(&provider, &own, by_key(peers))?),
            peers: by_key(peers),
            clients: BTreeMap::new(),
            provider,
            own,
        };
        for peer in peers {
            let config = tls.client_for(peer)?;
            tls.clients.insert(peer.id(), Arc::new(config));
        }
        Ok(tls)
    }

    pub fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    /// To dial a peer: whoever else answers is refused.
    pub fn client(&self, peer: &Peer) -> Arc<ClientConfig> {
        Arc::clone(&self.clients[&peer.id()])
    }

    fn client_for(&self, peer: &Peer) -> Result<ClientConfig, TlsError> {
        let known = Arc::new(Known {
            keys: by_key(std::slice::from_ref(peer)),
            provider: Arc::clone(&self.provider),
        });
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let mut config = builder
            .with_protocol_versions(&[&version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(known)
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                Arc::clone(&self.own),
            )));
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        Ok(config)
    }

    /// Who showed this key.
    pub fn peer(&self, shown: Option<&[CertificateDer<'_>]>) -> Option<Hash> {
        self.peers.get(shown?.first()?.as_ref()).copied()
    }
}

fn ed25519_key(secret: &[u8; 32]) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8([PRIVATE_KEY.as_slice(), secret].concat().into())
}

fn server(
    provider: &Arc<CryptoProvider>,
    own: &Arc<CertifiedKey>,
    keys: BTreeMap<Vec<u8>, Hash>,
) -> Result<ServerConfig, TlsError> {
    let provider = Arc::clone(provider);
    let known = Arc::new(Known {
        keys,
        provider: Arc::clone(&provider),
    });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])?
        .with_client_cert_verifier(known)
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(
            Arc::clone(own),
        )));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    // Every connection shows its key anew.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Takes the keys it knows and no other.
#[derive(Debug)]
struct Known {
    keys: BTreeMap<Vec<u8>, Hash>,
    provider: Arc<CryptoProvider>,
}

impl Known {
    fn knows(&self, key: &CertificateDer<'_>) -> Result<(), Error> {
        match self.keys.contains_key(key.as_ref()) {
            true => Ok(()),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
    }
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        key: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.knows(key).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Known {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        key: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.knows(key).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::consensus::{LedgerId, Signer};
    use rustls::{ClientConnection, NamedGroup, ServerConnection};

    fn key(secret: u8) -> [u8; 32] {
        Signer::new(LedgerId(Hash::default()), &[secret; 32]).public_key()
    }

    fn tls(secret: u8, peers: &[u8]) -> Tls {
        let peers: Vec<_> = peers.iter().map(|it| peer(*it)).collect();
        Tls::new(&[secret; 32], &peers).unwrap()
    }

    fn peer(secret: u8) -> Peer {
        Peer {
            key: key(secret),
            address: String::new(),
        }
    }

    /// A handshake in memory.
    fn shake(
        client: &Tls,
        to: u8,
        server: &Tls,
    ) -> Result<(ClientConnection, ServerConnection), Error> {
        let name = ServerName::try_from("ledger.invalid").unwrap();
        let mut client = ClientConnection::new(client.client(&peer(to)), name)?;
        let mut server = ServerConnection::new(server.server())?;
        for _ in 0..8 {
            let mut bytes = Vec::new();
            client.write_tls(&mut bytes).unwrap();
            server.read_tls(&mut bytes.as_slice()).unwrap();
            server.process_new_packets()?;
            let mut bytes = Vec::new();
            server.write_tls(&mut bytes).unwrap();
            client.read_tls(&mut bytes.as_slice()).unwrap();
            client.process_new_packets()?;
        }
        Ok((client, server))
    }

    #[test]
    fn agencies_that_know_each_other_shake_hands_with_a_post_quantum_exchange() {
        let (one, two) = (tls(1, &[2]), tls(2, &[1]));
        let (client, server) = shake(&one, 2, &two).unwrap();
        let group = client.negotiated_key_exchange_group().unwrap().name();
        assert_eq!(group, NamedGroup::X25519MLKEM768);
        assert_eq!(one.peer(client.peer_certificates()), Some(peer(2).id()));
        assert_eq!(two.peer(server.peer_certificates()), Some(peer(1).id()));
    }

    #[test]
    fn strangers_and_impostors_are_not_let_in() {
        let (two, three) = (tls(2, &[1]), tls(3, &[2]));
        assert!(shake(&three, 2, &two).is_err());
        // Dialled as agency 2, agency 3 answers.
        assert!(shake(&tls(1, &[2, 3]), 2, &tls(3, &[1])).is_err());
    }
}
