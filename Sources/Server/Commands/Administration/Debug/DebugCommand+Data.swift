import Bytes
import Commands
import Keyspace
import RESP

// Digests of the data set, and keys in bulk.
extension DebugCommand {
    static let data: [DebugCommand] = [
        DebugCommand(
            "digest", 0...0,
            help: ["DIGEST", "    Forty digits that are equal when two data sets are."]
        ) { _, session throws(CommandError) in
            DataDigest.of(session.server.keyspace).text.withSlice { session.replies.simple($0) }
        },
        DebugCommand(
            "digest-value", 0...Int.max,
            help: ["DIGEST-VALUE <key> [<key> ...]", "    The same for the values of keys."]
        ) { arguments, session throws(CommandError) in
            session.replies.array(arguments.count)
            for index in 0..<arguments.count {
                var digest = DataDigest()
                if let entry = session.database.entryUntouched(of: Key(arguments[index])) {
                    digest.mixValue(of: entry)
                }
                digest.text.withSlice { session.replies.simple($0) }
            }
        },
        DebugCommand(
            "populate", 1...3,
            help: [
                "POPULATE <count> [<prefix>] [<size>]",
                "    Makes string keys named key:<number>, or with the prefix, that are not there",
                "    yet. They are not logged.",
            ]
        ) { arguments, session throws(CommandError) in
            let notPositive = CommandError.text("ERR value is out of range, must be positive")
            let count = try arguments.count(0, orElse: notPositive)
            let prefix = arguments.count > 1 ? ByteString(arguments[1]) : "key"
            let size = arguments.count > 2 ? try arguments.count(2, orElse: notPositive) : 0
            session.database.populate(count, prefix: prefix, size: size)
            session.replies.ok()
        },
    ]
}

extension Database {
    /// Makes keys `<prefix>:<number>` with values `value:<number>`, as many as are not there yet.
    ///
    /// - Parameter size: of the values, zero bytes behind the text or a part of it; 0 is the text.
    fileprivate func populate(_ count: Int, prefix: ByteString, size: Int) {
        var key = ByteBuffer()
        var value = ByteBuffer()
        for number in 0..<count {
            key.removeAll()
            key.append(prefix)
            key.append(UInt8(ascii: ":"))
            key.append(decimal: Int64(number))
            let name = Key(key.bytes)
            guard entryUntouched(of: name) == nil else { continue }
            value.removeAll()
            value.append("value:")
            value.append(decimal: Int64(number))
            if size > value.count {
                value.append(repeating: 0, count: size - value.count)
            } else if size > 0 {
                value.truncate(to: size)
            }
            setUntold(name, to: StringValue(value.bytes), deadline: .remove)
        }
    }
}
