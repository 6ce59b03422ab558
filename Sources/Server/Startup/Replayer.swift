import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP
import Structures

/// Executes the records of a log while it is loaded: no client, no answer, no new records, and
/// nothing expires by itself, since the log says when a key went.
final class Replayer {
    private let server: Server
    private let client: Reference<Client>
    private var hashes: [UInt64] = []
    /// Records executed so far.
    private(set) var recordCount = 0

    init(_ server: Server) {
        self.server = server
        let address = AcceptedSocket(
            socket: -1, peer: "", local: "", isUnix: false, isLoopback: true)
        client = Reference(to: Client(identifier: 0, socket: -1, address: address, now: 0))
        server.execution.isReplaying = true
    }

    /// Ends replaying.
    func end() {
        server.execution.isReplaying = false
        client.free()
    }

    /// Executes the records that the loader holds.
    func replay(_ loader: inout LogLoader, of file: String) throws(LoadFailure) {
        prefetch(&loader)
        let count = loader.batch.count
        recordCount += count
        for index in 0..<count {
            let database = loader.batch.database(at: index)
            guard database < server.keyspace.databaseCount else {
                throw LoadFailure(
                    "FATAL: Data file was created with a Redis server configured to handle more "
                        + "than \(server.keyspace.databaseCount) databases. Exiting")
            }
            client.value.database = database
            try execute(loader.batch[index].arguments, hash: hashes[index], of: file)
        }
    }

    /// Asks for the memory of all keys of the batch before the first is looked up.
    private func prefetch(_ loader: inout LogLoader) {
        hashes.removeAll(keepingCapacity: true)
        for index in 0..<loader.batch.count {
            let arguments = loader.batch[index].arguments
            let hash = arguments.count > 1 ? KeyHash.hash(arguments[1]) : 0
            hashes.append(hash)
            let database = loader.batch.database(at: index)
            if hash != 0, database < server.keyspace.databaseCount {
                server.keyspace[database].prefetchBucket(hash)
            }
        }
        for index in 0..<loader.batch.count where hashes[index] != 0 {
            let database = loader.batch.database(at: index)
            if database < server.keyspace.databaseCount {
                server.keyspace[database].prefetchEntry(hashes[index])
            }
        }
    }

    private func execute(
        _ arguments: Slices, hash: UInt64, of file: String
    ) throws(LoadFailure) {
        guard var command = server.table.findDeclared(arguments[0]) else {
            throw LoadFailure(
                "Unknown command '\(arguments[0].text)' reading the append only file \(file)")
        }
        if case .container = command.value.action, arguments.count > 1,
            let subcommand = server.table.find(arguments[1], in: command)
        {
            command = subcommand
        }
        server.execution.database = server.keyspace[client.value.database]
        server.execution.replies = ReplyWriter(server.discarded)
        server.execution.ahead = hash == 0 ? nil : Key(arguments[1], hash: hash)
        server.execution.records.beginCommand()
        do throws(CommandError) {
            switch command.value.action {
            case .data(let run):
                guard command.value.declaration.accepts(argumentCount: arguments.count) else {
                    throw .wrongArity(command.value.fullName)
                }
                try run(arguments, &server.execution)
            case .session(let run):
                try run(arguments, Session(server: server, client: client))
            case .container: throw .wrongArity(command.value.fullName)
            }
        } catch {
            try note(error, arguments, of: file)
        }
        server.discarded.value.removeAll()
    }

    /// A record that answers with an error was never acknowledged as a change; what is done about
    /// it is `propagation-error-behavior`.
    private func note(
        _ error: CommandError, _ arguments: Slices, of file: String
    ) throws(LoadFailure) {
        let text = error.withText { $0.text }
        server.statistics.unexpectedErrors += 1
        server.log.warning(
            "== CRITICAL == This server is loading '\(file)' and the command "
                + "'\(arguments[0].text)' answered with an error: \(text)")
        guard server.configuration.settings.storage.replayErrors == .panic else { return }
        throw LoadFailure("propagation-error-behavior is panic: stopping.")
    }
}
