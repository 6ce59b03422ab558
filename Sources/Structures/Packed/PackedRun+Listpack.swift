import Bytes
import CPlatform

// Listpacks of files and payloads: a head of six bytes (the total size in 32 bits and the number of
// elements in 16, least significant first, 65535: not known), the elements, a byte 255. `09 00 00 00
// 01 00 05 01 ff` holds a 5. They come from outside and are trusted in nothing.
extension PackedRun {
    @usableFromInline static let listpackHeadSize = 6
    private static let unknownCount = 65535

    /// The elements of a listpack from outside; nothing when any of its bytes is not as it must be.
    ///
    /// Texts that are integers may stand there as texts; in a run they are integers.
    public static func make(verifying listpack: ByteSlice, epoch: UInt32 = 0) -> PackedRun? {
        let (count, isCanonical) = verify(listpack) ?? (-1, false)
        guard count >= 0 else { return nil }
        let elements = listpack[listpackHeadSize..<listpack.count - 1]
        if isCanonical { return make(elements: elements, count: count, epoch: epoch) }
        var run = make(size: elements.count, epoch: epoch)
        var position = unsafe elements.start
        for _ in 0..<count {
            switch unsafe PackedElement.value(at: position) {
            case .integer(let value): run.append(.integer(value))
            case .bytes(let bytes): run.append(StringValue(bytes))
            }
            unsafe position += PackedElement.size(at: position)
        }
        run.fit()
        return run
    }

    /// Proves a listpack.
    ///
    /// - Returns: the number of elements, and whether each is in the form in which it is written here.
    private static func verify(_ listpack: ByteSlice) -> (count: Int, isCanonical: Bool)? {
        let size = listpack.count
        guard size > listpackHeadSize, size <= sizeMax, listpack[size - 1] == 0xff,
            Int(listpack.littleEndian(at: 0, as: UInt32.self)) == size
        else { return nil }
        let start = unsafe listpack.start
        let end = size - 1
        var position = listpackHeadSize
        var count = 0
        var isCanonical = true
        while position < end {
            let body = unsafe bodySize(at: start + position, within: end - position)
            guard body > 0 else { return nil }
            let trailer = PackedElement.trailerSize(body)
            guard body + trailer <= end - position else { return nil }
            guard unsafe isTrailer(at: start + (position + body), of: body) else { return nil }
            if isCanonical { isCanonical = unsafe isCanonicalElement(at: start + position, body) }
            position += body + trailer
            count += 1
        }
        let claimed = Int(listpack.littleEndian(at: 4, as: UInt16.self))
        guard claimed == count || claimed == unknownCount else { return nil }
        return (count, isCanonical)
    }

    /// Bytes of an element without its trailer; 0 when it is none, or longer than what is there.
    private static func bodySize(at element: UnsafeRawPointer, within limit: Int) -> Int {
        let first = unsafe element.load(as: UInt8.self)
        // A code takes five bytes at most before its size is known.
        if first > 0xf4 || (first >= 0xe0 && limit < 2) || (first == 0xf0 && limit < 5) { return 0 }
        let size = unsafe PackedElement.bodySize(at: element)
        return size <= limit ? size : 0
    }

    private static func isTrailer(at trailer: UnsafeRawPointer, of size: Int) -> Bool {
        if size <= 127 { return unsafe trailer.load(as: UInt8.self) == UInt8(size) }
        let groups = PackedElement.trailerSize(size)
        for group in 0..<groups {
            let shift = (groups - 1 - group) * 7
            let bits = UInt8(truncatingIfNeeded: size >> shift) & 0x7f
            let expected = group == 0 ? bits : bits | 0x80
            guard unsafe trailer.load(fromByteOffset: group, as: UInt8.self) == expected else {
                return false
            }
        }
        return true
    }

    /// Whether an element is as `PackedElement.write` makes it from the same text.
    private static func isCanonicalElement(at element: UnsafeRawPointer, _ body: Int) -> Bool {
        switch unsafe PackedElement.value(at: element) {
        case .integer(let value): return PackedElement.integerSize(value) == body
        case .bytes(let bytes):
            guard PackedElement.stringHeadSize(bytes.count) + bytes.count == body else {
                return false
            }
            return bytes.count > 20 || bytes.integer == nil
        }
    }
}

extension ByteBuffer {
    /// Appends a run as a listpack.
    public mutating func append(listpackOf run: PackedRun) {
        append(listpackOf: run.elements, count: run.count)
    }

    /// Appends elements in their coding as a listpack.
    ///
    /// - Parameter count: how many they are.
    public mutating func append(listpackOf elements: ByteSlice, count: Int) {
        let size = elements.count + 7
        reserve(size)
        append(littleEndian: UInt32(size))
        append(littleEndian: UInt16(min(count, 65535)))
        append(elements)
        append(0xff as UInt8)
    }
}
