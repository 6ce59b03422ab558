import Bytes

/// What a context of encrypted connections is made of.
public struct TLSOptions: Sendable {
    /// The certificate of this side and those between it and an authority, in PEM.
    public var certificateFile = ""
    public var keyFile = ""
    /// Empty when the key is not encrypted.
    public var keyPassword: ByteString = ""
    /// Certificates of trusted authorities; empty for none.
    public var authoritiesFile = ""
    public var authoritiesDirectory = ""
    /// Parameters of the key exchange of old versions; empty leaves them to the library.
    public var parametersFile = ""
    public var versions: Set<TLSVersion> = [.v12, .v13]
    /// In the library's words, up to version 1.2 and from 1.3 on; empty is the library's choice.
    public var ciphers = ""
    public var cipherSuites = ""
    public var prefersServerCiphers = false
    public var cachesSessions = true
    /// Sessions that can be resumed; 0 is no limit.
    public var sessionCacheSize = 0
    /// Seconds for which a session can be resumed.
    public var sessionTimeout = 0

    public init() {}
}

public enum TLSVersion: Sendable { case v10, v11, v12, v13 }

/// Whether the other side has to show a certificate of a trusted authority. One that is shown and
/// not trusted ends the handshake, unless it is not even looked at.
public enum TLSVerification: Sendable { case ignored, optional, required }

/// Why no context can be made; the text never holds a password.
public struct TLSError: Error, Equatable {
    public let message: String
    public init(_ message: String) { self.message = message }
}
