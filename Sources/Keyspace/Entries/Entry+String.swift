import Bytes
import CPlatform
import Structures

extension Entry {
    /// Strings up to this length are answered as `embstr`, as in Redis.
    static let embeddedCountMax = 44

    /// Makes a string entry. Text that is an integer becomes one.
    static func make(
        key: ByteSlice, string: StringValue, deadline: Int64?, clock: UInt32
    ) -> Entry {
        switch string {
        case .integer(let value):
            let entry = make(
                key: key, type: .string, encoding: .integer, areaCount: 8, isOutside: false,
                deadline: deadline, clock: clock)
            unsafe entry.area.storeBytes(of: value, as: Int64.self)
            return entry
        case .bytes(let bytes):
            let isOutside = bytes.count > inlineCountMax
            let entry = make(
                key: key, type: .string,
                encoding: bytes.count <= embeddedCountMax ? .embedded : .raw,
                areaCount: isOutside ? 8 : bytes.count, isOutside: isOutside,
                deadline: deadline, clock: clock)
            if isOutside {
                let large = LargeString.make(count: bytes.count, capacity: bytes.count)
                unsafe ls_copy(large.content, bytes.start, bytes.count)
                entry.outside = large
            } else {
                unsafe ls_copy(entry.area, bytes.start, bytes.count)
            }
            return entry
        }
    }

    /// The string value; only of an entry of type string.
    public var string: StringValue {
        if encoding == .integer { return .integer(unsafe area.loadUnaligned(as: Int64.self)) }
        return .bytes(storedBytes)
    }

    /// The bytes of a string that is not encoded as an integer.
    var storedBytes: ByteSlice {
        isOutside ? outside.bytes : unsafe ByteSlice(start: area, count: areaCount)
    }

    /// Overwrites a string in place, if the new one fits the allocation without changing its size
    /// class, and returns whether it did.
    func overwrite(with string: StringValue) -> Bool {
        guard !isOutside, type == .string else { return false }
        let newCount: Int
        switch string {
        case .integer: newCount = 8
        case .bytes(let bytes):
            newCount = bytes.count
            guard newCount <= Self.inlineCountMax else { return false }
        }
        let shell = keyOffset &+ keyCount
        let allocated = SizeClass.size(shell &+ areaCount)
        guard SizeClass.size(shell &+ newCount) == allocated else { return false }
        areaCount = newCount
        switch string {
        case .integer(let value):
            encoding = .integer
            unsafe area.storeBytes(of: value, as: Int64.self)
        case .bytes(let bytes):
            encoding = newCount <= Self.embeddedCountMax ? .embedded : .raw
            // The source may be a part of this very value.
            unsafe area.copyMemory(from: bytes.start, byteCount: newCount)
        }
        return true
    }
}
