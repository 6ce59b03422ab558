extension Directive {
    static let tls = [
        Directive(
            "tls-port", integer: \.tls.port, in: .ports, effect: .withTLS,
            summary: "Port for encrypted connections; 0 listens on none."),
        Directive(
            "tls-cert-file", text: \.tls.certificateFile, traits: .alwaysApplied,
            effect: .withTLS, summary: "The server's certificate."),
        Directive(
            "tls-key-file", text: \.tls.keyFile, traits: .alwaysApplied, effect: .withTLS,
            summary: "The key of the server's certificate."),
        Directive(
            "tls-key-file-pass", secret: \.tls.keyPassword, effect: .withTLS,
            summary: "Password of that key."),
        Directive(
            "tls-client-cert-file", text: \.tls.clientCertificateFile, traits: .alwaysApplied,
            effect: .withTLS, summary: "Certificate for outgoing connections."),
        Directive(
            "tls-client-key-file", text: \.tls.clientKeyFile, traits: .alwaysApplied,
            effect: .withTLS, summary: "Key of the certificate for outgoing connections."),
        Directive(
            "tls-client-key-file-pass", secret: \.tls.clientKeyPassword, effect: .withTLS,
            summary: "Password of that key."),
        Directive(
            "tls-dh-params-file", text: \.tls.parametersFile, traits: .alwaysApplied,
            effect: .withTLS, summary: "Parameters of the key exchange, for old libraries."),
        Directive(
            "tls-ca-cert-file", text: \.tls.authoritiesFile, traits: .alwaysApplied,
            effect: .withTLS, summary: "Certificates of trusted authorities, in a file."),
        Directive(
            "tls-ca-cert-dir", text: \.tls.authoritiesDirectory, traits: .alwaysApplied,
            effect: .withTLS, summary: "Certificates of trusted authorities, in a directory."),
        Directive(
            "tls-auth-clients", word: \.tls.authenticatesClients, effect: .withTLS,
            summary: "Whether clients have to show a certificate."),
        Directive(
            "tls-replication", flag: \.tls.encryptsReplication, effect: .withTLS,
            summary: "Encrypt the link to the master."),
        Directive(
            "tls-cluster", flag: \.tls.encryptsCluster, effect: .withTLS,
            summary: "Encrypt the links between nodes."),
        Directive(
            "tls-protocols", text: \.tls.protocols, effect: .withTLS,
            summary: "Versions of the protocol that are accepted; empty is the default."),
        Directive(
            "tls-ciphers", text: \.tls.ciphers, effect: .withTLS,
            summary: "Ciphers up to TLS 1.2; empty is the library's default."),
        Directive(
            "tls-ciphersuites", text: \.tls.cipherSuites, effect: .withTLS,
            summary: "Cipher suites of TLS 1.3; empty is the library's default."),
        Directive(
            "tls-prefer-server-ciphers", flag: \.tls.prefersServerCiphers, effect: .withTLS,
            summary: "Choose the cipher by the server's order, not the client's."),
        Directive(
            "tls-session-caching", flag: \.tls.cachesSessions, effect: .withTLS,
            summary: "Let clients resume sessions."),
        Directive(
            "tls-session-cache-size", integer: \.tls.sessionCacheSize, in: .int31,
            effect: .withTLS, summary: "Sessions that can be resumed; 0 is no limit."),
        Directive(
            "tls-session-cache-timeout", integer: \.tls.sessionCacheTimeout, in: .int31,
            effect: .withTLS, summary: "Seconds for which a session can be resumed."),
    ]
}

extension Directive.Effect {
    fileprivate static let withTLS = Directive.Effect.none("comes with TLS")
}
