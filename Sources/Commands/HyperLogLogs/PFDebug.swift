import Bytes
import Keyspace
import RESP
import Structures

extension HyperLogLogCommands {
    static let pfdebug = DataCommand(
        CommandDeclaration(
            "pfdebug", arity: 3, [.write, .denyOOM, .admin], categories: [.hyperLogLog],
            keys: [.key([.readWrite, .access], at: 2)],
            docs: CommandDocs(
                "Shows the inside of a HyperLogLog, or makes it dense.",
                complexity: "N/A", since: "2.8.9", group: .hyperloglog,
                arguments: [.string("subcommand"), .key()]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[2])
        let entry = execution.database.entryForChange(of: key)
        guard let found = try execution.database.rawHyperLogLog(entry, at: key) else {
            throw .text("ERR The specified key does not exist")
        }
        let word = arguments[1]
        if word.isWord("getreg") {
            try makeDense(found, at: key, &execution)
            try replyRegisters(of: key, &execution)
        } else if word.isWord("decode") {
            try replyRuns(found, execution.replies)
        } else if word.isWord("encoding") {
            execution.replies.simple(found.encoding == .dense ? "dense" : "sparse")
        } else if word.isWord("todense") {
            try makeDense(found, at: key, &execution)
            execution.replies.integer(found.encoding == .sparse)
        } else {
            throw .quoting("ERR Unknown PFDEBUG subcommand '", word, "'")
        }
    }

    static let pfselftest = DataCommand(
        CommandDeclaration(
            "pfselftest", arity: 1, [.admin], categories: [.hyperLogLog],
            docs: CommandDocs(
                "Checks that HyperLogLogs keep and estimate what they should.",
                complexity: "N/A", since: "2.8.9", group: .hyperloglog))
    ) { arguments, execution throws(CommandError) in
        var test = HyperLogLogSelfTest(seed: execution.random())
        if let failure = test.failure() {
            throw .composed("TESTFAILED \(failure)")
        }
        execution.replies.ok()
    }

    private static func makeDense(
        _ found: FoundHyperLogLog, at key: Key, _ execution: inout Execution
    ) throws(CommandError) {
        guard found.encoding == .sparse else { return }
        var changed = ByteBuffer(capacity: found.bytes.count)
        changed.append(found.bytes)
        do throws(HyperLogLog.Corruption) {
            try HyperLogLog.makeDense(&changed)
        } catch {
            throw CommandError(error)
        }
        execution.database.store(changed.bytes, at: key, isNew: false, nil)
        execution.changed()
    }

    private static func replyRegisters(
        of key: Key, _ execution: inout Execution
    ) throws(CommandError) {
        let entry = execution.database.entryUntouched(of: key)
        guard let found = try FoundHyperLogLog(entry) else { return }
        var registers = HyperLogLogRegisters()
        try registers.mergeOrThrow(found.bytes)
        execution.replies.array(HyperLogLog.registerCount)
        for index in 0..<HyperLogLog.registerCount {
            execution.replies.integer(Int(registers[index]))
        }
    }

    /// The runs of a sparse one: `z` and `Z` with a count of zeros, `v` with value and count.
    private static func replyRuns(
        _ found: FoundHyperLogLog, _ replies: ReplyWriter
    ) throws(CommandError) {
        guard found.encoding == .sparse else { throw .text("ERR HLL encoding is not sparse") }
        var text = ByteBuffer()
        SparseRun.forEach(in: found.bytes) { run in
            if !text.isEmpty { text.append(" ") }
            text.append(run.value > 0 ? "v:" : run.isLong ? "Z:" : "z:")
            if run.value > 0 {
                text.append(decimal: Int64(run.value))
                text.append(",")
            }
            text.append(decimal: Int64(run.count))
        }
        replies.bulk(text.bytes)
    }
}
