import Bytes
import CPlatform
import Structures

/// A node with a name is a consumer group or a consumer.
///
/// ```
/// offset 0   header of a `Node`
///        8   bytes of the name, 32 bits
///       12   number among its like, 32 bits
///       16   what the kind of node keeps, of a size that the kind knows
///        …   name
/// ```
extension Node {
    static let namedHeaderSize = 16

    /// A node whose own part is zero bytes.
    static func makeNamed(_ name: ByteSlice, contentSize: Int, epoch: UInt32) -> Node {
        let node = make(size: namedHeaderSize + contentSize + name.count, epoch: epoch)
        unsafe node.address.storeBytes(
            of: UInt64(name.count), toByteOffset: headerSize, as: UInt64.self)
        unsafe memset(node.address + namedHeaderSize, 0, contentSize)
        unsafe ls_copy(node.address + namedHeaderSize + contentSize, name.start, name.count)
        return node
    }

    func name(behind contentSize: Int) -> ByteSlice {
        unsafe ByteSlice(
            start: address + Self.namedHeaderSize + contentSize,
            count: Int(address.load(fromByteOffset: Self.headerSize, as: UInt32.self)))
    }

    /// What the node is known by in a `NamedNodes`.
    var number: Int {
        get { unsafe Int(address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    /// Where the kind's own part begins.
    var namedContent: UnsafeMutableRawPointer { unsafe address + Self.namedHeaderSize }

    func namedAddress(at offset: Int) -> Node? {
        unsafe namedContent.load(fromByteOffset: offset, as: UnsafeMutableRawPointer?.self)
            .map { unsafe Node(address: $0) }
    }

    func setNamedAddress(at offset: Int, to node: Node) {
        unsafe namedContent.storeBytes(
            of: node.address, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
    }

    func namedInteger(at offset: Int) -> UInt64 {
        unsafe address.load(fromByteOffset: Self.namedHeaderSize + offset, as: UInt64.self)
    }

    func setNamedInteger(at offset: Int, to value: UInt64) {
        unsafe address.storeBytes(
            of: value, toByteOffset: Self.namedHeaderSize + offset, as: UInt64.self)
    }
}

/// The groups of a stream or the consumers of a group, by name and by number.
///
/// ```
/// offset 0   header of a `Node`
///        8   count, 32 bits
///       12   capacity c, 32 bits
///       16   c addresses by number, 64 bits each; 0 where no node has the number
///  16 + 8c   count numbers in the order of the names, 32 bits each
/// ```
///
/// A node keeps its number as long as it lives, so that others can refer to it by that; numbers of
/// nodes that are gone are given again.
@safe
struct NamedNodes {
    let node: Node
    /// Of the kind of nodes that are listed.
    let contentSize: Int

    static func make(capacity: Int, contentSize: Int, epoch: UInt32) -> NamedNodes {
        let node = Node.make(size: 16 + 12 * capacity, epoch: epoch)
        unsafe memset(node.address + Node.headerSize, 0, node.size - Node.headerSize)
        let made = NamedNodes(node: node, contentSize: contentSize)
        made.capacity = capacity
        return made
    }

    private(set) var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(of: UInt32(newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    private(set) var capacity: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    private var places: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
        unsafe (node.address + 16).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    }

    private var order: UnsafeMutablePointer<UInt32> {
        unsafe (node.address + 16 + 8 * capacity).assumingMemoryBound(to: UInt32.self)
    }

    /// The node of a number that one has.
    func node(numbered number: Int) -> Node {
        precondition(number < capacity)
        guard let address = unsafe places[number] else {
            preconditionFailure("no node has this number")
        }
        return unsafe Node(address: address)
    }

    /// Puts another node in the place of one.
    func replace(_ node: Node) {
        precondition(node.number < capacity)
        unsafe places[node.number] = unsafe node.address
    }

    /// The node at an index in the order of the names.
    func node(at index: Int) -> Node {
        precondition(index < count)
        return unsafe node(numbered: Int(order[index]))
    }

    /// Where a name stands, or would stand, in the order.
    private func index(of name: ByteSlice) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = node(at: middle).name(behind: contentSize).compare(name)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    func find(_ name: ByteSlice) -> Node? {
        let (index, isFound) = index(of: name)
        return isFound ? node(at: index) : nil
    }

    /// Lists a node, whose name is not listed, and gives it its number. There is room.
    func insert(_ added: Node) {
        precondition(count < capacity)
        let (index, isFound) = index(of: added.name(behind: contentSize))
        precondition(!isFound)
        var number = 0
        while unsafe places[number] != nil { number += 1 }
        added.number = number
        unsafe places[number] = unsafe added.address
        unsafe memmove(order + index + 1, order + index, 4 * (count - index))
        unsafe order[index] = UInt32(number)
        count += 1
    }

    /// Takes a listed node out of the list.
    func remove(_ removed: Node) {
        let (index, isFound) = index(of: removed.name(behind: contentSize))
        precondition(isFound)
        unsafe places[removed.number] = nil
        unsafe memmove(order + index, order + index + 1, 4 * (count - index - 1))
        count -= 1
    }

    /// The same list as one that may change and has room for one more.
    func ownWithRoom(in root: VersionedRoot) -> NamedNodes {
        guard count == capacity else {
            return NamedNodes(node: root.unshared(node), contentSize: contentSize)
        }
        let larger = NamedNodes.make(
            capacity: capacity * 2, contentSize: contentSize, epoch: root.epoch)
        unsafe memcpy(larger.places, places, 8 * capacity)
        unsafe memcpy(larger.order, order, 4 * count)
        larger.count = count
        root.retire(node)
        return larger
    }

    func forEach(_ visit: (Node) -> Void) {
        for index in 0..<count { visit(node(at: index)) }
    }
}
