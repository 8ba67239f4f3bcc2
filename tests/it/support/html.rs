//! Reads HTML as a browser does: the tree that comes of it, whatever the text looked like.

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element of a page, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// How deep it stands: the root is 1.
    pub depth: usize,
    pub name: String,
    /// Sorted by name.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A page as a browser has it.
#[derive(Debug, Default)]
pub struct Page {
    pub elements: Vec<Element>,
    /// The texts of all elements, comments left out, one after the other; a line end where an element begins or ends.
    pub text: String,
    pub comments: usize,
}

impl Page {
    pub fn read(html: &str) -> Self {
        let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
        let mut page = Self::default();
        page.walk(&dom.document, 0);
        page
    }

    /// The elements of this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    fn walk(&mut self, node: &Handle, depth: usize) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                self.text.push('\n');
                let attributes = attrs.borrow();
                let pair = |a: &html5ever::Attribute| (a.name.local.to_string(), a.value.to_string());
                let mut attributes: Vec<_> = attributes.iter().map(pair).collect();
                attributes.sort();
                self.elements.push(Element { depth, name: name.local.to_string(), attributes });
            }
            NodeData::Text { contents } => self.text.push_str(&contents.borrow()),
            NodeData::Comment { .. } => self.comments += 1,
            _ => {}
        }
        for child in node.children.borrow().iter() {
            self.walk(child, depth + 1);
        }
        if let NodeData::Element { .. } = &node.data {
            self.text.push('\n');
        }
    }
}
