import Bytes
import Platform

/// What names this run of the server, and what was the case when it began.
struct ServerIdentity {
    /// Forty hexadecimal digits, drawn at each start.
    let run: String
    /// Names the history of the data; replicas ask for it.
    private(set) var replication: String
    private(set) var formerReplication = String(repeating: "0", count: 40)
    /// Monotonic seconds.
    var startedMonotonic: Int64 = 0
    /// Bytes that the allocator had handed out before the first client.
    var startupMemory: UInt64 = 0

    init(_ entropy: any Entropy) {
        run = Self.draw(entropy)
        replication = Self.draw(entropy)
    }

    /// Begins another history, of which nobody holds a part.
    mutating func changeReplication(_ entropy: any Entropy) {
        replication = Self.draw(entropy)
        formerReplication = String(repeating: "0", count: 40)
    }

    private static func draw(_ entropy: any Entropy) -> String {
        var digits: [UInt8] = []
        while digits.count < 40 {
            let bits = entropy.seed()
            for shift in stride(from: UInt64(0), to: 64, by: 4) where digits.count < 40 {
                digits.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: bits >> shift) & 15))
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
