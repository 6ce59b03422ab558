/// Bytes that nobody can predict; in the simulation: bytes that the seed decides.
public protocol Entropy: AnyObject, Sendable {
    func bytes(count: Int) -> [UInt8]
}

extension Entropy {
    /// A number to seed a generator with.
    public func seed() -> UInt64 {
        bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
