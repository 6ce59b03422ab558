import Platform

/// Why a snapshot did not come to be.
public enum SnapshotFailure: Error, Equatable, Sendable {
    case opening(IOError)
    case writing(IOError)
    case synchronizing(IOError)

    /// The finished file could not be read back.
    case readingBack(IOError)

    /// The file that was read back is not the file that was written.
    case differs(size: UInt64, sizeRead: UInt64, checksum: UInt64, checksumRead: UInt64)

    /// The file is whole but could not take its name, or not durably.
    case publishing(IOError)

    /// Somebody asked for it.
    case cancelled

    /// The call that failed, if one did.
    public var ioError: IOError? {
        switch self {
        case .opening(let error), .writing(let error), .synchronizing(let error),
            .readingBack(let error), .publishing(let error):
            error
        case .differs, .cancelled: nil
        }
    }
}

extension SnapshotFailure: CustomStringConvertible {
    /// What the server logs, in Redis's words where it has them.
    public var description: String {
        switch self {
        case .opening(let error):
            "Failed opening the temp RDB file \(error.path) for saving: \(error.message)"
        case .writing(let error):
            "Write error while saving DB to the disk(write): \(error.message)"
        case .synchronizing(let error):
            "Write error while saving DB to the disk(fsync): \(error.message)"
        case .readingBack(let error):
            "Reading back the saved file \(error.path) failed: \(error.message)"
        case .differs(let size, let sizeRead, let checksum, let checksumRead):
            "The saved file is not what was written: \(size) bytes with checksum "
                + "\(String(checksum, radix: 16)) were written, \(sizeRead) bytes with checksum "
                + "\(String(checksumRead, radix: 16)) were read back"
        case .publishing(let error):
            "Error moving temp DB file on the final destination \(error.path): \(error.message)"
        case .cancelled: "The snapshot was stopped"
        }
    }
}
