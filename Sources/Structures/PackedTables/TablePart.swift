import Bytes
import CPlatform

/// The coding of a field, member or value in a page: that of a listpack without what follows the
/// body, and one code more.
///
/// ```
/// 0xf5  address of 64 bits    string of more than a thousand bytes, in a node of its own
/// ```
///
/// The node holds the length in 64 bits behind its header, then the bytes. So a page stays small
/// whatever its values are, and what moves with it is the address.
enum TablePart {
    /// Longer strings stand outside of the page.
    static let insideMax = 1024
    static let outsideCode: UInt8 = 0xf5
    static let outsideSize = 9
    private static let outsideHeaderSize = Node.headerSize + 8

    static func isOutside(_ value: StringValue) -> Bool {
        if case .bytes(let bytes) = value { return bytes.count > insideMax }
        return false
    }

    static func isOutside(at part: UnsafeRawPointer) -> Bool {
        unsafe part.load(as: UInt8.self) == outsideCode
    }

    /// Bytes that a part takes in its page.
    static func size(_ value: StringValue) -> Int {
        isOutside(value) ? outsideSize : PackedElement.bodySize(value)
    }

    static func size(at part: UnsafeRawPointer) -> Int { unsafe PackedElement.bodySize(at: part) }

    static func value(at part: UnsafeRawPointer) -> StringValue {
        guard unsafe isOutside(at: part) else { return unsafe PackedElement.value(at: part) }
        let node = unsafe outside(at: part)
        let count = unsafe node.address.load(fromByteOffset: Node.headerSize, as: Int.self)
        return unsafe .bytes(ByteSlice(start: node.address + outsideHeaderSize, count: count))
    }

    static func isEqual(at part: UnsafeRawPointer, to value: StringValue) -> Bool {
        switch (unsafe TablePart.value(at: part), value) {
        case (.integer(let left), .integer(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        default: false
        }
    }

    // MARK: Writing

    /// Writes a part that stands inside and returns its size.
    static func write(_ value: StringValue, to target: UnsafeMutableRawPointer) -> Int {
        switch value {
        case .integer(let integer):
            return unsafe PackedElement.write(integer: integer, to: target)
        case .bytes(let bytes):
            let head = PackedElement.stringHeadSize(bytes.count)
            unsafe PackedElement.writeHead(bytes.count, to: target)
            unsafe ls_copy(target + head, bytes.start, bytes.count)
            return head + bytes.count
        }
    }

    static func makeOutside(_ value: StringValue, epoch: UInt32) -> Node {
        guard case .bytes(let bytes) = value else { preconditionFailure("integers are short") }
        let node = Node.make(size: outsideHeaderSize + bytes.count, epoch: epoch)
        unsafe node.address.storeBytes(
            of: bytes.count, toByteOffset: Node.headerSize, as: Int.self)
        unsafe ls_copy(node.address + outsideHeaderSize, bytes.start, bytes.count)
        return node
    }

    static func outside(at part: UnsafeRawPointer) -> Node {
        let address = unsafe part.loadUnaligned(
            fromByteOffset: 1, as: UnsafeMutableRawPointer.self)
        return unsafe Node(address: address)
    }

    static func write(outside node: Node, to target: UnsafeMutableRawPointer) -> Int {
        unsafe target.storeBytes(of: outsideCode, as: UInt8.self)
        unsafe target.storeBytes(
            of: node.address, toByteOffset: 1, as: UnsafeMutableRawPointer.self)
        return outsideSize
    }
}
