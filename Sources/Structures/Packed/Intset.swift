import Bytes
import CPlatform

/// Integers in ascending order in one node: a small set of integers.
///
/// ```
/// offset 0   header of a `Node`: epoch and size
///        8   width of an integer in bytes: 2, 4 or 8, 32 bits
///       12   number of integers, 32 bits
///       16   the integers, least significant byte first; then room
/// ```
///
/// From offset 8 on, these are the bytes of an intset of Redis (`bytes`). The width is the one that
/// the widest integer ever needed; it never shrinks. A change may move the set: the new handle takes
/// the place of the old one. The contents have been written here or verified before.
@safe
@frozen
public struct Intset: Equatable {
    public let node: Node

    @usableFromInline static let headerSize = 16
    /// Beyond this, a set of integers is another structure's, whatever the settings say.
    public static let countMax = 1 << 30

    /// How many bytes an integer takes.
    public enum Width: UInt32, Sendable {
        case two = 2
        case four = 4
        case eight = 8

        /// The least that holds an integer.
        @inlinable
        public init(of value: Int64) {
            if Int16(exactly: value) != nil {
                self = .two
            } else {
                self = Int32(exactly: value) != nil ? .four : .eight
            }
        }
    }

    @inlinable
    public init(node: Node) { self.node = node }

    /// An empty set with room for so many integers.
    public static func make(
        capacity: Int = 0, width: Width = .two, epoch: UInt32 = 0
    ) -> Intset {
        let size = SizeClass.size(headerSize + capacity * Int(width.rawValue))
        let set = Intset(node: Node.make(size: size, epoch: epoch))
        set.width = width
        set.count = 0
        return set
    }

    public func free() { node.free() }

    /// Bytes that the allocator spends on it.
    public var memoryUsage: Int { node.memoryUsage }

    @inlinable public internal(set) var width: Width {
        get {
            let raw = unsafe node.address.load(fromByteOffset: 8, as: UInt32.self)
            return unsafe Width(rawValue: raw).unsafelyUnwrapped
        }
        nonmutating set {
            unsafe node.address.storeBytes(of: newValue.rawValue, toByteOffset: 8, as: UInt32.self)
        }
    }

    /// Number of integers.
    @inlinable public internal(set) var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    @inlinable public var isEmpty: Bool { count == 0 }

    /// How many integers fit the node.
    var capacity: Int { (node.size - Self.headerSize) / Int(width.rawValue) }

    @usableFromInline var base: UnsafeMutableRawPointer {
        unsafe node.address + Self.headerSize
    }

    /// The set as Redis writes it: width, count and integers.
    public var bytes: ByteSlice {
        unsafe ByteSlice(
            start: node.address + Node.headerSize, count: 8 + count * Int(width.rawValue))
    }

    // MARK: Reading

    /// An integer by its rank.
    @inlinable
    public subscript(index: Int) -> Int64 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return unsafe Self.load(base, index, width)
    }

    @inlinable
    static func load(
        _ base: UnsafeMutableRawPointer, _ index: Int, _ width: Width
    ) -> Int64 {
        switch width {
        case .two: unsafe Int64(base.load(fromByteOffset: index &* 2, as: Int16.self))
        case .four: unsafe Int64(base.load(fromByteOffset: index &* 4, as: Int32.self))
        case .eight: unsafe base.load(fromByteOffset: index &* 8, as: Int64.self)
        }
    }

    @inlinable
    static func store(
        _ value: Int64, _ base: UnsafeMutableRawPointer, _ index: Int, _ width: Width
    ) {
        switch width {
        case .two:
            unsafe base.storeBytes(
                of: Int16(truncatingIfNeeded: value), toByteOffset: index &* 2, as: Int16.self)
        case .four:
            unsafe base.storeBytes(
                of: Int32(truncatingIfNeeded: value), toByteOffset: index &* 4, as: Int32.self)
        case .eight:
            unsafe base.storeBytes(of: value, toByteOffset: index &* 8, as: Int64.self)
        }
    }

    /// The rank of the first integer that is not below `value`, which fits the width.
    @inlinable
    func rank(notBelow value: Int64) -> Int {
        switch width {
        case .two: unsafe Self.rank(base, count, Int16(truncatingIfNeeded: value))
        case .four: unsafe Self.rank(base, count, Int32(truncatingIfNeeded: value))
        case .eight: unsafe Self.rank(base, count, value)
        }
    }

    @inlinable
    static func rank<Integer: FixedWidthInteger>(
        _ base: UnsafeMutableRawPointer, _ count: Int, _ value: Integer
    ) -> Int {
        let integers = unsafe base.assumingMemoryBound(to: Integer.self)
        var low = 0
        var rest = count
        // Each step is a conditional move, not a branch that could be guessed wrong.
        while rest > 0 {
            let half = rest &>> 1
            let isBelow = unsafe integers[low &+ half] < value
            low = isBelow ? low &+ half &+ 1 : low
            rest = isBelow ? rest &- half &- 1 : half
        }
        return low
    }

    /// The rank of an integer; nothing when it is not there.
    @inlinable
    public func firstIndex(of value: Int64) -> Int? {
        guard Width(of: value).rawValue <= width.rawValue else { return nil }
        let rank = rank(notBelow: value)
        guard rank < count, unsafe Self.load(base, rank, width) == value else { return nil }
        return rank
    }

    @inlinable
    public func contains(_ value: Int64) -> Bool { firstIndex(of: value) != nil }

    /// Traps if the set contradicts itself.
    public func checkInvariants() {
        precondition(count <= capacity)
        for index in 1..<max(count, 1) { precondition(self[index - 1] < self[index]) }
    }
}
