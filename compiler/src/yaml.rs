//! YAML and JSON, written in a stream from one set of calls.
//!
//! An emitter fills a [`Map`] key by key, in the order in which a reader should see the keys, and does not know
//! which [`Format`] it writes. Text is quoted so that every reader of YAML 1.1 or 1.2 gets the same string back.
//! Nothing here knows Kubernetes, except that several objects in one JSON text are a `List`.
//!
//! ```
//! use meshc_compiler::yaml::{Format, Stream};
//!
//! let mut out = Vec::new();
//! let mut stream = Stream::new(&mut out, Format::Yaml);
//! stream.document(|object| {
//!     object.text("kind", "Gateway");
//!     object.map("spec", |spec| {
//!         spec.maps("servers", [80, 8080], |server, port| server.number("port", port));
//!         spec.texts("hosts", ["no", "example.com"]);
//!     });
//! });
//! stream.finish()?;
//! assert_eq!(
//!     String::from_utf8(out).unwrap(),
//!     "kind: Gateway\nspec:\n  servers:\n  - port: 80\n  - port: 8080\n  hosts:\n  - \"no\"\n  - example.com\n"
//! );
//! # Ok::<(), std::io::Error>(())
//! ```

mod buffer;
mod key;
mod marked;
mod output;
mod quote;
mod read;
mod value;
mod write;

pub use key::{Key, Name};
pub use marked::{Broken, Data, Mark, Node, documents};
pub use quote::{is_plain, quoted};
pub use read::read;
pub use value::Value;
pub use write::{List, Map, Part, Stream, one};

/// How the same calls are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Block style, two spaces, list items level with their key, `---` between documents.
    Yaml,
    /// Two spaces; the documents of a [`Stream`] are the `items` of one Kubernetes `List`.
    Json,
}
