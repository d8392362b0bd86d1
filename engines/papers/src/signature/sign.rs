use ed25519_dalek::Signer as _;
use jiff::Timestamp;
use sha2::{Digest, Sha512};

use super::certificate::Signer;
use super::cms;
use crate::file::{File, FileError, Object, Value};

/// Why a file is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the file has fields to fill in or a signature already")]
    HasFields,
    #[error("the first page has annotations already")]
    HasAnnotations,
    #[error(
        "the instant of signing lies outside the time in which the signer's certificate is valid"
    )]
    NotValid,
    #[error("the message cannot be made: {0}")]
    Message(String),
}

/// Digits of an offset in `/ByteRange`: enough for the largest file that is read.
const DIGITS: usize = 10;
/// What a message has beside certificate and signatures: under 400 bytes, an agency's name of 64 letters twice among them.
const FRAME: usize = 1024;
const ML_DSA_44_SIGNATURE: usize = 2420;

/// Signs a file that [`render`](crate::pdf::render) made: the same bytes, with an update after them that holds the signature.
///
/// # Errors
/// It is no such file, was signed already, or the certificate is not valid at that instant.
pub fn sign(pdf: &[u8], by: &Signer, at: Timestamp, reason: &str) -> Result<Vec<u8>, SignError> {
    let (from, until) = by.certificate.validity();
    if at < from || until < at {
        return Err(SignError::NotValid);
    }
    signed(pdf, by, at, reason)
}

fn signed(pdf: &[u8], by: &Signer, at: Timestamp, reason: &str) -> Result<Vec<u8>, SignError> {
    let room = by.certificate.der.len()
        + FRAME
        + by.quantum_key.as_ref().map_or(0, |_| ML_DSA_44_SIGNATURE);
    let mut update = update(pdf, at, reason, room)?;
    let (start, end) = (update.contents, update.contents + 2 * room + 2);
    let range = format!("0 {start} {end} {}", update.bytes.len() - end);
    // Trailing spaces keep every offset where the table says.
    let slot = update
        .bytes
        .get_mut(update.range..update.range + 4 * DIGITS + 3);
    for (place, byte) in slot.into_iter().flatten().zip(range.bytes()) {
        *place = byte;
    }
    let digest = Sha512::new()
        .chain_update(update.bytes.get(..start).unwrap_or_default())
        .chain_update(update.bytes.get(end..).unwrap_or_default())
        .finalize();
    let message = message(by, &digest.into()).map_err(|why| SignError::Message(why.to_string()))?;
    if message.len() > room {
        return Err(SignError::Message(format!(
            "{} bytes in a room of {room}",
            message.len()
        )));
    }
    let slot = update
        .bytes
        .get_mut(start + 1..end - 1)
        .into_iter()
        .flatten();
    let digits = message.iter().flat_map(|it| [it >> 4, it & 15]);
    for (place, digit) in slot.zip(digits) {
        *place = digit + if digit < 10 { b'0' } else { b'a' - 10 };
    }
    Ok(update.bytes)
}

fn message(by: &Signer, digest: &[u8; 64]) -> der::Result<Vec<u8>> {
    let second = by.quantum_key.as_ref();
    let attributes = cms::signed_attributes(digest, &by.certificate.sha256, second.is_some())?;
    let signature = by.key.sign(&attributes).to_bytes();
    // It fails only for a context of more than 255 bytes.
    let second = second.and_then(|it| {
        it.expanded_key()
            .sign_deterministic(&attributes, cms::CONTEXT)
            .ok()
    });
    let second = second.map(|it| it.encode());
    cms::message(
        &by.certificate,
        &attributes,
        &signature,
        second.as_ref().map(|it| it.as_slice()),
    )
}

/// A file with its update, still unsigned.
struct Update {
    bytes: Vec<u8>,
    /// Where the numbers of `/ByteRange` begin.
    range: usize,
    /// Where the `<` of `/Contents` stands.
    contents: usize,
}

/// Appends the signature's dictionary, its field, and page and catalogue anew (ISO 32000-2, 7.5.6 and 12.7.5.5).
fn update(pdf: &[u8], at: Timestamp, reason: &str, room: usize) -> Result<Update, SignError> {
    let file = File::read(pdf)?;
    let malformed = || FileError::Malformed("its catalogue or its first page cannot be read");
    let (root, page) = file.root().zip(file.first_page()).ok_or_else(malformed)?;
    let catalogue = file.object(root).ok_or_else(malformed)?;
    let first_page = file.object(page).ok_or_else(malformed)?;
    if has(&catalogue, "AcroForm") {
        return Err(SignError::HasFields);
    }
    if has(&first_page, "Annots") {
        return Err(SignError::HasAnnotations);
    }
    let size = file
        .trailer
        .number("Size")
        .and_then(|it| u32::try_from(it).ok());
    let signature = size.filter(|it| *it < u32::MAX - 2).ok_or_else(malformed)?;
    let field = signature + 1;

    let mut bytes = pdf.to_vec();
    bytes.push(b'\n');
    let mut places = Vec::new();
    let mut begin = |bytes: &mut Vec<u8>, number: u32| {
        places.push((number, bytes.len()));
        bytes.extend(format!("{number} 0 obj\n").bytes());
    };
    begin(&mut bytes, signature);
    bytes.extend(b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:");
    bytes.extend(at.strftime("%Y%m%d%H%M%SZ)").to_string().bytes());
    if !reason.is_empty() {
        bytes.extend(b"/Reason");
        text(&mut bytes, reason);
    }
    bytes.extend(b"/ByteRange[");
    let range = bytes.len();
    bytes.extend([b' '; 4 * DIGITS + 3]);
    bytes.extend(b"]/Contents");
    let contents = bytes.len();
    bytes.push(b'<');
    bytes.resize(bytes.len() + 2 * room, b'0');
    bytes.extend(b">>>\nendobj\n");

    // A field without a size needs no appearance, so that PDF/A has nothing to say against it (ISO 19005-3, 6.3.3).
    begin(&mut bytes, field);
    let widget = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/F 132/Rect[0 0 0 0]/P {page} 0 R/V {signature} 0 R>>\nendobj\n"
    );
    bytes.extend(widget.bytes());
    begin(&mut bytes, page);
    replaced(
        &mut bytes,
        pdf,
        &first_page,
        &format!("/Annots[{field} 0 R]"),
    );
    begin(&mut bytes, root);
    let form = format!("/AcroForm<</SigFlags 3/Fields[{field} 0 R]>>");
    replaced(&mut bytes, pdf, &catalogue, &form);

    let table = bytes.len();
    places.sort_unstable();
    bytes.extend(b"xref\n");
    for (number, at) in places {
        bytes.extend(format!("{number} 1\n{at:010} 00000 n\r\n").bytes());
    }
    trailer(&mut bytes, pdf, &file, field + 1);
    bytes.extend(format!("startxref\n{table}\n%%EOF\n").bytes());
    Ok(Update {
        bytes,
        range,
        contents,
    })
}

fn has(object: &Object<'_>, name: &str) -> bool {
    matches!(&object.value, Value::Dict(it) if it.get(name).is_some())
}

/// A dictionary as it was, with one more entry.
fn replaced(bytes: &mut Vec<u8>, pdf: &[u8], object: &Object<'_>, entry: &str) {
    let inner = object.range.start..object.range.end.saturating_sub(2);
    bytes.extend(pdf.get(inner).unwrap_or_default());
    bytes.extend(entry.bytes());
    bytes.extend(b">>\nendobj\n");
}

/// The trailer as it was, but for the size, the table before, and the second half of the file's id (14.4).
fn trailer(bytes: &mut Vec<u8>, pdf: &[u8], file: &File<'_>, size: u32) {
    let digest = Sha512::digest(bytes.get(pdf.len()..).unwrap_or_default());
    let mut trailer = format!("trailer\n<</Size {size}/Prev {}", file.table).into_bytes();
    for (name, value, range) in &file.trailer.0 {
        match (*name, value) {
            (b"Size" | b"Prev", _) => {}
            (b"ID", Value::Array(ids)) => {
                trailer.extend(b"/ID[");
                for id in [ids.first().and_then(as_text), digest.get(..16)]
                    .into_iter()
                    .flatten()
                {
                    trailer.push(b'<');
                    trailer.extend(id.iter().flat_map(|it| format!("{it:02x}").into_bytes()));
                    trailer.push(b'>');
                }
                trailer.push(b']');
            }
            _ => {
                trailer.push(b'/');
                trailer.extend(*name);
                trailer.push(b' ');
                trailer.extend(pdf.get(range.clone()).unwrap_or_default());
            }
        }
    }
    trailer.extend(b">>\n");
    bytes.extend(trailer);
}

fn as_text<'a>(value: &'a Value<'_>) -> Option<&'a [u8]> {
    match value {
        Value::Text(it) => Some(it),
        _ => None,
    }
}

/// A text string in UTF-16 (7.9.2.2).
fn text(bytes: &mut Vec<u8>, words: &str) {
    bytes.extend(b"<feff");
    bytes.extend(
        words
            .encode_utf16()
            .flat_map(|it| format!("{it:04x}").into_bytes()),
    );
    bytes.push(b'>');
}

#[cfg(test)]
mod tests;
