import Bytes

/// Files as servers of the past wrote them, put together from the description of the format.
struct OldRDBFile {
    enum Element {
        case text(String)
        case integer(Int64)
    }

    let version: Int
    private(set) var bytes: [UInt8]
    private(set) var keys = 0

    init(version: Int) {
        self.version = version
        let digits = String(version)
        bytes =
            Array("REDIS".utf8) + [UInt8](repeating: 0x30, count: 4 - digits.count)
            + Array(digits.utf8)
        if version >= 7 { append([0xfa] + string("redis-ver") + string("3.2.0")) }
        append([0xfe, 0])
        if version >= 7 { append([0xfb, 20, 2]) }
    }

    mutating func append(_ more: [UInt8]) { bytes += more }

    mutating func append(type: UInt8, _ key: String, _ value: [UInt8], before: [UInt8] = []) {
        append(before + [type] + string(key) + value)
        keys += 1
    }

    /// The file with its end, and its checksum from version 5 on.
    func finished() -> [UInt8] {
        var file = bytes + [0xff]
        guard version >= 5 else { return file }
        let sum = file.withSlice { CRC64.of($0) }
        for byte in 0..<8 { file.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt64(byte)))) }
        return file
    }

    // MARK: The forms of values

    func length(_ count: Int) -> [UInt8] {
        if count < 64 { return [UInt8(count)] }
        return [0x40 | UInt8(count >> 8), UInt8(count & 0xff)]
    }

    func string(_ text: String) -> [UInt8] { blob(Array(text.utf8)) }
    func blob(_ bytes: [UInt8]) -> [UInt8] { length(bytes.count) + bytes }

    func strings(_ texts: [String]) -> [UInt8] {
        length(texts.count) + texts.flatMap { string($0) }
    }

    func littleEndian(_ value: Int64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }

    func ziplist(_ elements: [Element]) -> [UInt8] {
        var body: [UInt8] = []
        var previous = 0
        var last = 10
        for element in elements {
            var entry =
                previous < 254 ? [UInt8(previous)] : [254] + littleEndian(Int64(previous), 4)
            entry += encoded(element)
            last = 10 + body.count
            body += entry
            previous = entry.count
        }
        return littleEndian(Int64(11 + body.count), 4) + littleEndian(Int64(last), 4)
            + littleEndian(Int64(elements.count), 2) + body + [0xff]
    }

    private func encoded(_ element: Element) -> [UInt8] {
        switch element {
        case .text(let text):
            let bytes = Array(text.utf8)
            if bytes.count < 64 { return [UInt8(bytes.count)] + bytes }
            if bytes.count < 16384 {
                return [0x40 | UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
            }
            return [0x80] + littleEndian(Int64(bytes.count), 4).reversed() + bytes
        case .integer(let value):
            if (0...12).contains(value) { return [0xf1 + UInt8(value)] }
            if Int8(exactly: value) != nil { return [0xfe] + littleEndian(value, 1) }
            if Int16(exactly: value) != nil { return [0xc0] + littleEndian(value, 2) }
            if (-8_388_608...8_388_607).contains(value) { return [0xf0] + littleEndian(value, 3) }
            if Int32(exactly: value) != nil { return [0xd0] + littleEndian(value, 4) }
            return [0xe0] + littleEndian(value, 8)
        }
    }
}

extension OldRDBFile {
    /// A file of a version with every type and opcode that the version knows.
    static func complete(version: Int) -> OldRDBFile {
        var file = OldRDBFile(version: version)
        file.append(type: 0, "string", file.string("value"))
        file.append(type: 0, "integer", [0xc1, 0x39, 0x30])
        file.append(type: 0, "expires", file.string("v"), before: [0xfd] + [0, 0, 0, 0x7f])
        file.append(type: 1, "list", file.strings(["a", "b", "a"]))
        file.append(type: 2, "set", file.strings(["a", "b", "c"]))
        file.append(
            type: 3, "zset",
            [3] + file.string("a") + file.string("2.5") + file.string("b") + [254]
                + file.string("c") + [255])
        file.append(type: 4, "hash", [2] + ["f", "v", "g", "w"].flatMap { file.string($0) })
        if version >= 2 { file.appendVersionTwo() }
        if version >= 3 {
            file.append(
                type: 0, "milliseconds", file.string("v"),
                before: [0xfc] + file.littleEndian(4_102_444_800_000, 8))
        }
        if version >= 4 {
            let ziplist = file.ziplist([.text("f"), .integer(7), .text("g"), .text("w")])
            file.append(type: 13, "hash-ziplist", file.blob(ziplist))
        }
        if version >= 7 {
            let nodes = [file.ziplist([.text("a"), .integer(1)]), file.ziplist([.text("b")])]
            file.append(type: 14, "quicklist", [2] + nodes.flatMap { file.blob($0) })
        }
        if version >= 8 {
            let score = file.littleEndian(Int64(bitPattern: (2.5).bitPattern), 8)
            file.append(type: 5, "zset-binary", [1] + file.string("m") + score)
            file.append(type: 0, "long-length", [0x81, 0, 0, 0, 0, 0, 0, 0, 1, 0x78])
        }
        if version >= 9 {
            // No nodes, no entries, last identifier 5-1, no groups.
            file.append(type: 15, "stream", [0, 0, 5, 1, 0])
            file.append(type: 0, "idle", file.string("v"), before: [0xf8, 50])
            file.append(type: 0, "frequent", file.string("v"), before: [0xf9, 200])
        }
        return file
    }

    private mutating func appendVersionTwo() {
        let zipmap: [UInt8] =
            [2, 1, 0x66, 1, 0, 0x76, 3, 0x6f, 0x6e, 0x65, 3, 2, 0x31, 0x31, 0x31, 0, 0, 0xff]
        append(type: 9, "zipmap", blob(zipmap))
        let integers: [Int64] = [
            0, 12, 13, -1, 127, -129, 32767, 40000, -8_388_608, 8_388_608, 5_000_000_000,
        ]
        let long = String(repeating: "x", count: 300)
        let list = ziplist(
            integers.map { .integer($0) } + [.text("text"), .text(long), .text("after")])
        append(type: 10, "list-ziplist", blob(list))
        let width = littleEndian(4, 4) + littleEndian(3, 4)
        append(
            type: 11, "intset",
            blob(width + [-70000, 5, 70000].flatMap { littleEndian($0, 4) }))
        let scores = ziplist([.text("a"), .integer(1), .text("b"), .text("2.5")])
        append(type: 12, "zset-ziplist", blob(scores))
    }
}
