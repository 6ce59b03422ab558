import Bytes
import Commands
import Keyspace
import Platform
import RESP

extension Server {
    /// Executes one request: finds its command, checks what has to be checked, runs it, and ties
    /// its reply to what it left in the log.
    ///
    /// - Parameter hash: of the first argument, when it was computed ahead; else 0.
    func execute(_ request: Request, hash: UInt64, of client: Reference<Client>) {
        let arguments = request.arguments
        let replies = ReplyWriter(client.value.replies, version: client.value.version)
        execution.replies = replies
        wantsToSend(client)
        guard let command = command(for: arguments, replies, client) else { return }
        client.value.lastCommand = command.value.number
        execution.ahead = hash == 0 ? nil : Key(arguments[1], hash: hash)
        let isUsual = care.isEmpty || care == .memoryLimit && hasRoom
        if isUsual, isFree(client, to: command, arguments) {
            run(command, request, of: client)
        } else {
            runWithCare(command, request, of: client)
        }
        if hasDeferredMessages { appendDeferredMessages(to: client) }
        if blockedClients.hasReady { serveReadyKeys() }
    }

    /// Whether nothing is unusual about a client, or only that its user may not do everything, and may
    /// do this. It costs one test of bits for a user who may do everything.
    @inline(__always)
    private func isFree(
        _ client: Reference<Client>, to command: Reference<RegisteredCommand>, _ arguments: Slices
    ) -> Bool {
        if client.value.flags.isDisjoint(with: .needsCare) { return true }
        guard client.value.flags.isDisjoint(with: .needsCareBesidesRights) else { return false }
        return client.value.session.user?.denial(of: command, arguments) == nil
    }

    /// The command or subcommand that a request names; a request that names none is answered.
    private func command(
        for arguments: Slices, _ replies: ReplyWriter, _ client: Reference<Client>
    ) -> Reference<RegisteredCommand>? {
        guard var command = table.find(arguments[0]) else {
            if isForeignProtocol(arguments[0]) {
                log.warning(
                    "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or "
                        + "Host: commands to Redis. This is likely due to an attacker attempting "
                        + "to use Cross Protocol Scripting to compromise your Redis instance. "
                        + "Connection aborted: \(description(of: client))")
                closeSoon(client)
                return nil
            }
            rejectUnread(unknownCommand(arguments), nil, client)
            return nil
        }
        if command.value.isContainer, arguments.count > 1 {
            guard let subcommand = table.find(arguments[1], in: command) else {
                rejectUnread(unknownSubcommand(arguments), command, client)
                return nil
            }
            command = subcommand
        }
        let arity = command.value.arity
        guard arity >= 0 ? arguments.count == arity : arguments.count >= -arity else {
            rejectArity(command, client)
            return nil
        }
        return command
    }

    /// Runs a command that may run now, and counts it.
    func run(
        _ command: Reference<RegisteredCommand>, _ request: Request, of client: Reference<Client>
    ) {
        execution.database = keyspace[client.value.database]
        execution.records.removeAll()
        // A transaction has one footprint: its keys are tied to the record of the whole.
        if keyspace.shared.value.footprint.isKept, !isInUnit {
            keyspace.shared.value.footprint.begin()
        }
        // A command of a script or of a transaction is one of the client that had it run.
        let outerClient = currentClient
        currentClient = outerClient ?? client
        defer { currentClient = outerClient }
        let start = lastTick
        var failed = false
        do throws(CommandError) {
            switch command.value.action {
            case .data(let run): try run(request.arguments, &execution)
            case .session(let run):
                try run(request.arguments, Session(server: self, client: client))
                failed = takeScriptFailure()
            case .container: throw .wrongArity(command.value.fullName)
            }
        } catch {
            failed = true
            fail(error, execution.replies)
        }
        let end = TickCounter.now
        let ticks = end &- start
        lastTick = end
        if execution.isBlocking {
            // It may have changed something all the same: XREADGROUP makes its consumer.
            settle(command, request, client)
            return park(command, request, of: client)
        }
        client.value.commandCount &+= 1
        statistics.commands &+= 1
        command.value.statistics.calls &+= 1
        command.value.statistics.ticks &+= ticks
        if limits.tracksLatency { command.value.statistics.histogram.note(ticks) }
        if failed { command.value.statistics.failed &+= 1 }
        if ticks > limits.slowTicks {
            noteSlow(command, request.arguments, ticks: ticks, client)
        }
        settle(command, request, client)
    }

    /// Gives the records of the command to the log, and ties the client's reply to them.
    private func settle(
        _ command: Reference<RegisteredCommand>, _ request: Request, _ client: Reference<Client>
    ) {
        if execution.records.changes > 0 {
            persistence.changesSinceSave &+= execution.records.changes
        }
        let hasRecords =
            !expiries.isEmpty || !execution.records.isEmpty
            || (execution.records.changes > 0 && !execution.records.isReplaced)
        if hasRecords, execution.records.isKept {
            record(request, of: client)
        }
        if keyspace.shared.value.footprint.isKept {
            let seen = keyspace.shared.value.footprint.seen
            if seen > 0 { client.value.gate.require(min(seen, appendedOffset)) }
        }
        // The messages of a transaction follow all of its writes, also those behind them.
        if !pubSub.untied.isEmpty, !isInUnit { tieMessages(of: client) }
    }

    // MARK: Errors

    /// Answers with an error.
    func fail(_ error: CommandError, _ replies: ReplyWriter) {
        error.withText { text in
            replies.error(text)
            countError(text)
        }
    }

    /// Answers a request that is not executed. A transaction that is being queued is broken by it.
    func reject(
        _ error: CommandError, _ command: Reference<RegisteredCommand>?,
        _ client: Reference<Client>
    ) {
        command?.value.statistics.rejected &+= 1
        if command?.value.declaration.name.isText("exec") == true {
            return abortTransaction(of: client, becauseOf: error)
        }
        fail(error, execution.replies)
        if client.value.flags.contains(.inTransaction) {
            client.value.flags.insert(.transactionBroken)
        }
    }

    /// Ends a transaction whose EXEC may not run: what was queued for it must not wait for another.
    private func abortTransaction(
        of client: Reference<Client>, becauseOf error: CommandError
    ) {
        endTransaction(of: client)
        var text = ByteBuffer()
        text.append("EXECABORT Transaction discarded because of: ")
        error.withText { text.append($0) }
        fail(.composed(ByteString(text.bytes)), execution.replies)
    }

    private func rejectArity(
        _ command: Reference<RegisteredCommand>, _ client: Reference<Client>
    ) {
        // As the reason of an EXECABORT, Redis gives this error without its code word.
        let isExec = command.value.declaration.name.isText("exec")
        rejectUnread(
            isExec
                ? .text("wrong number of arguments for 'exec' command")
                : .wrongArity(command.value.fullName), command, client)
    }

    /// Whether a line is HTTP's: a page in a browser may be speaking, and not a client.
    private func isForeignProtocol(_ name: ByteSlice) -> Bool {
        name.isWord("post") || name.isWord("host:")
    }

    /// Counts an error reply under its first word.
    func countError(_ text: ByteSlice) {
        statistics.errorReplies &+= 1
        let end = text.firstIndex(of: 0x20) ?? text.count
        let word = ByteString(text[..<end])
        let errorKindsMax = 128
        if statistics.errors.count < errorKindsMax || statistics.errors[word] != nil {
            statistics.errors[word, default: 0] &+= 1
        }
    }

    func countError(_ text: StaticString) { countError(ByteSlice(text)) }

    private func unknownCommand(_ arguments: Slices) -> CommandError {
        let countMax = 128
        var text = ByteBuffer()
        text.append("ERR unknown command '")
        let name = arguments[0].untilZero
        text.append(name[..<min(countMax, name.count)])
        text.append("', with args beginning with: ")
        var quoted = 0
        for index in 1..<max(1, arguments.count) where quoted < countMax {
            let word = arguments[index].untilZero
            let shown = min(countMax - quoted, word.count)
            text.append("'")
            text.append(word[..<shown])
            text.append("' ")
            quoted += shown + 3
        }
        return .composed(ByteString(text.bytes))
    }

    private func unknownSubcommand(_ arguments: Slices) -> CommandError {
        let container = arguments[0].untilZero.text.uppercased()
        return .quoting(
            "ERR unknown subcommand '", arguments[1], "'. Try \(container) HELP.", countMax: 128)
    }
}
