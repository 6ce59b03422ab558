import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let append = DataCommand(
        CommandDeclaration(
            "append", arity: 3, [.write, .denyOOM, .fast], categories: [.string],
            keys: [.key([.readWrite, .insert])],
            docs: CommandDocs(
                "Appends bytes to the string value of a key, which is made if it is missing.",
                complexity: """
                    O(1). The amortized time complexity is O(1) assuming the appended value is \
                    small and the already present value is of any size, since the dynamic string \
                    library used by Redis will double the free space available on every \
                    reallocation.
                    """,
                since: "2.0.0", group: .string, arguments: [.key(), .string("value")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let tail = arguments[2]
        let count: Int
        if let old = try execution.database.entryForChange(of: key).requireString() {
            try execution.checkCount(old.count, adding: tail.count)
            count = execution.database.append(tail, to: key, .string("append"))
        } else {
            execution.database.set(
                key, to: StringValue(tail), deadline: .remove, .string("append"))
            count = tail.count
        }
        execution.changed()
        execution.replies.integer(count)
    }
}

extension Execution {
    /// Refuses a string that would become longer than `proto-max-bulk-len` allows.
    func checkCount(_ count: Int, adding more: Int) throws(CommandError) {
        let (sum, overflowed) = count.addingReportingOverflow(more)
        guard !overflowed, sum <= settings.stringCountMax else { throw .stringTooLong }
    }
}
