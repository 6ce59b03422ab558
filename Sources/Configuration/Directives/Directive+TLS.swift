extension Directive {
    static let tls = [
        Directive(
            "tls-port", integer: \.tls.port, in: .ports,
            summary: "Port for encrypted connections; 0 listens on none."),
        Directive(
            "tls-cert-file", text: \.tls.certificateFile, traits: .alwaysApplied,
            summary: "The server's certificate."),
        Directive(
            "tls-key-file", text: \.tls.keyFile, traits: .alwaysApplied,
            summary: "The key of the server's certificate."),
        Directive(
            "tls-key-file-pass", secret: \.tls.keyPassword,
            summary: "Password of that key."),
        Directive(
            "tls-client-cert-file", text: \.tls.clientCertificateFile, traits: .alwaysApplied,
            effect: .withReplication, summary: "Certificate for outgoing connections."),
        Directive(
            "tls-client-key-file", text: \.tls.clientKeyFile, traits: .alwaysApplied,
            effect: .withReplication, summary: "Key of the certificate for outgoing connections."),
        Directive(
            "tls-client-key-file-pass", secret: \.tls.clientKeyPassword, effect: .withReplication,
            summary: "Password of that key."),
        Directive(
            "tls-dh-params-file", text: \.tls.parametersFile, traits: .alwaysApplied,
            summary: "Parameters of the key exchange, for old libraries."),
        Directive(
            "tls-ca-cert-file", text: \.tls.authoritiesFile, traits: .alwaysApplied,
            summary: "Certificates of trusted authorities, in a file."),
        Directive(
            "tls-ca-cert-dir", text: \.tls.authoritiesDirectory, traits: .alwaysApplied,
            summary: "Certificates of trusted authorities, in a directory."),
        Directive(
            "tls-auth-clients", word: \.tls.authenticatesClients,
            summary: "Whether clients have to show a certificate."),
        Directive(
            "tls-replication", flag: \.tls.encryptsReplication, effect: .withReplication,
            summary: "Encrypt the link to the master."),
        Directive(
            "tls-cluster", flag: \.tls.encryptsCluster, effect: .withCluster,
            summary: "Encrypt the links between nodes."),
        Directive(
            "tls-protocols", text: \.tls.protocols,
            summary: "Versions of the protocol that are accepted; empty is the default."),
        Directive(
            "tls-ciphers", text: \.tls.ciphers,
            summary: "Ciphers up to TLS 1.2; empty is the library's default."),
        Directive(
            "tls-ciphersuites", text: \.tls.cipherSuites,
            summary: "Cipher suites of TLS 1.3; empty is the library's default."),
        Directive(
            "tls-prefer-server-ciphers", flag: \.tls.prefersServerCiphers,
            summary: "Choose the cipher by the server's order, not the client's."),
        Directive(
            "tls-session-caching", flag: \.tls.cachesSessions,
            summary: "Let clients resume sessions."),
        Directive(
            "tls-session-cache-size", integer: \.tls.sessionCacheSize, in: .int31,
            summary: "Sessions that can be resumed; 0 is no limit."),
        Directive(
            "tls-session-cache-timeout", integer: \.tls.sessionCacheTimeout, in: .int31,
            summary: "Seconds for which a session can be resumed."),
    ]
}

extension Directive.Effect {
    // Connections that the server would open itself.
    fileprivate static let withReplication = Directive.Effect.none("comes with replication")
    fileprivate static let withCluster = Directive.Effect.none("comes with cluster mode")
}
