import Bytes

/// Encrypted connections.
public struct TLSSettings: Sendable {
    /// 0 listens on none.
    public var port = 0
    public var certificateFile = ""
    public var keyFile = ""
    public var keyPassword: ByteString = ""
    public var clientCertificateFile = ""
    public var clientKeyFile = ""
    public var clientKeyPassword: ByteString = ""
    public var parametersFile = ""
    public var authoritiesFile = ""
    public var authoritiesDirectory = ""
    public var authenticatesClients = ClientAuthentication.yes
    public var encryptsReplication = false
    public var encryptsCluster = false
    public var protocols = ""
    public var ciphers = ""
    public var cipherSuites = ""
    public var prefersServerCiphers = false
    public var cachesSessions = true
    public var sessionCacheSize = 20480
    /// Seconds.
    public var sessionCacheTimeout = 300
}

/// Whether clients have to show a certificate.
public enum ClientAuthentication: String, DirectiveWord { case no, yes, optional }
