import Bytes
import Keyspace

extension Execution {
    /// Sets a key to a string as `SET` does: with the events of that and of a deadline.
    @inline(__always)
    func set(_ key: Key, to string: StringValue, deadline change: DeadlineChange = .remove) {
        database.set(key, to: string, deadline: change, .string("set"))
        if case .set = change { database.notify(.generic("expire"), key) }
    }
}
