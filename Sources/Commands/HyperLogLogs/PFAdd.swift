import Bytes
import Keyspace
import RESP
import Structures

extension HyperLogLogCommands {
    static let pfadd = DataCommand(
        CommandDeclaration(
            "pfadd", arity: -2, [.write, .denyOOM, .fast], categories: [.hyperLogLog],
            keys: [.key([.readWrite, .insert])],
            docs: CommandDocs(
                "Adds elements to a HyperLogLog, which is made if it is missing.",
                complexity: "O(1) to add every element.", since: "2.8.9",
                group: .hyperloglog,
                arguments: [.key(), .string("element", [.optional, .multiple])]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let database = execution.database
        let found = try database.rawHyperLogLog(database.entryForChange(of: key), at: key)
        let changes: Int
        if found?.encoding == .dense {
            changes = addToDense(arguments, at: key, execution.database)
        } else {
            changes = try addToSparse(arguments, at: key, found, execution.database)
        }
        execution.changed(changes)
        execution.replies.integer(changes > 0)
    }

    private static func addToDense(
        _ arguments: Slices, at key: Key, _ database: Database
    ) -> Int {
        let bytes = database.rawString(of: key, count: HyperLogLog.denseSize)
        var changes = 0
        for index in 2..<max(2, arguments.count)
        where HyperLogLog.add(arguments[index], toDense: bytes) {
            changes += 1
        }
        guard changes > 0 else { return 0 }
        HyperLogLog.invalidate(bytes)
        database.changedInPlace(key, .string("pfadd"))
        return changes
    }

    /// A sparse one changes its size with most elements, so it is changed aside.
    private static func addToSparse(
        _ arguments: Slices, at key: Key, _ found: FoundHyperLogLog?, _ database: Database
    ) throws(CommandError) -> Int {
        var changed = ByteBuffer(capacity: (found?.bytes.count ?? 0) + 64)
        if let found {
            changed.append(found.bytes)
        } else {
            HyperLogLog.appendEmpty(to: &changed)
        }
        var changes = found == nil ? 1 : 0
        do throws(HyperLogLog.Corruption) {
            for index in 2..<max(2, arguments.count)
            where try HyperLogLog.add(
                arguments[index], to: &changed, sparseSizeMax: database.sparseSizeMax)
            {
                changes += 1
            }
        } catch {
            throw CommandError(error)
        }
        guard changes > 0 else { return 0 }
        HyperLogLog.invalidate(changed.mutableBytes)
        database.store(changed.bytes, at: key, isNew: found == nil, .string("pfadd"))
        return changes
    }
}
