import Bytes
import CPlatform
import Structures

/// A value that stands outside of its entry: which kind of root it has, and where.
///
/// A handle. The value belongs to its entry, or, while it is made aside, to who makes it; the owner
/// frees it once. What a type does with its encodings stands in its folder here; this is the one
/// place that tells them apart where all have to do the same.
@safe
@frozen
public struct StoredValue {
    public let address: UnsafeMutableRawPointer
    public let type: ValueType
    public let encoding: Encoding

    @inlinable
    public init(address: UnsafeMutableRawPointer, type: ValueType, encoding: Encoding) {
        unsafe self.address = address
        self.type = type
        self.encoding = encoding
    }

    /// A value whose root is a packed run.
    @inlinable
    public init(_ run: PackedRun, _ type: ValueType, _ encoding: Encoding = .listpack) {
        unsafe self.init(address: run.node.address, type: type, encoding: encoding)
    }

    @inlinable
    public init(_ root: VersionedRoot, _ type: ValueType, _ encoding: Encoding) {
        unsafe self.init(address: root.address, type: type, encoding: encoding)
    }

    /// The root; only of the encodings `listpack` and `listpackex`.
    @inlinable public var run: PackedRun { unsafe PackedRun(node: Node(address: address)) }

    /// The root; only of a versioned encoding.
    @inlinable public var root: VersionedRoot { unsafe VersionedRoot(address: address) }

    /// The root; only of the encoding `hashtable`.
    public var table: PackedTable { PackedTable(root: root) }

    var string: LargeString { unsafe LargeString(address: address) }

    /// Frees the value; of a pinned one, what no frozen copy uses.
    public func free() {
        switch encoding {
        case .integer, .embedded, .raw: string.free()
        case .listpack, .listpackExpiring, .intset: unsafe Node(address: address).free()
        case .hashtable: table.free()
        case .quicklist, .skiplist, .stream: root.free(freeNodes: freeNodes)
        }
    }

    /// Frees what a live versioned root leads to.
    fileprivate func freeNodes(_ root: VersionedRoot) {
        switch encoding {
        case .quicklist: LeafTree.freeNodes(of: root)
        case .skiplist: ScoredTree.freeNodes(of: root)
        case .stream: Stream.freeNodes(root)
        default: preconditionFailure("no value has this encoding")
        }
    }

    /// The same value in memory of its own.
    func copied() -> StoredValue {
        switch encoding {
        case .integer, .embedded, .raw:
            return unsafe StoredValue(
                address: string.copied().address, type: type, encoding: encoding)
        case .listpack, .listpackExpiring:
            return StoredValue(run.copied(), type, encoding)
        case .intset:
            let copy = unsafe Node(address: address).copied()
            return unsafe StoredValue(address: copy.address, type: type, encoding: encoding)
        case .quicklist: return StoredValue(Quicklist(root).copied().root, type, encoding)
        case .skiplist: return StoredValue(ScoredTree(root).copied().root, type, encoding)
        case .hashtable: return StoredValue(table.copied().root, type, encoding)
        case .stream: return Stream(self).copied().value
        }
    }

    /// Bytes that the allocator spends on the value.
    public var memoryUsage: Int {
        switch encoding {
        case .integer, .embedded, .raw: string.memoryUsage
        case .listpack, .listpackExpiring, .intset: unsafe Node(address: address).memoryUsage
        case .quicklist: Quicklist(root).memoryUsage
        case .skiplist: ScoredTree(root).memoryUsage
        case .hashtable: table.memoryUsage
        case .stream: Stream(self).memoryUsage
        }
    }

    /// Bytes from which on a snapshot pins a table.
    private static let tableSizeMin = 64 << 10

    /// Whether copying or freeing the value would keep the data thread for too long: a snapshot pins
    /// it, and another thread frees it. Only of a versioned encoding.
    var isLarge: Bool {
        switch encoding {
        case .quicklist: Quicklist(root).isLarge
        case .skiplist: ScoredTree(root).isLarge
        case .hashtable: table.memoryUsage >= Self.tableSizeMin
        case .stream: Stream(self).isLarge
        default: preconditionFailure("no value has this encoding")
        }
    }
}

// MARK: - Pins

/// A value that stays as it is until it is given back, whatever becomes of its key.
///
/// Another thread may read it; pinning and giving back is the data thread's.
@safe
public struct PinnedValue {
    /// The frozen value, to be read only.
    public let value: StoredValue

    /// Gives the value back, once for each time that it was pinned.
    public func unpin() {
        if value.encoding == .hashtable {
            value.table.unpin()
        } else if value.encoding.isVersioned {
            value.root.unpin(freeNodes: value.freeNodes)
        } else {
            value.string.unpin()
        }
    }
}

extension Entry {
    /// The value outside of the entry; only when `isOutside`, as every value is that is not a string.
    @inlinable public var value: StoredValue {
        unsafe StoredValue(address: outsideAddress, type: type, encoding: encoding)
    }

    /// Pins the value if copying it would take long.
    ///
    /// - Parameter stringSizeMin: bytes from which on a string is pinned.
    public func pinValue(stringSizeMin: Int) -> PinnedValue? {
        guard isOutside else { return nil }
        if encoding.isVersioned {
            guard value.isLarge else { return nil }
            return PinnedValue(value: StoredValue(value.root.pin(), type, encoding))
        }
        guard type == .string, outside.count >= stringSizeMin else { return nil }
        outside.pin()
        return PinnedValue(value: value)
    }
}

extension PinnedValue {
    /// The bytes of a string.
    public var bytes: ByteSlice { value.string.bytes }
}
