import Bytes
import Commands
import Configuration
import Keyspace
import Platform
import RESP
import Scripting

// Scripts: what runs them, and how they call commands. Everything that a script changes is one unit
// of the log, like a transaction: nobody sees it half done, and the log holds it whole or not at all.
extension Server {
    /// The compiled script of a body, compiled now if it is new.
    func script(of body: ByteSlice) throws(CommandError) -> Reference<Script> {
        if let known = scripts.cache.find(body: body) { return known }
        let name = SHA1.hex(of: body)
        if let known = name.withSlice({ scripts.cache.find(name: $0) }) { return known }
        let shebang = try Shebang(of: body)
        do throws(Interpreter.CompileError) {
            let number = try scripts.interpreter(for: self).compile(body[shebang.size...])
            let script = name.withSlice {
                Reference(
                    to: Script(
                        .script, name: $0, flags: shebang.flags, number: number, body: body))
            }
            scripts.keep(script)
            return script
        } catch {
            throw .composed("ERR Error compiling script (new function): \(error.text.text)")
        }
    }

    /// Runs a script or a function, and answers its client.
    ///
    /// - Parameters:
    ///   - words: the request; its keys begin behind their number.
    ///   - readsOnly: whether the command that calls it is one that reads.
    func run(
        _ script: Reference<Script>, _ words: Slices, _ keyCount: Int, readsOnly: Bool,
        for client: Reference<Client>
    ) throws(CommandError) {
        let isOutOfMemory = self.isOutOfMemory
        let flags = script.value.flags
        try admit(flags, readsOnly: readsOnly, isOutOfMemory: isOutOfMemory)
        scripts.running = RunningScript(
            script: script, words: words, caller: client,
            start: world.clock.monotonicMicroseconds,
            isReadOnly: readsOnly || flags.contains(.noWrites),
            allowsOOM: flags.contains(.allowOOM), isOutOfMemory: isOutOfMemory)
        let replies = execution.replies
        let belongsToUnit = isInUnit
        isInUnit = true
        scripts.client.value.database = client.value.database
        let rest = words.dropFirst(3)
        let interpreter =
            script.value.kind == .script ? scripts.interpreter(for: self) : functions.interpreter
        let outcome = interpreter.run(
            script.value.number, name: script.value.name, keys: rest.first(keyCount),
            arguments: rest.dropFirst(keyCount), version: replies.version.rawValue,
            canBeInterrupted: limits.interruptsScripts)
        endScript()
        execution.replies = replies
        execution.database = keyspace[client.value.database]
        execution.records.removeAll()
        if !belongsToUnit { endUnit(of: client) }
        replies.buffer.value.append(outcome.reply)
        scripts.hasFailed = outcome.reply.first == UInt8(ascii: "-")
        trimScriptReply()
    }

    /// Whether the command that has just run was a script that failed.
    func takeScriptFailure() -> Bool {
        defer { scripts.hasFailed = false }
        return scripts.hasFailed
    }

    private func endScript() {
        guard let running = scripts.running else {
            preconditionFailure("only what runs can end")
        }
        if running.isBusy {
            care.remove(.busy)
            // Its client's earlier replies may have left meanwhile.
            wantsToSend(running.caller)
        }
        scripts.running = nil
        if running.hasChosenReplication { followLogPhase() }
    }

    /// Space that the replies to commands of scripts may keep.
    private static let idleReplyMax = 32 << 10

    private func trimScriptReply() {
        let buffer = scripts.client.value.replies
        if buffer.value.capacity > Self.idleReplyMax { buffer.value.removeAllAndFree() }
    }

    /// Refuses a script that cannot be run as things are. One that says nothing of itself is judged by
    /// its commands, one by one.
    private func admit(
        _ flags: ScriptFlags, readsOnly: Bool, isOutOfMemory: Bool
    ) throws(CommandError) {
        guard !flags.contains(.silent) else { return }
        if !flags.contains(.noWrites) {
            if let refusal = scriptWriteRefusal() { throw refusal }
            if readsOnly {
                throw .text("ERR Can not execute a script with write flag using *_ro command.")
            }
        }
        if isOutOfMemory, flags.isDisjoint(with: [.allowOOM, .noWrites]) {
            throw .outOfMemory
        }
    }

    /// Why the server takes no writes at the moment.
    private func scriptWriteRefusal() -> CommandError? {
        if care.contains(.diskError), let refusal = diskErrorText(isDeletion: false) {
            return refusal
        }
        guard care.contains(.replicasMissing) else { return nil }
        return .text("NOREPLICAS Not enough good replicas to write.")
    }

    // MARK: Commands of scripts

    /// Executes a command of the running script; its reply goes to the scripts' client.
    private func callFromScript(_ words: Slices) {
        let command: Reference<RegisteredCommand>
        do throws(CommandError) {
            command = try commandOfScript(words)
            try admit(command, words)
        } catch {
            return fail(error, execution.replies)
        }
        execution.ahead = nil
        lastTick = TickCounter.now
        run(command, Request(arguments: words, canonical: .empty), of: scripts.client)
        // The command is the script's, the cache is that of the client that runs it.
        if let caller = scripts.running?.caller { rememberKeys(command, words, of: caller) }
        if !monitors.isEmpty { showToMonitors(command, words, scripts.client) }
    }

    private func commandOfScript(
        _ words: Slices
    ) throws(CommandError) -> Reference<RegisteredCommand> {
        guard let command = table.find(ofRequest: words) else {
            throw .text("ERR Unknown Redis command called from script")
        }
        guard command.value.declaration.accepts(argumentCount: words.count) else {
            throw .text("ERR Wrong number of args calling Redis command from script")
        }
        return command
    }

    /// Refuses a command that scripts may not call, or not as things are.
    private func admit(
        _ command: Reference<RegisteredCommand>, _ words: Slices
    ) throws(CommandError) {
        let flags = command.value.flags
        if flags.contains(.noScript) {
            throw .text("ERR This Redis command is not allowed from script")
        }
        guard let running = scripts.running else {
            preconditionFailure("only a running script calls commands")
        }
        if running.caller.value.flags.contains(.restricted),
            let user = running.caller.value.session.user,
            let denial = user.denial(of: command, words)
        {
            note(denial, of: command, words, .lua, running.caller)
            let text = denial.text(to: user, of: command).text
            throw .composed("ERR ACL failure in script: \(text)")
        }
        if running.isReadOnly, flags.contains(.write) {
            throw .text("ERR Write commands are not allowed from read-only scripts.")
        }
        if !running.hasWritten {
            if flags.contains(.write), !care.isEmpty, let refusal = writeRefusal(of: command, flags)
            {
                throw refusal
            }
            if running.isOutOfMemory, flags.contains(.denyOOM), !running.allowsOOM {
                throw .outOfMemory
            }
        }
        if flags.contains(.write) { scripts.running?.hasWritten = true }
    }
}

extension Server: ScriptHost {
    func call(_ words: Slices, version: Int) -> ByteSlice {
        let reply = scripts.client.value.replies
        reply.value.removeAll()
        execution.replies = ReplyWriter(reply, version: version == 3 ? .three : .two)
        scripts.client.value.version = execution.replies.version
        callFromScript(words)
        return reply.value.bytes
    }

    func permits(_ words: Slices) -> Bool? {
        guard let command = table.find(ofRequest: words) else { return nil }
        return scripts.running?.caller.value.session.user?.denial(of: command, words) == nil
    }

    func log(_ text: ByteSlice, level: Int) {
        switch level {
        case 0: log.debug(text.text)
        case 1: log.verbose(text.text)
        case 2: log.notice(text.text)
        default: log.warning(text.text)
        }
    }

    func noteError(_ text: ByteSlice) { countError(text) }

    func replicate(to targets: Int) {
        let toLog = 1
        scripts.running?.hasChosenReplication = true
        if targets & toLog != 0 { followLogPhase() } else { execution.records.isKept = false }
    }

    func addFunction(
        _ name: ByteSlice, description: ByteSlice?, flags: Slices, number: Int32
    ) -> StaticString? {
        functions.register(name, description: description, flags: flags, number: number)
    }

    func interrupt() -> Bool {
        scripts.running == nil ? functions.isLoadingTooLong : serveWhileScriptRuns()
    }
}

extension CommandError {
    /// Memory is short, and the command would need some.
    static let outOfMemory = CommandError.text(
        "OOM command not allowed when used memory > 'maxmemory'.")
}
