import Bytes
import Keyspace
import RESP

/// The commands over hashes, a file each or a few that are alike.
public enum HashCommands {
    public static let all: [DataCommand] = [
        hset, hmset, hsetnx, hget, hmget, hgetall, hkeys, hvals, hlen, hstrlen, hexists, hdel,
        hincrby, hincrbyfloat, hrandfield, hscan, hexpire, hpexpire, hexpireat, hpexpireat, httl,
        hpttl, hexpiretime, hpexpiretime, hpersist, hgetdel, hgetex, hsetex,
    ]
}

/// A hash that a command changes, with its entry unless it is made anew.
struct ChangingHash {
    var hash: HashValue
    fileprivate let entry: Entry?
    fileprivate let key: Key
    /// Whether a field went because it was past its deadline.
    fileprivate var hasExpired = false
}

extension Execution {
    /// The hash of a key for a command that reads it, or nothing when the key is not there.
    func hash(at argument: ByteSlice) throws(CommandError) -> HashView? {
        let key = key(argument)
        guard let entry = database.entry(of: key) else { return nil }
        guard entry.type == .hash else { throw .wrongType }
        guard database.fieldsRemain(of: entry, at: key) else { return nil }
        return HashView(entry.value, at: database.fieldNow)
    }

    /// The hash of a key for a command that changes it, or nothing when the key is not there.
    func hashForChange(at argument: ByteSlice) throws(CommandError) -> ChangingHash? {
        let key = key(argument)
        guard let entry = database.valueForChange(of: key) else { return nil }
        guard entry.type == .hash else { throw .wrongType }
        guard database.fieldsRemain(of: entry, at: key) else { return nil }
        return ChangingHash(
            hash: HashValue(entry.value, database.shared.value.encodings), entry: entry, key: key)
    }

    /// An empty hash for a key that is not there. It is to be settled, once it holds something.
    ///
    /// - Parameters:
    ///   - count: how many fields will come.
    ///   - size: bytes of fields and values that will come.
    func newHash(at argument: ByteSlice, count: Int = 1, size: Int = 0) -> ChangingHash {
        // Each element has a head and a size behind it.
        ChangingHash(
            hash: HashValue.make(
                count: count, size: size + 4 * count, database.shared.value.encodings),
            entry: nil, key: key(argument))
    }

    /// Puts a changed hash in its place; one that became empty goes with its key.
    ///
    /// - Parameters:
    ///   - changed: whether the command has changed anything.
    ///   - event: of that change.
    func settle(_ changing: ChangingHash, changed: Bool = true, _ event: StaticString) {
        guard changed || changing.hasExpired else { return }
        if changing.hasExpired { database.notify(.hash("hexpired"), changing.key) }
        let event = changed ? KeyEvent.hash(event) : nil
        guard let entry = changing.entry else {
            database.insert(changing.hash.value, at: changing.key)
            return database.valueChanged(changing.key, event)
        }
        database.hashChanged(changing.hash, entry, at: changing.key, event)
    }

    /// Removes a field past its deadline before it is changed.
    func expireField(_ field: ByteSlice, in changing: inout ChangingHash) {
        guard changing.entry?.hasFieldDeadlines ?? false else { return }
        if database.expireField(field, of: &changing.hash, at: changing.key) {
            changing.hasExpired = true
        }
    }

    /// A field for a command that changes it; one past its deadline goes now.
    func field(_ field: ByteSlice, in changing: inout ChangingHash) -> HashField? {
        expireField(field, in: &changing)
        return changing.hash.view.find(field)
    }

    /// The same of a hash that may be missing.
    func field(_ field: ByteSlice, in changing: inout ChangingHash?) -> HashField? {
        guard var found = changing else { return nil }
        let value = self.field(field, in: &found)
        changing = found
        return value
    }
}
