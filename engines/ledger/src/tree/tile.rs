//! Which tile: its place in the tree and its path in C2SP `tlog-tiles`.

use std::fmt;

use crate::{BlockError, Entry};

/// Levels of the tree in one tile.
pub(super) const HEIGHT: u8 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u64 = 1 << HEIGHT;

/// A tile of hashes, or a bundle of entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile(tlog_tiles::Tile);

impl From<tlog_tiles::Tile> for Tile {
    fn from(tile: tlog_tiles::Tile) -> Self {
        Self(tile)
    }
}

impl Tile {
    /// The tile of hashes that has `width` of them, full or at the right edge; nothing beyond the bounds of a tile.
    pub fn hashes(level: u8, index: u64, width: u64) -> Option<Self> {
        Self::new(level, index, width, false)
    }

    /// The bundle of entries that has `width` of them.
    pub fn entries(index: u64, width: u64) -> Option<Self> {
        Self::new(0, index, width, true)
    }

    fn new(level: u8, index: u64, width: u64, is_data: bool) -> Option<Self> {
        let fits = level < 64 / HEIGHT && (1..=TILE_WIDTH).contains(&width);
        let width = u32::try_from(width).ok().filter(|_| fits)?;
        Some(Self(tlog_tiles::Tile::new(
            HEIGHT, level, index, width, is_data,
        )))
    }

    pub fn level(&self) -> u8 {
        self.0.level()
    }

    /// Its place within its level.
    pub fn index(&self) -> u64 {
        self.0.level_index()
    }

    pub fn width(&self) -> u64 {
        u64::from(self.0.width())
    }

    pub fn is_full(&self) -> bool {
        self.width() == TILE_WIDTH
    }

    pub fn is_bundle(&self) -> bool {
        self.0.is_data()
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn full(&self) -> Self {
        let it = &self.0;
        Self(tlog_tiles::Tile::new(
            HEIGHT,
            it.level(),
            it.level_index(),
            1 << HEIGHT,
            it.is_data(),
        ))
    }

    /// Below the log's prefix, as `tile/0/x001/234.p/56`. `tlog_tiles` has paths of the older kind, with the height.
    pub fn path(&self) -> String {
        let path = self.0.path();
        let place = path.strip_prefix("tile/8/").unwrap_or(&path);
        match place.strip_prefix("data/") {
            Some(place) => format!("tile/entries/{place}"),
            None => format!("tile/{place}"),
        }
    }

    /// Of its path below the log's prefix. Not by `tlog_tiles`, which panics at some paths.
    pub fn parse(path: &str) -> Option<Self> {
        let place = path.strip_prefix("tile/")?;
        let (kind, place) = place.split_once('/')?;
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, width.parse().ok()?),
            None => (place, TILE_WIDTH),
        };
        let digits: String = place.split('/').map(|it| it.trim_matches('x')).collect();
        let index = digits.parse().ok()?;
        let tile = match kind {
            "entries" => Self::entries(index, width)?,
            level => Self::hashes(level.parse().ok()?, index, width)?,
        };
        // Each tile has one path.
        (tile.path() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl fmt::Debug for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// The entries of a bundle, 2 bytes of length before each.
///
/// # Errors
/// The bytes end within an entry, or an entry holds nothing.
pub fn bundle(mut bytes: &[u8]) -> Result<Vec<Entry>, BlockError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, after) = bytes.split_first_chunk().ok_or(BlockError::Torn)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BlockError::Torn)?;
        entries.push(Entry::new(entry)?);
        bytes = after;
    }
    Ok(entries)
}
