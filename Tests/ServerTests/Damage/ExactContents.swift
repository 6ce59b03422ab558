import Bytes
import Keyspace
import Persistence

@testable import Server

/// Everything that a server serves, value by value: equal only when nothing at all differs.
struct ExactContents: Hashable {
    private struct Value: Hashable {
        /// The whole value, groups and deadlines of fields included, as `DUMP` gives it.
        let payload: [UInt8]
        let deadline: Int64?
    }

    private var values: [[ByteString: Value]] = []

    init(_ simulated: SimulatedServer) {
        for index in 0..<simulated.server.keyspace.databaseCount {
            var found: [ByteString: Value] = [:]
            simulated.server.keyspace[index].forEach { entry in
                var payload = ByteBuffer()
                DumpPayload.append(entry, to: &payload, compressing: false)
                found[ByteString(entry.key)] = Value(
                    payload: payload.bytes.array, deadline: entry.deadline)
            }
            values.append(found)
        }
    }
}
