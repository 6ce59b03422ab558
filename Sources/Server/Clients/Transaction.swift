import Bytes
import Commands

/// The commands between MULTI and EXEC, as they were sent.
struct Transaction {
    struct Queued {
        let command: CommandNumber
        /// Name and arguments, one after the other.
        let words: [ByteString]
    }

    private(set) var queued: [Queued] = []
    /// Bytes of all arguments, for what a client may hold.
    private(set) var size = 0
    /// The flags of all queued commands together.
    private var flags: CommandFlags = []

    mutating func append(_ command: CommandNumber, _ arguments: Slices, flags: CommandFlags) {
        var words: [ByteString] = []
        words.reserveCapacity(arguments.count)
        for index in 0..<arguments.count {
            words.append(ByteString(arguments[index]))
            size += arguments[index].count
        }
        queued.append(Queued(command: command, words: words))
        self.flags.formUnion(flags)
    }

    /// What EXEC is going to do, as far as dispatch asks: flags that any of its commands has.
    /// Every command may run while loading, or none of them may.
    func flags(in table: CommandTable) -> CommandFlags {
        var all = flags.intersection([.write, .denyOOM, .readOnly])
        let allLoading = queued.allSatisfy {
            table[$0.command].value.flags.contains(.loading)
        }
        if allLoading { all.insert(.loading) }
        return all
    }
}
