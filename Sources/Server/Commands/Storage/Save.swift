import Bytes
import Commands
import Persistence
import RESP

extension StorageCommands {
    static let save = SessionCommand(
        CommandDeclaration(
            "save", arity: 1, [.admin, .noScript, .noAsyncLoading, .noMulti],
            docs: CommandDocs(
                "Saves the data set to the dump file while everybody waits.",
                complexity: "O(N) where N is the total number of keys in all databases",
                since: "1.0.0", group: .server))
    ) { _, session throws(CommandError) in
        let server = session.server
        guard !server.isSaving else { throw .text("ERR Background save already in progress") }
        // A rewrite's snapshot is under way: there is one at a time, and nobody is served anyway.
        server.finishSnapshot()
        guard server.hasRoom(for: .save) else { throw .composed("ERR \(server.noRoomText)") }
        guard server.saveNow() else { throw .text("ERR") }
        session.replies.ok()
    }

    static let bgsave = SessionCommand(
        CommandDeclaration(
            "bgsave", arity: -1, [.admin, .noScript, .noAsyncLoading],
            docs: CommandDocs(
                "Saves the data set to the dump file while clients are served.",
                complexity: "O(1)", since: "1.0.0", group: .server,
                arguments: [.word("schedule", "SCHEDULE", .optional, since: "3.2.2")],
                history: [("3.2.2", "Added the `SCHEDULE` option.")]))
    ) { arguments, session throws(CommandError) in
        let mayWait = arguments.count == 2 && arguments[1].isWord("schedule")
        guard arguments.count == 1 || mayWait else { throw .syntax }
        let server = session.server
        guard !server.isSaving else { throw .text("ERR Background save already in progress") }
        if server.isInUnit || (server.isRewriting && mayWait) {
            // A transaction is never saved half done.
            server.persistence.isSaveScheduled = true
            return session.replies.simple("Background saving scheduled")
        }
        guard !server.isRewriting else {
            throw .text(
                """
                ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE \
                SCHEDULE in order to schedule a BGSAVE whenever possible.
                """)
        }
        guard server.beginSaveIfItFits() else { throw .composed("ERR \(server.noRoomText)") }
        session.replies.simple("Background saving started")
    }

    static let lastsave = SessionCommand(
        CommandDeclaration(
            "lastsave", arity: 1, [.loading, .stale, .fast], categories: [.admin, .dangerous],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Tells when the data set was last saved, in Unix seconds.", complexity: "O(1)",
                since: "1.0.0", group: .server))
    ) { _, session throws(CommandError) in
        session.replies.integer(session.server.persistence.lastSave)
    }

    static let bgrewriteaof = SessionCommand(
        CommandDeclaration(
            "bgrewriteaof", arity: 1, [.admin, .noScript, .noAsyncLoading],
            docs: CommandDocs(
                "Rewrites the append-only log while clients are served.", complexity: "O(1)",
                since: "1.0.0", group: .server))
    ) { _, session throws(CommandError) in
        let server = session.server
        guard !server.isRewriting else {
            throw .text("ERR Background append only file rewriting already in progress")
        }
        if server.isInUnit || server.persistence.snapshot != nil {
            server.persistence.isRewriteScheduled = true
            // Who asks for it does not want to wait until the pause after failures is over.
            server.persistence.rewriteTrigger.forgetFailures()
            return session.replies.simple("Background append only file rewriting scheduled")
        }
        guard server.hasRoom(for: .rewrite) else { throw .composed("ERR \(server.noRoomText)") }
        server.requestRewriteOrEnable()
        session.replies.simple("Background append only file rewriting started")
    }
}
