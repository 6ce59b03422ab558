import Bytes

/// How a client that caches wants to hear of changed keys (`CLIENT TRACKING ON`).
struct ClientTracking {
    struct Options: OptionSet {
        let rawValue: UInt8

        /// Of every key that begins with one of its prefixes, whether it has read it or not.
        static let broadcast = Options(rawValue: 1 << 0)
        /// Keys are remembered only after `CLIENT CACHING YES`.
        static let optIn = Options(rawValue: 1 << 1)
        /// Keys are remembered but after `CLIENT CACHING NO`.
        static let optOut = Options(rawValue: 1 << 2)
        /// It does not hear of its own changes.
        static let noLoop = Options(rawValue: 1 << 3)
    }

    var options: Options = []
    /// The number of the client that hears in its place; 0 for itself.
    var redirect: UInt64 = 0
    /// With `broadcast`: what the keys begin with, in order.
    var prefixes: [ByteString] = []
    /// CLIENT CACHING was called for the next command.
    var isCachingGiven = false
    /// The client that should have heard is gone.
    var isRedirectBroken = false

    /// Whether the keys of the next reading command are to be remembered.
    var remembersKeys: Bool {
        if options.contains(.broadcast) { return false }
        if options.contains(.optIn) { return isCachingGiven }
        return !(options.contains(.optOut) && isCachingGiven)
    }

    /// Bytes that the prefixes take.
    var size: Int {
        prefixes.reduce(0) { $0 + MemoryLayout<ByteString>.size + $1.count }
    }

    /// What CLIENT LIST shows.
    var letters: String {
        "t" + (isRedirectBroken ? "R" : "") + (options.contains(.broadcast) ? "B" : "")
    }
}
