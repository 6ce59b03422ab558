import Bytes
import Commands
import Keyspace
import RESP

/// The parts of CLIENT that switch something: for the own connection, or for all.
extension ClientCommands {
    private static let onOrOff: [ArgumentDocs] = [
        .oneOf("enabled", [.word("on", "ON"), .word("off", "OFF")])
    ]

    private static func isOn(_ word: ByteSlice) throws(CommandError) -> Bool {
        if word.isWord("on") { return true }
        guard word.isWord("off") else { throw .syntax }
        return false
    }

    static let noEvict = SessionCommand(
        declaration(
            "no-evict", arity: 3, .admin, since: "7.0.0",
            "Spares the connection when connections use too much memory.", arguments: onOrOff)
    ) { arguments, session throws(CommandError) in
        session.set(.noEvict, try isOn(arguments[2]))
        session.replies.ok()
    }

    static let noTouch = SessionCommand(
        declaration(
            "no-touch", arity: 3, since: "7.2.0",
            "Lets commands of the connection leave no mark of use at keys.", arguments: onOrOff)
    ) { arguments, session throws(CommandError) in
        session.set(.noTouch, try isOn(arguments[2]))
        session.replies.ok()
    }

    static let reply = SessionCommand(
        declaration(
            "reply", arity: 3, since: "3.2.0", "Chooses whether the connection is answered.",
            arguments: [
                .oneOf("action", [.word("on", "ON"), .word("off", "OFF"), .word("skip", "SKIP")])
            ])
    ) { arguments, session throws(CommandError) in
        let word = arguments[2]
        if word.isWord("on") {
            session.client.value.flags.remove([.repliesOff, .skipsNextReply, .skipsReply])
            session.replies.ok()
        } else if word.isWord("off") {
            session.client.value.flags.insert(.repliesOff)
        } else if word.isWord("skip") {
            session.set(.skipsNextReply, !session.client.value.flags.contains(.repliesOff))
        } else {
            throw .syntax
        }
    }

    static let pause = SessionCommand(
        declaration(
            "pause", arity: -3, .admin, since: "3.0.0",
            "Lets the commands of all connections wait for a while.",
            arguments: [
                .integer("timeout"),
                .oneOf(
                    "mode", .optional, since: "6.2.0",
                    [.word("write", "WRITE"), .word("all", "ALL")]),
            ])
    ) { arguments, session throws(CommandError) in
        var extent = ClientPause.Extent.all
        if arguments.count > 3 {
            guard arguments.count == 4 else { throw .tooManyWords(arguments, of: "CLIENT") }
            let isWrite = arguments[3].isWord("write")
            guard isWrite || arguments[3].isWord("all") else {
                throw .text("ERR CLIENT PAUSE mode must be WRITE or ALL")
            }
            extent = isWrite ? .writes : .all
        }
        let server = session.server
        let now = server.clock.wallMilliseconds
        let milliseconds = try arguments.timeout(2, .milliseconds, at: now)
        server.pause.begin(extent, until: now + milliseconds, now: now)
        server.care.insert(.paused)
        session.replies.ok()
    }

    static let unpause = SessionCommand(
        declaration(
            "unpause", .admin, since: "6.2.0",
            complexity: "O(N) Where N is the number of paused clients", "Ends a pause.")
    ) { _, session throws(CommandError) in
        session.server.unpause()
        session.replies.ok()
    }

    static let unblock = SessionCommand(
        declaration(
            "unblock", arity: -3, .admin, since: "5.0.0",
            complexity: "O(log N) where N is the number of client connections",
            "Ends the wait of a connection.",
            arguments: [
                .integer("client-id"),
                .oneOf(
                    "unblock-type", .optional,
                    [.word("timeout", "TIMEOUT"), .word("error", "ERROR")]),
            ])
    ) { arguments, session throws(CommandError) in
        var isError = false
        if arguments.count > 3 {
            guard arguments.count == 4 else { throw .tooManyWords(arguments, of: "CLIENT") }
            isError = arguments[3].isWord("error")
            guard isError || arguments[3].isWord("timeout") else {
                throw .text("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
            }
        }
        let identifier = try arguments.integer(2)
        session.replies.integer(
            identifier > 0 && session.server.endWait(of: UInt64(identifier), withError: isError))
    }
}

extension Session {
    /// Sets or removes a mark of the client.
    fileprivate func set(_ flag: ClientFlags, _ isOn: Bool) {
        if isOn { client.value.flags.insert(flag) } else { client.value.flags.remove(flag) }
    }
}

extension CommandError {
    /// The answer of a subcommand that takes a varying number of words to too many of them.
    ///
    /// - Parameter container: in upper case.
    static func tooManyWords(_ arguments: Slices, of container: String) -> CommandError {
        .quoting(
            "ERR unknown subcommand or wrong number of arguments for '", arguments[1],
            "'. Try \(container) HELP.", countMax: 128)
    }
}
