import CPlatform

/// An owned, growable run of bytes that is filled at its end and emptied from its front.
///
/// The allocation is `capacity` bytes; the bytes in use are `start ..< end` of it. Growth doubles,
/// after what was consumed at the front has been reclaimed.
@safe
public struct ByteBuffer: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<UInt8>
    public private(set) var capacity: Int
    @usableFromInline var head: Int
    @usableFromInline var end: Int

    /// - Parameter capacity: bytes; 0 allocates nothing until the first append.
    public init(capacity: Int = 0) {
        precondition(capacity >= 0)
        self.capacity = capacity
        self.head = 0
        self.end = 0
        unsafe self.storage = Self.allocate(capacity)
    }

    deinit { if capacity > 0 { unsafe ls_free(storage, capacity) } }

    @inlinable public var count: Int { end &- head }
    @inlinable public var isEmpty: Bool { end == head }

    /// The bytes in use, valid until the buffer changes.
    @inlinable public var bytes: ByteSlice {
        unsafe ByteSlice(start: storage + head, count: end &- head)
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        guard capacity > 0 else { return unsafe UnsafeMutablePointer(bitPattern: 1)! }
        guard let memory = unsafe ls_allocate(capacity) else {
            preconditionFailure("out of memory allocating \(capacity) bytes")
        }
        return unsafe memory.assumingMemoryBound(to: UInt8.self)
    }

    /// Makes room for `more` bytes after the end.
    @inlinable
    public mutating func reserve(_ more: Int) {
        if end &+ more > capacity { grow(by: more) }
    }

    @usableFromInline
    mutating func grow(by more: Int) {
        let used = end - head
        if head > 0, used + more <= capacity, head >= used {
            // What was consumed leaves enough room, and the two runs do not overlap.
            unsafe ls_copy(storage, storage + head, used)
        } else {
            let larger = max(capacity * 2, used + more, 64)
            let memory = unsafe Self.allocate(larger)
            unsafe ls_copy(memory, storage + head, used)
            if capacity > 0 { unsafe ls_free(storage, capacity) }
            unsafe storage = memory
            capacity = larger
        }
        head = 0
        end = used
    }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe storage[end] = byte
        end &+= 1
    }

    @inlinable
    public mutating func append(_ slice: ByteSlice) {
        reserve(slice.count)
        unsafe ls_copy(storage + end, slice.base, slice.count)
        end &+= slice.count
    }

    @inlinable
    public mutating func append(_ literal: StaticString) { append(ByteSlice(literal)) }

    public mutating func append(text: String) { text.withSlice { append($0) } }

    @_disfavoredOverload
    public mutating func append(_ string: ByteString) { string.withSlice { append($0) } }

    public mutating func append(repeating byte: UInt8, count: Int) {
        reserve(count)
        unsafe (storage + end).update(repeating: byte, count: count)
        end += count
    }

    /// Appends a fixed-width integer, least significant byte first.
    @inlinable
    public mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        reserve(MemoryLayout<Integer>.size)
        unsafe UnsafeMutableRawPointer(storage + end).storeBytes(
            of: value.littleEndian, as: Integer.self)
        end &+= MemoryLayout<Integer>.size
    }

    /// Appends a fixed-width integer, most significant byte first.
    @inlinable
    public mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
        append(littleEndian: value.byteSwapped)
    }

    /// Appends the decimal digits of an integer.
    @inlinable
    public mutating func append(decimal value: Int64) {
        reserve(Decimal.countMax)
        end &+= unsafe Decimal.write(value, to: storage + end)
    }

    /// Appends the decimal digits of an unsigned integer.
    @inlinable
    public mutating func append(decimal value: UInt64) {
        if value > UInt64(Int64.max) { append(decimal: Int64(value / 10)) }
        append(decimal: Int64(value > UInt64(Int64.max) ? value % 10 : value))
    }

    /// Consumes bytes at the front.
    @inlinable
    public mutating func removeFirst(_ count: Int) {
        precondition(count >= 0)
        precondition(count <= self.count)
        head &+= count
        if head == end {
            head = 0
            end = 0
        }
    }

    /// Drops bytes in the middle; those behind close up.
    public mutating func remove(_ count: Int, at offset: Int) {
        precondition(count >= 0)
        precondition(offset >= 0)
        precondition(count <= self.count - offset)
        let gap = unsafe storage + (head + offset)
        unsafe gap.update(from: gap + count, count: self.count - offset - count)
        end -= count
    }

    /// Drops bytes at the end.
    public mutating func truncate(to count: Int) {
        precondition(count <= self.count)
        end = head + count
    }

    @inlinable
    public mutating func removeAll() {
        head = 0
        end = 0
    }

    /// Gives the allocation back.
    public mutating func removeAllAndFree() { self = ByteBuffer() }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return unsafe storage[head &+ index]
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            unsafe storage[head &+ index] = newValue
        }
    }

    /// Lets `fill` write up to `size` bytes behind the end; it returns how many it wrote (negative
    /// or zero: none), which is also what this returns.
    @inlinable
    public mutating func appendFilled(
        upTo size: Int, by fill: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        reserve(size)
        let free = unsafe UnsafeMutableRawBufferPointer(start: storage + end, count: size)
        let filled = unsafe fill(free)
        precondition(filled <= size)
        if filled > 0 { end &+= filled }
        return filled
    }
}

/// Decimal digits of integers.
@frozen
public enum Decimal {
    /// The longest: a minus sign and nineteen digits, rounded up.
    public static let countMax = 24

    /// Writes the digits and returns their number. `target` has room for `countMax` bytes.
    @inlinable
    public static func write(_ value: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var magnitude = value.magnitude
        var start = 0
        if value < 0 {
            unsafe target[0] = 0x2d
            start = 1
        }
        let digits = digitCount(magnitude)
        var index = start &+ digits
        repeat {
            let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
            index &-= 1
            unsafe target[index] = 0x30 &+ UInt8(truncatingIfNeeded: remainder)
            magnitude = quotient
        } while magnitude != 0
        return start &+ digits
    }

    @inlinable
    public static func digitCount(_ magnitude: UInt64) -> Int {
        if magnitude < 10 { return 1 }
        if magnitude < 100 { return 2 }
        if magnitude < 1000 { return 3 }
        var rest = magnitude / 1000
        var count = 3
        while rest > 0 {
            rest /= 10
            count &+= 1
        }
        return count
    }
}
