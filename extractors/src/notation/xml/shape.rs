//! What has to be true of a text before it is bound: it is XML, and no more of it than can do no harm.

use gongular_core::{Error, Place};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::notation::cut::cut;
use crate::strict::MAX_DEPTH;

/// Goes through a text without going down the stack.
///
/// # Errors
///
/// It is no XML, or not one element, has a document type, or is deeper or wider than the limits:
/// [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`.
pub(super) fn check(text: &str) -> Result<(), Error> {
    if text.trim_ascii().is_empty() {
        return Err(refuse("missing", "the body is empty, expected XML"));
    }
    let mut reader = Reader::from_str(text);
    let (mut depth, mut is_closed) = (0, false);
    loop {
        let event = reader.read_event().map_err(|error| syntax(&cut(&error.to_string())))?;
        let is_outside = depth == 0;
        match event {
            Event::Start(_) | Event::Empty(_) if is_outside && is_closed => {
                return Err(syntax("something stands behind the element"));
            }
            Event::Start(element) => {
                check_attributes(&element)?;
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(refuse("depth", format!("the body nests deeper than {MAX_DEPTH} levels")));
                }
            }
            Event::Empty(element) => {
                check_attributes(&element)?;
                is_closed |= is_outside;
            }
            Event::End(_) => {
                depth -= 1;
                is_closed |= depth == 0;
            }
            Event::Text(text) if is_outside && text.trim_ascii().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if is_outside => {
                return Err(syntax("a text stands outside of the element"));
            }
            Event::DocType(_) => return Err(syntax("a document type is not read")),
            Event::Eof if depth == 0 && is_closed => return Ok(()),
            Event::Eof => return Err(syntax("an element is not closed")),
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::PI(_)
            | Event::Decl(_) => {}
        }
    }
}

/// An attribute is compared with all others of its element, so many of them would take long.
fn check_attributes(element: &BytesStart<'_>) -> Result<(), Error> {
    if element.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
        return Err(refuse("attributes", format!("an element has more than {MAX_ATTRIBUTES} attributes")));
    }
    Ok(())
}

#[cold]
fn syntax(reason: &str) -> Error {
    refuse("syntax", format!("the body is not XML: {reason}"))
}

#[cold]
fn refuse(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::parse(Place::Body, "", code, message)
}

/// So many attributes an element has at most.
const MAX_ATTRIBUTES: usize = 256;
