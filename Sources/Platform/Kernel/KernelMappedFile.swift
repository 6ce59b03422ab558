import Bytes
import Glibc

/// A file's content mapped by the kernel.
@safe
final class KernelMappedFile: MappedFile, @unchecked Sendable {
    // Written once, before anybody else sees the object; the pages are read-only.
    private let start: UnsafeMutableRawPointer?
    private let size: Int

    init(path: String, descriptor: Int32, size: Int) throws(IOError) {
        self.size = size
        if size == 0 {
            unsafe start = nil
            return
        }
        let memory = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        if unsafe memory == MAP_FAILED {
            throw IOError(code: errno, operation: .map, path: path)
        }
        unsafe start = memory
    }

    deinit { if let start = unsafe start { _ = unsafe munmap(start, size) } }

    var bytes: ByteSlice {
        guard let start = unsafe start else { return .empty }
        return unsafe ByteSlice(start: start, count: size)
    }

    func advise(_ advice: MappedFileAdvice, from offset: Int, count: Int) {
        guard let start = unsafe start, count > 0, offset < size else { return }
        let page = 4096
        let first = offset / page * page
        let end = min(size, offset + count)
        let advice =
            switch advice {
            case .sequential: MADV_SEQUENTIAL
            case .willNeed: MADV_WILLNEED
            case .doneWith: MADV_DONTNEED
            }
        // What is done with is given up by whole pages inside the part, asked for by covering ones.
        let isGivenUp = advice == MADV_DONTNEED
        let from = isGivenUp ? (offset + page - 1) / page * page : first
        let to = isGivenUp ? (end == size ? end : end / page * page) : end
        if from < to { _ = unsafe madvise(start + from, to - from, advice) }
    }
}
