import Bytes

/// The elements that are sorted, in memory of their own: looking up what they are sorted by may
/// change the keyspace.
struct SortElements: ~Copyable {
    private struct Element {
        /// An integer, or where the text begins.
        let payload: Int64
        /// Bytes of the text; -1 of an integer.
        let size: Int
    }

    private var elements: [Element] = []
    private var text = ByteBuffer()

    init(capacity: Int) { elements.reserveCapacity(capacity) }

    var count: Int { elements.count }

    mutating func append(_ value: StringValue) {
        switch value {
        case .integer(let integer): elements.append(Element(payload: integer, size: -1))
        case .bytes(let bytes): appendText(bytes)
        }
    }

    private mutating func appendText(_ bytes: ByteSlice) {
        elements.append(Element(payload: Int64(text.count), size: bytes.count))
        text.append(bytes)
    }

    /// Appends the text of a value, so that it can be compared as one.
    mutating func append(textOf value: StringValue) {
        let start = text.count
        value.append(to: &text)
        elements.append(Element(payload: Int64(start), size: text.count - start))
    }

    /// An element, lent until the next one is appended.
    subscript(index: Int) -> StringValue {
        let element = elements[index]
        if element.size < 0 { return .integer(element.payload) }
        let start = Int(element.payload)
        return .bytes(text.bytes[start..<start + element.size])
    }

    /// The text of an element that was appended as one.
    func text(_ index: Int) -> ByteSlice {
        guard case .bytes(let bytes) = self[index] else {
            preconditionFailure("the element was appended as a text")
        }
        return bytes
    }
}
