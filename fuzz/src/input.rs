//! An input's bytes as the choices and texts that a target asks for. Simple on purpose: a changed byte changes one of them.

/// Bytes that are taken from the front.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a>(&'a [u8]);

/// What stands between two texts: no byte of UTF-8.
const END: u8 = 0xff;

impl<'a> Input<'a> {
    /// The whole input.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next byte; 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// One of some things, by the next byte.
    pub fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        from[usize::from(self.byte()) % N]
    }

    /// The next text, up to a byte that is no text; what is not UTF-8 in it is replaced.
    pub fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == END).unwrap_or(self.0.len());
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}
