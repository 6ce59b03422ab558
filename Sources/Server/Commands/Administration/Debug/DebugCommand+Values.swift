import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import RESP
import Structures

// How the value of a key is kept: what DEBUG says of packed runs, nodes and tables. What Redis prints
// on its standard output goes to the server's log here.
extension DebugCommand {
    static let values: [DebugCommand] = [
        DebugCommand(
            "object", 1...2,
            help: ["OBJECT <key>", "    Tells how the value of a key is kept."]
        ) { arguments, session throws(CommandError) in
            guard arguments.count == 1 || arguments[1].isWord("fast") else { throw .syntax }
            let entry = try session.entry(of: arguments[0])
            let text = ByteString(session.server.describe(entry))
            text.withSlice { session.replies.simple($0) }
        },
        DebugCommand(
            "listpack", 1...1,
            help: ["LISTPACK <key>", "    Writes the elements of a listpack to the server's log."]
        ) { arguments, session throws(CommandError) in
            let entry = try session.entry(of: arguments[0])
            guard entry.encoding == .listpack || entry.encoding == .listpackExpiring else {
                throw .text("ERR Not a listpack encoded object.")
            }
            session.server.logElements(of: entry.value.run)
            session.replies.simple("Listpack structure printed on stdout")
        },
        DebugCommand(
            "quicklist", 1...2,
            help: [
                "QUICKLIST <key> [<0|1>]",
                "    Writes the nodes of a quicklist to the server's log, or their elements too.",
            ]
        ) { arguments, session throws(CommandError) in
            let entry = try session.entry(of: arguments[0])
            guard entry.type == .list, let list = ListView(entry.value).quicklist else {
                throw .text("ERR Not a quicklist encoded object.")
            }
            let isFull = arguments.count > 1 && arguments[1] == "1"
            session.server.logNodes(of: list, withElements: isFull)
            session.replies.simple("Quicklist structure printed on stdout")
        },
        DebugCommand(
            "htstats-key", 1...Int.max,
            help: [
                "HTSTATS-KEY <key> [full]",
                "    How full the table is in which a value is kept.",
            ]
        ) { arguments, session throws(CommandError) in
            let entry = try session.entry(of: arguments[0])
            guard entry.encoding == .hashtable || entry.encoding == .skiplist else {
                throw .text(
                    """
                    ERR The value stored at the specified key is not represented using an hash \
                    table
                    """)
            }
            let text = ByteString(
                "[Value HT]\n number of elements: \(entry.elementCount)\n"
                    + " bytes: \(entry.value.memoryUsage)\n")
            text.withSlice { session.replies.verbatim($0) }
        },
    ]
}

extension Session {
    /// The entry of a key, without a trace.
    func entry(of key: ByteSlice) throws(CommandError) -> Entry {
        guard let entry = database.entryUntouched(of: Key(key)) else { throw .noSuchKey }
        return entry
    }
}

extension Entry {
    /// Elements of a value that is kept in a table.
    fileprivate var elementCount: Int {
        switch type {
        case .set: SetContents(value).count
        case .hash: HashView(value).count
        case .sortedSet: SortedSet(self).count
        case .string, .list, .stream: preconditionFailure("such a value is in no table")
        }
    }
}

extension Server {
    /// One line about a value, in the form of Redis.
    fileprivate func describe(_ entry: Entry) -> String {
        var payload = ByteBuffer()
        DumpPayload.append(
            entry, to: &payload, compressing: configuration.settings.snapshot.compresses)
        let clock = keyspace.shared.value.evictionClock
        var text =
            "Value at:0x0 refcount:1 encoding:\(entry.encoding.name) serializedlength:"
            + "\(payload.count - DumpPayload.frameSize)"
        if !clock.countsFrequency {
            text += " lru:\(entry.clock) lru_seconds_idle:\(clock.idleSeconds(entry.clock))"
        }
        if entry.type == .list, let list = ListView(entry.value).quicklist {
            text += description(of: list)
        }
        return text
    }

    private func description(of list: Quicklist) -> String {
        var size = 0
        list.forEachNode { node in
            size += node.size
            return true
        }
        let mean = Double(list.count) / Double(list.nodeCount)
        let hundredths = Int((mean * 100).rounded(.toNearestOrEven))
        let settings = configuration.settings.encodings
        return " ql_nodes:\(list.nodeCount)"
            + " ql_avg_node:\(hundredths / 100).\(padded(hundredths % 100, 2))"
            + " ql_listpack_max:\(settings.listNodeSize)"
            + " ql_compressed:\(settings.listCompressDepth > 0 ? 1 : 0)"
            + " ql_uncompressed_size:\(size)"
    }

    /// Elements that a run is shown with, at the most.
    private static let elementsShownMax = 1000

    fileprivate func logElements(of run: PackedRun) {
        log.notice("A listpack of \(run.count) elements, \(run.listpackSize) bytes")
        var position = 0
        for index in 0..<min(run.count, Self.elementsShownMax) {
            var text = ByteBuffer()
            run[position].append(to: &text)
            var quoted = ByteBuffer()
            Quoting.represent(text.bytes, to: &quoted)
            log.notice("  \(index): \(quoted.bytes.text)")
            position = run.next(position)
        }
    }

    fileprivate func logNodes(of list: Quicklist, withElements: Bool) {
        log.notice("A quicklist of \(list.count) elements in \(list.nodeCount) nodes")
        list.forEachNode { node in
            let kind = node.isPlain ? "plain" : "packed"
            let state = node.isCompressed ? ", compressed" : ""
            log.notice("  \(kind)\(state): \(node.count) elements, \(node.size) bytes")
            if withElements, !node.isPlain, !node.isCompressed { logElements(of: node.run) }
            return true
        }
    }
}
