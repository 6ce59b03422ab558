import Bytes
import Keyspace
import RESP
import Structures

/// Requests that were parsed together, and the hashes of their first keys.
///
/// With many keys most of a look-up's time is waiting for memory. So the keys of several requests are
/// hashed first; then their buckets are asked for, then their entries, then what hangs from those, and
/// the waits overlap. The stages go over all requests one after the other; where requests of several
/// clients are executed in a row, over those of all of them.
struct ParsedRequests: ~Copyable {
    var batch = RequestBatch()
    /// Hashes of the first keys; 0 for none.
    private var hashes: [UInt64] = Array(repeating: 0, count: RequestBatch.countMax)
    /// Whether the hashes are those of the batch.
    private var isHashed = false

    var count: Int { batch.count }

    /// The hash of a request's first argument, if it was computed; else 0.
    func hash(at index: Int) -> UInt64 { isHashed ? hashes[index] : 0 }

    /// Parses the requests at the front of a query buffer.
    mutating func parse(_ bytes: ByteSlice, _ limits: RequestLimits) throws(ProtocolError) {
        isHashed = false
        try batch.parse(bytes, limits)
    }

    /// Hashes the first key of each request.
    mutating func hashKeys() {
        for index in 0..<batch.count {
            let arguments = batch[index].arguments
            // Nearly every command over keys has its first key here.
            hashes[index] = arguments.count > 1 ? KeyHash.hash(arguments[1]) : 0
        }
        isHashed = true
    }

    /// Asks for the memory of all keys.
    func prefetch(from database: Database) {
        prefetchBuckets(from: database)
        prefetchEntries(from: database)
        if prefetchValues(from: database) { prefetchElements(from: database) }
    }

    func prefetchBuckets(from database: Database) {
        for index in 0..<batch.count where hashes[index] != 0 {
            database.prefetchBucket(hashes[index])
        }
    }

    func prefetchEntries(from database: Database) {
        for index in 0..<batch.count where hashes[index] != 0 {
            database.prefetchEntry(hashes[index])
        }
    }

    /// Returns whether any value is a table, whose elements are another stage.
    func prefetchValues(from database: Database) -> Bool {
        var hasTables = false
        for index in 0..<batch.count where hashes[index] != 0 {
            if database.prefetchValue(hashes[index]) { hasTables = true }
        }
        return hasTables
    }

    func prefetchElements(from database: Database) {
        for index in 0..<batch.count where hashes[index] != 0 {
            let arguments = batch[index].arguments
            // Commands over one field or member have it here.
            guard arguments.count > 2 else { continue }
            database.prefetchElement(arguments[2], of: hashes[index])
        }
    }
}
