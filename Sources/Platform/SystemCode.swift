import Glibc

/// The numbers of the system's errors that our code tells apart.
public enum SystemCode {
    public static let wouldBlock = EAGAIN
    public static let interrupted = EINTR
    public static let notFound = ENOENT
    public static let exists = EEXIST
    public static let accessDenied = EACCES
    public static let notPermitted = EPERM
    public static let notDirectory = ENOTDIR
    public static let isDirectory = EISDIR
    public static let directoryNotEmpty = ENOTEMPTY
    public static let badDescriptor = EBADF
    public static let invalid = EINVAL
    public static let inputOutput = EIO
    public static let noSpace = ENOSPC
    public static let overQuota = EDQUOT
    public static let fileTooLarge = EFBIG
    public static let readOnlyFileSystem = EROFS
    public static let tooManyFiles = EMFILE
    public static let tooManyFilesOfSystem = ENFILE
    public static let addressInUse = EADDRINUSE
    public static let addressNotAvailable = EADDRNOTAVAIL
    public static let noProtocol = EPROTONOSUPPORT
    public static let addressFamilyNotSupported = EAFNOSUPPORT
    public static let connectionReset = ECONNRESET
    public static let connectionAborted = ECONNABORTED
    public static let brokenPipe = EPIPE
    public static let timedOut = ETIMEDOUT
    public static let connectionRefused = ECONNREFUSED
    public static let notConnected = ENOTCONN
    public static let protocolError = EPROTO
    public static let busy = EBUSY
    public static let crossDevice = EXDEV

    public static func isNoSpace(_ code: Int32) -> Bool {
        code == noSpace || code == overQuota
    }

    /// Whether an address cannot be listened on because the machine does not have it.
    public static func isAddressUnavailable(_ code: Int32) -> Bool {
        [addressNotAvailable, noProtocol, addressFamilyNotSupported, EPFNOSUPPORT, ENOPROTOOPT]
            .contains(code)
    }

    /// The system's text for an error number.
    public static func message(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "Unknown error \(code)" }
        return unsafe String(cString: text)
    }
}
