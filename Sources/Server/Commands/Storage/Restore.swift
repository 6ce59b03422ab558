import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import RESP

extension StorageCommands {
    static let restore = SessionCommand(
        restoring("restore", [], .generic, since: "2.6.0", "Makes a key of what DUMP answered."),
        run: run)

    /// The same for a node of a cluster that is being given the key's slot.
    static let restoreAsking = SessionCommand(
        restoring(
            "restore-asking", .asking, .server, since: "3.0.0",
            "Makes a key of what DUMP answered, while its slot is being moved."),
        run: run)

    private static func restoring(
        _ name: StaticString, _ more: CommandFlags, _ group: CommandDocs.Group,
        since: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -4, more.union([.write, .denyOOM]), categories: [.keyspace, .dangerous],
            keys: [.key([.overwrite, .update])],
            docs: CommandDocs(
                summary,
                complexity: """
                    O(1) to create the new key and additional O(N*M) to reconstruct the serialized \
                    value, where N is the number of Redis objects composing the value and M their \
                    average size. For small string values the time complexity is thus O(1)+O(1*M) \
                    where M is small, so simply O(1). However for sorted set values the complexity \
                    is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).
                    """,
                since: since, group: group,
                arguments: [
                    .key(), .integer("ttl"), .string("serialized-value"),
                    .word("replace", "REPLACE", .optional, since: "3.0.0"),
                    .word("absttl", "ABSTTL", .optional, since: "5.0.0"),
                    .integer("seconds", token: "IDLETIME", .optional, since: "5.0.0"),
                    .integer("frequency", token: "FREQ", .optional, since: "5.0.0"),
                ],
                history: [
                    ("3.0.0", "Added the `REPLACE` modifier."),
                    ("5.0.0", "Added the `ABSTTL` modifier."),
                    ("5.0.0", "Added the `IDLETIME` and `FREQ` options."),
                ]))
    }

    private static let run: SessionCommand.Run = { arguments, session throws(CommandError) in
        let options = try RestoreOptions(arguments)
        let key = session.server.execution.key(arguments[1])
        let database = session.database
        if !options.replaces, database.entryForChange(of: key) != nil {
            throw .text("BUSYKEY Target key name already exists.")
        }
        let deadline = try deadline(arguments, options, session.server)
        try session.server.withRestored(arguments[3], of: session.state.user) { value in
            restore(value, at: key, deadline: deadline, options, arguments, session)
        }
    }

    /// The deadline in Unix milliseconds; nothing for a key that stays.
    private static func deadline(
        _ arguments: Slices, _ options: RestoreOptions, _ server: Server
    ) throws(CommandError) -> Int64? {
        let time = try arguments.integer(2)
        guard time >= 0 else { throw .text("ERR Invalid TTL value, must be >= 0") }
        if time == 0 { return nil }
        if options.isAbsolute { return time }
        return try server.execution.deadline(after: time, .milliseconds, of: "restore")
    }

    private static func restore(
        _ value: RestoredValue, at key: Key, deadline: Int64?, _ options: RestoreOptions,
        _ arguments: Slices, _ session: Session
    ) {
        let server = session.server
        let database = session.database
        let isThere =
            options.replaces
            && database.remove(
                key, lazily: server.configuration.settings.memory.lazyServerDelete)
        session.replies.ok()
        // The log says itself when a key went.
        let isPast = deadline.map { $0 <= server.execution.now } ?? false
        if isPast, !server.execution.isReplaying {
            if case .collection(let value) = value { value.free() }
            guard isThere else { return }
            database.notify(.generic("del"), key)
            server.execution.changed()
            let isLazy = server.configuration.settings.memory.lazyServerDelete
            return server.execution.keep(isLazy ? "UNLINK" : "DEL", key.bytes)
        }
        let change = deadline.map { DeadlineChange.set($0) } ?? .remove
        let event = KeyEvent.generic("restore")
        switch value {
        case .string(let string): database.set(key, to: string, deadline: change, event)
        case .collection(let value): database.store(value, at: key, deadline: change, event)
        }
        let clock = server.keyspace.shared.value.evictionClock
        switch options.use {
        case .idle(let seconds) where !clock.countsFrequency:
            database.setClock(clock.mark(idleSeconds: seconds), of: key)
        case .frequency(let frequency) where clock.countsFrequency:
            database.setClock(clock.mark(frequency: frequency), of: key)
        default: break
        }
        server.execution.changed()
        guard let deadline, !options.isAbsolute else { return }
        keepAbsolute(arguments, deadline, server)
    }

    /// Keeps the command with the moment instead of the time to live.
    private static func keepAbsolute(_ arguments: Slices, _ deadline: Int64, _ server: Server) {
        var moment = ByteBuffer(capacity: Decimal.countMax)
        moment.append(decimal: deadline)
        var words = SliceList()
        for index in 0..<arguments.count {
            words.append(index == 2 ? moment.bytes : arguments[index])
        }
        words.append(ByteSlice("ABSTTL"))
        server.execution.keep(words.all)
    }
}

extension Server {
    /// Hands over the value in a payload of DUMP.
    fileprivate func withRestored(
        _ payload: ByteSlice, of user: User?, _ body: (RestoredValue) -> Void
    ) throws(CommandError) {
        guard DumpPayload.isIntact(payload, verifyingChecksum: !persistence.skipsChecksums) else {
            throw .text("ERR DUMP payload version or checksum are wrong")
        }
        // Whatever the directive says, what is taken in is proved in full; it is only counted.
        if countsAsSanitized(for: user) { statistics.sanitizations += 1 }
        var scratch = ByteBuffer()
        do throws(RDBError) {
            body(
                try DumpPayload.restore(
                    payload, encodings: configuration.settings.encodings, using: &scratch))
        } catch {
            log.verbose("RESTORE of a payload that cannot be taken in: \(error)")
            throw .text("ERR Bad data format")
        }
    }
    private func countsAsSanitized(for user: User?) -> Bool {
        switch configuration.settings.snapshot.sanitization {
        case .no: false
        case .yes: !execution.isReplaying
        case .clients: user?.rights.sanitizesPayloads ?? false
        }
    }
}
