import Bytes
import CPlatform
import Glibc

/// The process that this is.
public final class KernelProcess: Process {
    // Read before a title may overwrite them.
    public let arguments: [String]
    public let executablePath: String
    /// Where relative names among the arguments begin.
    private let startDirectory: String?

    public init() {
        arguments = CommandLine.arguments
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe path.withUnsafeMutableBytes { target in
            unsafe readlink(
                "/proc/self/exe", target.baseAddress!.assumingMemoryBound(to: CChar.self),
                target.count)
        }
        executablePath = String(decoding: path[..<max(0, count)], as: UTF8.self)
        startDirectory = try? KernelFileSystem().workingDirectory()
    }

    public var identifier: Int32 { getpid() }
    public var user: UInt32 { geteuid() }

    public func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    public func writeStandardOutput(_ text: String) { write(text, to: STDOUT_FILENO) }
    public func writeStandardError(_ text: String) { write(text, to: STDERR_FILENO) }
    public func readStandardInput() throws(IOError) -> ByteString {
        let partSize = 64 << 10
        var text: [UInt8] = []
        while true {
            var part = [UInt8](repeating: 0, count: partSize)
            let count = unsafe part.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress, partSize)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw IOError(code: errno, operation: .read, path: "/dev/stdin") }
            if count == 0 { return ByteString(text) }
            text += part[..<count]
        }
    }

    public func readStandardInputLine() throws(IOError) -> ByteString {
        var line: [UInt8] = []
        while true {
            // Byte by byte: what follows the line is not ours to take.
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw IOError(code: errno, operation: .read, path: "/dev/stdin") }
            if count == 0 || byte == 0x0a { return ByteString(line) }
            line.append(byte)
        }
    }

    public func writeStandardOutput(bytes: ByteSlice) throws(IOError) {
        guard Self.write(bytes, to: STDOUT_FILENO) else {
            throw IOError(code: errno, operation: .write, path: "/dev/stdout")
        }
    }

    public var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    public var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    private func write(_ text: String, to descriptor: Int32) {
        // A message that nobody can be given is nobody's loss.
        _ = text.withSlice { Self.write($0, to: descriptor) }
    }

    /// - Returns: false when not everything could be written; `errno` says why.
    private static func write(_ bytes: ByteSlice, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe Glibc.write(descriptor, rest.start, rest.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            rest = rest[count...]
        }
        return true
    }

    public func setTitle(_ title: String) -> Bool { unsafe ls_set_title(title) != 0 }

    public func setPermissionMask(_ mask: UInt16) -> UInt16 {
        UInt16(truncatingIfNeeded: umask(mode_t(mask)))
    }

    public func restart() -> IOError {
        if let startDirectory { _ = unsafe chdir(startDirectory) }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe []
        for argument in arguments { unsafe words.append(strdup(argument)) }
        unsafe words.append(nil)
        // Every descriptor of ours closes itself then.
        _ = unsafe execv(executablePath, &words)
        let code = errno
        for index in unsafe words.indices { unsafe free(words[index]) }
        return IOError(code: code, operation: .open, path: executablePath)
    }

    public func exit(_ status: Int32) -> Never { _exit(status) }

    public func crash() -> Never {
        raise(SIGSEGV)
        abort()
    }
}
