import Bytes
import Commands
import Configuration
import Platform
import RESP

/// Short questions about the server: the time, its role, its last save; and MONITOR.
enum ServerFactsCommands {
    static let all = [time, role, lastsave, monitor, lolwut]

    private static let time = SessionCommand(
        CommandDeclaration(
            "time", arity: 1, [.loading, .stale, .fast], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Returns the server's time.", complexity: "O(1)", since: "2.6.0", group: .server))
    ) { _, session throws(CommandError) in
        let now = session.server.world.clock.wallMicroseconds
        session.replies.array(2)
        session.replies.bulk(decimal: now / 1_000_000)
        session.replies.bulk(decimal: now % 1_000_000)
    }

    private static let role = SessionCommand(
        CommandDeclaration(
            "role", arity: 1, [.noScript, .loading, .stale, .fast],
            categories: [.admin, .dangerous],
            docs: CommandDocs(
                "Returns whether the server is a master, and whose.", complexity: "O(1)",
                since: "2.8.12", group: .server))
    ) { _, session throws(CommandError) in
        session.replies.array(3)
        session.replies.bulk("master")
        session.replies.integer(0)
        session.replies.array(0)
    }

    private static let lastsave = SessionCommand(
        CommandDeclaration(
            "lastsave", arity: 1, [.loading, .stale, .fast], categories: [.admin, .dangerous],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Returns when the data set was last saved.", complexity: "O(1)", since: "1.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.integer(session.server.persistence.lastSave)
    }

    private static let monitor = SessionCommand(
        CommandDeclaration(
            "monitor", arity: 1, [.admin, .noScript, .loading, .stale],
            docs: CommandDocs(
                "Shows the connection every command from now on.", complexity: "",
                since: "1.0.0", group: .server))
    ) { _, session throws(CommandError) in
        // A connection that watches already is not answered again.
        guard !session.client.value.flags.contains(.monitor) else { return }
        session.server.startMonitoring(session.client)
        session.replies.ok()
    }

    private static let lolwut = SessionCommand(
        CommandDeclaration(
            "lolwut", arity: -1, [.readOnly, .fast],
            docs: CommandDocs(
                "Returns a picture and the server's version.", complexity: "", since: "5.0.0",
                group: .server,
                arguments: [.integer("version", token: "VERSION", .optional)]))
    ) { arguments, session throws(CommandError) in
        var sizes = arguments.dropFirst(1)
        // Every version has the same picture.
        if sizes.count > 1, sizes[0].isWord("version") {
            _ = try sizes.integer(1)
            sizes = sizes.dropFirst(2)
        }
        var wall = StoneWall(seed: session.server.execution.random())
        if sizes.count > 0, let columns = sizes[0].integer {
            wall.columns = Int(max(1, min(columns, Int64(StoneWall.columnCountMax))))
        }
        if sizes.count > 1, let rows = sizes[1].integer {
            wall.courses = Int(max(1, min(rows, Int64(StoneWall.courseCountMax))))
        }
        let text =
            wall.drawing + "\nA wall of ledger stones: each course rests on the one below, and "
            + "none is laid twice alike.\nLedgerstone ver. \(ProductVersion.ledgerstone) "
            + "(Redis \(ProductVersion.redis))\n"
        text.withSlice { session.replies.verbatim($0) }
    }
}
