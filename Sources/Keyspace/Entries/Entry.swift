import Bytes
import CPlatform
import Structures

/// A key with its value: one allocation, referred to by the tables of a database.
///
/// ```
/// offset 0   value type, one byte
///        1   encoding, one byte
///        2   flags, one byte: has a deadline, value is outside, has fields with deadlines
///        3   spare
///        4   key length in bytes, 32 bits
///        8   eviction clock: 24 bits of seconds, or 16 of minutes and 8 of frequency
///       12   length of the value area in bytes, 32 bits
///       16   deadline in Unix milliseconds, 64 bits, only when flagged
///       …    key
///       …    value area: the bytes of a short string, an integer of 64 bits, or the address of
///            a value outside
/// ```
///
/// A key of 16 bytes with a value of 64 takes 96 bytes, which is a size class of the allocator.
/// Handles are copied freely; the database owns the entry and frees it once.
@safe
public struct Entry {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    init(address: UnsafeMutableRawPointer) { unsafe self.address = address }

    /// Strings longer than this live outside of the entry.
    static let inlineCountMax = 1024
    @usableFromInline static let headerSize = 16
    @usableFromInline static let deadlineFlag: UInt8 = 1
    @usableFromInline static let outsideFlag: UInt8 = 2
    @usableFromInline static let fieldDeadlinesFlag: UInt8 = 4

    public var type: ValueType {
        unsafe ValueType(rawValue: unsafe address.load(as: UInt8.self)).unsafelyUnwrapped
    }

    public var encoding: Encoding {
        get {
            let raw = unsafe address.load(fromByteOffset: 1, as: UInt8.self)
            return unsafe Encoding(rawValue: raw).unsafelyUnwrapped
        }
        nonmutating set {
            unsafe address.storeBytes(of: newValue.rawValue, toByteOffset: 1, as: UInt8.self)
        }
    }

    @usableFromInline var flags: UInt8 { unsafe address.load(fromByteOffset: 2, as: UInt8.self) }
    @usableFromInline var isOutside: Bool { flags & Self.outsideFlag != 0 }
    public var hasDeadline: Bool { flags & Self.deadlineFlag != 0 }

    /// Whether the value is a hash in the database's index of those with fields that have a
    /// deadline.
    public internal(set) var hasFieldDeadlines: Bool {
        get { flags & Self.fieldDeadlinesFlag != 0 }
        nonmutating set {
            let others = flags & ~Self.fieldDeadlinesFlag
            unsafe address.storeBytes(
                of: newValue ? others | Self.fieldDeadlinesFlag : others, toByteOffset: 2,
                as: UInt8.self)
        }
    }

    @usableFromInline var keyCount: Int {
        unsafe Int(address.load(fromByteOffset: 4, as: UInt32.self))
    }

    /// The eviction clock: what `OBJECT IDLETIME` and `FREQ` read.
    public var clock: UInt32 {
        get { unsafe address.load(fromByteOffset: 8, as: UInt32.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 8, as: UInt32.self)
        }
    }

    var areaCount: Int {
        get { unsafe Int(address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    @usableFromInline var keyOffset: Int { Self.headerSize &+ (hasDeadline ? 8 : 0) }
    @usableFromInline var area: UnsafeMutableRawPointer { unsafe address + (keyOffset &+ keyCount) }

    /// Bytes of the allocation that are in use.
    var size: Int { keyOffset &+ keyCount &+ areaCount }

    public var key: ByteSlice { unsafe ByteSlice(start: address + keyOffset, count: keyCount) }

    /// Unix milliseconds; nothing when the key stays.
    public var deadline: Int64? {
        guard hasDeadline else { return nil }
        return unsafe address.load(fromByteOffset: 16, as: Int64.self)
    }

    /// Overwrites the deadline of an entry that has one.
    func setDeadline(_ deadline: Int64) {
        precondition(hasDeadline)
        unsafe address.storeBytes(of: deadline, toByteOffset: 16, as: Int64.self)
    }

    // MARK: Making and freeing

    /// Allocates an entry with an area of uninitialised bytes.
    static func make(
        key: ByteSlice, type: ValueType, encoding: Encoding, areaCount: Int, isOutside: Bool,
        deadline: Int64?, clock: UInt32
    ) -> Entry {
        precondition(key.count <= UInt32.max)
        let keyOffset = headerSize &+ (deadline == nil ? 0 : 8)
        let size = keyOffset &+ key.count &+ areaCount
        guard let address = unsafe ls_allocate(size) else {
            preconditionFailure("out of memory for an entry of \(size) bytes")
        }
        let flags = (deadline == nil ? 0 : deadlineFlag) | (isOutside ? outsideFlag : 0)
        let kind = UInt32(type.rawValue) | UInt32(encoding.rawValue) << 8 | UInt32(flags) << 16
        unsafe address.storeBytes(of: kind, as: UInt32.self)
        unsafe address.storeBytes(
            of: UInt32(truncatingIfNeeded: key.count), toByteOffset: 4, as: UInt32.self)
        unsafe address.storeBytes(of: clock, toByteOffset: 8, as: UInt32.self)
        unsafe address.storeBytes(
            of: UInt32(truncatingIfNeeded: areaCount), toByteOffset: 12, as: UInt32.self)
        if let deadline {
            unsafe address.storeBytes(of: deadline, toByteOffset: 16, as: Int64.self)
        }
        unsafe ls_copy(address + keyOffset, key.start, key.count)
        return unsafe Entry(address: address)
    }

    /// Makes an entry of the same key and area under another deadline or key; the area's meaning
    /// moves along, so that of the old entry only the shell is to be freed.
    func remade(key: ByteSlice? = nil, deadline: Int64?) -> Entry {
        let entry = Entry.make(
            key: key ?? self.key, type: type, encoding: encoding, areaCount: areaCount,
            isOutside: isOutside, deadline: deadline, clock: clock)
        unsafe ls_copy(entry.area, area, areaCount)
        return entry
    }

    /// Frees the entry without what its area refers to.
    func freeShell() { unsafe ls_free(address, size) }

    /// Frees the entry with its value.
    func free() {
        if isOutside { value.free() }
        freeShell()
    }

    /// The address of the value outside; only when `isOutside`.
    @usableFromInline var outsideAddress: UnsafeMutableRawPointer {
        get { unsafe area.loadUnaligned(as: UnsafeMutableRawPointer.self) }
        nonmutating set {
            unsafe area.storeBytes(of: newValue, as: UnsafeMutableRawPointer.self)
        }
    }

    /// The long string outside; only of an entry of type string that has one.
    var outside: LargeString {
        get { unsafe LargeString(address: outsideAddress) }
        nonmutating set { unsafe outsideAddress = unsafe newValue.address }
    }

    /// Bytes that the allocator spends on the entry and its value: `MEMORY USAGE`.
    public var memoryUsage: Int {
        unsafe Int(ls_allocation_size(address)) + (isOutside ? value.memoryUsage : 0)
    }
}

extension Entry: SegmentedTableElement {
    public static func hash(of element: UnsafeMutableRawPointer) -> UInt64 {
        KeyHash.hash(unsafe Entry(address: element).key)
    }
}
