//! Files in files, read back from bytes of any kind.

use papers::attachments::{AttachmentError, attachments};
use papers::pdf::{Attachment, Relationship, render};
use proptest::prelude::*;

use crate::paper::{paper, signed, typeface};

#[test]
fn what_was_attached_comes_back() {
    let Some(typeface) = typeface() else { return };
    let mut paper = paper();
    paper.attachments.push(Attachment {
        name: "안내 (1)\u{1F600}.txt".to_owned(),
        mime_type: "text/plain".to_owned(),
        description: "Wording, in (brackets) and \\ more".to_owned(),
        relationship: Relationship::Supplement,
        bytes: "되풀이 ".repeat(9000).into_bytes(),
    });
    paper.attachments.push(Attachment {
        name: "empty.bin".to_owned(),
        mime_type: "application/octet-stream".to_owned(),
        description: "nothing".to_owned(),
        relationship: Relationship::Source,
        bytes: Vec::new(),
    });
    let mut found = attachments(&render(&paper, &typeface).unwrap()).unwrap();
    found.sort_by_key(|it| it.name.clone());
    paper.attachments.sort_by_key(|it| it.name.clone());
    assert_eq!(found, paper.attachments);
}

#[test]
fn a_signed_paper_still_has_them() {
    let Some(pdf) = signed(true) else { return };
    assert_eq!(attachments(&pdf).unwrap(), paper().attachments);
}

/// A file of these objects, with its table.
fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f\r\n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
        pdf.extend(format!("{} 0 obj\n", index + 1).bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let end = format!(
        "{table}trailer\n<</Size 9/Root 1 0 R>>\nstartxref\n{}\n%%EOF",
        pdf.len()
    );
    pdf.extend(end.bytes());
    pdf
}

fn one(root: &str) -> Vec<u8> {
    file(&[root.as_bytes().to_vec()])
}

#[test]
fn lists_without_an_end_are_refused() {
    let itself = file(&[
        b"<</Names<</EmbeddedFiles 2 0 R>>>>".to_vec(),
        b"<</Kids[2 0 R 2 0 R 2 0 R]>>".to_vec(),
    ]);
    assert_eq!(attachments(&itself), Err(AttachmentError::List));
    let deep = format!("<</Names {}", "[".repeat(100_000));
    assert!(attachments(&one(&deep)).is_err());
    let many = format!(
        "<</Names<</EmbeddedFiles<</Names[{}]>>>>>>",
        "(a)<</EF<<>>>>".repeat(65)
    );
    assert_eq!(attachments(&one(&many)), Err(AttachmentError::TooMany));
    let none = one("<</Pages 2 0 R>>");
    assert_eq!(attachments(&none), Ok(Vec::new()));
    let own = b"%PDF-1.7\nxref\n0 0\ntrailer\n<</Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF";
    assert!(matches!(attachments(own), Err(AttachmentError::File(_))));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &vec![0; papers::attachments::LARGEST + 1]).unwrap();
    let packed = packer.finish().unwrap();
    let mut stream =
        format!("<</Filter/FlateDecode/Length {}>>\nstream\n", packed.len()).into_bytes();
    stream.extend(packed);
    stream.extend(b"\nendstream");
    let root = b"<</Names<</EmbeddedFiles<</Names[(a)<</F(a)/EF<</F 2 0 R>>>>]>>>>>>".to_vec();
    assert_eq!(
        attachments(&file(&[root, stream])),
        Err(AttachmentError::TooLarge)
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = attachments(&bytes);
        let _ = attachments(&one(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn no_structure_makes_it_panic(parts in proptest::collection::vec(0usize..20, 0..60)) {
        const WORDS: [&str; 20] = [
            "<<", ">>", "[", "]", "/Names", "/EmbeddedFiles", "/Kids", "1 0 R", "2 0 R", "(a)", "<61", ">", "/EF", "/F",
            "/UF", "99999999999", "-1", "stream", "\\(", "/Length",
        ];
        let text: Vec<&str> = parts.iter().filter_map(|it| WORDS.get(*it).copied()).collect();
        let text = text.join(" ");
        let _ = attachments(&one(&format!("<</Names<</EmbeddedFiles {text}>>>>")));
        let _ = attachments(&file(&[b"<</Names<</EmbeddedFiles 2 0 R>>>>".to_vec(), text.into_bytes()]));
    }
}

#[test]
fn half_a_paper_and_altered_ones_do_not_make_it_panic() {
    let Some(pdf) = signed(false) else { return };
    for end in (0..pdf.len()).step_by(37) {
        let _ = attachments(&pdf[..end]);
    }
    let mut altered = pdf.clone();
    for at in (0..pdf.len()).step_by(11) {
        for bit in [0, 3, 6] {
            altered[at] ^= 1 << bit;
            let _ = attachments(&altered);
            altered[at] = pdf[at];
        }
    }
}
