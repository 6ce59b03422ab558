import Bytes
import Keyspace
import RESP
import Structures

extension HyperLogLogCommands {
    static let pfcount = DataCommand(
        CommandDeclaration(
            "pfcount", arity: -2, [.readOnly, .mayReplicate], categories: [.hyperLogLog],
            keys: [
                KeySpecification(
                    [.readWrite, .access], begin: .index(1),
                    find: .range(last: -1, step: 1, limit: 0),
                    notes: """
                        RW because it may change the internal representation of the key, and \
                        propagate to replicas
                        """)
            ],
            docs: CommandDocs(
                "Estimates how many different elements were added to HyperLogLogs together.",
                complexity: """
                    O(1) with a very small average constant time when called with a single key. \
                    O(N) with N being the number of keys, and much bigger constant times, when \
                    called with multiple keys.
                    """,
                since: "2.8.9", group: .hyperloglog, arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let cardinality =
            arguments.count == 2
            ? try countOne(execution.key(arguments[1]), &execution)
            : try countTogether(arguments, &execution)
        execution.replies.integer(Int64(bitPattern: cardinality))
    }

    /// The estimate is kept with the registers. That is a change like any other: the record makes
    /// the log rebuild the same bytes.
    private static func countOne(
        _ key: Key, _ execution: inout Execution
    ) throws(CommandError) -> UInt64 {
        let database = execution.database
        guard let found = try database.rawHyperLogLog(database.entry(of: key), at: key) else {
            return 0
        }
        if let cached = HyperLogLog.cached(in: found.bytes) { return cached }
        let cardinality: UInt64
        do throws(HyperLogLog.Corruption) {
            cardinality = try HyperLogLog.cardinality(of: found.bytes)
        } catch {
            throw CommandError(error)
        }
        let bytes = execution.database.rawString(of: key, count: found.bytes.count)
        HyperLogLog.cache(cardinality, in: bytes)
        execution.database.changedInPlace(key, nil)
        execution.changed()
        return cardinality
    }

    private static func countTogether(
        _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) -> UInt64 {
        var registers = HyperLogLogRegisters()
        for index in 1..<arguments.count {
            let entry = execution.database.entry(of: execution.key(arguments[index]))
            guard let found = try FoundHyperLogLog(entry) else { continue }
            try registers.mergeOrThrow(found.bytes)
        }
        return registers.cardinality
    }
}

extension HyperLogLogRegisters {
    mutating func mergeOrThrow(_ bytes: ByteSlice) throws(CommandError) {
        do throws(HyperLogLog.Corruption) {
            try merge(bytes)
        } catch {
            throw CommandError(error)
        }
    }
}
