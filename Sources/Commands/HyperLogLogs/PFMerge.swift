import Bytes
import Keyspace
import RESP
import Structures

extension HyperLogLogCommands {
    static let pfmerge = DataCommand(
        CommandDeclaration(
            "pfmerge", arity: -2, [.write, .denyOOM], categories: [.hyperLogLog],
            keys: [
                .key([.readWrite, .access, .insert]), .keys([.readOnly, .access], from: 2),
            ],
            docs: CommandDocs(
                "Merges HyperLogLogs into the first one, which is made if it is missing.",
                complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
                since: "2.8.9", group: .hyperloglog,
                arguments: [
                    .key("destkey"),
                    .key("sourcekey", [.optional, .multiple], specification: 1),
                ]))
    ) { arguments, execution throws(CommandError) in
        var registers = HyperLogLogRegisters()
        var makesDense = false
        for index in 1..<arguments.count {
            let entry = execution.database.entry(of: execution.key(arguments[index]))
            guard let found = try FoundHyperLogLog(entry) else { continue }
            if found.encoding == .dense { makesDense = true }
            try registers.mergeOrThrow(found.bytes)
        }

        let key = execution.key(arguments[1])
        let target = try FoundHyperLogLog(execution.database.entryForChange(of: key))
        var merged = ByteBuffer(capacity: HyperLogLog.denseSize)
        if let target {
            merged.append(target.bytes)
        } else {
            HyperLogLog.appendEmpty(to: &merged)
        }
        do throws(HyperLogLog.Corruption) {
            if makesDense, HyperLogLog.encoding(of: merged.bytes) == .sparse {
                try HyperLogLog.makeDense(&merged)
            }
            try registers.raise(
                &merged, sparseSizeMax: execution.database.sparseSizeMax)
        } catch {
            throw CommandError(error)
        }
        HyperLogLog.invalidate(merged.mutableBytes)
        execution.database.store(
            merged.bytes, at: key, isNew: target == nil, .string("pfadd"))
        execution.changed()
        execution.replies.ok()
    }
}

extension HyperLogLogRegisters {
    /// Raises the registers of a HyperLogLog to these.
    fileprivate borrowing func raise(
        _ buffer: inout ByteBuffer, sparseSizeMax: Int
    ) throws(HyperLogLog.Corruption) {
        for index in 0..<HyperLogLog.registerCount where self[index] > 0 {
            _ = try HyperLogLog.raise(
                index, to: self[index], in: &buffer, sparseSizeMax: sparseSizeMax)
        }
    }
}
