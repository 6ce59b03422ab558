import Bytes
import CPlatform
import Glibc
import Synchronization

/// An advisory lock on a whole file (`flock`), which the kernel drops when its holder dies.
///
/// The file's content is the holder's process number in decimal and a line feed: a courtesy for
/// messages, never the criterion.
final class KernelFileLock: FileLock {
    let path: String
    private let descriptor: Int32
    private let isReleased = Atomic<Bool>(false)

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { release() }

    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = close(descriptor)
    }

    static func acquire(
        _ path: String, in fileSystem: KernelFileSystem
    ) throws(IOError) -> FileLockOutcome {
        while true {
            let descriptor = try fileSystem.descriptor(path, O_RDWR | O_CREAT, 0o644, .lock)
            let lock = KernelFileLock(path: path, descriptor: descriptor)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                if code == EINTR { continue }
                if code == EWOULDBLOCK { return .held(byProcess: lock.noteOfHolder()) }
                throw IOError(code: code, operation: .lock, path: path)
            }
            // Between opening and locking, somebody may have removed the file and made another.
            if lock.isStillNamed() {
                lock.leaveNote()
                return .acquired(lock)
            }
        }
    }

    private func isStillNamed() -> Bool {
        var held = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0 else {
            return false
        }
        return held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    private func leaveNote() {
        var note = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe pwrite(descriptor, &note, note.count, 0)
    }

    private func noteOfHolder() -> Int32? {
        var note = [UInt8](repeating: 0, count: 20)
        let count = unsafe pread(descriptor, &note, note.count, 0)
        guard count > 1 else { return nil }
        return Int32(String(decoding: note[..<(count - 1)], as: UTF8.self))
    }
}
