import Bytes
import Commands
import Keyspace
import RESP

extension Server {
    /// Executes what a client queued, as one unit: nobody sees it half done, the log holds it whole
    /// or not at all.
    func executeTransaction(of client: Reference<Client>) throws(CommandError) {
        guard let transaction = client.value.session.transaction else {
            throw .text("ERR EXEC without MULTI")
        }
        let isBroken = client.value.flags.contains(.transactionBroken)
        let isWatchBroken =
            client.value.flags.contains(.watchBroken) || watchedKeyExpired(of: client)
        endTransaction(of: client)
        if isBroken {
            throw .text("EXECABORT Transaction discarded because of previous errors.")
        }
        if isWatchBroken { return execution.replies.nullArray() }
        execution.replies.array(transaction.queued.count)
        isInUnit = true
        for queued in transaction.queued { execute(queued, of: client) }
        endUnit(of: client)
    }

    /// Executes one queued command.
    private func execute(_ queued: Transaction.Queued, of client: Reference<Client>) {
        let command = table[queued.command]
        var bytes = ByteBuffer()
        for word in queued.words { bytes.append(word) }
        var words = SliceList(capacity: queued.words.count)
        var start = 0
        for word in queued.words {
            words.append(bytes.bytes[start..<(start + word.count)])
            start += word.count
        }
        let request = Request(arguments: words.all, canonical: .empty)
        execution.ahead = nil
        if let refusal = lateRefusal(of: command, request.arguments, client) {
            return fail(refusal, execution.replies)
        }
        run(command, request, of: client)
        rememberKeys(command, request.arguments, of: client)
        if !monitors.isEmpty { showToMonitors(command, request.arguments, client) }
    }

    /// Why a queued command may not run any more: its user's rights have changed since.
    private func lateRefusal(
        of command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) -> CommandError? {
        guard client.value.flags.contains(.restricted),
            let denial = client.value.session.user?.denial(of: command, arguments)
        else { return nil }
        note(denial, of: command, arguments, .multi, client)
        let reason =
            switch denial {
            case .command: "no permission to execute the command or subcommand"
            case .key: "no permission to touch the specified keys"
            case .channel:
                "no permission to access one of the channels used as arguments to the command"
            }
        return .composed(
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and the "
                + "EXEC call. This command is no longer allowed for the following reason: "
                + reason)
    }

    /// Leaves the transaction and its watches.
    func endTransaction(of client: Reference<Client>) {
        client.value.session.transaction = nil
        client.value.flags.remove([.inTransaction, .transactionBroken])
        forgetWatches(of: client)
    }

    func watch(_ keys: Slices, for client: Reference<Client>) {
        // A transaction that is already broken needs no more reasons.
        guard !client.value.flags.contains(.watchBroken) else { return }
        for index in 0..<keys.count {
            // A key past its deadline goes now, and not as a change between WATCH and EXEC.
            _ = execution.database.entryUntouched(of: Key(keys[index]))
            watchers.watch(
                WatchedKey(database: client.value.database, key: ByteString(keys[index])),
                by: client)
        }
        keyspace.shared.value.watchedCount = watchers.count
    }

    func forgetWatches(of client: Reference<Client>) {
        watchers.forget(client)
        keyspace.shared.value.watchedCount = watchers.count
    }

    /// Whether a watched key has reached its deadline since it was watched.
    private func watchedKeyExpired(of client: Reference<Client>) -> Bool {
        for watched in client.value.session.watched {
            watched.key.withSlice { key in
                _ = keyspace[watched.database].entryUntouched(of: Key(key))
            }
        }
        return client.value.flags.contains(.watchBroken)
    }
}
