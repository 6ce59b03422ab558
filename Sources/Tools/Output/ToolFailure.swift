import Bytes
import Persistence
import Platform

/// Why a tool ends before its work is done.
enum ToolFailure: Error {
    /// The arguments make no sense.
    case usage(String)
    case file(IOError)
    /// The standard output cannot be written.
    case output(IOError)
    /// Everything was said already.
    case told
    /// A sentence.
    case refused(String)

    /// Whether it is only that nobody reads on, as with `| head`.
    var isBrokenPipe: Bool {
        if case .output(let error) = self { return error.code == SystemCode.brokenPipe }
        return false
    }

    var text: String? {
        switch self {
        case .usage(let text), .refused(let text): text
        case .file(let error): "cannot \(error.operation.words) \(error.path): \(error.message)"
        case .output(let error): "cannot write the output: \(error.message)"
        case .told: nil
        }
    }
}

extension ToolFailure {
    /// Does something with files.
    static func translating<Result>(
        _ work: () throws(IOError) -> Result
    ) throws(ToolFailure) -> Result {
        do throws(IOError) {
            return try work()
        } catch {
            throw .file(error)
        }
    }
}

extension IOError.Operation {
    fileprivate var words: String {
        switch self {
        case .createDirectory: "create the directory"
        case .removeDirectory: "remove the directory"
        case .synchronizeDirectory: "synchronize the directory"
        default: rawValue
        }
    }
}

extension FileSystem {
    func mapped(_ path: String) throws(ToolFailure) -> any MappedFile {
        try ToolFailure.translating { () throws(IOError) in
            let file = try map(path)
            file.advise(.sequential, from: 0, count: file.bytes.count)
            return file
        }
    }
}
