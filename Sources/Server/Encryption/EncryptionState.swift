import Platform

/// What the server keeps for encrypted connections.
struct EncryptionState {
    /// Reads of unfinished handshakes between two looks at the sockets. A handshake takes a
    /// millisecond of arithmetic, and those who are served already wait meanwhile.
    static let handshakesAtOnce = 8
    /// Seconds after which a handshake that is not finished is given up.
    static let handshakeSecondsMax: Int64 = 60

    /// What new connections are made with; none while no port asks for it.
    var context: TLSContext?
    var handshakesLeft = handshakesAtOnce
}
