//! An agency's certificate (RFC 5280) and the keys that sign for it.
//!
//! One key is Ed25519 (RFC 8410), which today's programs check. The other is ML-DSA-44 (FIPS 204), for the day on which a
//! quantum computer finds the first; the certificate holds it as `subjectAltPublicKeyInfo` (X.509 of 2019, 9.8.2), which
//! programs that do not know it pass over.

use std::fmt;
use std::time::Duration;

use der::asn1::{
    Any, BitString, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime,
    Utf8StringRef,
};
use der::oid::AssociatedOid;
use der::{Decode, Encode};
use ed25519_dalek::Signer as _;
use jiff::Timestamp;
use ml_dsa::MlDsa44;
use sha2::{Digest, Sha256};
use x509_cert::Certificate as Asn1;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{TbsCertificate, Version};

/// RFC 8410.
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// RFC 9881.
pub(super) const ML_DSA_44: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
/// X.509 (10/2019), 9.8.2.
const SUBJECT_ALT_PUBLIC_KEY_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.72");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// Why bytes are no certificate, or none can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("not a certificate: {0}")]
    Malformed(String),
    #[error("the certificate's key is of another kind than Ed25519")]
    Key,
    #[error("the certificate's second key is of another kind than ML-DSA-44")]
    QuantumKey,
    #[error("a certificate is valid between 1970 and 9999, from an instant to a later one")]
    Validity,
    #[error("a country has two capital letters, an agency's name 1 to 64 letters")]
    Subject,
}

impl From<der::Error> for CertificateError {
    fn from(why: der::Error) -> Self {
        Self::Malformed(why.to_string())
    }
}

/// Whom a certificate is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The agency's name, 1 to 64 letters.
    pub agency: String,
    /// ISO 3166-1: two capital letters.
    pub country: String,
}

/// A certificate whose keys were read once. As trusted, it is trusted itself: nobody above it is asked.
#[derive(Clone)]
pub struct Certificate {
    pub(super) der: Vec<u8>,
    pub(super) parsed: Asn1,
    pub(super) sha256: [u8; 32],
    pub(super) key: ed25519_dalek::VerifyingKey,
    pub(super) quantum_key: Option<Box<ml_dsa::VerifyingKey<MlDsa44>>>,
    name: String,
    from: Timestamp,
    until: Timestamp,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Certificate({}, {} to {})",
            self.name, self.from, self.until
        )
    }
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// The bytes are no certificate, or one for other keys than papers are signed with.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let parsed = Asn1::from_der(der)?;
        let of = &parsed.tbs_certificate;
        let key = bits(&of.subject_public_key_info, ED25519).ok_or(CertificateError::Key)?;
        let key = key.try_into().map_err(|_| CertificateError::Key)?;
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| CertificateError::Key)?;
        let mut extensions = of.extensions.iter().flatten();
        let second = extensions.find(|it| it.extn_id == SUBJECT_ALT_PUBLIC_KEY_INFO);
        let quantum_key = second
            .map(|it| quantum_key(it.extn_value.as_bytes()))
            .transpose()?;
        let seconds = |it: Time| i64::try_from(it.to_unix_duration().as_secs()).ok();
        let instant = |it| {
            seconds(it)
                .and_then(|it| Timestamp::from_second(it).ok())
                .ok_or(CertificateError::Validity)
        };
        Ok(Self {
            name: common_name(&of.subject).unwrap_or_else(|| of.subject.to_string()),
            from: instant(of.validity.not_before)?,
            until: instant(of.validity.not_after)?,
            sha256: Sha256::digest(der).into(),
            der: der.to_vec(),
            key,
            quantum_key,
            parsed,
        })
    }

    /// The DER of it, for whoever shall trust it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The agency's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From when to when it is valid, both included.
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// Whether it holds an ML-DSA-44 key.
    pub fn is_hybrid(&self) -> bool {
        self.quantum_key.is_some()
    }
}

/// The keys of an agency with the certificate of them.
pub struct Signer {
    pub(super) certificate: Certificate,
    pub(super) key: ed25519_dalek::SigningKey,
    pub(super) quantum_key: Option<Box<ml_dsa::SigningKey<MlDsa44>>>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.certificate.name)
    }
}

/// What keys are made from: nobody else may ever know these bytes.
#[derive(Clone)]
pub struct Seeds {
    /// The private key of RFC 8032.
    pub ed25519: [u8; 32],
    /// ξ of FIPS 204; none for an agency that signs with Ed25519 alone.
    pub ml_dsa_44: Option<[u8; 32]>,
}

impl fmt::Debug for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seeds(secret)")
    }
}

impl Signer {
    /// A signer with a certificate that it signed itself, the same for the same arguments. `serial` is its number: random,
    /// unless the certificate is made again.
    ///
    /// # Errors
    /// The name or the time of validity is none.
    pub fn self_signed(
        subject: &Subject,
        seeds: &Seeds,
        serial: [u8; 16],
        valid: (Timestamp, Timestamp),
    ) -> Result<Self, CertificateError> {
        let key = ed25519_dalek::SigningKey::from_bytes(&seeds.ed25519);
        let quantum_key = seeds
            .ml_dsa_44
            .map(|it| Box::new(ml_dsa::SigningKey::<MlDsa44>::from_seed(&it.into())));
        let name = name(subject)?;
        let public = key.verifying_key();
        let second = quantum_key
            .as_ref()
            .map(|it| it.expanded_key().verifying_key());
        let tbs_certificate = TbsCertificate {
            version: Version::V3,
            // The first bit is the sign of a number that must be positive (RFC 5280, 4.1.2.2).
            serial_number: SerialNumber::new(&[&[0x01], serial.as_slice()].concat())?,
            signature: algorithm(ED25519),
            issuer: name.clone(),
            validity: Validity {
                not_before: time(valid.0)?,
                not_after: time(valid.1)?,
            },
            subject: name,
            subject_public_key_info: SubjectPublicKeyInfoOwned {
                algorithm: algorithm(ED25519),
                subject_public_key: BitString::from_bytes(public.as_bytes())?,
            },
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(extensions(public.as_bytes(), second.as_ref())?),
        };
        if valid.1 <= valid.0 {
            return Err(CertificateError::Validity);
        }
        let signature = key.sign(&tbs_certificate.to_der()?).to_bytes();
        let parsed = Asn1 {
            tbs_certificate,
            signature_algorithm: algorithm(ED25519),
            signature: BitString::from_bytes(&signature)?,
        };
        Ok(Self {
            certificate: Certificate::from_der(&parsed.to_der()?)?,
            key,
            quantum_key,
        })
    }

    /// What others need to check its signatures.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

pub(super) fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}

fn bits(key: &SubjectPublicKeyInfoOwned, oid: ObjectIdentifier) -> Option<&[u8]> {
    (key.algorithm == algorithm(oid)).then_some(())?;
    key.subject_public_key.as_bytes()
}

fn quantum_key(der: &[u8]) -> Result<Box<ml_dsa::VerifyingKey<MlDsa44>>, CertificateError> {
    let key = SubjectPublicKeyInfoOwned::from_der(der)?;
    let key = bits(&key, ML_DSA_44).and_then(|it| it.try_into().ok());
    let key: ml_dsa::EncodedVerifyingKey<MlDsa44> = key.ok_or(CertificateError::QuantumKey)?;
    Ok(Box::new(ml_dsa::VerifyingKey::decode(&key)))
}

fn name(of: &Subject) -> Result<Name, CertificateError> {
    let letters = of.agency.chars().count();
    let is_country = of.country.len() == 2 && of.country.bytes().all(|it| it.is_ascii_uppercase());
    if !is_country || !(1..=64).contains(&letters) || of.agency.contains(char::is_control) {
        return Err(CertificateError::Subject);
    }
    let agency = Any::encode_from(&Utf8StringRef::new(&of.agency)?)?;
    let country = Any::encode_from(&der::asn1::PrintableStringRef::new(&of.country)?)?;
    let parts = [
        (COUNTRY, country),
        (ORGANISATION, agency.clone()),
        (COMMON_NAME, agency),
    ];
    let mut names = Vec::new();
    for (oid, value) in parts {
        let pair = AttributeTypeAndValue { oid, value };
        names.push(RelativeDistinguishedName(SetOfVec::try_from([pair])?));
    }
    Ok(RdnSequence(names))
}

fn common_name(name: &Name) -> Option<String> {
    let mut pairs = name.0.iter().flat_map(|it| it.0.iter());
    let pair = pairs.find(|it| it.oid == COMMON_NAME)?;
    let name = pair.value.decode_as::<Utf8StringRef<'_>>().ok()?;
    Some(name.as_str().to_owned())
}

/// UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5).
fn time(at: Timestamp) -> Result<Time, CertificateError> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| CertificateError::Validity)?;
    let since_1970 = Duration::from_secs(seconds);
    let short = UtcTime::from_unix_duration(since_1970).map(Time::UtcTime);
    let time =
        short.or_else(|_| GeneralizedTime::from_unix_duration(since_1970).map(Time::GeneralTime));
    time.map_err(|_| CertificateError::Validity)
}

fn extensions(
    key: &[u8],
    second: Option<&ml_dsa::VerifyingKey<MlDsa44>>,
) -> Result<Vec<Extension>, der::Error> {
    let extension = |extn_id, critical, value: Vec<u8>| {
        let extn_value = OctetString::new(value)?;
        Ok::<_, der::Error>(Extension {
            extn_id,
            critical,
            extn_value,
        })
    };
    let basic = BasicConstraints {
        ca: false,
        path_len_constraint: None,
    };
    let usage = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
    // Method 1 of RFC 7093: the first 160 bits of SHA-256.
    let digest = Sha256::digest(key);
    let id = SubjectKeyIdentifier(OctetString::new(digest.get(..20).unwrap_or_default())?);
    let mut all = vec![
        extension(BasicConstraints::OID, true, basic.to_der()?)?,
        extension(KeyUsage::OID, true, usage.to_der()?)?,
        extension(SubjectKeyIdentifier::OID, false, id.to_der()?)?,
    ];
    if let Some(second) = second {
        let info = SubjectPublicKeyInfoOwned {
            algorithm: algorithm(ML_DSA_44),
            subject_public_key: BitString::from_bytes(&second.encode())?,
        };
        all.push(extension(
            SUBJECT_ALT_PUBLIC_KEY_INFO,
            false,
            info.to_der()?,
        )?);
    }
    Ok(all)
}
