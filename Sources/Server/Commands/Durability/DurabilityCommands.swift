import Bytes
import Commands
import Persistence
import RESP

/// DURABILITY: how safe the data is at this moment. A command of this server; Redis has none.
enum DurabilityCommands {
    static let all = [durability]

    static let durability = SessionCommand(
        CommandDeclaration(
            "durability", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about the safety of the data.",
                complexity: "Depends on subcommand.", since: "7.2.6", group: .server)),
        subcommands: [doctor, help, scrub, status])

    private static func declaration(
        _ name: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "durability", arity: -2, [.loading, .stale], categories: [.dangerous],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: "7.2.6", group: .server,
                arguments: [.word("json", "JSON", .optional)]))
    }

    private static let status = SessionCommand(
        declaration("status", "Returns what is at risk now, and how log, dump and disk are.")
    ) { arguments, session throws(CommandError) in
        let status = DurabilityStatus(DurabilityFacts(session.server))
        try answer(arguments, session.replies, status.text) { status.append(to: &$0) }
    }

    private static let doctor = SessionCommand(
        declaration("doctor", "Returns what endangers the data and what can be done, in words.")
    ) { arguments, session throws(CommandError) in
        let advice = DurabilityAdvice.all(DurabilityFacts(session.server))
        try answer(arguments, session.replies, DurabilityAdvice.text(advice)) {
            DurabilityAdvice.append(advice, to: &$0)
        }
    }

    private static let scrub = SessionCommand(
        CommandDeclaration(
            "scrub", of: "durability", arity: -2, [.admin, .noScript, .noAsyncLoading],
            docs: CommandDocs(
                "Reads the files of the log again in the background, to find damage.",
                complexity: "O(1)", since: "7.2.6", group: .server,
                arguments: [.word("json", "JSON", .optional)]))
    ) { arguments, session throws(CommandError) in
        let isJSON = try wantsJSON(arguments)
        guard session.server.persistence.appendLog?.phase == .on else {
            throw .text("ERR The append-only log is off: there is nothing to scrub")
        }
        guard let request = session.server.requestScrub() else {
            throw .text("ERR Background scrub already in progress")
        }
        guard isJSON else {
            switch request {
            case .started: return session.replies.simple("Background scrub started")
            case .scheduled: return session.replies.simple("Background scrub scheduled")
            }
        }
        var json = JSONWriter()
        json.beginObject()
        json.name("scrub")
        json.string("\(request)")
        json.endObject()
        session.replies.bulk(json.text.bytes)
    }

    /// Whether the word JSON was given, which is all that may be.
    private static func wantsJSON(_ arguments: Slices) throws(CommandError) -> Bool {
        guard arguments.count > 2 else { return false }
        guard arguments.count == 3, arguments[2].isWord("json") else { throw .syntax }
        return true
    }

    /// Answers with a text, or when the word JSON was given with that.
    private static func answer(
        _ arguments: Slices, _ replies: ReplyWriter, _ text: String,
        _ appendJSON: (inout JSONWriter) -> Void
    ) throws(CommandError) {
        guard try wantsJSON(arguments) else { return text.withSlice { replies.verbatim($0) } }
        var json = JSONWriter()
        appendJSON(&json)
        replies.bulk(json.text.bytes)
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "durability", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "7.2.6",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "DURABILITY",
            [
                "DOCTOR [JSON]",
                "    What endangers the data, and what can be done about it.",
                "SCRUB [JSON]",
                "    Read the files of the log again in the background, to find damage.",
                "STATUS [JSON]",
                "    What is at risk now, and how log, dump, disk and machine are.",
            ])
    }
}
