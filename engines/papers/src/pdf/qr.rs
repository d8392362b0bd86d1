//! The QR code (ISO/IEC 18004) of an address, as runs of dark modules.

use qrcode::{Color, EcLevel, QrCode, Version};

use super::{Field, PaperError};

/// A square of modules without the white margin.
pub(super) struct Code {
    /// Modules a side.
    pub side: usize,
    /// Row, first column and length of every run of dark modules.
    pub runs: Vec<(usize, usize, usize)>,
}

/// At 28 mm a side, a module of version 12 (65 a side) still measures 0.4 mm on paper, which a telephone reads.
const LARGEST: i16 = 12;

impl Code {
    /// With the error correction of level M: 15 % of the code may be torn or stained.
    pub fn of(url: &str) -> Result<Self, PaperError> {
        let field = Field::Url;
        if url.is_empty() {
            return Err(PaperError::Empty(field));
        }
        let room = "what a QR code of version 12 holds, 287 bytes";
        let too_long = |_| PaperError::TooLong { field, room };
        let code = QrCode::with_error_correction_level(url, EcLevel::M).map_err(too_long)?;
        if !matches!(code.version(), Version::Normal(it) if it <= LARGEST) {
            return Err(PaperError::TooLong { field, room });
        }
        let side = code.width();
        let colors = code.to_colors();
        let mut runs = Vec::new();
        for (row, modules) in colors.chunks(side.max(1)).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|one, other| one == other) {
                if run.first() == Some(&Color::Dark) {
                    runs.push((row, column, run.len()));
                }
                column += run.len();
            }
        }
        Ok(Self { side, runs })
    }
}
