import Bytes
import Commands
import RESP

extension AccessCommands {
    static let log = SessionCommand(
        declaration(
            "log", arity: -2, .admin,
            complexity: "O(N) with N being the number of entries shown.",
            "Lists what users were refused of late.",
            arguments: [
                .oneOf("operation", .optional, [.integer("count"), .word("reset", "RESET")])
            ],
            history: [
                ("7.2.0", "Added entry ID, timestamp created, and timestamp last updated.")
            ])
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else { throw .tooManyWords(arguments, of: "ACL") }
        if arguments.count == 3, arguments[2].isWord("reset") {
            session.server.access.log.removeAll()
            return session.replies.ok()
        }
        let usualCount: Int64 = 10
        let count = arguments.count == 3 ? max(0, try arguments.integer(2)) : usualCount
        let entries = session.server.access.log.entries
        let shown = entries.prefix(Int(min(count, Int64(entries.count))))
        session.replies.array(shown.count)
        for entry in shown {
            write(entry, at: session.server.clock.wallMilliseconds, session.replies)
        }
    }

    private static func write(_ entry: AccessLog.Entry, at now: Int64, _ replies: ReplyWriter) {
        replies.map(10)
        replies.bulk("count")
        replies.integer(entry.count)
        replies.bulk("reason")
        replies.bulk(entry.reason.rawValue)
        replies.bulk("context")
        replies.bulk(entry.context.rawValue)
        replies.bulk("object")
        replies.bulk(entry.object)
        replies.bulk("username")
        replies.bulk(entry.user)
        replies.bulk("age-seconds")
        replies.double(Double(now - entry.updated) / 1000)
        replies.bulk("client-info")
        replies.bulk(entry.client)
        replies.bulk("entry-id")
        replies.integer(entry.identifier)
        replies.bulk("timestamp-created")
        replies.integer(entry.created)
        replies.bulk("timestamp-last-updated")
        replies.integer(entry.updated)
    }
}
