import Bytes
import Structures

/// What one pass of the expiry cycle met.
public struct ExpiryPass {
    public var examined = 0
    public var expired = 0
}

extension Database {
    /// The longest life that counts in the mean: a century, in milliseconds. A deadline may be as
    /// far as an `Int64` reaches, and a sum of such lives would overflow.
    private static var lifeMax: Int64 { 3_155_760_000_000 }

    /// Removes a key whose deadline has passed, and tells who must know.
    func expire(_ key: Key) {
        shared.value.expired &+= 1
        shared.value.onExpired?(index, key.bytes)
        notify(.expiry, key)
        shared.value.isExpiring = true
        defer { shared.value.isExpiring = false }
        removeRegardless(key, lazily: shared.value.freesLazily.expired)
        shared.value.onGone?()
    }

    /// Looks at the next few entries that have a deadline and removes those past it.
    ///
    /// - Parameter buckets: how many buckets of the index to look at, at the most.
    public func expireSome(buckets: Int) -> ExpiryPass {
        var pass = ExpiryPass()
        var timeToLive: Int64 = 0
        let now = shared.value.now
        for _ in 0..<buckets where state.value.deadlines.count > 0 {
            // A bucket and its chain hold few entries; the table is not changed while it is read.
            var past: [Entry] = []
            let cursor = unsafe state.value.deadlines.scan(from: state.value.expiryCursor) {
                let entry = unsafe Entry(address: $0)
                pass.examined += 1
                let left = (entry.deadline ?? now) - now
                if left < 0 { past.append(entry) } else { timeToLive += min(left, Self.lifeMax) }
            }
            state.value.expiryCursor = cursor
            for entry in past {
                expire(Key(entry.key))
                pass.expired += 1
            }
            if cursor == .start { break }
        }
        let living = Int64(pass.examined - pass.expired)
        if living > 0 {
            let mean = timeToLive / living
            let average = state.value.averageTimeToLive
            state.value.averageTimeToLive = average == 0 ? mean : (average * 49 + mean) / 50
        }
        return pass
    }
}
