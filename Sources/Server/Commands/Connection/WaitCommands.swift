import Bytes
import Commands
import Configuration
import Persistence
import RESP

/// WAIT and WAITAOF: an answer once earlier writes are safe.
enum WaitCommands {
    static let all = [wait, waitaof]

    private static let tips: [StaticString] = [
        "request_policy:all_shards", "response_policy:agg_min",
    ]

    private static let wait = SessionCommand(
        CommandDeclaration(
            "wait", arity: 3, [.noScript], categories: [.connection], tips: tips,
            docs: CommandDocs(
                "Waits until replicas have the writes of the connection.", complexity: "O(1)",
                since: "3.0.0", group: .generic,
                arguments: [.integer("numreplicas"), .integer("timeout")]))
    ) { arguments, session throws(CommandError) in
        let wanted = try arguments.integer(1)
        let timeout = try arguments.timeout(
            2, .milliseconds, at: session.server.clock.wallMilliseconds)
        // There are no replicas, so none has acknowledged anything.
        guard wanted > 0, session.mayBlock else { return session.replies.integer(0) }
        session.block(for: .replicas, timeout)
    }

    private static let waitaof = SessionCommand(
        CommandDeclaration(
            "waitaof", arity: 4, [.noScript], categories: [.connection], tips: tips,
            docs: CommandDocs(
                "Waits until the writes of the connection are durable in logs.",
                complexity: "O(1)", since: "7.2.0", group: .generic,
                arguments: [
                    .integer("numlocal"), .integer("numreplicas"), .integer("timeout"),
                ]))
    ) { arguments, session throws(CommandError) in
        let local = try arguments.integer(1)
        guard (0...1).contains(local) else {
            throw .text("ERR value is out of range, value must between 0 and 1")
        }
        guard let replicas = arguments[2].integer, replicas >= 0 else {
            throw .text("ERR value is out of range, must be positive")
        }
        let timeout = try arguments.timeout(
            3, .milliseconds, at: session.server.clock.wallMilliseconds)
        let server = session.server
        guard local == 0 || server.configuration.settings.appendOnly.isEnabled else {
            throw .text(
                """
                ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.
                """)
        }
        let offset = session.state.lastWriteOffset
        let isDurable = server.isDurable(offset)
        guard replicas > 0 || (local == 1 && !isDurable), session.mayBlock else {
            session.replies.array(2)
            session.replies.integer(isDurable)
            session.replies.integer(0)
            return
        }
        // Nobody has to wait for the second of `everysec` to be over.
        if local == 1 { server.persistence.appendLog?.hasten(upTo: LogOffset(offset)) }
        session.block(for: .durability(offset: offset, replicas: replicas > 0), timeout)
    }
}

extension Session {
    /// Whether a command may keep its client waiting; inside a transaction it answers at once.
    var mayBlock: Bool { !server.isInUnit }

    /// Lets the client wait for something.
    ///
    /// - Parameter milliseconds: 0 is without end.
    func block(for cause: ClientWait.Cause, _ milliseconds: Int64) {
        let now = server.clock.monotonicMicroseconds
        let (wait, overflows) = milliseconds.multipliedReportingOverflow(by: 1000)
        let (deadline, isBeyond) = now.addingReportingOverflow(wait)
        let hasEnd = milliseconds > 0 && !overflows && !isBeyond
        server.wait(client, for: cause, deadline: hasEnd ? deadline : nil)
    }
}
