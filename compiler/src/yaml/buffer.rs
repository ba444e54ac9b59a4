//! Bytes that are gathered, a few at a time.

/// So much more room than is asked for.
const MORE: usize = 16 * 1024;

/// A vector of bytes that takes few of them fast.
///
/// To see that they fit and to copy them, by a call for each, costs more than the copying. So the room behind what is
/// gathered are bytes already, and pieces whose length is known are written by a move or two.
pub(super) struct Buffer {
    /// What is gathered, and the room behind it.
    bytes: Vec<u8>,
    /// Where the room begins.
    end: usize,
}

impl Buffer {
    /// Returns an empty one with room.
    pub fn with_room(room: usize) -> Buffer {
        Buffer { bytes: vec![0; room], end: 0 }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.end
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// Forgets the first bytes, and keeps the room.
    pub fn forget(&mut self, first: usize) {
        self.bytes.copy_within(first..self.end, 0);
        self.end -= first;
    }

    /// Takes bytes whose number is known beforehand.
    #[inline]
    pub fn put<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.put_first(N, bytes);
    }

    /// Takes the first few of some bytes.
    #[inline]
    pub fn put_first<const N: usize>(&mut self, count: usize, bytes: &[u8; N]) {
        match self.bytes.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut) {
            Some(room) => *room = *bytes,
            None => self.put_slowly(bytes),
        }
        self.end += count;
    }

    /// Takes any number of bytes.
    #[inline(always)]
    pub fn put_all(&mut self, bytes: &[u8]) {
        match self.bytes.get_mut(self.end..self.end + bytes.len()) {
            Some(room) => copy(room, bytes),
            None => self.put_slowly(bytes),
        }
        self.end += bytes.len();
    }

    #[cold]
    fn put_slowly(&mut self, bytes: &[u8]) {
        self.bytes.resize(self.end + bytes.len() + MORE, 0);
        self.bytes[self.end..][..bytes.len()].copy_from_slice(bytes);
    }
}

/// Copies what is likely to be short.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        8..16 => copy_ends::<8>(to, from),
        4..8 => copy_ends::<4>(to, from),
        16..=32 => copy_ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

/// Copies from both ends, which overlap unless there are twice as many bytes.
#[inline(always)]
fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::Buffer;

    #[test]
    fn bytes_are_taken_whatever_their_number_and_the_room() {
        let bytes: Vec<u8> = (0..100).collect();
        for room in [0, 5, 40, 1000] {
            let (mut buffer, mut expected) = (Buffer::with_room(room), Vec::new());
            for length in 0..bytes.len() {
                buffer.put_all(&bytes[..length]);
                buffer.put(b"key: ");
                buffer.put_first(length % 4, b"abc");
                expected.extend_from_slice(&bytes[..length]);
                expected.extend_from_slice(b"key: ");
                expected.extend_from_slice(&b"abc"[..length % 4]);
            }
            assert!(buffer.as_slice() == expected, "with room for {room}");
        }
    }
}
