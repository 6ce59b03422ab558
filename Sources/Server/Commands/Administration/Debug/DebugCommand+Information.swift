import Bytes
import Commands
import Configuration
import Keyspace
import Platform
import RESP

// What is inside: values, tables, the allocator.
extension DebugCommand {
    static let information: [DebugCommand] = [
        DebugCommand(
            "sdslen", 1...1,
            help: ["SDSLEN <key>", "    Tells the lengths of a key and of its string."]
        ) { arguments, session throws(CommandError) in
            let entry = try session.entry(of: arguments[0])
            guard entry.type == .string, case .bytes(let bytes) = entry.string else {
                throw .text("ERR Not an sds encoded string.")
            }
            session.replies.simple(
                ByteString(
                    "key_sds_len:\(entry.key.count), key_sds_avail:0, key_zmalloc: "
                        + "\(entry.key.count), val_sds_len:\(bytes.count), val_sds_avail:0, "
                        + "val_zmalloc: \(entry.memoryUsage)"))
        },
        DebugCommand(
            "htstats", 1...Int.max,
            help: ["HTSTATS <dbid> [full]", "    Tells how full the tables of a database are."]
        ) { arguments, session throws(CommandError) in
            let index = try arguments.integer(0)
            let keyspace = session.server.keyspace
            guard index >= 0, index < keyspace.databaseCount else {
                throw .text("ERR Out of range database")
            }
            let database = keyspace[Int(index)]
            let text = ByteString(
                "[Dictionary HT]\n table size: \(database.bucketCount)\n number of elements: "
                    + "\(database.count)\n[Expires HT]\n number of elements: "
                    + "\(database.countWithDeadline)\n")
            text.withSlice { session.replies.verbatim($0) }
        },
        DebugCommand(
            "client-eviction", 0...0,
            help: ["CLIENT-EVICTION", "    Tells which clients would make room for others."]
        ) { _, _ throws(CommandError) in throw .text("ERR maxmemory-clients is disabled.") },
        DebugCommand(
            "structsize", 0...0,
            help: ["STRUCTSIZE", "    Tells the sizes of what is there often."]
        ) { _, session throws(CommandError) in
            session.replies.simple(
                ByteString("bits:64 client:\(MemoryLayout<Client>.size) bucket:64 entry:16"))
        },
        DebugCommand(
            "mallctl", 1...2,
            help: ["MALLCTL <key> [<value>]", "    Reads or sets a number of the allocator."]
        ) { arguments, session throws(CommandError) in
            let value = arguments.count == 2 ? UInt64(bitPattern: try arguments.integer(1)) : nil
            let process = session.server.world.process
            guard let answer = process.allocatorControl(arguments[0].text, setting: value) else {
                throw .text("ERR No such file or directory")
            }
            session.replies.integer(Int64(truncatingIfNeeded: answer))
        },
        DebugCommand(
            "mallctl-str", 1...2,
            help: ["MALLCTL-STR <key> [<value>]", "    Not supported; MALLCTL reads numbers."]
        ) { _, _ throws(CommandError) in
            // The allocator does not tell which of its controls are texts, and to take a number
            // for the address of one ends the process.
            throw .text("ERR DEBUG MALLCTL-STR is not supported. MALLCTL reads and sets numbers.")
        },
        DebugCommand(
            "stringmatch-len", 2...2,
            help: ["STRINGMATCH-LEN <string> <pattern>", "    Whether the pattern matches."]
        ) { arguments, session throws(CommandError) in
            session.replies.integer(Glob.matches(arguments[0], arguments[1]))
        },
    ]
}

extension ReplyWriter {
    fileprivate func simple(_ text: ByteString) { text.withSlice { simple($0) } }
}
