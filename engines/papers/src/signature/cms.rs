//! The CMS message of a paper (RFC 5652), in the one form that this crate writes and that the module above describes.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, BitString, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Sequence};
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::certificate::{Certificate, ED25519, ML_DSA_44, algorithm};

/// The context of the second signature (FIPS 204, 5.2): nothing that an agency signs elsewhere can stand here.
pub const CONTEXT: &[u8] = b"WISE papers, PDF signature, v1";

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const ALT_SIGNATURE_ALGORITHM: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.73");
const ALT_SIGNATURE_VALUE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.74");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// RFC 5035, 3: without the digest's algorithm, which is SHA-256 then, and without the certificate's number.
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// The DER of what is signed: about a file, by a certificate.
pub fn signed_attributes(
    digest: &[u8; 64],
    certificate_sha256: &[u8; 32],
    is_hybrid: bool,
) -> der::Result<Vec<u8>> {
    let certs = vec![EssCertIdV2 {
        cert_hash: OctetString::new(certificate_sha256.as_slice())?,
    }];
    let mut all = vec![
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(
            MESSAGE_DIGEST,
            Any::encode_from(&OctetString::new(digest.as_slice())?)?,
        )?,
        attribute(
            SIGNING_CERTIFICATE_V2,
            Any::encode_from(&SigningCertificateV2 { certs })?,
        )?,
    ];
    if is_hybrid {
        all.push(attribute(
            ALT_SIGNATURE_ALGORITHM,
            Any::encode_from(&algorithm(ML_DSA_44))?,
        )?);
    }
    Attributes::try_from(all)?.to_der()
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    let values = SetOfVec::try_from([value])?;
    Ok(Attribute { oid, values })
}

/// The whole message.
pub fn message(
    certificate: &Certificate,
    attributes: &[u8],
    signature: &[u8],
    second: Option<&[u8]>,
) -> der::Result<Vec<u8>> {
    let of = &certificate.parsed.tbs_certificate;
    let sha_512: AlgorithmIdentifierOwned = algorithm(SHA_512);
    let second = second.map(|it| {
        attribute(
            ALT_SIGNATURE_VALUE,
            Any::encode_from(&BitString::from_bytes(it)?)?,
        )
    });
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: of.issuer.clone(),
            serial_number: of.serial_number.clone(),
        }),
        digest_alg: sha_512.clone(),
        signed_attrs: Some(Attributes::from_der(attributes)?),
        signature_algorithm: algorithm(ED25519),
        signature: OctetString::new(signature)?,
        unsigned_attrs: second
            .transpose()?
            .map(|it| Attributes::try_from([it]))
            .transpose()?,
    };
    let certificates =
        SetOfVec::try_from([CertificateChoices::Certificate(certificate.parsed.clone())])?;
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from([sha_512])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet(certificates)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from([signer])?),
    };
    let content = Any::encode_from(&signed)?;
    ContentInfo {
        content_type: SIGNED_DATA,
        content,
    }
    .to_der()
}

/// What stands in a message, as far as it may differ from paper to paper.
pub struct Parts {
    pub certificate: Option<Vec<u8>>,
    pub digest: [u8; 64],
    pub certificate_sha256: [u8; 32],
    /// Whether the signed attributes speak of a second signature.
    pub is_hybrid: bool,
    pub signature: Vec<u8>,
    pub second: Option<Vec<u8>>,
}

/// Reads a message; `None` is none of one signer in this form. Whether anything else in it was altered is seen when it
/// is made again from these parts.
pub fn parts(der: &[u8]) -> Option<Parts> {
    let content = ContentInfo::from_der(der).ok()?;
    let signed: SignedData = content.content.decode_as().ok()?;
    let [signer] = signed.signer_infos.0.as_slice() else {
        return None;
    };
    let attributes = signer.signed_attrs.as_ref()?;
    let digest: OctetString = value(attributes, MESSAGE_DIGEST)?.decode_as().ok()?;
    let certificates: SigningCertificateV2 = value(attributes, SIGNING_CERTIFICATE_V2)?
        .decode_as()
        .ok()?;
    let [EssCertIdV2 { cert_hash }] = certificates.certs.as_slice() else {
        return None;
    };
    let second = match signer
        .unsigned_attrs
        .as_ref()
        .and_then(|it| value(it, ALT_SIGNATURE_VALUE))
    {
        Some(it) => Some(it.decode_as::<BitString>().ok()?.as_bytes()?.to_vec()),
        None => None,
    };
    let mut certificates = signed.certificates.iter().flat_map(|it| it.0.iter());
    Some(Parts {
        certificate: match certificates.next() {
            Some(CertificateChoices::Certificate(it)) => it.to_der().ok(),
            _ => None,
        },
        digest: digest.as_bytes().try_into().ok()?,
        certificate_sha256: cert_hash.as_bytes().try_into().ok()?,
        is_hybrid: value(attributes, ALT_SIGNATURE_ALGORITHM).is_some(),
        signature: signer.signature.as_bytes().to_vec(),
        second,
    })
}

fn value(attributes: &Attributes, oid: ObjectIdentifier) -> Option<&Any> {
    attributes.iter().find(|it| it.oid == oid)?.values.get(0)
}
