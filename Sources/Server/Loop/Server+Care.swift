import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP

// The long way through dispatch: taken while something about the server or the client is not as
// usual. The order of the checks is Redis's, since clients see which error comes first.
extension Server {
    func runWithCare(
        _ command: Reference<RegisteredCommand>, _ request: Request, of client: Reference<Client>
    ) {
        beginSilence(client)
        let refusal = self.refusal(of: command, request.arguments, client)
        // An eviction may have told the client of keys, which it hears also when it wants no replies.
        let start = client.value.replies.value.count
        if let refusal {
            reject(refusal, command, client)
        } else if isPaused(command, client) {
            return wait(client, for: .pause, deadline: nil)
        } else if mustQueue(command, client) {
            queue(command, request.arguments, client)
        } else if care.contains(.logBehind), changes(effectiveFlags(command, client)) {
            return wait(client, for: .log, deadline: nil)
        } else if mustWaitForSnapshot(command, request.arguments, client) {
            return wait(client, for: .snapshot, deadline: nil)
        } else {
            keyspace.shared.value.leavesNoTrace = client.value.flags.contains(.noTouch)
            run(command, request, of: client)
            keyspace.shared.value.leavesNoTrace = false
            rememberKeys(command, request.arguments, of: client)
            if !monitors.isEmpty { showToMonitors(command, request.arguments, client) }
        }
        endCaching(command, of: client)
        endSilence(client, from: start)
    }

    /// Why a command is not executed now.
    func refusal(
        of command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) -> CommandError? {
        let flags = effectiveFlags(command, client)
        if flags.contains(.protected), let refusal = debugRefusal(of: client) { return refusal }
        if client.value.flags.contains(.mustAuthenticate), !flags.contains(.noAuth) {
            return .text("NOAUTH Authentication required.")
        }
        if flags.contains(.noMulti), client.value.flags.contains(.inTransaction) {
            return .text("ERR Command not allowed inside a transaction")
        }
        if client.value.flags.contains(.restricted),
            let refusal = accessRefusal(of: command, arguments, client)
        {
            return refusal
        }
        if let refusal = memoryRefusal(command, flags, client) { return refusal }
        if let refusal = writeRefusal(of: command, flags) { return refusal }
        if let refusal = subscriberRefusal(command, client) { return refusal }
        if care.contains(.loading), !flags.contains(.loading) {
            return .text("LOADING Redis is loading the dataset in memory")
        }
        if care.contains(.busy), !flags.contains(.allowBusy) {
            return busyRefusal
        }
        if client.value.flags.contains(.monitor),
            !flags.isDisjoint(with: [.write, .readOnly, .mayReplicate])
        {
            return .text("ERR Replica can't interact with the keyspace")
        }
        return nil
    }

    /// EXEC is judged by what it is going to execute.
    private func effectiveFlags(
        _ command: Reference<RegisteredCommand>, _ client: Reference<Client>
    ) -> CommandFlags {
        guard command.value.declaration.name.isText("exec"),
            let transaction = client.value.session.transaction
        else { return command.value.flags }
        return transaction.flags(in: table).union(command.value.flags)
    }

    /// Why a command is refused that would write.
    func writeRefusal(
        of command: Reference<RegisteredCommand>, _ flags: CommandFlags
    ) -> CommandError? {
        if let refusal = diskRefusal(command, flags) { return refusal }
        if let refusal = sizeRefusal(command, flags) { return refusal }
        guard care.contains(.replicasMissing), flags.contains(.write) else { return nil }
        return .text("NOREPLICAS Not enough good replicas to write.")
    }

    /// Whether memory is above its limit and nothing may be evicted.
    var isOutOfMemory: Bool {
        care.contains(.memoryLimit) && !hasRoom && makeRoom() == .none
    }

    /// Makes room if memory is above its limit, and refuses what would take more when there is none.
    private func memoryRefusal(
        _ command: Reference<RegisteredCommand>, _ flags: CommandFlags, _ client: Reference<Client>
    ) -> CommandError? {
        guard isOutOfMemory else { return nil }
        // What a transaction queues takes memory too, whatever it is going to do.
        let isQueued =
            client.value.flags.contains(.inTransaction) && !endsTransaction(command)
        guard flags.contains(.denyOOM) || isQueued else { return nil }
        return .outOfMemory
    }

    /// Whether a command between MULTI and EXEC runs at once and leaves the transaction.
    private func endsTransaction(_ command: Reference<RegisteredCommand>) -> Bool {
        guard command.value.container == nil else { return false }
        for name in ["exec", "discard", "quit", "reset"] as [StaticString]
        where command.value.declaration.name.isText(name) { return true }
        return false
    }

    private func diskRefusal(
        _ command: Reference<RegisteredCommand>, _ flags: CommandFlags
    ) -> CommandError? {
        guard care.contains(.diskError) else { return nil }
        guard flags.contains(.write) || command.value.declaration.name.isText("ping") else {
            return nil
        }
        return diskErrorText(isDeletion: isDeletion(command))
    }

    /// Why a command is refused that would make a log grow that is as large as it may be.
    private func sizeRefusal(
        _ command: Reference<RegisteredCommand>, _ flags: CommandFlags
    ) -> CommandError? {
        guard care.contains(.logFull), flags.contains(.write) else { return nil }
        switch persistence.sizeLimit.refusal {
        case .nothing: return nil
        case .growth: guard flags.contains(.denyOOM) else { return nil }
        case .writes: guard !isDeletion(command) else { return nil }
        }
        return .composed(
            "MISCONF The append-only log has reached aof-max-size "
                + "(\(configuration.settings.appendOnly.sizeMax) bytes) and a rewrite has not made "
                + "it smaller. Commands that add data are refused; reads, deletes and rewrites go "
                + "on.")
    }

    /// Why a client does not get a command that could not tell the reply from a message: version 2 of
    /// the protocol has one form for both.
    private func subscriberRefusal(
        _ command: Reference<RegisteredCommand>, _ client: Reference<Client>
    ) -> CommandError? {
        guard client.value.flags.contains(.subscribed), client.value.version == .two else {
            return nil
        }
        let name = command.value.declaration.name
        if command.value.container == nil {
            for allowed in ["ping", "quit", "reset"] as [StaticString] where name.isText(allowed) {
                return nil
            }
            for kind in SubscriptionKind.allCases
            where name.isText(kind.subscribed) || name.isText(kind.unsubscribed) {
                return nil
            }
        }
        // As the reason of an EXECABORT, Redis gives this error without its code word.
        let code = name.isText("exec") ? "" : "ERR "
        return .composed(
            "\(code)Can't execute '\(command.value.fullName)': only (P|S)SUBSCRIBE / "
                + "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context")
    }

    /// Whether a command only takes away, so that it is let through when the disk is full.
    private func isDeletion(_ command: Reference<RegisteredCommand>) -> Bool {
        let declaration = command.value.declaration
        if declaration.name.isText("flushall") || declaration.name.isText("flushdb") { return true }
        return command.value.flags.contains(.write)
            && declaration.keys.allSatisfy { $0.use.contains(.remove) }
            && declaration.docs.group == .generic
    }

    private func mustQueue(
        _ command: Reference<RegisteredCommand>, _ client: Reference<Client>
    ) -> Bool {
        guard client.value.flags.contains(.inTransaction) else { return false }
        guard command.value.container == nil else { return true }
        guard !endsTransaction(command) else { return false }
        let name = command.value.declaration.name
        return !name.isText("multi") && !name.isText("watch")
    }

    private func queue(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) {
        // A transaction that is going to be refused needs no memory for its commands.
        if client.value.flags.isDisjoint(with: [.transactionBroken, .watchBroken]) {
            client.value.session.transaction?.append(
                command.value.number, arguments, flags: command.value.flags)
        }
        execution.replies.simple("QUEUED")
    }

    private func isPaused(
        _ command: Reference<RegisteredCommand>, _ client: Reference<Client>
    ) -> Bool {
        care.contains(.paused) && pause.holds(effectiveFlags(command, client))
    }

    /// Whether a command has to wait for room in the snapshot's queue before it may run.
    private func mustWaitForSnapshot(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) -> Bool {
        let flags = effectiveFlags(command, client)
        guard care.contains(.snapshotFull), changes(flags) else { return false }
        // Only a change of a bucket that is not saved yet adds to the queue. A command with one
        // key is looked at closely, any other is held.
        let database = keyspace[client.value.database]
        let first = command.value.firstKey
        if first > 0, arguments.count > first, command.value.declaration.keys.count == 1,
            case .range(last: 0, step: _, limit: _) = command.value.declaration.keys[0].find
        {
            return database.needsSaving(execution.key(arguments[first]).hash)
        }
        return true
    }

    /// Whether a command may change the data, itself or through a script.
    private func changes(_ flags: CommandFlags) -> Bool {
        !flags.isDisjoint(with: [.write, .mayReplicate])
    }

    /// Answers a request that names no command or does not fit it, unless the client asked for
    /// silence.
    func rejectUnread(
        _ error: CommandError, _ command: Reference<RegisteredCommand>?,
        _ client: Reference<Client>
    ) {
        let start = client.value.replies.value.count
        beginSilence(client)
        reject(error, command, client)
        endCaching(command, of: client)
        endSilence(client, from: start)
    }

    /// Notes that the reply to come is the one that the client asked to skip.
    private func beginSilence(_ client: Reference<Client>) {
        guard client.value.flags.contains(.skipsNextReply) else { return }
        client.value.flags.remove(.skipsNextReply)
        client.value.flags.insert(.skipsReply)
    }

    /// Takes back the reply of a client that asked for silence.
    private func endSilence(_ client: Reference<Client>, from start: Int) {
        if !client.value.flags.isDisjoint(with: [.repliesOff, .skipsReply]) {
            client.value.replies.value.truncate(to: start)
        }
        // A client that blocks is answered later, and does not want that answer.
        if client.value.session.blocked == nil { client.value.flags.remove(.skipsReply) }
    }
}

extension StaticString {
    /// Whether two literals spell the same.
    func isText(_ other: StaticString) -> Bool { ByteSlice(self) == ByteSlice(other) }
}
