import Bytes
import Commands
import Configuration
import Persistence
import Platform
import RESP

// A script that takes long. After `busy-reply-threshold` milliseconds it lets the loop look at the
// sockets now and then, in the middle of its own command: other clients are told that the server is
// busy, and may end the script or the server.
extension Server {
    /// Whether the running script is to end.
    func serveWhileScriptRuns() -> Bool {
        guard let running = scripts.running else { return false }
        if !running.isBusy {
            let elapsed = (world.clock.monotonicMicroseconds - running.start) / 1000
            guard elapsed >= configuration.settings.clients.busyReplyThreshold else {
                return false
            }
            log.warning(
                "Slow script detected: still in execution after \(elapsed) milliseconds. You can "
                    + "try killing the script using the \(killCommand) command. Script name is: "
                    + "\(running.script.value.name.text).")
            scripts.running?.isBusy = true
            care.insert(.busy)
        }
        serveInside()
        return isStopping || scripts.running?.isKilled == true
    }

    /// Looks at the sockets once, without waiting. What belongs to the command that is being executed
    /// is set aside meanwhile: the requests and events that the loop is in the middle of, the unit of the
    /// script and the messages that are to follow it. No client is freed before the turn's own end, and
    /// the script's client is not read.
    private func serveInside() {
        var heldRequests = ParsedRequests()
        var heldEvents = PollEvents(capacity: 64)
        var heldUnit = RecordList()
        swap(&requests, &heldRequests)
        swap(&events, &heldEvents)
        swap(&unit, &heldUnit)
        let heldClient = exchange(&currentClient, with: nil)
        let heldUntied = exchange(&pubSub.untied, with: [])
        let hasHeldMessages = exchange(&hasDeferredMessages, with: false)
        let isKept = execution.records.isKept
        isInUnit = false
        unit.isKept = isKept
        if let threads = ioThreads, threads.isBusy { executeRest(of: threads) }
        waitForEvents(timeoutMicroseconds: 0)
        for index in 0..<events.count where !isStopping {
            if events[index].token != scripts.running?.caller.token { serve(events[index]) }
        }
        if !isStopping { serveUnfinished() }
        if !isStopping { sendReplies() }
        isInUnit = true
        swap(&requests, &heldRequests)
        swap(&events, &heldEvents)
        swap(&unit, &heldUnit)
        currentClient = heldClient
        pubSub.untied.append(contentsOf: heldUntied)
        hasDeferredMessages = hasHeldMessages
        // A server that is told to end loses what a script has not finished, all of it.
        if isStopping { unit.removeAll() }
    }

    /// What other clients are told meanwhile.
    var busyRefusal: CommandError {
        .composed(
            "BUSY Redis is busy running a script. You can only call \(killCommand) or SHUTDOWN "
                + "NOSAVE.")
    }

    private var killCommand: String {
        scripts.running?.kind == .function ? "FUNCTION KILL" : "SCRIPT KILL"
    }

    /// Ends the running script for a client.
    ///
    /// - Parameter kind: what the client takes it for.
    func killScript(_ kind: Script.Kind) throws(CommandError) {
        guard let running = scripts.running else {
            throw .text("NOTBUSY No scripts in execution right now.")
        }
        guard !running.hasWritten else {
            throw .text(
                """
                UNKILLABLE Sorry the script already executed write commands against the dataset. \
                You can either wait the script termination or kill the server in a hard way using \
                the SHUTDOWN NOSAVE command.
                """)
        }
        guard running.kind == kind else { throw busyRefusal }
        scripts.running?.isKilled = true
        log.notice("Lua script killed by user with SCRIPT KILL.")
    }
}
