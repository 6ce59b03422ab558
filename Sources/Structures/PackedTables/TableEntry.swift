import Bytes

/// An element of a `PackedTable`, lent until the table changes.
///
/// ```
/// member                                     of a set
/// field  value                               of a hash
/// field  value  deadline of 64 bits          of a field that has one
/// ```
///
/// Which of these it is follows from its size.
@safe
public struct TableEntry {
    let address: UnsafeRawPointer
    let size: Int

    init(address: UnsafeRawPointer, size: Int) {
        unsafe self.address = address
        self.size = size
    }

    static let deadlineSize = 8

    /// The field of a hash, the member of a set.
    public var field: StringValue { unsafe TablePart.value(at: address) }
    public var member: StringValue { field }

    /// The value of a field; only of a hash.
    public var value: StringValue {
        let offset = fieldSize
        precondition(offset < size, "a member has no value")
        return unsafe TablePart.value(at: address + offset)
    }

    /// Unix milliseconds; nothing when the field stays.
    public var deadline: Int64? {
        let offset = fieldSize
        guard offset < size else { return nil }
        let end = unsafe offset + TablePart.size(at: address + offset)
        guard end < size else { return nil }
        return unsafe address.loadUnaligned(fromByteOffset: end, as: Int64.self)
    }

    var fieldSize: Int { unsafe TablePart.size(at: address) }

    /// Visits the parts of the entry that stand outside of the page.
    func forEachOutside(_ visit: (OutsidePart) -> Void) {
        if unsafe TablePart.isOutside(at: address) { visit(unsafe OutsidePart(address: address)) }
        let offset = fieldSize
        guard offset < size else { return }
        let part = unsafe address + offset
        if unsafe TablePart.isOutside(at: part) { visit(unsafe OutsidePart(address: part)) }
    }
}

/// A part whose bytes stand in a node of their own.
@safe
struct OutsidePart {
    private let address: UnsafeRawPointer

    init(address: UnsafeRawPointer) { unsafe self.address = address }

    var node: Node { unsafe TablePart.outside(at: address) }

    /// Leads to another node; the page is not shared.
    func lead(to node: Node) {
        let target = unsafe UnsafeMutableRawPointer(mutating: address)
        _ = unsafe TablePart.write(outside: node, to: target)
    }
}
