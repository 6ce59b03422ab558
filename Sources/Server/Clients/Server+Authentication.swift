import Bytes
import Commands
import Configuration
import RESP

extension Server {
    /// Lets a client in as a user, or says why not.
    ///
    /// - Parameter command: the word that the client sent: AUTH or HELLO.
    func authenticate(
        _ client: Reference<Client>, as name: ByteSlice, password: ByteSlice,
        with command: ByteSlice
    ) throws(CommandError) {
        guard let user = access.user(named: name), user.accepts(password) else {
            noteWrongPassword(of: name, command, client)
            throw .text("WRONGPASS invalid username-password pair or user is disabled.")
        }
        set(user, of: client, isAuthenticated: true)
    }

    /// Puts a client back to where it was when it connected (`RESET`).
    func reset(_ client: Reference<Client>) {
        if client.value.flags.contains(.monitor) { stopMonitoring(client) }
        endTransaction(of: client)
        forgetSubscriptions(of: client)
        disableTracking(client)
        client.value.flags.remove([
            .repliesOff, .skipsNextReply, .skipsReply, .noTouch, .noEvict,
        ])
        client.value.database = 0
        client.value.version = .two
        client.value.session.name = ""
        setDefaultUser(of: client)
    }

    /// Shows a client every command from now on (`MONITOR`).
    func startMonitoring(_ client: Reference<Client>) {
        client.value.flags.insert(.monitor)
        monitors.append(client)
        care.insert(.monitored)
    }

    func stopMonitoring(_ client: Reference<Client>) {
        client.value.flags.remove(.monitor)
        monitors.removeAll { $0 == client }
        if monitors.isEmpty { care.remove(.monitored) }
    }
}

extension ByteSlice {
    /// Whether both are the same bytes, found out in a time that tells nothing of where they
    /// differ. The length of what was sent is no secret.
    func isSecretlyEqual(to sent: ByteSlice) -> Bool {
        var difference = UInt8(count == sent.count ? 0 : 1)
        guard count > 0 else { return sent.isEmpty }
        for index in 0..<sent.count { difference |= sent[index] ^ self[index % count] }
        return difference == 0
    }
}
