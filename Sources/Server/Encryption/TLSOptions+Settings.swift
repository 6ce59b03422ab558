import Configuration
import Platform

extension TLSOptions {
    /// What the settings ask for, unless they lack something or cannot be understood.
    init(_ settings: TLSSettings) throws(TLSError) {
        self.init()
        guard !settings.certificateFile.isEmpty else {
            throw TLSError("No tls-cert-file configured!")
        }
        guard !settings.keyFile.isEmpty else { throw TLSError("No tls-key-file configured!") }
        let hasAuthorities =
            !settings.authoritiesFile.isEmpty || !settings.authoritiesDirectory.isEmpty
        guard hasAuthorities || settings.authenticatesClients == .no else {
            throw TLSError(
                "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, "
                    + "tls-replication or tls-auth-clients are enabled!")
        }
        certificateFile = settings.certificateFile
        keyFile = settings.keyFile
        keyPassword = settings.keyPassword
        authoritiesFile = settings.authoritiesFile
        authoritiesDirectory = settings.authoritiesDirectory
        parametersFile = settings.parametersFile
        if !settings.protocols.isEmpty { versions = try Self.versions(settings.protocols) }
        ciphers = settings.ciphers
        cipherSuites = settings.cipherSuites
        prefersServerCiphers = settings.prefersServerCiphers
        cachesSessions = settings.cachesSessions
        sessionCacheSize = settings.sessionCacheSize
        sessionTimeout = settings.sessionCacheTimeout
    }

    private static func versions(_ words: String) throws(TLSError) -> Set<TLSVersion> {
        var versions: Set<TLSVersion> = []
        for word in words.split(separator: " ", omittingEmptySubsequences: false) {
            switch word.lowercased() {
            case "tlsv1": versions.insert(.v10)
            case "tlsv1.1": versions.insert(.v11)
            case "tlsv1.2": versions.insert(.v12)
            case "tlsv1.3": versions.insert(.v13)
            default:
                throw TLSError(
                    "Invalid tls-protocols specified. "
                        + "Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.")
            }
        }
        return versions
    }
}

extension ClientAuthentication {
    /// What a connection is to do about the other side's certificate.
    var verification: TLSVerification {
        switch self {
        case .no: .ignored
        case .optional: .optional
        case .yes: .required
        }
    }
}
