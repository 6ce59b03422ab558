import Bytes
import Structures

/// A walk over the elements of a list, which does not change meanwhile. It can be kept and resumed.
public struct ListWalk {
    /// The nodes behind the one that is being walked.
    private var nodes: ListNodeCursor
    private var elements = ByteSlice.empty
    private var position = 0
    /// Whether the elements are the bytes of one that stands alone.
    private var isPlain = false

    public init(_ list: ListView) { nodes = list.nodes }

    /// The next element, lent until the next call; nothing at the end.
    ///
    /// - Parameter scratch: the same in each call, and nobody else's; takes what is decompressed.
    public mutating func next(using scratch: inout ByteBuffer) -> StringValue? {
        while position == elements.count, !isPlain {
            guard let node = nodes.next() else { return nil }
            elements = node.elements(using: &scratch)
            position = 0
            isPlain = node.isPlain
        }
        if isPlain {
            isPlain = false
            position = elements.count
            return StringValue(elements)
        }
        // The position is that of an element, which was written or verified before.
        let element = unsafe elements.start + position
        unsafe position += PackedElement.size(at: element)
        return unsafe PackedElement.value(at: element)
    }
}
