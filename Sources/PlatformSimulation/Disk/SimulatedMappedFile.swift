import Bytes
import Platform

/// A copy of a file's content as it was when it was mapped.
@safe
final class SimulatedMappedFile: MappedFile, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    init(_ content: [UInt8]) {
        unsafe memory = .allocate(byteCount: max(1, content.count), alignment: 16)
        unsafe memory.copyBytes(from: content)
        size = content.count
    }

    private let size: Int

    deinit { unsafe memory.deallocate() }

    var bytes: ByteSlice {
        guard let start = unsafe memory.baseAddress else { return .empty }
        return unsafe ByteSlice(start: start, count: size)
    }

    func advise(_ advice: MappedFileAdvice, from offset: Int, count: Int) {}
}
