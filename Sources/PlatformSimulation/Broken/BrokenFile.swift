import Bytes
import Platform

/// An open file that breaks a promise; see `Breakage`.
final class BrokenFile: File {
    private let real: any File
    private let breakage: Breakage

    init(_ real: any File, _ breakage: Breakage) {
        self.real = real
        self.breakage = breakage
    }

    var path: String { real.path }

    func write(_ bytes: ByteSlice) throws(IOError) -> Int {
        switch breakage {
        case .writesTwice(let part) where path.contains(part):
            try real.writeAll(bytes)
            try real.writeAll(bytes)
            return bytes.count
        case .hidesShortWrites:
            _ = try real.write(bytes)
            return bytes.count
        case .forgetsIncrement(let part) where path.contains(part):
            var lines = bytes.text.split(separator: "\n", omittingEmptySubsequences: false)
            guard let last = lines.lastIndex(where: { $0.hasSuffix(" type i") }) else { break }
            lines[last] = lines[last].dropLast() + "h"
            // A program that forgets the increment computes the checksum of what it writes.
            let text = lines.filter { !$0.hasPrefix("#") }.joined(separator: "\n")
            try text.withSlice { slice throws(IOError) in try real.writeAll(slice) }
            return bytes.count
        default: break
        }
        return try real.write(bytes)
    }

    func synchronize() throws(IOError) {
        switch breakage {
        case .forgetsData(let part) where path.contains(part): return
        case .hidesFailedSynchronization: try? real.synchronize()
        default: try real.synchronize()
        }
    }

    func truncate(to size: UInt64) throws(IOError) {
        if breakage == .ignoresTruncation { return }
        try real.truncate(to: size)
    }

    // MARK: As they are

    func read(
        into target: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(IOError) -> Int {
        unsafe try real.read(into: target, at: offset)
    }

    func write(_ bytes: ByteSlice, at offset: UInt64) throws(IOError) {
        try real.write(bytes, at: offset)
    }

    func startWriteback(from offset: UInt64, count: UInt64) {
        real.startWriteback(from: offset, count: count)
    }

    func dropCached(from offset: UInt64, count: UInt64) {
        real.dropCached(from: offset, count: count)
    }

    func size() throws(IOError) -> UInt64 { try real.size() }
    func close() { real.close() }
}
