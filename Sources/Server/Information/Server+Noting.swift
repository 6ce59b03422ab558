import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP

extension Server {
    /// Notes a command that was slow, in the slow log and the latency monitor.
    func noteSlow(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices, ticks: UInt64,
        _ client: Reference<Client>
    ) {
        let microseconds = clock.microseconds(ofTicks: ticks)
        let settings = configuration.settings.monitoring
        let event = command.value.flags.contains(.fast) ? "fast-command" : "command"
        noteLatency(event, milliseconds: microseconds / 1000)
        guard settings.slowLogThreshold >= 0, microseconds >= settings.slowLogThreshold,
            settings.slowLogCountMax > 0, !command.value.flags.contains(.skipSlowLog)
        else { return }
        // What a script calls is its client's doing.
        let caller = client == scripts.client ? scripts.running?.caller : client
        let session = (caller ?? client).value.session
        slowLog.add(
            SlowLog.shorten(arguments, of: command.value.fullName), microseconds: microseconds,
            time: clock.wallSeconds,
            peer: session.address.peer, clientName: session.name,
            countMax: settings.slowLogCountMax)
    }

    func noteLatency(_ event: String, milliseconds: Int64) {
        latency.note(
            event, milliseconds: milliseconds, time: clock.wallSeconds,
            threshold: configuration.settings.monitoring.latencyThreshold)
    }

    /// Lets the removal of keys that expire or are evicted be measured, or not.
    func measureRemovals(_ isMeasured: Bool) {
        guard isMeasured else { return keyspace.shared.value.onGone = nil }
        keyspace.shared.value.onGone = { [unowned self] in
            guard let removal = self.removal else { return }
            let end = self.world.clock.monotonicMicroseconds
            self.noteLatency(removal.event, milliseconds: (end - removal.start) / 1000)
            self.removal = nil
        }
    }

    /// Notes that a key is about to be removed without a command, if that is measured.
    func noteRemoval(_ event: String) {
        guard configuration.settings.monitoring.latencyThreshold > 0 else { return }
        removal = (event, world.clock.monotonicMicroseconds)
    }

    /// Notes how long the log's last writes and syncs took, on whichever thread.
    func noteLatency(of log: AppendLog) {
        let longest = log.takeLongest()
        noteLatency("aof-fsync-always", milliseconds: longest.sync / 1000)
        let milliseconds = longest.write / 1000
        guard milliseconds > 0 else { return }
        noteLatency("aof-write", milliseconds: milliseconds)
        let circumstance =
            log.pendingSyncs > 0
            ? "aof-write-pending-fsync"
            : persistence.snapshot != nil ? "aof-write-active-child" : "aof-write-alone"
        noteLatency(circumstance, milliseconds: milliseconds)
    }

    /// Sends a command to the clients that watch with MONITOR.
    func showToMonitors(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) {
        guard command.value.flags.isDisjoint(with: [.admin, .skipMonitor]), !care.contains(.loading)
        else { return }
        sendToMonitors(command.value.fullName, arguments, client)
    }

    /// Shows them the request for a script, ahead of what the script calls.
    func showScriptToMonitors(_ arguments: Slices, _ client: Reference<Client>) {
        if !monitors.isEmpty, !care.contains(.loading) { sendToMonitors("", arguments, client) }
    }

    private func sendToMonitors(
        _ name: String, _ arguments: Slices, _ client: Reference<Client>
    ) {
        let now = world.clock.wallMicroseconds
        let peer =
            client.value.flags.contains(.unixSocket)
            ? "unix:\(configuration.settings.network.unixSocket)"
            : client.value.session.address.peer
        var line = ByteBuffer()
        line.append(decimal: now / 1_000_000)
        line.append(text: ".\(padded(Int(now % 1_000_000), 6)) [\(client.value.database) \(peer)]")
        for index in 0..<arguments.count {
            line.append(UInt8(ascii: " "))
            let isSecret = SecretArguments.contains(index, of: arguments, to: name)
            Quoting.represent(
                isSecret ? ByteSlice(SecretArguments.replacement) : arguments[index], to: &line)
        }
        for monitor in monitors {
            ReplyWriter(monitor.value.replies, version: monitor.value.version).simple(line.bytes)
            wantsToSend(monitor)
        }
    }
}
